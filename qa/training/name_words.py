"""Writes the word lists of index/entities/: given names, and words that English text writes without a capital.

    python -m qa.training.name_words --faker FOLDER --train FOLDER

`--faker` is a folder with the package faker (MIT licence; for its lists only, it is not installed with this project),
`--train` one of data sets with `corpus.jsonl.gz`.
"""

import argparse
import gzip
import importlib
import json
import re
import sys
import unicodedata
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

__all__ = ["main"]

_OUT = Path(__file__).parents[2] / "index" / "entities"
_WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")
_PLAIN = re.compile(r"[a-z]{2,}(?:['-][a-z]+)*")
_MID = re.compile(r"[\w,;] $")  # what stands before a word inside a sentence
_LEAST = 2  # times that a word must stand without a capital: one is often a slip
_SHARE = 0.5  # of its places inside sentences at which a word has no capital, from which it is no name
_PERSON = "faker.providers.person"


def main(arguments: Sequence[str] | None = None) -> None:
    """Writes given_names.txt and common_words.txt."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--faker", type=Path, required=True)
    parser.add_argument("--train", type=Path, required=True)
    options = parser.parse_args(arguments)
    small, large = _cases(options.train)
    common = {
        word
        for word, count in small.items()
        if count >= _LEAST and count >= _SHARE * (count + large[word]) and word.isascii()
    }
    sys.path.insert(0, str(options.faker))
    names = {name for name in _given_names(options.faker) if name not in common}
    sets = ", ".join(sorted(path.parent.name for path in options.train.glob("*/corpus.jsonl.gz")))
    _write("given_names.txt", "Given names of the package faker, MIT licence, (c) 2012 Daniele Faraglia.", names)
    _write("common_words.txt", f"Words that mostly have no capital in {sets} (CC BY 4.0, Apache-2.0).", common)


def _cases(train: Path) -> tuple[Counter[str], Counter[str]]:
    """How often each word stands inside a sentence without a capital, and with one."""
    small: Counter[str] = Counter()
    large: Counter[str] = Counter()
    for path in sorted(train.glob("*/corpus.jsonl.gz")):
        with gzip.open(path, "rt", encoding="utf-8") as file:
            for line in file:
                text = json.loads(line)["text"]
                for match in _WORD.finditer(text):
                    if _MID.search(text, max(0, match.start() - 2), match.start()):
                        word = match[0]
                        (large if word[0].isupper() else small)[word.lower().replace("’", "'")] += 1
    return small, large


def _given_names(folder: Path) -> Iterator[str]:
    """The given names in Latin letters of every country, in lower case and without accents."""
    for path in sorted((folder / "faker" / "providers" / "person").iterdir()):
        if path.is_dir() and not path.name.startswith("_"):
            provider: Any = importlib.import_module(f"{_PERSON}.{path.name}").Provider
            for field in dir(provider):
                if field.startswith(("first_name", "first_romanized")) or "romanized_first" in field:
                    yield from _words(getattr(provider, field))


def _words(values: Any) -> Iterator[str]:
    for value in values if isinstance(values, dict | list | tuple) else ():
        written = value[-1] if isinstance(value, list | tuple) else value
        for word in str(written).split():
            folded = unicodedata.normalize("NFKD", word.lower())
            plain = "".join(char for char in folded if not unicodedata.combining(char))
            if _PLAIN.fullmatch(plain):
                yield plain


def _write(name: str, source: str, words: set[str]) -> None:
    (_OUT / name).write_text("\n".join([f"# {source}", *sorted(words)]) + "\n", "utf-8")
    print(f"{name}: {len(words):,} words")


if __name__ == "__main__":
    main()
