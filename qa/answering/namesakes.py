"""Persons whom a question names, by given name and surname, and no article does; and who is named so there instead."""

from collections import Counter
from collections.abc import Iterator, Sequence

from index.engine import SearchEngine, Selection
from index.text.names import plain_word
from index.types import Span
from qa.search.name_matching import passages_with
from qa.search.names import NameQuestion
from qa.search.passages import PassageTexts

__all__ = ["named_otherwise", "unnamed_person"]

_LOOKED_AT = 20  # limit: passages with a surname
_FEW = 3  # choice: who is in as many times fewer texts than another may be a name read wrongly ("told CNN Blinken")


def unnamed_person(index: SearchEngine, question: str, selection: Selection | None = None) -> str | None:
    """The first person whom an English question names by more than a surname and who stands in no passage that a filter
    admits; None where each stands in some, or none is named.
    """
    for name in _persons(question):
        if not len(passages_with(index, NameQuestion(name, "who", capital=True), selection)):
            return name
    return None


def named_otherwise(
    index: SearchEngine, name: str, closest: Sequence[str], selection: Selection | None = None
) -> list[str]:
    """The persons with the last word of a name and another given name whom the closest texts name, else the first
    passages with that word: those in most texts first, equals in order, without those in few beside the first.
    """
    surname = name.split()[-1]
    if found := _with_surname(surname, closest):
        return found
    texts = PassageTexts(index)
    rows = passages_with(index, NameQuestion(surname, "who", capital=True), selection)[:_LOOKED_AT]
    return _with_surname(surname, [texts[int(row)].text for row in rows])


def _with_surname(surname: str, texts: Sequence[str]) -> list[str]:
    plain = plain_word(surname)
    found = Counter(
        person for text in texts for person in dict.fromkeys(_persons(text)) if plain_word(person.split()[-1]) == plain
    )
    most = max(found.values(), default=0)
    return [person for person, count in found.most_common() if count * _FEW >= most]


def _persons(text: str) -> Iterator[str]:
    from index.entities.recognise import mentions_of  # 25 ms on a slow CPU, of refusals alone

    for mention in mentions_of(text, [Span(0, len(text))]):
        if mention.kind == "person" and " " in mention.name:
            yield mention.name
