"""`python -m index entities`: the people, organisations and places that the articles name, with counts of articles."""

import json
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

from index.errors import IndexMismatch, UsageError
from index.spreadsheet import csv_bytes
from index.stores import follow
from index.types import KINDS, Entity, Kind

__all__ = ["counted_entities", "list_entities"]


def counted_entities(place: Path | str, kinds: Sequence[Kind] = KINDS) -> list[tuple[Entity, int]]:
    """The entities of some kinds with the number of articles that name them: kind by kind, most first. Raises
    IndexMismatch for an index that was built without them."""
    with closing(follow(place).current()) as index:
        entities = index.catalog.entities()
        if entities is None:
            raise IndexMismatch(
                f"the index at {place} was built before entities were found; build it again with: "
                "python -m index build FOLDER"
            )
        return [item for kind in kinds for item in entities.counted(kind)]


def list_entities(place: Path | str, kind: Kind | None, top: int | None, csv: Path | None, *, as_json: bool) -> int:
    """Prints a table, or JSON, or writes CSV; `top` of each kind. The exit code."""
    kinds = (kind,) if kind else KINDS
    every = counted_entities(place, kinds)
    found = [item for one in kinds for item in [item for item in every if item[0].kind == one][:top]]
    if csv is not None:
        try:
            csv.write_bytes(csv_bytes(("kind", "name", "articles"), ((e.kind, e.name, count) for e, count in found)))
        except OSError as error:
            raise UsageError(f"{csv} cannot be written ({error.strerror}); give another file") from error
        print(f"{csv}: {len(found):,} of {len(every):,} entities")
    elif as_json:
        rows = [{"kind": entity.kind, "name": entity.name, "articles": count} for entity, count in found]
        print(json.dumps(rows, ensure_ascii=False, indent=1))
    else:
        for entity, count in found:
            print(f"{count:>8,}  {entity.kind:<12}  {entity.name}")
    return 0
