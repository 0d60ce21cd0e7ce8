"""`Index`: one open generation, immutable. Everything that `qa` asks of a search engine stands in `SearchEngine`."""

import os
from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import date
from functools import cached_property, lru_cache
from pathlib import Path
from threading import Lock, Thread
from types import TracebackType
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from index.embedding.encoder import Encoder
from index.embedding.registry import shared_encoder
from index.engine import Hits, Restriction, Selection
from index.errors import IndexDamaged, IndexMismatch
from index.store import layout
from index.store.bm25 import LexicalIndex, idf
from index.store.catalog import Catalog, StoredArticle
from index.store.files import Files, guarded, is_engine_error
from index.store.forward_index import ForwardIndex
from index.text.sentences import sentence_spans
from index.types import Passage, Span

if TYPE_CHECKING:
    from index.store.vectors import DenseIndex

__all__ = ["Index"]

_CHECK_UP_TO = 256_000_000  # bytes hashed before an index is served; of larger ones, what is mapped is hashed later
_NATIVE = ("dense.faiss", "lexical/")  # always hashed first: damage to them can crash the libraries that read them
_DAYS_LISTED = 400  # of a filter: a year and a bit
_FILTERS_KEPT = 8  # a byte for each passage, and what was counted of those they admit
_ARTICLES_KEPT = 512  # articles read lately, a few kilobytes each
_SENTENCES_KEPT = 4096  # passages whose sentences' vectors are remembered: 30 MB


