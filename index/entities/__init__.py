"""Finds the people, organisations and places of an English article, by rule."""
