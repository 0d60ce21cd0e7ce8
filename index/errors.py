"""What can go wrong. Catch `ArticleQAError` at the edge (exit code 2): its message is one sentence with its remedy."""

__all__ = [
    "ArticleQAError",
    "BuildFailed",
    "IndexBusy",
    "IndexDamaged",
    "IndexMismatch",
    "IndexMissing",
    "ModelNotFound",
    "NothingToIndex",
    "StoreUnavailable",
    "UsageError",
]


class ArticleQAError(Exception):
    """The base of every error that this project raises on purpose."""


class UsageError(ArticleQAError):
    """The call cannot be carried out as given."""


class NothingToIndex(UsageError):
    """No readable article in the sources."""


class ModelNotFound(UsageError):
    """The embedding model cannot be loaded."""


class IndexMissing(ArticleQAError):
    """There is no index at the path."""


class IndexDamaged(ArticleQAError):
    """Files of the index are missing or do not hold what the manifest says."""


class IndexMismatch(ArticleQAError):
    """The index was made with another format, model or settings."""


class IndexBusy(ArticleQAError):
    """Another build holds the lock of this index."""


class StoreUnavailable(ArticleQAError):
    """The server that holds the index does not answer, or refuses."""


class BuildFailed(ArticleQAError):
    """The disk is full or refuses; what was published before is unharmed."""
