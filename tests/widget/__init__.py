"""The widget in a real browser, with the real office and a small engine that answers with every kind of block."""
