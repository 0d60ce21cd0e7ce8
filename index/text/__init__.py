"""Boilerplate removal, sentences, passages and near-duplicates of article texts."""
