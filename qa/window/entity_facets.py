"""The people, organisations and places by which the list of articles is narrowed: what is chosen, and their HTML."""

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING
from urllib.parse import quote

from index.types import KINDS, Entity, Kind
from qa.window.articles import Listed, read_once
from qa.window.conversation import showable
from qa.window.html import escape

if TYPE_CHECKING:
    from index.engine import SearchEngine
    from index.store.entities import NamedEntities

__all__ = ["entity_facets_html", "naming", "toggled_entity"]

_SHOWN = 8  # view: entities of a kind in sight, as many as sources
_MOST = 50  # limit: of a kind; `python -m index entities` lists all
_LABELS: dict[Kind, str] = {"person": "People", "organisation": "Organisations", "place": "Places"}


def naming(index: "SearchEngine", articles: Iterable[Listed], chosen: Sequence[Entity]) -> list[Listed]:
    """The articles, in their order, that name all that is chosen; all where nothing is."""
    entities = _named(index) if chosen else None
    masks = [entities.naming(entity) for entity in chosen] if entities else []
    return [article for article in articles if all(mask[article.row] for mask in masks)]


def entity_facets_html(index: "SearchEngine", articles: Sequence[Listed], chosen: Sequence[Entity]) -> str:
    """What these articles name, each kind in a line, most articles first; what is chosen before all others. Nothing for
    an index that was built without."""
    if (entities := _named(index)) is None:
        return ""
    rows = [article.row for article in articles]
    lines = "".join(_kind_html(kind, entities.counted(kind, rows), chosen) for kind in KINDS)
    return f'<section class="named" aria-label="Narrow the list by name">{lines}</section>' if lines else ""


def toggled_entity(value: str, chosen: Sequence[Entity]) -> list[Entity]:
    """What is chosen with one more, or without it; `value` is such as "person/Ada Hale"."""
    kind, _, name = showable(value).partition("/")
    entities = [Entity(one, name) for one in KINDS if one == kind and name]
    kept = [entity for entity in chosen if entity not in entities]
    return kept if len(kept) < len(chosen) else [*chosen, *entities]


def _kind_html(kind: Kind, counted: Sequence[tuple[Entity, int]], chosen: Sequence[Entity]) -> str:
    mine = [entity for entity in chosen if entity.kind == kind]
    counts = dict(counted)
    first = [(entity, counts.get(entity, 0)) for entity in mine]
    every = [*first, *(item for item in counted if item[0] not in mine)]
    if not every:
        return ""
    items = [_entity_html(entity, count, entity in mine) for entity, count in every[:_MOST]]
    label, more = _LABELS[kind], ""
    if rest := items[_SHOWN:]:
        left = f'<p class="hint">{len(every) - _MOST:,} others</p>' if len(every) > _MOST else ""
        more = (
            f"<details><summary>{len(rest):,} more</summary>{_list_html(f'More {label.lower()}', rest)}{left}</details>"
        )
    return f'<div class="{kind}"><p class="kind">{label}</p>{_list_html(label, items[:_SHOWN])}{more}</div>'


def _list_html(label: str, items: Sequence[str]) -> str:
    return f'<ul aria-label="{label}">{"".join(items)}</ul>'


def _entity_html(entity: Entity, count: int, chosen: bool) -> str:
    current = ' aria-current="true"' if chosen else ""
    place = quote(f"{entity.kind}/{entity.name}".encode("utf-8", "replace"), safe="/")
    return (
        f'<li><a class="entity" href="#entity-{escape(place)}"{current}><bdi>{escape(entity.name)}</bdi> '
        f"<span>{count:,}</span></a></li>"
    )


@read_once
def _named(index: "SearchEngine") -> "NamedEntities | None":
    return index.catalog.entities()
