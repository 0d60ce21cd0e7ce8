"""Builds an index of article files and publishes it as a new generation."""
