"""Why nothing is cited, in one sentence: which words, period or source the articles lack, or what the closest passages
cover of the question.
"""

from collections.abc import Sequence
from datetime import date

from index.engine import SearchEngine
from index.store.bm25 import analyze
from qa.answering.answer_type import REQUIRED, AnswerType, answer_type
from qa.answering.namesakes import named_otherwise, unnamed_person
from qa.answering.type_in_text import holds
from qa.search.fusion import within
from qa.search.preferences import period_name
from qa.search.rank import Ranking
from qa.search.terms import content_terms, covered
from qa.types import Citation

__all__ = ["reason"]

_FEW = 0.5  # view: of the question's idf weight, below which the closest passages are said to cover little
_MOST = 3  # view: words named in a sentence
_THINGS: dict[AnswerType, str] = {"money": "an amount of money", "relative": "a family tie"}  # a time, a number, ...


def reason(index: SearchEngine, ranking: Ranking, closest: Sequence[Citation]) -> str:
    """The first of these that holds: no article under the filters; words that stand in no article; a person whom none
    names, and who is named with that surname; a period that no article is of; the words that the closest passages lack;
    the kind of thing that is asked for, if they have none; that they do not answer.
    """
    query = ranking.query
    filtered = " under these filters" if query.request.filters else ""
    if not closest:
        return f"No article is left{filtered}." if filtered else "No passage has anything to do with the question."
    # What a question says of time and source stands in an article's metadata rather than in its words.
    said = " ".join(query.preferences.said)
    of_metadata = set(analyze(said, query.language))
    # That "what" and "did" are missing tells a person nothing.
    told = [term for term in content_terms(query.question, query.language) if term not in of_metadata]
    written = query.words
    unknown = [term for term in told if not index.document_frequency(term, query.selection)]
    if unknown:
        words = _listed([written.get(term, term) for term in unknown])
        return f"{words} {'stands' if len(unknown) == 1 else 'stand'} in none of the articles{filtered}."
    if (name := unnamed_person(index, query.question, query.selection)) is not None:
        others = named_otherwise(index, name, [one.text for one in closest], query.selection)[:_MOST]
        return f"No article names {name}{filtered}{f'; they name {_joined(others)}' if others else ''}."
    period = query.preferences.period
    if period is not None and not (within(index.days(ranking.articles), *map(date.toordinal, period)) == 1.0).any():
        return f"No article {period_name(period)} was found{filtered}, and none from another time answers the question."
    terms = frozenset(analyze(" ".join([said, *(f"{one.title} {one.text}" for one in closest)]), query.language))
    missing = [written.get(term, term) for term in told if term not in terms]
    if missing and covered(query.idf, terms) < _FEW:
        return f"The closest passages{filtered} do not mention {_listed(missing)}."
    alike = f"The closest passages{filtered} share words with the question"
    if missing:
        return f"{alike}, but not {_listed(missing)}."
    wanted = answer_type(query.question)
    if wanted in REQUIRED and not any(holds(wanted, one.text) for one in closest):
        return f"{alike}, but none states {_THINGS.get(wanted, f'a {wanted}')}."
    return f"{alike}, but no sentence of them answers it."


def _listed(words: Sequence[str]) -> str:
    """Words in quotation marks, joined as in a sentence; at most three."""
    return _joined([f"‘{word}’" for word in words[:_MOST]])


def _joined(words: Sequence[str]) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"
