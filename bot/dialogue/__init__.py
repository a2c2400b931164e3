"""The conversation: decides what to say to a message, from what was understood and what went before. Pure, no Rasa."""
