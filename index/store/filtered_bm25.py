"""BM25 over the passages and over the articles of an index, all of them or those that a filter admits."""

from collections.abc import Mapping
from weakref import WeakKeyDictionary

from index.engine import Hits, Selection
from index.store.bm25 import LexicalIndex, idf
from index.store.files import Files

__all__ = ["FilteredBM25"]


class FilteredBM25:
    """Thread-safe. `passages` and `articles` are the indexes as a whole. Under a filter, the idf of a term is that
    among the documents that the filter admits.
    """

    def __init__(self, files: Files, folder: str = "lexical") -> None:
        """Opens both indexes of a generation. Raises what tantivy does for a damaged one."""
        self.passages = LexicalIndex(files, f"{folder}/passages")
        self.articles = LexicalIndex(files, f"{folder}/articles")
        self._frequencies: WeakKeyDictionary[Selection, dict[str, int]] = WeakKeyDictionary()

    def search_passages(self, terms: Mapping[str, float], k: int, selection: Selection | None) -> Hits:
        """The k passages (title in front) with the highest BM25 for weighted terms."""
        if selection is None:
            return self.passages.search(terms, k)
        frequencies = {term: self.passage_frequency(term, selection) for term in terms}
        local = _local(self.passages, terms, selection.passage_count, frequencies)
        return self.passages.search(local, k, selection.restriction)

    def search_articles(self, terms: Mapping[str, float], k: int, selection: Selection | None) -> Hits:
        """The k articles (title and body) with the highest BM25 for weighted terms."""
        if selection is None:
            return self.articles.search(terms, k)
        frequencies = {term: self.articles.document_frequency(term, selection.restriction) for term in terms}
        local = _local(self.articles, terms, selection.article_count, frequencies)
        return self.articles.search(local, k, selection.restriction)

    def passage_frequency(self, term: str, selection: Selection | None) -> int:
        """How many passages (title in front) hold an analysed term; under a filter they are counted once."""
        if selection is None:
            return self.passages.document_frequency(term)
        counted = self._frequencies.setdefault(selection, {})
        if term not in counted:
            counted[term] = self.passages.document_frequency(term, selection.restriction)
        return counted[term]


def _local(
    lexical: LexicalIndex, terms: Mapping[str, float], count: int, frequencies: Mapping[str, int]
) -> dict[str, float]:
    """Weights that give each term its idf among `count` documents, of which `frequencies` says how many hold it."""
    return {
        term: weight * idf(count, frequencies[term]) / idf(len(lexical), lexical.document_frequency(term))
        for term, weight in terms.items()
        if frequencies[term]
    }
