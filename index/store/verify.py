"""Verifies an index: hashes every file again and compares a sample of passages with what was embedded."""

from dataclasses import dataclass
from pathlib import Path

from index.embedding.encoder import passage_key, passage_text
from index.errors import IndexDamaged
from index.store import layout
from index.store.snapshot import Index
from index.store.stored_index import StoredIndex

__all__ = ["Verified", "verify", "wrong_quote"]

_SAMPLE = 1000  # quotes, evenly spread


@dataclass(frozen=True, slots=True)
class Verified:
    """How many files (of a server: rows) and quotes were looked at, and what is wrong, one phrase each."""

    files: int
    quotes: int
    wrong: tuple[str, ...] = ()
    of: str = "files"


def verify(root: Path) -> Verified:
    """Looks at every byte of the live generation. Raises IndexMissing, or IndexMismatch for another format."""
    try:
        folder = layout.Layout(root).generations / layout.current_name(root)
        manifest = layout.read_manifest(folder)
    except IndexDamaged as error:
        return Verified(0, 0, (str(error).partition(";")[0],))
    if wrong := layout.damage(folder, manifest.files):
        return Verified(len(manifest.files), 0, tuple(wrong))
    try:
        with Index(folder, check=False) as index:
            rows = range(0, index.passage_count, max(1, index.passage_count // _SAMPLE))
            found = [wrong_quote(index, row, index.passages["key"][row].tobytes().hex()) for row in rows]
    except IndexDamaged as error:
        return Verified(len(manifest.files), 0, (str(error).partition(";")[0],))
    return Verified(len(manifest.files), len(rows), tuple(filter(None, found)))


def wrong_quote(index: StoredIndex, row: int, key: str) -> str:
    """What is wrong with a passage that was stored with this key, in hex; empty when it is a part of its article's text
    and was embedded as it stands."""
    passage, model = index.passage(row), index.manifest.model
    article = index.article_at(passage.article)
    if not any(passage.span in body for body in article.body) or passage.span.end > len(article.text):
        return f"passage {row} is no part of {article.id}"
    embedded = passage_text(article.title, passage.span.of(article.text))
    if passage_key(model["sha256"], model["precision"], embedded).hex() != key:
        return f"passage {row} of {article.id} is not what was embedded"
    return ""
