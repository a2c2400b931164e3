"""Benchmarks: what speed and size are, side by side with the stock Rasa configuration on the same machine."""
