"""A generation as its writer has it on disk before it goes to the server: articles and passages, without vectors."""

import hashlib
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from index.embedding.encoder import passage_text
from index.store.bm25 import LexicalWriter
from index.store.catalog import Catalog
from index.store.files import Files
from index.store.forward_index import Texts, look_up, words_in
from index.store.layout import PASSAGE, open_array, read_manifest

__all__ = ["NoLexical", "Staged"]

_VERSION = 2  # of what is written to the server: another one is another generation


class NoLexical(LexicalWriter):
    """Takes the documents of a BM25 index and writes none: here the server has it."""

    def __init__(self, folder: Path) -> None:
        pass

    def add(self, *_: object) -> None:
        pass

    def __enter__(self) -> "NoLexical":
        return self

    def __exit__(self, *_: object) -> None:
        pass


class Staged:
    """Open files of a staged generation: `passages` as `index.store.layout.PASSAGE`, `first` and `count` by article,
    words of passages and titles, and the term of each word.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.manifest = read_manifest(folder)
        self._files = Files(folder, self.manifest.files, hashes=False)
        self.catalog = Catalog(self._files)
        self.passages: NDArray[Any] = self._array("passages.npy")
        self.clusters: NDArray[np.int32] = self._array("clusters.npy")
        self.words = Texts(self._array("forward/passages.npy"), self._array("forward/passages-starts.npy"))
        self.titles = Texts(self._array("forward/titles.npy"), self._array("forward/titles-starts.npy"))
        self.word_hashes: NDArray[np.uint64] = self._array("forward/word-hashes.npy")
        self.term_hashes: NDArray[np.uint64] = self._array("forward/term-hashes.npy")
        self.terms: NDArray[np.int32] = self._array("forward/terms.npy")
        self.day, self.source, self.first, self.count = self.catalog.columns()
        self._long = self._long_titles()

    def _array(self, name: str) -> NDArray[Any]:
        return open_array(self.folder / name)

    def _long_titles(self) -> dict[int, NDArray[np.int32]]:
        """Of titles too long to stand in front of a passage whole: the words of the part that does."""
        found = {}
        for row, one in enumerate(self.catalog.metadata()):
            used = passage_text(one.title, "").removesuffix("\n")
            if used != one.title:
                ids = look_up(self.word_hashes, words_in(used, self.catalog.article(row).language))
                found[row] = ids[ids >= 0]
        return found

    def title(self, article: int) -> NDArray[np.int32]:
        """The words of an article's title, all of them."""
        return self.titles.words[self.titles.starts[article] : self.titles.starts[article + 1]]

    def passage(self, row: int) -> NDArray[np.int32]:
        """The words of a passage, without the title."""
        return self.words.words[self.words.starts[row] : self.words.starts[row + 1]]

    def passage_terms(self, row: int) -> NDArray[np.int32]:
        """The terms of a passage with its title in front, as BM25 counts them."""
        return self._terms(int(self.passages["article"][row]), self.passage(row))

    def article_terms(self, article: int) -> NDArray[np.int32]:
        """The terms of an article: title and passages."""
        first = int(self.first[article])
        start, end = self.words.starts[first], self.words.starts[first + int(self.count[article])]
        return self._terms(article, self.words.words[start:end])

    def _terms(self, article: int, words: NDArray[np.int32]) -> NDArray[np.int32]:
        terms: NDArray[np.int32] = self.terms[np.concatenate([self._long.get(article, self.title(article)), words])]
        return terms

    def searched(self) -> Iterator[int]:
        """The articles that have a passage."""
        yield from np.flatnonzero(self.count).tolist()

    def name(self) -> str:
        """The generation's name on the server: a hash of its content, so that writers of the same articles, and one
        that was killed and runs again, write the same rows.
        """
        model, chunks = self.manifest.model, self.manifest.chunks
        digest = hashlib.sha256(repr((_VERSION, sorted(model.items()), sorted(chunks.items()))).encode())
        digest.update(repr((self.manifest.sources, self.passages.dtype == PASSAGE)).encode())
        for array in (self.passages, self.clusters, self.word_hashes):
            digest.update(np.ascontiguousarray(array).tobytes())
        with closing(sqlite3.connect(f"{(self.folder / 'articles.db').absolute().as_uri()}?mode=ro", uri=True)) as db:
            for query in (
                "SELECT * FROM articles ORDER BY row",
                "SELECT * FROM bodies ORDER BY row",
                "SELECT * FROM sources ORDER BY key",
                "SELECT * FROM entities ORDER BY key",
                "SELECT * FROM named ORDER BY row",
                "SELECT * FROM skipped ORDER BY rowid",
            ):
                for row in db.execute(query):
                    digest.update(repr(row).encode("utf-8", "surrogatepass"))
        return digest.hexdigest()[:16]

    def close(self) -> None:
        self.catalog.close()
        self._files.close()
