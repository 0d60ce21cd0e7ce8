"""Forward index: the ids of the words of each passage and of each title, in order.

A question looks at the wording of dozens of passages; with this it reads and analyses no text. Words are numbered by
the order of their 64-bit hashes, so the numbers depend on nothing but which words there are, and a word is looked up
by bisection in a mapped file.
"""

from array import array
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path
from typing import BinaryIO

import numpy as np
from numpy.typing import NDArray

from index.store.bm25 import term_of, tokenize
from index.store.files import Files, guarded
from index.store.vectors import products

__all__ = ["ForwardIndex", "ForwardWriter", "Texts", "look_up"]

_BLOCK = 1 << 20  # words renumbered at a time
_VECTORS = 8192  # words whose vectors are made at a time
_CODES = 127  # a number of a word's vector is kept as one of -127 ... 127 times the vector's scale
_TINY = np.finfo(np.float32).tiny

WordVectors = Callable[[Sequence[str]], NDArray[np.float32]]


@dataclass(frozen=True, slots=True)
class Texts:
    """The words of n texts, one after another: text i is `words[starts[i] : starts[i + 1]]`."""

    words: NDArray[np.int32]
    starts: NDArray[np.int64]


class ForwardWriter:
    """Fills an empty folder with texts in order of row. Use it as a context manager; on leaving it without error the
    rest is written. `vectors` gives words their unit vectors, shape (words, d).
    """

    def __init__(self, folder: Path, vectors: WordVectors) -> None:
        folder.mkdir(parents=True)
        self._folder = folder
        self._vectors = vectors
        self._numbers: dict[str, int] = {}
        self._passages = _Column(folder / "passages.part")
        self._titles = _Column(folder / "titles.part")

    def add_passage(self, text: str) -> None:
        self._passages.add(self._numbered(text))

    def add_title(self, text: str) -> None:
        self._titles.add(self._numbered(text))

    def _numbered(self, text: str) -> list[int]:
        numbers = self._numbers
        return [numbers.setdefault(word, len(numbers)) for word in tokenize(text)]

    def __enter__(self) -> "ForwardWriter":
        return self

    def __exit__(self, error: object, *_: object) -> None:
        if error is None:
            self._finish()
        else:
            for column in (self._passages, self._titles):
                column.file.close()

    def _finish(self) -> None:
        words = list(self._numbers) or [""]
        self._numbers.clear()
        hashes = _hashes(words)
        order = np.argsort(hashes, kind="stable")
        renumbered = np.empty(len(words), np.int32)
        renumbered[order] = np.arange(len(words), dtype=np.int32)
        self._passages.close(self._folder, "passages", renumbered)
        self._titles.close(self._folder, "titles", renumbered)
        np.save(self._folder / "words.npy", hashes[order])
        kinds, numbers = np.unique(_hashes(map(term_of, words)), return_inverse=True)
        np.save(self._folder / "kinds.npy", kinds)
        np.save(self._folder / "terms.npy", numbers.astype(np.int32)[order])
        scales = np.empty(len(words), np.float32)
        with (self._folder / "vectors.npy").open("wb") as file:
            for start in range(0, len(words), _VECTORS):
                part = self._vectors([words[place] for place in order[start : start + _VECTORS]])
                scale = np.abs(part).max(axis=1) / _CODES
                scales[start : start + len(part)] = scale
                if not start:
                    _header(file, "|i1", (len(words), part.shape[1]))
                file.write(np.rint(part / np.maximum(scale, _TINY)[:, None]).astype(np.int8).tobytes())
        np.save(self._folder / "scales.npy", scales)


