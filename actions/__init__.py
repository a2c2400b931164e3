"""Rasa actions: read the tracker, call the bot package, dispatch blocks."""
