"""SEND Desk: what the assistant knows, decides, stores and serves."""
