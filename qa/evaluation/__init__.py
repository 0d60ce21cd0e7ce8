"""Measures of retrieval and abstention on a set of questions."""
