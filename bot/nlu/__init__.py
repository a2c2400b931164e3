"""Understanding: Rasa graph components and the pure parts that they are made of."""
