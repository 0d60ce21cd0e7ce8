"""Finds where names may stand in an article: runs of capitalised words, without titles before them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from index.entities.tokens import Token
from index.entities.word_lists import (
    CONNECTING,
    DATES,
    OPENERS,
    ORGANISATION_HEADS,
    PARTICLES,
    PLACE_HEADS,
    SURNAMES,
    TITLES,
    common_words,
    given_names,
    is_adjective,
    places,
)
from index.text.names import SPEECH

__all__ = ["Run", "runs"]

_LONGEST = 9  # limit: words of a name
_BETWEEN = 3  # small words between two capitalised ones: "of the", "de la"
_ALSO_DATES = frozenset("may march april june august jan".split())  # and names of persons
_TITLES_OF = frozenset("secretary undersecretary chancellor minister chief head".split())
_OFFICES = frozenset(
    """state defense defence health energy commerce labor labour education war transportation agriculture exchequer
    staff justice interior treasury homeland finance""".split()
)
_OF = ORGANISATION_HEADS | PLACE_HEADS | frozenset("cape republic kingdom sultanate".split())
_KEEPS_ENDING = SPEECH | frozenset("is was will has had cut rose fell does did cuts says".split())  # "Moody's said"


@dataclass(slots=True)
class Run:
    """The words `tokens[first : last + 1]` of a name. `titled` says that a title was before it ("President"),
    `doubtful` that its only capital is that of a sentence's beginning."""

    first: int
    last: int
    words: tuple[str, ...]
    titled: bool = False
    doubtful: bool = False
    keeps_ending: bool = False


def runs(words: Sequence[Token]) -> Iterator[Run]:
    """The names of an article, in order; none overlaps another."""
    small = {token.plain for token in words if not token.capital}
    place = 0
    while place < len(words):
        if not _begins(words[place]):
            place += 1
            continue
        last = _end(words, place)
        found = _trimmed(words, place, last, small)
        if found is not None:
            yield found
        place = last + 1


def _begins(token: Token) -> bool:
    return token.capital and token.plain not in DATES and not _is_compound(token.word)


def _is_compound(word: str) -> bool:
    """Whether a word such as "Iran-backed" is none of a name."""
    _, hyphen, ends = word.rpartition("-")
    return bool(hyphen) and ends.islower() and ends in common_words()


def _end(words: Sequence[Token], first: int) -> int:
    """The last word of the run that begins at a place."""
    last = first
    while last + 1 < len(words) and last - first < _LONGEST and not words[last].possessive:
        following = _next(words, first, last)
        if following is None:
            break
        last = following
    return last


def _next(words: Sequence[Token], first: int, last: int) -> int | None:
    """The capitalised word by which a run goes on."""
    token = words[last + 1]
    if token.joins and token.capital and not _is_compound(token.word):
        named = token.plain in _ALSO_DATES and words[last].plain in given_names() and last == first
        return last + 1 if token.plain not in DATES or named else None
    if token.capital and token.gap == " & ":
        return last + 1
    between: list[str] = []
    for place in range(last + 1, min(len(words), last + 2 + _BETWEEN)):
        token = words[place]
        if not token.joins or (token.capital and not _begins(token)):
            return None
        if token.capital:
            return place if _connected(words, first, last, between, place) else None
        between.append(token.plain)
    return None


def _connected(words: Sequence[Token], first: int, last: int, between: Sequence[str], place: int) -> bool:
    """Whether small words between two capitalised ones are inside a name."""
    left, right = words[last].plain, words[place].plain
    if all(word in PARTICLES for word in between):
        return left not in places() and left not in TITLES
    if not all(word in CONNECTING for word in between):
        return False
    if between[0] == "of":
        return left in _OF or (left in _TITLES_OF and right in _OFFICES)
    if between[0] == "and":
        return len(between) == 1 and _both(words, first, last, place)
    if between[0] == "without":
        return True
    return between[0] == "for" and left in ORGANISATION_HEADS


