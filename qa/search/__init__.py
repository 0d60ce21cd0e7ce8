"""Retrieves and ranks passages for a question."""
