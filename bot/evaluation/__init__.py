"""Measuring: scores answers against question files, plots risk and coverage, compares with other ways."""
