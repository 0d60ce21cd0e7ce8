"""Which part of an article is searched, and how it is cut."""
