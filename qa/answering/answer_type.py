"""What kind of thing a question asks for: the noun after "how many", "which", "who is the"."""

import re

__all__ = ["asked_noun"]

_WORD = re.compile(r"[\w'’-]+")
_ENDS = frozenset(
    (
        "is are was were be been will would shall should can could may might must do does did has have had of in at on "
        "by for to from with into about after before during that who which when where as according"
    ).split()
)
_SKIP = frozenset(("the a an one kind kinds sort type types of new first last other many much").split())
# Answers to these are dates, names and sums, which seldom stand beside the word itself.
_UNNAMED = frozenset(("date day time year month number amount percentage thing people person place reason way").split())
_PHRASE = 4  # words of a noun phrase at most; a longer run has no end that we know


def asked_noun(question: str) -> tuple[str, bool] | None:
    """The lower-cased noun that names what is asked, or None: "troops" of "How many US troops will remain?".

    With it, whether only this word will do: the captain is not the commander, but an outpost may be called a base.
    English only, by word lists: no tagger is needed for the few forms in which the noun is sure to be found.
    """
    words = _WORD.findall(question.lower())
    for place, word in enumerate(words):
        rest = words[place + 1 :]
        if word == "how" and rest[:1] in (["many"], ["much"]):
            return _last_of_phrase(rest[1:], exact=False)
        if word == "who" and rest[:1] and rest[0] in ("is", "was", "are", "were") and rest[1:2] == ["the"]:
            return _last_of_phrase(rest[2:], exact=True)
        if word in ("what", "which"):
            if rest[:1] and rest[0] in ("is", "are", "was", "were") and rest[1:2] and rest[1] in ("the", "a"):
                rest = rest[2:]
                if "of" not in rest[: _PHRASE - 1]:
                    return None
            return _last_of_phrase(rest, exact=False)
    return None


def _last_of_phrase(words: list[str], *, exact: bool) -> tuple[str, bool] | None:
    if words[1:2] == ["of"] and words[0] in _SKIP:
        words = words[2:]
    phrase = []
    for word in words:
        if word in _ENDS:
            break
        if word not in _SKIP:
            phrase.append(word)
    if not phrase:
        return None
    noun = phrase[-1] if len(phrase) <= _PHRASE else phrase[0]
    return None if noun in _UNNAMED else (noun, exact)