def _both(words: Sequence[Token], first: int, last: int, place: int) -> bool:
    """Whether "and" stands inside one name: "Publishers and Booksellers Guild", not "France and Air Liquide Group"."""
    end = place
    while end + 1 < len(words) and words[end + 1].joins and words[end + 1].capital and not words[end].possessive:
        end += 1
    head = words[end].plain in ORGANISATION_HEADS
    left = [words[at].plain for at in range(first, last + 1)]
    ends = left[-1]
    if "of" in left or "for" in left:  # "Department of Health and Human Services"
        return left[0] in _OF and ends in common_words() and words[place].plain in common_words()
    whole = ends in _OF or ends in places() or ends in given_names() or is_adjective(ends)
    return head and not whole and len(left) <= 3 and (end > place or last == first)


def _trimmed(words: Sequence[Token], first: int, last: int, small: set[str]) -> Run | None:
    """A run without a sentence's first word, the article, adjectives of countries, and titles before it."""
    opens = words[first].opens
    while first <= last and _is_opener(words, first, last, small, opens):
        first, opens = first + 1, False
        while first < last and not words[first].capital:
            first += 1
    if first > last:
        return None
    while last > first and len(words[last].word) == 1 and words[last - 1].joins:
        last -= 1
    ends = words[last].plain
    heads = [at for at in range(first + 1, last + 1) if words[at].plain in ORGANISATION_HEADS]
    headed = bool(heads) or (ends in PLACE_HEADS and last > first)
    named = any(
        words[at].plain in TITLES and words[at + 1].plain in given_names() for at in range(first, last)
    )  # "Mayor Bill West"
    first, titled = _after_titles(words, first, last, heads[-1] if heads else last if headed and not named else -1)
    if first > last:
        return None
    headed = headed and not titled
    while first < last and not headed and is_adjective(words[first].plain):
        first += 1
    if is_adjective(ends) and not titled and words[first].plain not in given_names():  # "South Korean"
        return None
    if first == last and (is_adjective(words[first].plain) or (ends in TITLES and not titled)):
        return None
    plain = tuple(token.plain.replace(".", "") for token in words[first : last + 1])
    alone = first == last and words[first].opens and not titled
    doubtful = alone or words[first].heading
    if alone and (ends in common_words() or ends in small) and ends not in places():
        return None
    keeps = words[last].possessive and last + 1 < len(words) and words[last + 1].plain in _KEEPS_ENDING
    return Run(first, last, plain, titled, doubtful, keeps)


def _is_opener(words: Sequence[Token], first: int, last: int, small: set[str], opens: bool) -> bool:
    """Whether the first word of a run is none of the name."""
    plain = words[first].plain
    if first < last and f"{plain} {words[first + 1].plain}" in places():
        return False
    if plain == "the":
        return not (first < last and words[first + 1].plain == "hague")
    if not opens:
        return False
    if plain in OPENERS:
        return not (first < last and plain in given_names() and words[first + 1].plain not in common_words())
    if first == last or plain in TITLES or plain in places() or plain in given_names():
        return False
    if plain not in common_words() and plain not in small:
        return False
    if plain in ORGANISATION_HEADS and words[first + 1].plain in places():  # "Police Scotland"
        return False
    ends = words[last].plain
    return plain.endswith(("ly", "ing", "ed", "ers", "ists")) or not (ends in ORGANISATION_HEADS or ends in PLACE_HEADS)


def _after_titles(words: Sequence[Token], first: int, last: int, head: int) -> tuple[int, bool]:
    """The place after the last title in a run, and whether there was one. A title before the head of an organisation is
    part of its name ("General Motors"), one at the end of a given name may be a surname ("Stephen King")."""
    ends = words[last].plain
    if ends in TITLES and not (ends in SURNAMES and words[first].plain in given_names() and last == first + 1):
        return (last + 1 if head < last else first), False
    found = [place for place in range(max(first, head), last) if words[place].plain in TITLES]
    if not found:
        return first, False
    place = found[-1] + 1
    if words[place].plain == "of":
        place += 1
        while place <= last and (words[place].plain in _OFFICES or not words[place].capital):
            place += 1
    return place, True
