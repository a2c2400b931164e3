"""A case: what is sent to the office, how it is stored and how it changes."""
