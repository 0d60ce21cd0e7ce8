"""`NamedEntities`: which people, organisations and places the articles of an index name, and how many articles each."""

import sqlite3
from collections.abc import Callable, Iterable, Sequence
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from index.errors import IndexDamaged
from index.store.layout import REMEDY
from index.text.names import plain_word
from index.types import Entity, Kind

__all__ = ["NamedEntities", "read_entities"]


class NamedEntities:
    """Immutable. `stored` are entities as articles write them; `keys[starts[row] : starts[row + 1]]` are the places in
    it of those that the article at a row names.

    Names that differ in case, accents, dots or hyphens only are one entity, written as most articles write it.
    """

    def __init__(self, stored: Sequence[Entity], keys: NDArray[np.int32], starts: NDArray[np.int64]) -> None:
        """Raises IndexDamaged where a key is of no entity."""
        self.stored, self.keys, self.starts = tuple(stored), keys, starts
        if len(keys) and not (keys.min() >= 0 and keys.max() < len(self.stored)):
            raise IndexDamaged(f"the index is damaged: an article names what is not listed; {REMEDY}")

    def stored_of(self, row: int) -> list[Entity]:
        """What the article at a row names, as it writes it, what it names most often first."""
        return [self.stored[key] for key in self.keys[self.starts[row] : self.starts[row + 1]].tolist()]

    @cached_property
    def _merged(self) -> tuple[list[Entity], NDArray[np.int32], dict[tuple[Kind, str], int]]:
        """Entities, the place of each stored one among them, and their places by plain name."""
        places: dict[tuple[Kind, str], int] = {}
        merged = np.zeros(len(self.stored), np.int32)
        for at, entity in enumerate(self.stored):
            merged[at] = places.setdefault((entity.kind, _plain(entity.name)), len(places))
        counts = np.bincount(self.keys, minlength=len(self.stored))
        order = np.lexsort((np.arange(len(self.stored)), -counts))
        written: dict[int, Entity] = {}
        for at in order.tolist():
            written.setdefault(int(merged[at]), self.stored[at])
        return [written[place] for place in range(len(places))], merged, places

    @cached_property
    def _pairs(self) -> tuple[NDArray[np.int64], NDArray[np.int32]]:
        """Rows of articles and the entities that they name, each pair once, by row."""
        rows = np.repeat(np.arange(len(self.starts) - 1), np.diff(self.starts))
        width = len(self._merged[0]) or 1
        pairs = np.unique(rows * width + self._merged[1][self.keys])
        return pairs // width, (pairs % width).astype(np.int32)

    def counted(self, kind: Kind, rows: Iterable[int] | None = None) -> list[tuple[Entity, int]]:
        """The entities of a kind with the number of articles, of these rows or of all, that name them: most first,
        equals by name."""
        entities, (at, named) = self._merged[0], self._pairs
        if rows is not None:
            wanted = np.zeros(len(self.starts) - 1, bool)
            wanted[np.fromiter(rows, np.int64)] = True
            named = named[wanted[at]]
        counts = np.bincount(named)
        of_kind = (key for key in np.flatnonzero(counts).tolist() if entities[key].kind == kind)
        found = [(entities[key], int(counts[key])) for key in of_kind]
        return sorted(found, key=lambda item: (-item[1], item[0].name.casefold(), item[0].name))

    def naming(self, entity: Entity) -> NDArray[np.bool_]:
        """Which articles name an entity, shape (articles,)."""
        found = np.zeros(len(self.starts) - 1, bool)
        place = self._merged[2].get((entity.kind, _plain(entity.name)))
        if place is not None:
            at, named = self._pairs
            found[at[named == place]] = True
        return found


def read_entities(query: Callable[[str], list[sqlite3.Row]]) -> NamedEntities | None:
    """Those of a catalog, which `query` asks; None where it has no such tables."""
    if not query("SELECT 1 FROM sqlite_master WHERE name = 'entities'"):
        return None
    stored = [Entity(found["kind"], found["name"]) for found in query("SELECT * FROM entities ORDER BY key")]
    named = query("SELECT n.entities FROM articles a LEFT JOIN named n USING (row) ORDER BY row")
    keys = [np.frombuffer(found["entities"] or b"", np.dtype("<i8")) for found in named]
    starts = np.cumsum([0, *map(len, keys)], dtype=np.int64)
    return NamedEntities(stored, np.concatenate([*keys, np.empty(0, np.int64)]).astype(np.int32), starts)


def _plain(name: str) -> str:
    return plain_word(name).replace(".", "").replace("-", " ").replace("’", "'")
