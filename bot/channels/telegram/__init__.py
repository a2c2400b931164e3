"""Telegram: the same assistant for parents who live on their phone. docs/telegram.md tells how to set it up.

Pure: rich, splitting, rendering, incoming, outgoing. Edges: store (database), client, delivery, polling, service (Telegram).
"""
