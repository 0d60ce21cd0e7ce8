"""Where an index is when nobody says."""

import os
from pathlib import Path

__all__ = ["default_index"]


def default_index() -> Path:
    """$ARTICLE_INDEX, else ./articles.index."""
    return Path(os.environ.get("ARTICLE_INDEX") or "articles.index")
