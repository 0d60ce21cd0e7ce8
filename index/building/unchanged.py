"""What the generation before holds of articles whose text is the same: where their passages are, and signatures."""

from collections.abc import Sequence

import numpy as np

from index.errors import IndexDamaged
from index.store.catalog import text_sha256
from index.store.layout import open_array
from index.store.snapshot import Index
from index.types import Article, Span

__all__ = ["Unchanged"]


class Unchanged:
    """Looks articles up in an older generation, which must have been made by this code with these settings."""

    def __init__(self, old: Index) -> None:
        """Raises IndexDamaged."""
        self._known = old.catalog.bodies()
        self._passages = old.passages
        try:
            self._signatures = open_array(old.folder / "signatures.npy")
        except (OSError, ValueError) as error:
            raise IndexDamaged(f"{old.folder / 'signatures.npy'} cannot be read") from error

    def find(self, article: Article, body: Sequence[Span]) -> tuple[list[Span], bytes] | None:
        """The passages and the signature of an article with this body; None when it is not the same as before."""
        known = self._known.get((text_sha256(article.text), article.title, article.language))
        if known is None or known.body != tuple(body):
            return None
        part = self._passages[known.first : known.first + known.passages]
        spans = [Span(start, end) for start, end in zip(part["start"].tolist(), part["end"].tolist(), strict=True)]
        return spans, np.asarray(self._signatures[known.row]).tobytes()
