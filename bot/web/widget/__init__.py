"""The chat widget for any website: its source files, how they become one file, and the addresses they are served at."""