class _Column:
    """The words of many texts, written as they come."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._starts = array("q", [0])
        self.file = path.open("wb")

    def add(self, numbers: list[int]) -> None:
        self.file.write(array("i", numbers).tobytes())
        self._starts.append(self._starts[-1] + len(numbers))

    def close(self, folder: Path, name: str, renumbered: NDArray[np.int32]) -> None:
        self.file.close()
        with self._path.open("rb") as source, (folder / f"{name}.npy").open("wb") as target:
            _header(target, "<i4", (self._starts[-1],))
            while block := source.read(4 * _BLOCK):
                target.write(renumbered[np.frombuffer(block, np.int32)].tobytes())
        self._path.unlink()
        np.save(folder / f"{name}-starts.npy", np.frombuffer(self._starts, np.int64))


def _header(file: BinaryIO, kind: str, shape: tuple[int, ...]) -> None:
    np.lib.format.write_array_header_1_0(file, {"descr": kind, "fortran_order": False, "shape": shape})


def _hashes(words: Iterable[str]) -> NDArray[np.uint64]:
    digests = b"".join(blake2b(word.encode("utf-8", "surrogatepass"), digest_size=8).digest() for word in words)
    return np.frombuffer(digests, "<u8")


class ForwardIndex:
    """An open forward index. Immutable and thread-safe.

    `terms` has shape (words,): the number of the term that the lexical index makes of each word.
    """

    def __init__(self, files: Files, folder: str = "forward") -> None:
        self._files = files
        self._passages, self._titles = _open(files, f"{folder}/passages"), _open(files, f"{folder}/titles")
        self._words: NDArray[np.uint64] = files.array(f"{folder}/words.npy")
        self._kinds: NDArray[np.uint64] = files.array(f"{folder}/kinds.npy")
        self.terms: NDArray[np.int32] = files.array(f"{folder}/terms.npy")
        self._vectors: NDArray[np.int8] = files.array(f"{folder}/vectors.npy")
        self._scales: NDArray[np.float32] = files.array(f"{folder}/scales.npy")
        self.counts = (len(self._passages.starts) - 1, len(self._titles.starts) - 1)
        self.consistent = (
            len(self._words) == len(self.terms) == len(self._vectors) == len(self._scales)
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
    def cosines(self, words: NDArray[np.int32], vectors: NDArray[np.float32]) -> NDArray[np.float32]:
        """Of words with unit vectors, shape (m, d), out of context: shape (len(words), m), right to two digits."""
        found = products(self._vectors[words].astype(np.float32), vectors)
        found *= self._scales[words, None]
        return found

    @guarded
    def word_numbers(self, words: Iterable[str]) -> NDArray[np.int32]:
        """The numbers of words, in their order; -1 for those that no text holds."""
        return look_up(self._words, words)

    @guarded
    def term_numbers(self, terms: Iterable[str]) -> NDArray[np.int32]:
        """The numbers of analysed terms, in their order; -1 for those that no text holds."""
        return look_up(self._kinds, terms)


def look_up(hashes: NDArray[np.uint64], words: Iterable[str]) -> NDArray[np.int32]:
    """The places of words among sorted hashes of words, in their order; -1 for those that are not there."""
    wanted = _hashes(words)
    places = np.minimum(np.searchsorted(hashes, wanted), len(hashes) - 1)
    return np.where(hashes[places] == wanted, places, -1).astype(np.int32)


def _open(files: Files, name: str) -> Texts:
    return Texts(files.array(f"{name}.npy"), files.array(f"{name}-starts.npy"))


def _gather(texts: Texts, rows: NDArray[np.int64], words: int) -> Texts:
    pieces = [texts.words[texts.starts[row] : texts.starts[row + 1]] for row in rows.tolist()]
    starts = np.zeros(len(pieces) + 1, np.int64)
    np.cumsum([len(piece) for piece in pieces], out=starts[1:])
    found = np.concatenate(pieces) if pieces else np.empty(0, np.int32)
    # A large file is hashed while it serves: until then, a number that is no word's must not leave here.
    if len(found) and not (found.min() >= 0 and found.max() < words):
        raise ValueError("a word's number is out of range")
    return Texts(found, starts)
