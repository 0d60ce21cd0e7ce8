"""BM25 over passages and over whole articles, each a tantivy index.

Robertson & Zaragoza 2009, "The Probabilistic Relevance Framework: BM25 and Beyond"; tantivy's k1 = 1.2, b = 0.75.
"""

import math
from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any
from weakref import WeakKeyDictionary

import numpy as np
import tantivy

from index.engine import Hits, Restriction, Selection
from index.store.files import Files, guarded
from index.text.languages import ENGLISH, STEMMERS

__all__ = ["K1", "B", "LexicalIndex", "LexicalWriter", "analyze", "idf", "is_function_word", "term_of", "tokenize"]

_ANALYZER = "english"
K1, B = 1.2, 0.75  # fact: those of tantivy
_HEAP_BYTES = 200_000_000  # one thread's share of memory before it writes a segment
_TERM_LENGTH = 64  # longer "words" are base64 and the like


def _built(tokenizer: tantivy.Tokenizer, *filters: tantivy.Filter) -> tantivy.TextAnalyzer:
    builder = tantivy.TextAnalyzerBuilder(tokenizer).filter(tantivy.Filter.remove_long(_TERM_LENGTH))
    for one in (tantivy.Filter.lowercase(), *filters):
        builder = builder.filter(one)
    return builder.build()


def _to_terms(language: str) -> tuple[tantivy.Filter, tantivy.Filter]:
    stem, fold = tantivy.Filter.stemmer(STEMMERS[language]), tantivy.Filter.ascii_fold()
    # Endings of other languages have accents, by which their stemmers know them.
    return (fold, stem) if language == ENGLISH else (stem, fold)


@cache
def _analyzer(language: str) -> tantivy.TextAnalyzer:
    return _built(tantivy.Tokenizer.simple(), *_to_terms(language))


@cache
def _tokenizer() -> tantivy.TextAnalyzer:
    return _built(tantivy.Tokenizer.simple())


@cache
def _whole(language: str) -> tantivy.TextAnalyzer:
    return _built(tantivy.Tokenizer.raw(), *_to_terms(language))


@cache
def _without_function_words(language: str) -> tantivy.TextAnalyzer | None:
    try:
        return _built(tantivy.Tokenizer.raw(), tantivy.Filter.stopword(STEMMERS[language]))
    except ValueError:  # tantivy has no list of this language
        return None


def tokenize(text: str) -> list[str]:
    """The words of a text, lower-cased, in order, repeats kept: those that `analyze` makes terms of, one for one."""
    return _tokenizer().analyze(text)


def term_of(word: str, language: str = ENGLISH) -> str:
    """The term that `analyze` makes of a word that `tokenize` found."""
    return "".join(_whole(language).analyze(word))


def analyze(text: str, language: str = ENGLISH) -> list[str]:
    """The terms of a text of a language of `STEMMERS` as they are indexed: lower-cased, stemmed, accents folded, in
    order, repeats kept."""
    return _analyzer(language).analyze(text)


def is_function_word(word: str, language: str) -> bool:
    """Whether a word that `tokenize` found is on Snowball's list of stop words of a language, where there is one."""
    analyzer = _without_function_words(language)
    return analyzer is not None and not analyzer.analyze(word)


@cache
def _schema() -> tantivy.Schema:
    builder = tantivy.SchemaBuilder()
    builder.add_text_field("text", tokenizer_name=_ANALYZER, index_option="freq")
    builder.add_unsigned_field("row", fast=True)
    builder.add_unsigned_field("day", fast=True, indexed=True)  # proleptic ordinal of the publication date; 0: undated
    builder.add_unsigned_field("source", fast=True, indexed=True)
    return builder.build()


