"""The statutory clock: dates in, dates out. Pure: no I/O but content read once, no clock, no framework."""
