"""The browser window."""