class LexicalWriter:
    """Fills an empty folder. Use it as a context manager; what is written is committed on leaving it without error."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True)
        self._index = tantivy.Index(_schema(), path=str(folder))
        self._index.register_tokenizer(_ANALYZER, _analyzer(ENGLISH))
        self._writer = self._index.writer(heap_size=_HEAP_BYTES, num_threads=1)

    def add(self, row: int, text: str, published: date | None, source: int, language: str = ENGLISH) -> None:
        """Adds a document by its text and its language, one of `STEMMERS`."""
        document = tantivy.Document()
        if language == ENGLISH:
            document.add_text("text", text)
        else:
            terms = [tantivy.Token(term, place, 0, 0) for place, term in enumerate(analyze(text, language))]
            document.add_pre_tokenized_text("text", tantivy.PreTokenizedString("", terms))
        document.add_unsigned("row", row)
        document.add_unsigned("day", published.toordinal() if published else 0)
        document.add_unsigned("source", source)
        self._writer.add_document(document)

    def __enter__(self) -> "LexicalWriter":
        return self

    def __exit__(self, error: object, *_: object) -> None:
        if error is None:
            self._writer.commit()
            self._writer.wait_merging_threads()
        else:  # its threads would go on writing while the folder is being removed
            with suppress(ValueError):
                self._writer.rollback()
                self._writer.wait_merging_threads()


def idf(count: int, frequency: int) -> float:
    """The weight of a term that stands in `frequency` of `count` documents: ln(1 + (N - n + .5) / (n + .5))."""
    return math.log1p((count - frequency + 0.5) / (frequency + 0.5))


class LexicalIndex:
    """An open BM25 index. Thread-safe."""

    def __init__(self, files: Files, folder: str) -> None:
        """Opens the BM25 index that stands in a folder of a generation. Raises what tantivy does for a damaged one."""
        self._files = files
        self._counted: WeakKeyDictionary[Selection, dict[str, int]] = WeakKeyDictionary()
        with files.folder_of(folder) as place:
            self._index = tantivy.Index.open(str(place))
            # What is published never changes: no thread need look for commits.
            self._index.config_reader(reload_policy="manual")
            self._searcher = self._index.searcher()
        self._index.register_tokenizer(_ANALYZER, _analyzer(ENGLISH))
        self._schema = self._index.schema

    def __len__(self) -> int:
        return self._searcher.num_docs

    @guarded
    def document_frequency(self, term: str, restriction: Restriction | None = None) -> int:
        """In how many documents (of those that a filter admits) an analysed term stands."""
        if restriction is None:
            return self._searcher.doc_freq("text", term)
        query = tantivy.Query.term_query(self._schema, "text", term, "basic")
        found: Any = self._searcher.search(
            self._restricted(query, restriction), 1, count=True
        )  # its stub lacks `count`
        return int(found.count)

    def frequency(self, term: str, selection: Selection | None) -> int:
        """As `document_frequency`; under a filter, documents are counted once."""
        if selection is None:
            return self.document_frequency(term)
        counted = self._counted.setdefault(selection, {})
        if term not in counted:
            counted[term] = self.document_frequency(term, selection.restriction)
        return counted[term]

    def filtered(self, terms: Mapping[str, float], k: int, selection: Selection | None, admitted: int) -> Hits:
        """As `search`; under a filter, the idf of a term is that among the `admitted` documents."""
        if selection is None:
            return self.search(terms, k)
        local = {
            term: weight * idf(admitted, found) / idf(len(self), self.document_frequency(term))
            for term, weight in terms.items()
            if (found := self.frequency(term, selection))
        }
        return self.search(local, k, selection.restriction)

    @guarded
    def search(self, terms: Mapping[str, float], k: int, restriction: Restriction | None = None) -> Hits:
        """The k documents with the highest BM25 for analysed terms with their weights, scores above 0 only."""
        clauses: list[tuple[tantivy.Occur, tantivy.Query]] = []
        for term, weight in terms.items():
            query = tantivy.Query.term_query(self._schema, "text", term, "freq")
            clauses.append((tantivy.Occur.Should, query if weight == 1 else tantivy.Query.boost_query(query, weight)))
        if not clauses or k < 1:
            return Hits(np.empty(0, np.int64), np.empty(0, np.float32))
        query = tantivy.Query.boolean_query(clauses)
        if restriction is not None:
            query = self._restricted(query, restriction)
        found: Sequence[tuple[Any, tantivy.DocAddress]] = self._searcher.search(query, k, count=False).hits
        rows = np.array(self._searcher.fast_field_values("row", [address for _, address in found]), np.int64)
        scores = np.array([score for score, _ in found], np.float32)
        order = np.lexsort((rows, -scores))
        return Hits(rows[order], scores[order])

    def _restricted(self, query: tantivy.Query, restriction: Restriction) -> tantivy.Query:
        must = [tantivy.Query.const_score_query(part, 0.0) for part in self._filters(restriction)]
        return tantivy.Query.boolean_query([(tantivy.Occur.Must, part) for part in [query, *must]])

    def _filters(self, restriction: Restriction) -> list[tantivy.Query]:
        queries = []
        if restriction.days is not None:
            queries.append(tantivy.Query.term_set_query(self._schema, "day", sorted(restriction.days)))
        elif restriction.since is not None or restriction.until is not None:
            queries.append(
                tantivy.Query.range_query(
                    self._schema,
                    "day",
                    tantivy.FieldType.Unsigned,
                    lower_bound=restriction.since.toordinal() if restriction.since else 1,
                    upper_bound=restriction.until.toordinal() if restriction.until else date.max.toordinal(),
                )
            )
        if restriction.sources is not None:
            queries.append(tantivy.Query.term_set_query(self._schema, "source", sorted(restriction.sources)))
        return queries
