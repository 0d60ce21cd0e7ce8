"""Ranked passages to an answer."""
