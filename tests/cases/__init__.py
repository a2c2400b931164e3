"""Cases: the form, what it makes, how it is stored, delivered and deleted."""
