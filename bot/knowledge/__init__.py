"""The knowledge base: loads, checks and indexes what stands in knowledge/."""
