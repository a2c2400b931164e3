"""Channels: the gateway to the engine and how blocks are shown."""
