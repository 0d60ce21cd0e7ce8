"""`mentions_of`: where an article names people, organisations and places; `entities_of`: whom and what it names.

A rule, not a model: runs of capitalised words, each mention of which votes for a kind by its words and its neighbours;
a name has one kind within an article. A surname, a first name or an acronym that stands alone is joined to the whole
name, within one article only. English only.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from index.entities.cues import Votes, neighbour_votes, votes
from index.entities.runs import Run, runs
from index.entities.tokens import Token, tokens
from index.entities.word_lists import (
    ALIASES,
    ORGANISATION_HEADS,
    OTHER_FIRST,
    OTHER_HEADS,
    common_words,
    given_names,
    is_adjective,
    places,
)
from index.text.languages import ENGLISH, analyzed_as
from index.text.names import SPEECH
from index.types import KINDS, Article, Entity, Kind, Span

__all__ = ["Mention", "entities_of", "mentions_of"]

_NEEDED = 2  # votes that a name needs to be of a kind: one cue that mostly decides
_ALONE = 3  # the same for a single word that is no known place
_KEPT = ORGANISATION_HEADS | {"today"}  # whose names keep capitals throughout: "USA TODAY"
_Words = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Mention:
    """A name at a span of the text, its kind, and the whole name that it is joined to."""

    span: Span
    kind: Kind
    name: str


def entities_of(article: Article, body: Iterable[Span]) -> list[Entity]:
    """Whom and what the body of an English article names, those named most often first, equals in order of the text;
    empty for an article in another language."""
    if analyzed_as(article.language) != ENGLISH:
        return []
    counts = Counter(Entity(mention.kind, mention.name) for mention in mentions_of(article.text, body))
    return [entity for entity, _ in counts.most_common()]


def mentions_of(text: str, body: Iterable[Span]) -> list[Mention]:
    """Every place in the ranges of an English text where a person, an organisation or a place is named, in order."""
    words = tokens(text, body)
    found = [run for run in runs(words) if not _is_other(run)]
    sure: dict[str, set[_Words]] = {}
    for run in found:
        for word in () if run.doubtful else run.words:
            sure.setdefault(word, set()).add(run.words)
    found = [run for run in found if not run.doubtful or _supported(words, run, sure)]
    ballots: dict[_Words, Votes] = {}
    neighbours: dict[_Words, Votes] = {}
    for run in found:
        ballots[run.words] = ballots.get(run.words, Votes()).plus(votes(words, run))
        neighbours[run.words] = neighbours.get(run.words, Votes()).plus(neighbour_votes(words, run))
    kinds = {name: kind for name, ballot in ballots.items() if (kind := _kind(name, ballot)) is not None}
    joined = _joined(kinds, neighbours)
    written = _written(text, words, found)
    mentions = []
    for run in found:
        whole = joined.get(run.words, run.words)
        if whole in kinds:
            span = Span(words[run.first].start, _ends(words, run))
            mentions.append(Mention(span, kinds[whole], written[whole]))
    return mentions


def _is_other(run: Run) -> bool:
    return run.words[-1] in OTHER_HEADS or run.words[0] in OTHER_FIRST


def _supported(words: Sequence[Token], run: Run, sure: Mapping[str, set[_Words]]) -> bool:
    """Whether what a heading names, or a single word at a sentence's beginning, is a name: `sure` has the names that
    stand inside sentences, by each of their words."""
    others = min((sure.get(word, set()) for word in run.words), key=len)
    if any(set(run.words).issubset(other) for other in others):
        return True
    if len(run.words) > 1 or words[run.first].heading:
        return False
    (word,) = run.words
    if word in places() or word in given_names() or words[run.first].word.isupper():
        return True
    following = words[run.last + 1] if run.last + 1 < len(words) else None
    return following is not None and following.joins and following.plain in SPEECH and word not in common_words()


def _kind(name: _Words, ballot: Votes) -> Kind | None:
    """The kind with most votes; None where too little speaks for any."""
    best = max(ballot)
    if best < (_NEEDED if len(name) > 1 else _ALONE):
        return None
    return KINDS[ballot.index(best)]


def _joined(kinds: dict[_Words, Kind], neighbours: Mapping[_Words, Votes]) -> dict[_Words, _Words]:
    """For each part of a name that stands alone, the whole name: the first in the article of those that have it."""
    wholes: dict[_Words, _Words] = {}
    for whole, kind in kinds.items():
        for part in _parts(whole, kind) if len(whole) > 1 else ():
            wholes.setdefault(part, whole)
    joined: dict[_Words, _Words] = {}
    for name, ballot in neighbours.items():
        whole = wholes.get(name, name)
        placed = " ".join(name) in places() and ballot.place > ballot.person
        if whole != name and not (kinds[whole] == "person" and placed):
            joined[name] = wholes.get(whole, whole)
    return joined


def _parts(whole: _Words, kind: Kind) -> Iterator[_Words]:
    """What stands for a whole name: a person's surname or first name, an organisation's acronym or first word."""
    if kind == "person":
        for size in range(1, len(whole)):
            yield whole[-size:]
            yield whole[:size]
        yield tuple(word for word in whole if len(word) > 1)
    elif kind == "organisation":
        yield ("".join(word[0] for word in whole if word not in ("of", "and", "the", "for")),)
        if whole[0] in places() or is_adjective(whole[0]):
            yield whole[1:]  # "U.S. Central Command"
        elif whole[0] not in common_words():
            yield whole[:1]


def _written(text: str, words: Sequence[Token], found: Sequence[Run]) -> dict[_Words, str]:
    """How each name is mostly written, of equals the first; capitals throughout are for acronyms."""
    forms: dict[_Words, Counter[str]] = {}
    for run in found:
        shown = " ".join(text[words[run.first].start : _ends(words, run)].split())
        plain = " ".join(run.words)
        shouted = shown.isupper() and "." not in shown
        if shouted and (plain in places() or (len(run.words) > 1 and run.words[-1] not in _KEPT)):
            shown = shown.title()
        shown = ALIASES.get(plain, shown)
        forms.setdefault(run.words, Counter())[shown] += 1
    return {name: counts.most_common(1)[0][0] for name, counts in forms.items()}


def _ends(words: Sequence[Token], run: Run) -> int:
    token = words[run.last]
    return token.end + (len("'s") if run.keeps_ending else 0)
