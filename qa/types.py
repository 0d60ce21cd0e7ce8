"""What comes back: citations and answers. Frozen values whose `to_dict` is what `--json` prints."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Literal

__all__ = ["CITATIONS", "Answer", "AsOf", "Citation", "Filters", "History", "Request", "Statement", "Strength"]

Strength = Literal["strong", "fair", "weak"]
CITATIONS = 5  # citations of an answer unless another number is asked for; as many as the coefficients were learned on
AsOf = date | Literal["any"] | None


@dataclass(frozen=True, slots=True)
class Filters:
    """Hard limits on the articles searched: published on or after `since`, on or before `until` (both inclusive;
    undated articles fail either), and from one of `sources` (compared without case; None means any)."""

    since: date | None = None
    until: date | None = None
    sources: tuple[str, ...] | None = None

    def __bool__(self) -> bool:
        return self.since is not None or self.until is not None or self.sources is not None


@dataclass(frozen=True, slots=True, repr=False)
class Citation:
    """A passage of one article, or sentences in a row, word for word: `text` is `article.text[start:end]` and
    `sentence`, the marked sentence (or two in a row, where either may answer), is
    `article.text[sentence_start:sentence_end]`, which lies inside it. Offsets are code points of the stored text.
    `page` is that of the marked sentence, from 1; None where the format has no pages.

    `score` orders the citations of one answer and means nothing across questions; `confidence` does: the chance, 0 to
    1, that the marked sentence answers, and `strength` is cut from it. `also_in` holds the same passage in
    near-identical copies of the article, each with its own source and offsets. The two hashes are sha256, in hex, of
    the UTF-8 of the quote and of the whole stored text. `read_by_ocr`: the quote stands on a page that OCR read, and
    may hold a wrong letter that its picture does not have.
    """

    number: int
    article_id: str
    title: str
    source: str
    author: str
    published: date | None
    url: str
    path: str
    start: int
    end: int
    text: str
    sentence_start: int
    sentence_end: int
    sentence: str
    score: float
    strength: Strength
    confidence: float
    quote_sha256: str
    article_sha256: str
    page: int | None = None
    read_by_ocr: bool = False
    also_in: tuple["Citation", ...] = ()
    features: Mapping[str, tuple[float, float]] = field(default_factory=dict, repr=False, compare=False)

    def to_dict(self, *, explain: bool = False) -> dict[str, Any]:
        """Plain values for JSON; dates are ISO 8601, an unknown date is None."""
        plain: dict[str, Any] = {name: getattr(self, name) for name in self.__slots__ if name != "features"}
        plain["published"] = self.published.isoformat() if self.published else None
        plain["also_in"] = [copy.to_dict() for copy in self.also_in]
        if explain:
            plain["explain"] = self.explain()
        return plain

    def explain(self) -> dict[str, dict[str, float]]:
        """Why it ranks where it does: of each feature of the ranking its value, its weight and their product, most
        first; without a reranker the products add up to the score.
        """
        rows = sorted(self.features.items(), key=lambda item: (-abs(item[1][0] * item[1][1]), item[0]))
        return {
            name: {"value": round(value, 6), "weight": round(weight, 6), "product": round(value * weight, 6)}
            for name, (value, weight) in rows
        }

    def __repr__(self) -> str:
        from qa.notebook import short_citation

        return short_citation(self)

    def _repr_html_(self) -> str:
        from qa.notebook import citation_html

        return citation_html(self)


@dataclass(frozen=True, slots=True)
class Statement:
    """What one article says of the answer, word for word: `text` is `article.text[start:end]`, the words that answer, a
    "number" or a "date", and stands in `sentence`, which is `article.text[sentence_start:sentence_end]`. `number` is
    that of the citation in whose passage it stands; None for a passage that was read but is not among the citations.
    """

    number: int | None
    article_id: str
    title: str
    source: str
    published: date | None
    kind: Literal["words", "number", "date"]
    start: int
    end: int
    text: str
    sentence_start: int
    sentence_end: int
    sentence: str

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON; the day is ISO 8601, an unknown one None."""
        plain: dict[str, Any] = {name: getattr(self, name) for name in self.__slots__}
        plain["published"] = self.published.isoformat() if self.published else None
        return plain


