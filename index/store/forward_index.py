"""Forward index: the ids of the words of each passage and of each title, in order.

A question looks at the wording of dozens of passages; with this it reads and analyses no text. A word's id is its
place among all words by the order of their 64-bit hashes, so ids depend on nothing but which words there are, and a
word is looked up by bisection in a mapped file. A word of another language than English is another word, since it may
have another term.
"""

from array import array
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from index.store.bm25 import term_of, tokenize
from index.store.files import Files, guarded
from index.text.languages import ENGLISH, analyzed_as

__all__ = ["ForwardIndex", "ForwardWriter", "Texts", "look_up", "words_in"]

_BLOCK = 1 << 20  # words that get their ids at a time
_OF = "\t"  # between a word and its language: no word holds it


@dataclass(frozen=True, slots=True)
class Texts:
    """The words of n texts, one after another: text i is `words[starts[i] : starts[i + 1]]`."""

    words: NDArray[np.int32]
    starts: NDArray[np.int64]

    @classmethod
    def of(cls, pieces: Sequence[NDArray[np.int32]]) -> "Texts":
        """Texts of which each is a piece."""
        starts = np.cumsum([0, *map(len, pieces)], dtype=np.int64)
        return cls(np.concatenate(pieces) if pieces else np.empty(0, np.int32), starts)


class ForwardWriter:
    """Fills an empty folder with texts in order of row. Use it as a context manager; on leaving it without error the
    rest is written.
    """

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True)
        self._folder = folder
        self._places: dict[str, int] = {}
        self._passages = _Column(folder / "passages.part")
        self._titles = _Column(folder / "titles.part")

    def add_passage(self, text: str, language: str = ENGLISH) -> None:
        self._passages.add(self._places_of(text, language))

    def add_title(self, text: str, language: str = ENGLISH) -> None:
        self._titles.add(self._places_of(text, language))

    def _places_of(self, text: str, language: str) -> list[int]:
        places = self._places
        return [places.setdefault(word, len(places)) for word in words_in(text, language)]

    def __enter__(self) -> "ForwardWriter":
        return self

    def __exit__(self, error: object, *_: object) -> None:
        if error is None:
            self._finish()
        else:
            for column in (self._passages, self._titles):
                column.file.close()

    def _finish(self) -> None:
        words = list(self._places) or [""]
        self._places.clear()
        hashes = _hashes(words)
        order = np.argsort(hashes, kind="stable")
        ids = np.empty(len(words), np.int32)
        ids[order] = np.arange(len(words), dtype=np.int32)
        self._passages.close(self._folder, "passages", ids)
        self._titles.close(self._folder, "titles", ids)
        np.save(self._folder / "word-hashes.npy", hashes[order])
        term_hashes, term_ids = np.unique(_hashes(map(_term_of, words)), return_inverse=True)
        np.save(self._folder / "term-hashes.npy", term_hashes)
        np.save(self._folder / "terms.npy", term_ids.astype(np.int32)[order])


def words_in(text: str, language: str = ENGLISH) -> list[str]:
    """The words of a text of a (stated) language, in order, as a forward index looks them up."""
    words, code = tokenize(text), analyzed_as(language)
    return words if code == ENGLISH else [f"{word}{_OF}{code}" for word in words]


def _term_of(word: str) -> str:
    bare, of, language = word.rpartition(_OF)
    return term_of(bare, language) if of else term_of(word)


class _Column:
    """The words of many texts, written as they come."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._starts = array("q", [0])
        self.file = path.open("wb")

    def add(self, places: list[int]) -> None:
        self.file.write(array("i", places).tobytes())
        self._starts.append(self._starts[-1] + len(places))

    def close(self, folder: Path, name: str, ids: NDArray[np.int32]) -> None:
        self.file.close()
        with self._path.open("rb") as source, (folder / f"{name}.npy").open("wb") as target:
            described = {"descr": "<i4", "fortran_order": False, "shape": (self._starts[-1],)}
            np.lib.format.write_array_header_1_0(target, described)
            while block := source.read(4 * _BLOCK):
                target.write(ids[np.frombuffer(block, np.int32)].tobytes())
        self._path.unlink()
        np.save(folder / f"{name}-starts.npy", np.frombuffer(self._starts, np.int64))


def _hashes(words: Iterable[str]) -> NDArray[np.uint64]:
    digests = b"".join(blake2b(word.encode("utf-8", "surrogatepass"), digest_size=8).digest() for word in words)
    return np.frombuffer(digests, "<u8")


class ForwardIndex:
    """An open forward index. Immutable and thread-safe.

    `terms` has shape (words,): the id of the term that the lexical index makes of each word.
    """

    def __init__(self, files: Files, folder: str = "forward") -> None:
        self._files = files
        self._passages, self._titles = _open(files, f"{folder}/passages"), _open(files, f"{folder}/titles")
        self._words: NDArray[np.uint64] = files.array(f"{folder}/word-hashes.npy")
        self._terms: NDArray[np.uint64] = files.array(f"{folder}/term-hashes.npy")
        self.terms: NDArray[np.int32] = files.array(f"{folder}/terms.npy")
        self.counts = (len(self._passages.starts) - 1, len(self._titles.starts) - 1)
        self.consistent = (
            len(self._words) == len(self.terms)
            and int(self._passages.starts[-1]) == len(self._passages.words)
            and int(self._titles.starts[-1]) == len(self._titles.words)
        )

    @guarded
    def passages(self, rows: NDArray[np.int64]) -> Texts:
        """The words of passages, in their order; titles are not among them."""
        return _gather(self._passages, rows, len(self._words))

    @guarded
    def titles(self, articles: NDArray[np.int64]) -> Texts:
        """The words of articles' titles, in their order."""
        return _gather(self._titles, articles, len(self._words))

    @guarded
    def word_ids(self, words: Iterable[str]) -> NDArray[np.int32]:
        """The ids of words, in their order; -1 for those that no text holds."""
        return look_up(self._words, words)

    @guarded
    def term_ids(self, terms: Iterable[str]) -> NDArray[np.int32]:
        """The ids of analysed terms, in their order; -1 for those that no text holds."""
        return look_up(self._terms, terms)


def look_up(hashes: NDArray[np.uint64], words: Iterable[str]) -> NDArray[np.int32]:
    """The places of words among sorted hashes of words, in their order; -1 for those that are not there."""
    wanted = _hashes(words)
    places = np.minimum(np.searchsorted(hashes, wanted), len(hashes) - 1)
    return np.where(hashes[places] == wanted, places, -1).astype(np.int32)


def _open(files: Files, name: str) -> Texts:
    return Texts(files.array(f"{name}.npy"), files.array(f"{name}-starts.npy"))


def _gather(texts: Texts, rows: NDArray[np.int64], words: int) -> Texts:
    found = Texts.of([texts.words[texts.starts[row] : texts.starts[row + 1]] for row in rows.tolist()])
    # A large file is hashed while it serves: until then, an id that is no word's must not leave here.
    if len(found.words) and not (found.words.min() >= 0 and found.words.max() < words):
        raise ValueError("a word's id is out of range")
    return found
