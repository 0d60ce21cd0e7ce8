"""Sources to a published generation of an index."""
