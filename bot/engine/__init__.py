"""What the Rasa process loads besides understanding: its input channel, its tracker store, and the in-process runner."""
