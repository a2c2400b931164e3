"""Tests of understanding's own parts, without Rasa's graph."""
