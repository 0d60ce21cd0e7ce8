"""Bytes of a passage on Milvus, by field, as a build would send them; no server is asked.

python -m tests.benchmarks.milvus_sizes INDEX
"""

import argparse
from pathlib import Path
from typing import Any

import numpy as np

from index.milvus.catalog import record
from index.milvus.facts import packed_json
from index.milvus.staged import Staged
from index.store.catalog import Catalog
from index.store.layout import Layout, current_name
from tests.benchmarks.common import table

__all__ = ["stored"]


def stored(folder: Path) -> dict[str, float]:
    """Bytes of a passage's row and of its share of the article's, by field, as `index.milvus.write` sends them."""

    def whole(catalog: Catalog, row: int) -> dict[str, Any]:
        return record(catalog.article(row), catalog.file_of(row))

    staged = Staged(folder)
    passages, articles = len(staged.passages), len(staged.count)
    rows = np.linspace(0, passages - 1, min(passages, 2000)).astype(int).tolist()
    some = np.linspace(0, articles - 1, min(articles, 500)).astype(int).tolist()
    records = [sum(len(part["data"]) for part in packed_json("", whole(staged.catalog, row))) for row in some]
    share = articles / passages
    return {
        "vector": 4.0 * staged.manifest.model["dimension"],
        "terms": 8 * float(np.mean([len(np.unique(staged.passage_terms(row))) for row in rows])),
        "words": 4 / 3 * 4 * float(np.mean([len(staged.passage(row)) for row in rows])),
        "terms of the article": 8 * share * float(np.mean([len(np.unique(staged.article_terms(row))) for row in some])),
        "record of the article": share * float(np.mean(records)),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("index", type=Path)
    root = parser.parse_args().index
    found = stored(Layout(root).generations / current_name(root))
    print(table([("of a passage", "bytes"), *((name, round(size)) for name, size in found.items())]))
    print(f"\n{sum(found.values()):,.0f} in all")


if __name__ == "__main__":
    main()
