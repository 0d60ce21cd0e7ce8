"""`ask` and `retrieve`: the whole way of one question, once, in order."""

from collections.abc import Sequence
from dataclasses import dataclass

from index.engine import SearchEngine
from qa.answering.cite import Cited, cite, cite_mentions
from qa.answering.corroboration import corroborated
from qa.answering.evidence import WEIGHED, Evidence, weigh
from qa.answering.figures import figures_told
from qa.answering.mentions import mention_note, mentions, missing_reason
from qa.answering.quotes import Quote, select_quotes
from qa.answering.reader import PassageReading
from qa.answering.refusal import reason
from qa.answering.second_look import look_again
from qa.arguments import AnyIndex, Day, Given, checked_request
from qa.search.followup import taken
from qa.search.languages import language_note
from qa.search.name_matching import find_name
from qa.search.names import NameQuestion, asked_about
from qa.search.preferences import period_name
from qa.search.rank import Ranking
from qa.search.search import search
from qa.types import CITATIONS, Answer, Citation, History, Request

__all__ = ["Ahead", "answer", "ask", "quotes_to_read", "retrieve"]

_RECENT = 0.02  # view: of recency from which it is worth a word


def retrieve(
    question: str,
    k: int = CITATIONS,
    *,
    index: AnyIndex = None,
    history: History = (),
    since: Day = None,
    until: Day = None,
    sources: Sequence[str] | str | None = None,
    as_of: Day = None,
    understand: bool = True,
    reranker: str | None = None,
    reader: bool = True,
) -> list[Citation]:
    """The k passages that speak most to a question, best first. It never abstains; `ask` does.

    `index` is an Index, a LiveIndex or a path; None means $ARTICLE_INDEX, else ./articles.index. `history` holds
    (question, answer) pairs, oldest first. `since` and `until` (inclusive) and `sources` are hard filters; a day is a
    date or a string such as "2020-12-01", "Dec 2020" or "last week", and one source may be a string. `as_of` is the
    day of asking: None for today, "any" for no preference for recent articles. A period or a source that the question
    names ("in December 2020", "according to Politico") is preferred, unless `understand` is False. `reranker` is the
    name or path of a CrossEncoder that orders the best passages anew. Without `reader`, sentences are marked and
    judged by their words alone. Raises UsageError, naming what would be right, for an argument of a wrong type or
    value and for an unknown source, ModelNotFound for a reranker that cannot be loaded, and what opening the index
    raises.
    """
    given = Given(k, history, since, until, sources, as_of, understand, reranker, reader)
    snapshot, request = checked_request(question, index, given)
    found = _cited(snapshot, request, search(snapshot, request))
    return [one.citation for one in found[: request.k]]


def ask(
    question: str,
    k: int = CITATIONS,
    *,
    index: AnyIndex = None,
    history: History = (),
    since: Day = None,
    until: Day = None,
    sources: Sequence[str] | str | None = None,
    as_of: Day = None,
    understand: bool = True,
    reranker: str | None = None,
    reader: bool = True,
) -> Answer:
    """What the articles say to a question, as at most k citations; or that they do not, and why. Arguments as for
    `retrieve`.
    """
    given = Given(k, history, since, until, sources, as_of, understand, reranker, reader)
    snapshot, request = checked_request(question, index, given)
    return answer(snapshot, request, search(snapshot, request))


@dataclass(frozen=True, slots=True)
class Ahead:
    """What is quoted of a ranking, and what the reader made of it; None without a reader."""

    quotes: Sequence[Quote]
    seen: Sequence[PassageReading] | None


def answer(index: SearchEngine, request: Request, ranking: Ranking, ahead: Ahead | None = None) -> Answer:
    """The answer to a request whose ranking is known; `ahead` saves doing again what is known of that, too."""
    about = asked_about(request.question)
    if about is not None and (about.capital or about.exact) and about.firm:
        return _about_name(index, request, about, ranking)
    cited = _cited(index, request, ranking, ahead)
    evidence = _weighed(index, request, ranking, cited)
    if not evidence.found and about is None:
        cited = look_again(index, ranking, cited, reader=request.reader)
        evidence = _weighed(index, request, ranking, cited)
    citations = tuple(one.citation for one in cited[: request.k])
    alone = len(ranking.query.parts) == 1
    named = about is not None and bool(citations) and find_name(about, citations[0].text) is not None
    if about is not None and not (evidence.found and (named or not alone)):
        found = _about_name(index, request, about, ranking)
        if found.found or (alone and about.firm and not evidence.found):
            return found
    told = evidence.found
    return Answer(
        question=request.question,
        found=told,
        citations=citations if told else (),
        reason="" if told else reason(index, ranking, citations),
        closest=() if told else citations,
        generation=index.generation,
        notes=_notes(index, ranking, citations),
        read_as=taken(ranking.query.parts),
        confidence=evidence.confidence,
        corroboration=corroborated(index, request.question, cited, request.k) if told else (),
        figures=figures_told(request.question, cited, request.k) if told else (),
    )


def _weighed(index: SearchEngine, request: Request, ranking: Ranking, cited: Sequence[Cited]) -> Evidence:
    confidences = [one.citation.confidence for one in cited]
    return weigh(index, confidences, small=ranking.query.small, reader=request.reader)


def _cited(index: SearchEngine, request: Request, ranking: Ranking, ahead: Ahead | None = None) -> tuple[Cited, ...]:
    """What is read, at least five passages, these by confidence: how sure an answer is depends on no k."""
    known = ahead or Ahead(quotes_to_read(index, ranking, request), None)
    return tuple(cite(index, ranking, known.quotes, reader=request.reader, seen=known.seen))


def quotes_to_read(index: SearchEngine, ranking: Ranking, request: Request) -> list[Quote]:
    """The quotes that are read for an answer: k, and at least those that are weighed."""
    return select_quotes(index, ranking, max(request.k, WEIGHED))


def _about_name(index: SearchEngine, request: Request, about: NameQuestion, ranking: Ranking) -> Answer:
    """Where the name that a question is about stands; or that it stands nowhere, with what is closest."""
    question, generation = request.question, index.generation
    found = mentions(index, about, ranking.query.selection)
    if found:
        citations = cite_mentions(index, ranking, found, request.k)
        best = max(citation.confidence for citation in citations)
        return Answer(question, True, citations, "", (), generation, (mention_note(about, found),), (), best)
    surname = about.surname
    others = mentions(index, surname, ranking.query.selection) if surname is not None else None
    if others:
        closest = cite_mentions(index, ranking, others, request.k)
    else:
        closest = tuple(one.citation for one in _cited(index, request, ranking)[: request.k])
    why = missing_reason(about, surname if others else None, bool(request.filters))
    return Answer(question, False, (), why, closest, generation)


def _notes(index: SearchEngine, ranking: Ranking, citations: Sequence[Citation]) -> tuple[str, ...]:
    preferences, notes = ranking.query.preferences, []
    best = [{name: value for name, (value, _) in citation.features.items()} for citation in citations]
    if any(features["recency"] >= _RECENT for features in best):
        notes.append("recent articles were preferred")
    if preferences.period is not None and any(features["period"] >= _RECENT for features in best):
        notes.append(f"articles {period_name(preferences.period)} were preferred")
    if any(features["source"] for features in best):
        notes.append(f"articles of {' and '.join(preferences.sources)} were preferred")
    if note := language_note(ranking.query.asked_in, index.languages):
        notes.append(note)
    return tuple(notes)
