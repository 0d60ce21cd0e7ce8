"""Reports of builds (progress, counts, skipped files) and of an index (its metadata for `status`)."""

from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any, Literal

from index.text.languages import STEMMERS
from index.types import Skipped

if TYPE_CHECKING:
    from index.engine import SearchEngine

__all__ = ["BuildReport", "Progress", "index_metadata", "lines_of"]


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a build is: `done` of `total` files, articles or passages, by stage; 0 of 0 where nothing is counted.
    While OCR reads a file, also its `page` of so many `pages`, of 0 where only its end tells."""

    stage: Literal["reading", "embedding", "indexing"]
    done: int
    total: int
    page: int = 0
    pages: int = 0

    @property
    def within(self) -> str:
        """ ", page 3 of 30", ", page 3", or nothing."""
        if not self.page:
            return ""
        return f", page {self.page:,}" + (f" of {self.pages:,}" if self.pages else "")


@dataclass(frozen=True, slots=True)
class BuildReport:
    """What a build did. `changed` is False when the index already held just these articles; then `generation` is
    the old one.

    `embedded` passages went through the model, `reused` ones did not have to. `boilerplate_only` are ids of articles
    of which nothing is left without the page around them. `seconds` is the time of each stage.
    """

    generation: str
    changed: bool
    articles: int
    passages: int
    embedded: int = 0
    reused: int = 0
    skipped: tuple[Skipped, ...] = ()
    boilerplate_only: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    seconds: dict[str, float] = field(default_factory=dict)


def index_metadata(index: "SearchEngine") -> dict[str, Any]:
    """What an index holds, as plain values for JSON; "dates" is None where no article has one."""
    manifest = index.manifest
    oldest, newest = index.date_range()
    return {
        "index": index.place,
        "generation": index.generation,
        "built": manifest.built,
        "articles": index.article_count,
        "passages": index.passage_count,
        "dates": {"oldest": oldest.isoformat(), "newest": newest.isoformat()} if oldest and newest else None,
        "sources": index.sources(),
        "languages": {STEMMERS[code].capitalize(): count for code, count in index.languages.items()},
        "from": list(manifest.sources),
        "model": {"name": manifest.model["name"], "dimension": manifest.model["dimension"]},
        "precision": manifest.model["precision"],
        "vectors": {"kind": manifest.dense["kind"], "recall@10": manifest.dense["recall"]},
        "bytes": sum(file["size"] for file in manifest.files.values()),
        "boilerplate_only": index.catalog.boilerplate_only(),
        "skipped": [asdict(skip) for _, skip in index.catalog.skipped()],
    }


def lines_of(metadata: dict[str, Any]) -> list[str]:
    """The same for a person, a line for each value and for each file that was skipped."""
    dates, model, vectors = metadata["dates"], metadata["model"], metadata["vectors"]
    words = metadata | {
        "dates": f"{dates['oldest']} to {dates['newest']}" if dates else "undated",
        "sources": ", ".join(metadata["sources"]) or "none named",
        "languages": ", ".join(f"{name} ({count:,})" for name, count in metadata["languages"].items()),
        "from": ", ".join(metadata["from"]),
        "model": f"{model['name']} ({model['dimension']} dimensions)",
        "vectors": vectors["kind"] + (f", recall@10 {recall:.4f}" if (recall := vectors["recall@10"]) else ""),
    }
    boilerplate, skipped = words.pop("boilerplate_only"), words.pop("skipped")
    lines = [f"{name + ':':<12} {f'{value:,}' if isinstance(value, int) else value}" for name, value in words.items()]
    lines.append(f"{'boilerplate:':<12} {len(boilerplate):,} articles without text of their own")
    lines.append(f"{'skipped:':<12} {len(skipped):,}")
    return lines + [f"  {Skipped(**skip)}" for skip in skipped]
