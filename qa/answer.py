"""`ask` and `retrieve`: the whole way of one question, once, in order."""

from collections.abc import Sequence

from index.store.snapshot import Index
from qa.answering.cite import cite, cite_mentions
from qa.answering.evidence import weigh
from qa.answering.mentions import mention_note, mentions, missing_reason
from qa.answering.quotes import Quote, select_quotes
from qa.answering.refusal import reason
from qa.arguments import (
    AnyIndex,
    Day,
    checked_day_of_asking,
    checked_filters,
    checked_history,
    checked_index,
    checked_options,
    checked_question,
)
from qa.search.followup import taken
from qa.search.names import Asked, asked_about
from qa.search.preferences import period_name
from qa.search.rank import Ranking
from qa.search.search import search
from qa.types import Answer, Citation, History, Request

__all__ = ["answer", "ask", "retrieve"]

_RECENT = 0.02  # of recency from which it is worth a word


def retrieve(
    question: str,
    k: int = 5,
    *,
    index: AnyIndex = None,
    history: History = (),
    since: Day = None,
    until: Day = None,
    sources: Sequence[str] | str | None = None,
    as_of: Day = None,
    understand: bool = True,
    reranker: str | None = None,
) -> list[Citation]:
    """The k passages that speak most to a question, best first. It never abstains; `ask` does.

    `index` is an Index, a LiveIndex or a path; None means $ARTICLE_INDEX, else ./articles.index. `history` holds
    (question, answer) pairs, oldest first. `since` and `until` (inclusive) and `sources` are hard filters; a day is a
    date or a string such as "2020-12-01", "Dec 2020" or "last week", and one source may be a string. `as_of` is the
    day of asking: None for today, "any" for no preference for recent articles. A period or a source that the question
    names ("in December 2020", "according to Politico") is preferred, unless `understand` is False. `reranker` is the
    name or path of a CrossEncoder that orders the best passages anew. Raises UsageError, naming what would be right,
    for an argument of a wrong type or value and for an unknown source, ModelNotFound for a reranker that cannot be
    loaded, and what opening the index raises.
    """
    snapshot, request = _checked(question, k, index, history, since, until, sources, as_of, understand, reranker)
    ranking = search(snapshot, request)
    return cite(snapshot, ranking, select_quotes(snapshot, ranking, request.k).quotes)


def ask(
    question: str,
    k: int = 5,
    *,
    index: AnyIndex = None,
    history: History = (),
    since: Day = None,
    until: Day = None,
    sources: Sequence[str] | str | None = None,
    as_of: Day = None,
    understand: bool = True,
    reranker: str | None = None,
) -> Answer:
    """What the articles say to a question, as at most k citations; or that they do not, and why. Arguments as for
    `retrieve`.
    """
    snapshot, request = _checked(question, k, index, history, since, until, sources, as_of, understand, reranker)
    return answer(snapshot, request, search(snapshot, request))


def answer(index: Index, request: Request, ranking: Ranking) -> Answer:
    """The answer to a request whose ranking is known."""
    about = asked_about(request.question)
    if about is not None and (about.capital or about.exact) and about.firm:
        return _about_name(index, request, about, ranking)
    selected = select_quotes(index, ranking, request.k)
    evidence = weigh(index, ranking, selected.positions)
    citations = tuple(cite(index, ranking, selected.quotes))
    earlier = taken(ranking.query.parts)
    if evidence.found:
        notes = _notes(ranking, selected.quotes)
        return Answer(request.question, True, citations, "", (), index.generation, notes, earlier)
    if about is not None and len(ranking.query.parts) == 1:
        found = _about_name(index, request, about, ranking)
        if found.found or about.firm:
            return found
    why = reason(evidence, request.filters, bool(citations))
    return Answer(request.question, False, (), why, citations, index.generation, (), earlier)


def _about_name(index: Index, request: Request, about: Asked, ranking: Ranking) -> Answer:
    """Where the name that a question is about stands; or that it stands nowhere, with what is closest."""
    found = mentions(index, about, ranking.query.selection)
    if found:
        citations = cite_mentions(index, ranking, found, request.k)
        return Answer(request.question, True, citations, "", (), index.generation, (mention_note(about, found),))
    surname = about.surname
    others = mentions(index, surname, ranking.query.selection) if surname is not None else None
    if others:
        closest = cite_mentions(index, ranking, others, request.k)
    else:
        closest = tuple(cite(index, ranking, select_quotes(index, ranking, request.k).quotes))
    why = missing_reason(about, surname if others else None, bool(request.filters))
    return Answer(request.question, False, (), why, closest, index.generation)


def _checked(
    question: object,
    k: object,
    index: object,
    history: object,
    since: object,
    until: object,
    sources: object,
    as_of: object,
    understand: object,
    reranker: object,
) -> tuple[Index, Request]:
    """The index and the request of the public arguments. Raises UsageError, and what opening the index raises."""
    words, count = checked_question(question, k)
    turns, day = checked_history(history), checked_day_of_asking(as_of)
    use_dates_and_sources, model = checked_options(understand, reranker)
    snapshot = checked_index(index)
    filters = checked_filters(snapshot, since, until, sources)
    return snapshot, Request(words, count, turns, filters, day, use_dates_and_sources, model)


def _notes(ranking: Ranking, quotes: Sequence[Quote]) -> tuple[str, ...]:
    best = [quote.place.position for quote in quotes]
    preferences, features, notes = ranking.query.preferences, ranking.features, []
    if any(features.column("recency")[best] >= _RECENT):
        notes.append("recent articles were preferred")
    if preferences.period is not None and any(features.column("period")[best] >= _RECENT):
        notes.append(f"articles {period_name(preferences.period)} were preferred")
    if any(features.column("source")[best]):
        notes.append(f"articles of {' and '.join(preferences.sources)} were preferred")
    return tuple(notes)
