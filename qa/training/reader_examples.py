"""Examples for a reader: a question, a title, a run of sentences, and where the answer starts and ends, or that it is
not there.

Questions without an answer are made: the paragraph without the sentences that answer; a paragraph near in words or
meaning, or of the same page; the question changed (reader_questions.py). Questions with years are made either way.
"""

import random
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from qa.answering.reader import QUESTION, TITLE
from qa.training.reader_data import AnsweredQuestion, Material, Paragraph, holds_answer
from qa.training.reader_questions import dated, exchanged, inside, names_of, opposite, spanned

__all__ = ["Example", "Examples"]

# Shares of the kinds that are tried; most tries for "dated" find no year, so that two examples in five have an answer.
_KINDS = {
    "answered": 0.44,
    "removed": 0.16,
    "near": 0.32,
    "page": 0.14,
    "exchanged": 0.06,
    "inside": 0.06,
    "opposite": 0.08,
    "dated": 0.6,
    "spanned": 0.4,
}
_SET_WEIGHTS = {"squadshifts_new_wiki": 2.0, "selqa": 2.0, "squadshifts_amazon_reviews": 0.7}  # news resembles wikis
_UNTITLED = 0.15  # of examples lose their title, as many articles have none
_UNMARKED = 0.1  # of questions lose their question mark
_BESIDE = 8  # limit: paragraphs of the page that are looked at
_LONGEST = 220  # tokens, at most


@dataclass(frozen=True, slots=True)
class Example:
    """Tokens with special ones; `first` the place of the text's first token; places at which the answer may start and
    end (none where it is not there); and those of each sentence, for measuring.
    """

    ids: NDArray[np.int64]
    first: int
    starts: tuple[int, ...]
    ends: tuple[int, ...]
    sentences: tuple[tuple[int, int], ...]
    kind: str


class Examples:
    """A stream of examples that a seed decides."""

    def __init__(
        self, material: Material, near: Sequence[NDArray[np.int32]], rows: Sequence[int], tokenizer: Any, seed: int
    ) -> None:
        self._material, self._near, self._rows, self._seed = material, near, rows, seed
        self._tokenizer = tokenizer
        self._cls, self._sep, self._mark = (tokenizer.token_to_id(token) for token in ("[CLS]", "[SEP]", "?"))
        self._weights = np.cumsum([_SET_WEIGHTS.get(material.asked[row].set, 1.0) for row in rows])
        self._questions_of: dict[int, list[str]] = defaultdict(list)
        names: dict[str, set[str]] = defaultdict(set)
        for asked in (material.asked[row] for row in rows):
            self._questions_of[asked.paragraph].append(asked.question)
            names[asked.set].update(names_of(asked.question))
        self._names = {key: sorted(found) for key, found in names.items()}
        self._pages = _pages(material)

    def _encode(self, text: str) -> list[int]:
        ids: list[int] = self._tokenizer.encode(text, add_special_tokens=False).ids
        return ids

    def pool(self, number: int, count: int, tokens: tuple[int, int]) -> list[Example]:
        """The examples of one number; `tokens` is the least and the most of text that is wished for."""
        rng = random.Random(f"{self._seed}-{number}")
        found: list[Example] = []
        kinds, shares = list(_KINDS), list(_KINDS.values())
        while len(found) < count:
            drawn = int(np.searchsorted(self._weights, rng.random() * self._weights[-1]))
            kind = rng.choices(kinds, shares)[0]
            example = self._make(self._rows[drawn], kind, rng, rng.randint(*tokens))
            if example is not None:
                found.append(example)
        return found

    def _make(self, row: int, kind: str, rng: random.Random, wish: int) -> Example | None:
        asked = self._material.asked[row]
        paragraph = self._material.paragraphs[asked.paragraph]
        held = _sentences_of(asked, paragraph)
        if kind == "removed":
            return self._removed(asked, paragraph, rng, wish)
        if kind in ("near", "page"):
            others = self._near[row].tolist() if kind == "near" else self._beside(asked, rng)
            return self._misleading(asked, others, kind, wish, rng)
        there = kind == "answered" or (kind in ("dated", "spanned") and rng.random() < 0.5)  # as many of either
        changed: Mapping[str, Callable[[], str | None]] = {
            "answered": lambda: asked.question,
            "exchanged": lambda: exchanged(asked, paragraph, self._other_names(row), rng),
            "inside": lambda: inside(asked, paragraph, held, rng),
            "opposite": lambda: opposite(asked.question, rng),
            "dated": lambda: dated(asked, paragraph, held, there, rng),
            "spanned": lambda: spanned(asked, paragraph, held, there, rng),
        }
        question = changed[kind]()
        if question is None:
            return None
        window = _grown(paragraph, held, wish, rng)
        return self._joined(question, paragraph, window, asked if there else None, kind, rng)

    def _removed(self, asked: AnsweredQuestion, paragraph: Paragraph, rng: random.Random, wish: int) -> Example | None:
        held = {number for span in asked.spans for number in _between(paragraph, span)}
        for number, sentence in enumerate(paragraph.sentences):
            if any(answer.lower() in sentence.lower() for answer in asked.answers):
                held.add(number)
        rest = [number for number in range(len(paragraph.sentences)) if number not in held]
        if not rest:
            return None
        nearest = min(rest, key=lambda number: (min(abs(number - gone) for gone in held), number))
        seed = nearest if rng.random() < 0.5 else rng.choice(rest)  # likewise
        window = [number for number in _grown(paragraph, [seed], wish, rng) if number not in held]
        return self._joined(asked.question, paragraph, window, None, "removed", rng)

    def _misleading(
        self, asked: AnsweredQuestion, others: Sequence[int], kind: str, wish: int, rng: random.Random
    ) -> Example | None:
        """A paragraph of others, near the sentence that shares most with the question, or anywhere."""
        if not others:
            return None
        paragraph = self._material.paragraphs[rng.choice(others)]
        common = set(self._encode(asked.question))
        shared = [len(common & set(_tokens(paragraph, number))) for number in range(len(paragraph.sentences))]
        # The sentence with most of the question's tokens misleads most.
        seed = int(np.argmax(shared)) if rng.random() < 0.7 else rng.randrange(len(shared))
        return self._joined(asked.question, paragraph, _grown(paragraph, [seed], wish, rng), None, kind, rng)

    def _beside(self, asked: AnsweredQuestion, rng: random.Random) -> list[int]:
        """Some other paragraphs of the page that lack the answer."""
        own = self._material.paragraphs[asked.paragraph]
        page = [n for n in self._pages.get((own.set, own.title), []) if n != asked.paragraph]
        some = sorted(rng.sample(page, min(len(page), _BESIDE)))
        return [number for number in some if not holds_answer(self._material.paragraphs[number], asked)]

    def _other_names(self, row: int) -> list[str]:
        beside = [question for near in self._near[row] for question in self._questions_of[int(near)]]
        names = [name for question in beside for name in names_of(question)]
        return names or self._names[self._material.asked[row].set]

    def _joined(
        self,
        question: str,
        paragraph: Paragraph,
        window: Sequence[int],
        asked: AnsweredQuestion | None,
        kind: str,
        rng: random.Random,
    ) -> Example | None:
        words = self._encode(question)[:QUESTION]
        if words and words[-1] == self._mark and rng.random() < _UNMARKED:
            words = words[:-1]
        title = [] if rng.random() < _UNTITLED else self._encode(paragraph.title)[:TITLE]
        ids = [self._cls, *words, self._sep, *title, self._sep]
        first, sentences, place_of = len(ids), [], {}
        for number in window:
            tokens = _tokens(paragraph, number)
            sentences.append((len(ids), len(ids) + len(tokens)))
            place_of.update({int(paragraph.starts[number]) + place: len(ids) + place for place in range(len(tokens))})
            ids.extend(int(token) for token in tokens)
        if len(ids) == first or len(ids) - first > _LONGEST:
            return None
        starts, ends = _targets(asked, place_of)
        if asked is not None and not starts:
            return None
        ids.append(self._sep)
        return Example(np.array(ids), first, starts, ends, tuple(sentences), kind)


