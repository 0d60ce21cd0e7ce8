"""An index on this machine, as questions read it."""
