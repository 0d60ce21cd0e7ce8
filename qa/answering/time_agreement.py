"""Time agreement: whether what a text says of years fits the years that a question names."""

import re

__all__ = ["fits", "years_said"]

_LONGEST = 20_000  # limit: characters of a text that are looked at
_YEAR = re.compile(r"(?<![\d,.$£€])(1[5-9]\d\d|20\d\d)(?:(s)|[-–](\d\d)(?![\d-]))?(?![\d%]|,\d)")
_OPEN = re.compile(
    r"\b(since|from|after|until|till|before|to|through|and|between|by)\s{1,3}(?:\w{1,12}\s{1,3})?(?:\d\d?,?\s{1,3})?$",
    re.I,
)
_JOIN = re.compile(
    r"\s{0,3}(?:-|–|—|to|and|until|till|through)\s{0,3}(?:the\s{1,3})?(?:\w{1,12}\s{1,3})?(?:\d\d?,?\s{1,3})?", re.I
)
_PRESENT = re.compile(r"\b(?:present|now|today|currently)\b", re.I)
_FAR = (1500, 2100)  # fact: _YEAR knows none before and none from then on


def years_said(text: str) -> list[tuple[int, int]]:
    """The years that a text names, as first and last year of each: "2004", "from 2004 to 2006", "2004–06", "the 1990s",
    "since 2004" (up to 2100), "until 2006" (from 1500).
    """
    text = text[:_LONGEST]
    found: list[tuple[int, int]] = []
    end, opening = 0, ""
    for match in _YEAR.finditer(text):
        first = int(match[1])
        last = first + 9 if match[2] and first % 10 == 0 else first  # fact: a decade
        if match[3]:
            last = max(first, int(f"{match[1][:2]}{match[3]}"))
        lead = _OPEN.search(text[max(0, match.start() - 30) : match.start()])
        word = lead[1].lower() if lead else ""
        joined = bool(found) and _JOIN.fullmatch(text, end, match.start()) is not None
        spans = opening in ("from", "between", "since") or text[end : match.start()].strip() in ("-", "–", "—")
        if joined and spans and found[-1][0] <= last:
            found[-1] = (found[-1][0], last)
        else:
            found.append((first, last))
        end, opening = match.end(), word if not joined else ""
        if word == "since" or (word == "from" and _PRESENT.search(text[match.end() : match.end() + 20])):
            found[-1] = (first, _FAR[1])
        elif word in ("until", "till", "before", "by") and not joined:
            found[-1] = (_FAR[0], last)
        elif word == "after":
            found[-1] = (first, _FAR[1])
    return found


def fits(asked: list[tuple[int, int]], said: list[tuple[int, int]]) -> bool:
    """Whether a span said covers one that is asked for, or begins in the year in which that one begins: "in 2004 he
    joined" tells where he was from 2004 to 2007.
    """
    return any(one == first or (one < first and last <= other) for first, last in asked for one, other in said)