@dataclass(frozen=True, slots=True, repr=False)
class Answer:
    """What the articles say to a question, or that they do not.

    When `found`, `citations` are in order of rank, numbered from 1, and `reason` is empty. Otherwise `citations` is
    empty, `reason` says in one sentence why nothing is cited, and `closest` holds the nearest passages, which are
    not an answer. `generation` names the index that answered. `notes` says in a few words what else counted (such
    as recency). `read_as` holds the earlier questions of the conversation that were taken along, oldest first, with
    the last answer; nothing for a question that stands alone. `confidence`, 0 to 1, is the chance that the best marked
    sentence answers; below a learned threshold nothing is cited.

    `corroboration` is empty, or the words that answer in the likeliest citation, followed by the same words in the
    marked sentences of other, independent sources. `figures` is empty, or the different numbers or dates that sentences
    of different days give for what is asked, oldest first: which of them is right is not judged.
    """

    question: str
    found: bool
    citations: tuple[Citation, ...]
    reason: str
    closest: tuple[Citation, ...]
    generation: str
    notes: tuple[str, ...] = ()
    read_as: tuple[str, ...] = ()
    confidence: float = 0.0
    corroboration: tuple[Statement, ...] = ()
    figures: tuple[Statement, ...] = ()

    def to_dict(self, *, explain: bool = False) -> dict[str, Any]:
        """Plain values for JSON."""
        return {
            "question": self.question,
            "found": self.found,
            "confidence": self.confidence,
            "citations": [citation.to_dict(explain=explain) for citation in self.citations],
            "reason": self.reason,
            "closest": [citation.to_dict(explain=explain) for citation in self.closest],
            "generation": self.generation,
            "notes": list(self.notes),
            "read_as": list(self.read_as),
            "corroboration": [one.to_dict() for one in self.corroboration],
            "figures": [one.to_dict() for one in self.figures],
        }

    def to_rows(self) -> list[dict[str, Any]]:
        """A row for each citation, else for each closest passage, of plain values: what `pandas.DataFrame` takes."""
        from qa.notebook import rows

        return rows(self)

    def to_langchain(self) -> list[Any]:
        """The citations as LangChain documents. Raises UsageError where langchain-core is not installed."""
        from qa.frameworks import to_langchain

        return to_langchain(self.citations)

    def to_llama_index(self) -> list[Any]:
        """The citations as LlamaIndex nodes. Raises UsageError where llama-index-core is not installed."""
        from qa.frameworks import to_llama_index

        return to_llama_index(self.citations)

    def to_haystack(self) -> list[Any]:
        """The citations as Haystack documents. Raises UsageError where haystack-ai is not installed."""
        from qa.frameworks import to_haystack

        return to_haystack(self.citations)

    def __repr__(self) -> str:
        from qa.notebook import short_answer

        return short_answer(self)

    def _repr_html_(self) -> str:
        from qa.notebook import answer_html

        return answer_html(self)


History = Sequence[tuple[str, "str | Answer"]]


@dataclass(frozen=True, slots=True)
class Request:
    """A question as it is asked, with its conversation, its filters and the day of asking, all checked.

    `k` is the number of citations; `history` holds (question, answer) pairs, oldest first; `as_of` is None for today,
    "any" for no preference for recent articles. Without `use_dates_and_sources`, a period or source that the question
    names is not preferred. `reranker` is the name or path of a CrossEncoder. Without
    `reader`, sentences are marked and judged by their words alone.
    """

    question: str
    k: int = CITATIONS
    history: History = ()
    filters: Filters = Filters()
    as_of: AsOf = None
    use_dates_and_sources: bool = True
    reranker: str | None = None
    reader: bool = True
