"""Letters: their content, filling them from facts, the Word file, and the conversation that asks for what is missing."""
