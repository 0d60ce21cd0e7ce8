"""`Index`: one open generation of an index on this machine, immutable, which answers as a `SearchEngine`."""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from threading import Thread

import numpy as np
from numpy.typing import NDArray

from index.embedding.encoder import Encoder
from index.engine import Hits, Selection
from index.errors import IndexDamaged
from index.store import layout
from index.store.bm25 import LexicalIndex
from index.store.catalog import Catalog
from index.store.columns import Columns
from index.store.files import Files, guarded, is_engine_error
from index.store.forward_index import ForwardIndex
from index.store.stored_index import StoredIndex
from index.store.vectors import DenseIndex
from index.types import Passage, Span

__all__ = ["Index"]

_CHECK_UP_TO = 256_000_000  # bytes hashed before an index is served; of larger ones, what is mapped is hashed later
_NATIVE = ("dense.faiss", "lexical/")  # always hashed first: damage to them can crash the libraries that read them


class Index(StoredIndex):
    """One open generation. Thread-safe; close it, or use it as a context manager."""

    catalog: Catalog

    def __init__(self, folder: Path, *, check: bool = True, encoder: Encoder | None = None) -> None:
        """Opens a generation's folder. Raises IndexDamaged or IndexMismatch with the remedy.

        Without `check`, the caller vouches for its files.
        """
        super().__init__(encoder)
        self.folder = folder
        self.generation = folder.name
        self.manifest = layout.read_manifest(folder)
        size = sum(file["size"] for file in self.manifest.files.values())
        hashes: bool | Sequence[str] = check and (size <= _CHECK_UP_TO or _NATIVE)
        self._files = Files(folder, self.manifest.files, hashes=hashes)
        try:
            self._open()
        except IndexDamaged:
            self._files.close()
            raise
        except BaseException as error:
            self._files.close()
            if not is_engine_error(error):
                raise
            raise IndexDamaged(f"{folder} cannot be opened ({type(error).__name__}); {layout.REMEDY}") from error
        if not self.checked:
            Thread(target=self._check_later, name="check-index", daemon=True).start()

    def _open(self) -> None:
        files = self._files
        self.passages = files.array("passages.npy")
        self.vectors = files.array("vectors.npy")
        self.catalog = Catalog(files)
        columns = Columns(self.catalog.columns(), files.array("clusters.npy"), self.passages["article"])
        self._take_columns(columns)
        self._bm25 = LexicalIndex(files, "lexical/passages")
        self._bm25_articles = LexicalIndex(files, "lexical/articles")
        self.forward = ForwardIndex(files)
        # At once, not at the first question: by then this generation may have been pruned.
        self._dense = DenseIndex(files, self.vectors, int(self.manifest.dense["nprobe"]))
        files.release()
        if not self._consistent():
            raise IndexDamaged(f"the index is damaged: its parts do not belong together; {layout.REMEDY}")

    def _consistent(self) -> bool:
        """Whether the parts are as long as each other, and every row that one names is in another."""
        articles, passages = len(self._columns.count), self.passage_count
        return bool(
            passages == len(self.vectors) == len(self._bm25)
            and self.forward.counts == (passages, articles)
            and self._columns.consistent(len(self.catalog.source_names))
            and self._dense.consistent
            and self.forward.consistent
        )

    @property
    def place(self) -> str:
        """The folder of the index."""
        return str(self.folder.parent.parent)

    @property
    def damage(self) -> tuple[str, ...]:
        """What was found wrong since it was opened, one phrase each."""
        return self._files.damage

    @property
    def checked(self) -> bool:
        """Whether every byte was hashed: of a large index, what is mapped is hashed while it serves."""
        return self._files.checked

    @classmethod
    def open(cls, root: Path | str, *, check: bool = True, encoder: Encoder | None = None) -> "Index":
        """The live generation of an index. Raises IndexMissing, IndexDamaged or IndexMismatch."""
        root = Path(root)
        name = layout.current_name(root)
        while True:
            try:
                return cls(layout.Layout(root).generations / name, check=check, encoder=encoder)
            except IndexDamaged:
                # Two publications since CURRENT was read would have pruned what it named: look again.
                if (again := layout.current_name(root)) == name:
                    raise
                name = again

    def _check_later(self) -> None:
        with suppress(IndexDamaged, OSError, ValueError):  # closed meanwhile
            self._files.check()

    def dense(self, vector: NDArray[np.float32], k: int, selection: Selection | None = None) -> Hits:
        """The k passages nearest to a unit vector, with their cosines."""
        return self._dense.search(vector, k, None if selection is None else selection.passages)

    def cosines(self, vector: NDArray[np.float32], rows: NDArray[np.int64]) -> NDArray[np.float32]:
        """Cosines of a unit vector to passages, in their order."""
        return self._dense.cosines(vector, rows)

    def lexical_passages(self, terms: Mapping[str, float], k: int, selection: Selection | None = None) -> Hits:
        """The k passages (title in front) with the highest BM25 for weighted terms."""
        return self._bm25.filtered(terms, k, selection, 0 if selection is None else selection.passage_count)

    def lexical_articles(self, terms: Mapping[str, float], k: int, selection: Selection | None = None) -> Hits:
        """The k articles (title and body) with the highest BM25 for weighted terms; rows are rows of articles."""
        return self._bm25_articles.filtered(terms, k, selection, 0 if selection is None else selection.article_count)

    def document_frequency(self, term: str, selection: Selection | None = None) -> int:
        """In how many passages (title in front), of those that a filter admits, an analysed term stands."""
        return self._bm25.frequency(term, selection)

    def vectors_of(self, rows: NDArray[np.int64]) -> NDArray[np.float32]:
        """The unit vectors of passages, shape (len(rows), dimension)."""
        return self._dense.vectors(rows)

    @guarded
    def passage(self, row: int) -> Passage:
        article, start, end, _ = self.passages[row].item()
        return Passage(row, article, Span(start, end))

    def article_lengths(self) -> NDArray[np.int64]:
        """Of every article, in order of row: the characters that are searched of it."""
        table = self.passages
        lengths = np.bincount(table["article"], table["end"] - table["start"], minlength=len(self._columns.count))
        return lengths.astype(np.int64)

    def close(self) -> None:
        """Lets go of every file; nothing can be asked after."""
        self.catalog.close()
        self._files.close()
        for name in ("passages", "vectors", "forward", "_columns", "_select", "_dense", "_bm25", "_bm25_articles"):
            self.__dict__.pop(name, None)