class Index:
    """One open generation. Thread-safe; close it, or use it as a context manager."""

    def __init__(self, folder: Path, *, check: bool = True, encoder: Encoder | None = None) -> None:
        """Opens a generation's folder. Raises IndexDamaged or IndexMismatch with the remedy.

        Without `check`, the caller vouches for its files.
        """
        self.folder = folder
        self.generation = folder.name
        self.manifest = layout.read_manifest(folder)
        self._encoder = encoder
        self._sentences: dict[int, NDArray[np.float32]] = {}
        self._sentences_lock = Lock()
        self._selections: dict[tuple[date | None, date | None, tuple[str, ...] | None], Selection] = {}
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
        self._clusters = files.array("clusters.npy")
        self.catalog = Catalog(files)
        self._days, self._sources, self._first, self._counts = self.catalog.columns()
        self._passage_index = LexicalIndex(files, "lexical/passages")
        self._article_index = LexicalIndex(files, "lexical/articles")
        self.forward = ForwardIndex(files)
        # At once, not at the first question: by then this generation may have been pruned.
        self._dense = self._open_dense()
        files.release()
        self._articles = lru_cache(maxsize=_ARTICLES_KEPT)(self.catalog.article)
        self._article_of = np.ascontiguousarray(self.passages["article"])
        self.article_count = int((self._counts > 0).sum())
        self.passage_count = len(self.passages)
        if not self._consistent():
            raise IndexDamaged(f"the index is damaged: its parts do not belong together; {layout.REMEDY}")

    def _consistent(self) -> bool:
        """Whether the parts are as long as each other, and every row that one names is in another."""
        articles, passages = len(self._counts), self.passage_count
        counted = passages == len(self.vectors) == len(self._passage_index) == self._counts.sum()
        counted = counted and self.forward.counts == (passages, articles) and self._clusters.shape == (articles,)
        return bool(
            counted
            and self._dense.consistent
            and self.forward.consistent
            and _are_rows(self._article_of, articles)
            and _are_rows(self._clusters, articles)
            and _are_rows(self._sources, len(self.catalog.source_names))
            and (self._counts >= 0).all()
            and (self._first[self._counts > 0] == (np.cumsum(self._counts) - self._counts)[self._counts > 0]).all()
        )

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

    def _open_dense(self) -> "DenseIndex":
        from index.store.vectors import DenseIndex

        return DenseIndex(self._files, self.vectors, int(self.manifest.dense["nprobe"]))

    @property
    def encoder(self) -> Encoder:
        """The model that made the vectors, loaded at first use and shared by all indexes of this process."""
        if self._encoder is None:
            model = self.manifest.model
            encoder = shared_encoder(model["name"], model["precision"], model.get("method"))
            if encoder.fingerprint != model["sha256"] or encoder.dimension != model["dimension"]:
                raise IndexMismatch(
                    f"the index was made with other weights of {model['name']!r} than are installed; {layout.REMEDY}"
                )
            self._encoder = encoder
        return self._encoder

    def encode_queries(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Shape (len(texts), dimension), rows of length 1."""
        return self.encoder.encode_queries(texts)

    def word_vectors(self, words: Sequence[str]) -> NDArray[np.float32]:
        """Shape (len(words), n), rows of length 1: the model's own vectors of words out of context."""
        return self.encoder.word_vectors(words)

    def sentence_vectors(self, rows: Sequence[int]) -> list[NDArray[np.float32]]:
        """The unit vectors of each passage's sentences, shape (sentences, dimension), embedded when first asked for."""
        with self._sentences_lock:
            missing = [row for row in dict.fromkeys(rows) if row not in self._sentences]
            texts: list[str] = []
            counts = []
            for row in missing:
                passage = self.passage(row)
                article = self.article_at(passage.article)
                spans = sentence_spans(article.text, passage.span, article.language or "en")
                texts += [span.of(article.text) for span in spans]
                counts.append(len(spans))
            if missing:
                vectors = self.encoder.encode_passages(texts)
                for row, part in zip(missing, np.split(vectors, np.cumsum(counts)[:-1]), strict=True):
                    self._sentences[row] = part
            found = [self._sentences[row] for row in rows]
            while len(self._sentences) > _SENTENCES_KEPT:
                self._sentences.pop(next(iter(self._sentences)))
            return found

    def select(
        self, since: date | None = None, until: date | None = None, sources: Sequence[str] | None = None
    ) -> Selection | None:
        """The articles within a range of days (inclusive) and of some sources; None when nothing is asked.

        Sources are compared without case. Undated articles are in no range.
        """
        if since is None and until is None and sources is None:
            return None
        asked = (since, until, None if sources is None else tuple(sources))
        known = self._selections.get(asked)
        if known is None:
            known = self._select(*asked)
            for oldest in list(self._selections)[: 1 - _FILTERS_KEPT]:
                self._selections.pop(oldest, None)
            self._selections[asked] = known
        return known

    def _select(self, since: date | None, until: date | None, sources: tuple[str, ...] | None) -> Selection:
        wanted: frozenset[int] | None = None
        days: frozenset[int] | None = None
        admitted = np.ones(len(self._days), bool)
        if since is not None or until is not None:
            low = since.toordinal() if since else 1
            high = until.toordinal() if until else date.max.toordinal()
            admitted &= (self._days >= low) & (self._days <= high)
            if len(different := np.unique(self._days[admitted])) <= _DAYS_LISTED:
                days = frozenset(different.tolist())
        if sources is not None:
            names = {source.casefold() for source in sources}
            wanted = frozenset(key for key, name in enumerate(self.catalog.source_names) if name.casefold() in names)
            admitted &= np.isin(self._sources, sorted(wanted))
        passages = admitted[self._article_of]
        searched = int((admitted & (self._counts > 0)).sum())
        return Selection(Restriction(since, until, wanted, days), admitted, passages, searched, int(passages.sum()))

    def dense(self, vector: NDArray[np.float32], k: int, selection: Selection | None = None) -> Hits:
        """The k passages nearest to a unit vector, with their cosines."""
        return self._dense.search(vector, k, None if selection is None else selection.passages)

    def cosines(self, vector: NDArray[np.float32], rows: NDArray[np.int64]) -> NDArray[np.float32]:
        """Cosines of a unit vector to passages, in their order."""
        return self._dense.cosines(vector, rows)

    def lexical_passages(self, terms: Mapping[str, float], k: int, selection: Selection | None = None) -> Hits:
        """The k passages (title in front) with the highest BM25 for weighted terms."""
        if selection is None:
            return self._passage_index.search(terms, k)
        frequencies = {term: self.document_frequency(term, selection) for term in terms}
        return _within(self._passage_index, terms, k, selection.restriction, selection.passage_count, frequencies)

    def lexical_articles(self, terms: Mapping[str, float], k: int, selection: Selection | None = None) -> Hits:
        """The k articles (title and body) with the highest BM25 for weighted terms; rows are rows of articles."""
        if selection is None:
            return self._article_index.search(terms, k)
        restriction, lexical = selection.restriction, self._article_index
        frequencies = {term: lexical.document_frequency(term, restriction) for term in terms}
        return _within(lexical, terms, k, restriction, selection.article_count, frequencies)

    def document_frequency(self, term: str, selection: Selection | None = None) -> int:
        """In how many passages (title in front), of those that a filter admits, an analysed term stands."""
        if selection is None:
            return self._passage_index.document_frequency(term)
        known = selection.frequencies.get(term)
        if known is None:
            known = self._passage_index.document_frequency(term, selection.restriction)
            selection.frequencies[term] = known
        return known

    def vectors_of(self, rows: NDArray[np.int64]) -> NDArray[np.float32]:
        """The unit vectors of passages, shape (len(rows), dimension)."""
        return self._dense.vectors(rows)

    def articles_of(self, passages: NDArray[np.int64]) -> NDArray[np.int64]:
        """The article of each passage."""
        return self._article_of[passages].astype(np.int64)

    def passages_of(self, article: int) -> NDArray[np.int64]:
        """The passages of an article, in reading order."""
        first = int(self._first[article])
        return np.arange(first, first + int(self._counts[article]), dtype=np.int64)

    def leads_of(self, articles: NDArray[np.int64]) -> NDArray[np.int64]:
        """The first passage of each article, all of which must have one."""
        return self._first[articles].astype(np.int64)

    def days(self, articles: NDArray[np.int64]) -> NDArray[np.int64]:
        """Publication days as proleptic ordinals; 0 for undated articles."""
        return self._days[articles].astype(np.int64)

    def clusters_of(self, articles: NDArray[np.int64]) -> NDArray[np.int64]:
        """The cluster of near-identical articles that each article is in, named by the row of its first one: an
        article that has no copy is a cluster of its own."""
        return self._clusters[articles].astype(np.int64)

    @guarded
    def passage(self, row: int) -> Passage:
        article, start, end, _ = self.passages[row].item()
        return Passage(row, article, Span(start, end))

    def article_at(self, row: int) -> StoredArticle:
        """The article at a row of the catalog."""
        return self._articles(row)

    def article(self, article_id: str) -> StoredArticle | None:
        """The article with an id, or None."""
        return self.catalog.article_by_id(article_id)

    def sources(self) -> list[str]:
        """The names of the articles' sources, sorted; articles without one count for nothing."""
        return list(self._sorted_sources)

    def date_range(self) -> tuple[date | None, date | None]:
        """The days of the oldest and of the newest dated article."""
        return self._date_range

    @cached_property
    def _sorted_sources(self) -> list[str]:
        return sorted((name for name in self.catalog.source_names if name), key=str.casefold)

    @cached_property
    def _date_range(self) -> tuple[date | None, date | None]:
        dated = self._days[(self._days > 0) & (self._counts > 0)]
        if not len(dated):
            return None, None
        return date.fromordinal(int(dated.min())), date.fromordinal(int(dated.max()))

    def changed_on_disk(self, article: StoredArticle) -> bool | None:
        """Whether an article's file has changed since it was indexed; None when it is gone or cannot be read."""
        state = self.catalog.file_of(article.row)
        if state is None:
            return None
        try:
            now = os.stat(state.path)
            if (now.st_size, now.st_mtime_ns) == (state.size, state.mtime_ns):
                return False
            return now.st_size != state.size or layout.file_sha256(Path(state.path)) != state.sha256
        except OSError:
            return None

    def close(self) -> None:
        """Lets go of every file; nothing can be asked after."""
        self.catalog.close()
        self._files.close()
        for name in ("passages", "vectors", "forward", "_clusters", "_dense", "_passage_index", "_article_index"):
            self.__dict__.pop(name, None)

    def __enter__(self) -> "Index":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def _are_rows(numbers: NDArray[Any], count: int) -> bool:
    """Whether all are from 0 to below `count`."""
    return not len(numbers) or bool(numbers.min() >= 0 and numbers.max() < count)


def _within(
    lexical: LexicalIndex,
    terms: Mapping[str, float],
    k: int,
    restriction: Restriction,
    count: int,
    frequencies: Mapping[str, int],
) -> Hits:
    """A search under a filter that admits `count` documents, in which a term is as rare as it is among these."""
    local = {}
    for term, weight in terms.items():
        if frequencies[term]:
            everywhere = idf(len(lexical), lexical.document_frequency(term))
            local[term] = weight * idf(count, frequencies[term]) / everywhere
    return lexical.search(local, k, restriction)
