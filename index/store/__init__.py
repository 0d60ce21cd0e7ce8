"""Opens a published index on this machine and answers queries from its files."""
