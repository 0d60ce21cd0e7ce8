"""Questions changed so that the sentence which answered them does not: a name, number, word or year is another one.

As the writers of SQuAD 2.0's unanswerable questions did by hand (Rajpurkar et al. 2018): entity, antonym, negation.
"""

import random
import re
from collections.abc import Sequence

from qa.training.reader_data import AnsweredQuestion, Paragraph

__all__ = ["dated", "exchanged", "inside", "names_of", "opposite", "other_number", "spanned"]

_NAME = re.compile(r"(?<=[a-z,] )[A-Z][\w’'-]+(?: [A-Z][\w’'-]+){0,3}")
_NUMBER = re.compile(r"\d[\d,.]*")
_YEAR = re.compile(r"\b(?:1[5-9]|20)\d\d\b")
_ASKS_TIME = re.compile(r"(?:when|how long|in what year|what year|what date)\b", re.I)
_FIRST, _LAST = 1400, 2030  # years between which a span that is made up lies
_SHIFT = 10  # years, at most, beyond a span's own length
_PAIRS = """
first/last oldest/youngest largest/smallest biggest/smallest most/least before/after highest/lowest increase/decrease
increased/decreased north/south northern/southern east/west eastern/western won/lost win/lose bought/sold buy/sell
father/mother son/daughter brother/sister husband/wife male/female men/women upper/lower early/late earliest/latest
began/ended begin/end start/stop started/stopped born/killed accepted/rejected supported/opposed support/oppose
better/worse best/worst more/less more/fewer long/short old/new older/newer young/old good/bad strong/weak high/low
higher/lower fast/slow big/small rich/poor same/different public/private above/below inside/outside left/right hot/cold
easy/hard positive/negative allowed/forbidden legal/illegal like/dislike liked/disliked love/hate gained/lost
joined/left opened/closed open/close built/destroyed created/destroyed founded/dissolved rose/fell always/never
attack/defend
attacked/defended arrived/departed beginning/end majority/minority summer/winter spring/autumn day/night king/queen
major/minor maximum/minimum modern/ancient import/export direct/indirect
"""
_VERBS = dict(pair.split("/") for pair in (
    "did/didn't does/doesn't do/don't was/wasn't were/weren't is/isn't are/aren't can/can't has/hasn't have/haven't"
).split())  # fmt: skip


def _opposites() -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for one, other in (pair.split("/") for pair in _PAIRS.split()):
        found.setdefault(one, []).append(other)
        found.setdefault(other, []).append(one)
    return found


_OPPOSITES = _opposites()


def names_of(question: str) -> list[str]:
    """Runs of capitalised words, but for the first word."""
    return [match.group() for match in _NAME.finditer(question)]


def exchanged(asked: AnsweredQuestion, paragraph: Paragraph, names: Sequence[str], rng: random.Random) -> str | None:
    """The question with a name or number exchanged for another one that the paragraph lacks: one of `names`."""
    found = [*_NAME.finditer(asked.question), *_NUMBER.finditer(asked.question)]
    if not found:
        return None
    match = rng.choice(found)
    old = match.group()
    if not old[0].isdigit() and not names:
        return None
    new = other_number(old, rng) if old[0].isdigit() else rng.choice(names)
    if new.lower() in paragraph.text.lower() or new.lower() in old.lower():
        return None
    return asked.question[: match.start()] + new + asked.question[match.end() :]


def inside(asked: AnsweredQuestion, paragraph: Paragraph, held: Sequence[int], rng: random.Random) -> str | None:
    """The question with a name exchanged for one that other sentences of its paragraph have."""
    found = list(_NAME.finditer(asked.question))
    gold = " ".join(paragraph.sentences[number] for number in held)
    others = {name for name in names_of(paragraph.text) if name not in gold and name not in asked.question}
    if not found or not others:
        return None
    match = rng.choice(found)
    return asked.question[: match.start()] + rng.choice(sorted(others)) + asked.question[match.end() :]


def opposite(question: str, rng: random.Random) -> str | None:
    """The question with a word exchanged for its antonym, or with its first auxiliary verb negated."""
    words = [match for match in re.finditer(r"[a-z]+", question) if match.group() in _OPPOSITES]
    if words:
        match = rng.choice(words)
        new = rng.choice(_OPPOSITES[match.group()])
    else:
        verb = next((match for match in re.finditer(r"[a-z]+", question) if match.group() in _VERBS), None)
        if verb is None or rng.random() < 0.5:  # rarer than antonyms, as with SQuAD's writers
            return None
        match, new = verb, _VERBS[verb.group()]
    return question[: match.start()] + new + question[match.end() :]


def other_number(old: str, rng: random.Random) -> str:
    """A number near another one; of a year, a year."""
    digits = re.sub(r"\D", "", old)
    if _YEAR.fullmatch(digits):
        return str(int(digits) + rng.choice([-1, 1]) * rng.randint(1, 12))  # years: another event of the same kind
    value = int(digits or "0") if len(digits) < 15 else 0  # limit: digits of a number that is read
    step = rng.randint(1, max(2, value // 2))
    return str(value - step if step <= value and rng.random() < 0.5 else value + step)  # either way as often


def dated(
    asked: AnsweredQuestion, paragraph: Paragraph, held: Sequence[int], true: bool, rng: random.Random
) -> str | None:
    """The question with a year that its sentence names (true) or one that the paragraph does not name."""
    years = _years(asked, paragraph, held)
    if not years:
        return None
    year = rng.choice(years)
    if not true:
        year = int(other_number(str(year), rng))
        if str(year) in paragraph.text:
            return None
    return f"{asked.question.rstrip(' ?.')} in {year}?"


def spanned(
    asked: AnsweredQuestion, paragraph: Paragraph, held: Sequence[int], true: bool, rng: random.Random
) -> str | None:
    """The question with "from" and "to" the first and last year of its sentence (true), or of another span of years
    that the paragraph does not name."""
    years = sorted(set(_years(asked, paragraph, held)))
    if len(years) < 2:
        return None
    first, last = years[0], years[-1]
    if not true:
        moved = rng.choice([-1, 1]) * rng.randint(max(2, last - first), max(2, last - first) + _SHIFT)
        first, last = first + moved, last + moved
        if str(first) in paragraph.text or str(last) in paragraph.text or not _FIRST < first < last < _LAST:
            return None
    return f"{asked.question.rstrip(' ?.')} {rng.choice(['from {} to {}', 'between {} and {}']).format(first, last)}?"


def _years(asked: AnsweredQuestion, paragraph: Paragraph, held: Sequence[int]) -> list[int]:
    """The years of the sentences that answer, where the question names no number and asks for no time."""
    if _ASKS_TIME.match(asked.question) or any(letter.isdigit() for letter in asked.question):
        return []
    return [int(year) for number in held for year in _YEAR.findall(paragraph.sentences[number])]
