"""Questions with a year added: one that their sentence supports, or one that it does not (TimeQA's kinds: in, between,
since).
"""

import random
import re

__all__ = ["YEAR", "other_number", "supported_years", "with_year"]

YEAR = re.compile(r"\b(?:1[5-9]|20)\d\d\b")
_SPAN = re.compile(r"\b((?:1[5-9]|20)\d\d)\s?(?:–|-|—|to|and|until|through)\s?((?:1[5-9]|20)\d\d)\b")
_ASKS_DATE = re.compile(r"(?:when|in what year|what year|what date)", re.I)


def with_year(question: str, sentences: list[str], paragraph: str, true: bool, rng: random.Random) -> str | None:
    """The question with a year added that its sentences support (true), or one that they do not and that stands
    nowhere in the paragraph; None where there is no such year, or the question has a number or asks for a date.
    """
    spans = supported_years(sentences)
    if not spans or _ASKS_DATE.match(question) or any(letter.isdigit() for letter in question):
        return None
    first, last = rng.choice(spans)
    if true:
        year = str(rng.randint(first, last))
    else:
        year = other_number(str(rng.choice((first, last))), rng)
        if year in paragraph or any(start <= int(year) <= end for start, end in spans):
            return None
    return f"{question.rstrip(' ?.')} {rng.choice(('in', 'in', 'during', 'as of'))} {year}?"


def supported_years(sentences: list[str]) -> list[tuple[int, int]]:
    """First and last year of each span ("1998 to 2004"), and each single year as a span of one."""
    found = []
    for sentence in sentences:
        spans = [(int(first), int(last)) for first, last in _SPAN.findall(sentence) if int(first) < int(last)]
        within = {year for span in spans for year in span}
        found += spans
        found += [(int(year), int(year)) for year in YEAR.findall(sentence) if int(year) not in within]
    return found


def other_number(old: str, rng: random.Random) -> str:
    """Another number of about the same size; for a year, one at most twelve years away."""
    digits = re.sub(r"\D", "", old)
    if len(digits) == 4 and YEAR.fullmatch(digits):
        return str(int(digits) + rng.choice([-1, 1]) * rng.randint(1, 12))
    value = int(digits or "0") if len(digits) < 15 else 0
    step = rng.randint(1, max(2, value // 2))
    return str(value - step if step <= value and rng.random() < 0.5 else value + step)