def _targets(asked: AnsweredQuestion | None, place_of: dict[int, int]) -> tuple[tuple[int, ...], tuple[int, ...]]:
    starts, ends = set[int](), set[int]()
    for first, last in asked.spans if asked else ():
        if first in place_of and last in place_of:
            inside = range(place_of[first], place_of[last] + 1)
            starts.update([inside[0]] if asked and asked.exact else inside)
            ends.update([inside[-1]] if asked and asked.exact else inside)
    return tuple(sorted(starts)), tuple(sorted(ends))


def _tokens(paragraph: Paragraph, number: int) -> NDArray[np.int32]:
    return paragraph.ids[paragraph.starts[number] : paragraph.starts[number + 1]]


def _between(paragraph: Paragraph, span: tuple[int, int]) -> range:
    return range(paragraph.sentence_at(span[0]), paragraph.sentence_at(span[1]) + 1)


def _sentences_of(asked: AnsweredQuestion, paragraph: Paragraph) -> list[int]:
    """The sentences of the answer that most annotators gave: the shortest."""
    return list(_between(paragraph, min(asked.spans, key=lambda span: (span[1] - span[0], span))))


def _grown(paragraph: Paragraph, seed: list[int], wish: int, rng: random.Random) -> list[int]:
    """A run of sentences around some, of about so many tokens as wished."""
    first, last = seed[0], seed[-1]
    while paragraph.starts[last + 1] - paragraph.starts[first] < wish:
        left, right = first > 0, last + 2 < len(paragraph.starts)
        if not left and not right:
            break
        if left and (not right or rng.random() < 0.5):  # either side as often
            first -= 1
        else:
            last += 1
    return list(range(first, last + 1))


def _pages(material: Material) -> dict[tuple[str, str], list[int]]:
    """The numbers of the paragraphs of each set and title."""
    found: dict[tuple[str, str], list[int]] = defaultdict(list)
    for number, paragraph in enumerate(material.paragraphs):
        if paragraph.title:
            found[paragraph.set, paragraph.title].append(number)
    return dict(found)
