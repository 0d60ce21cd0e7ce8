"""The window, but reading stops at the third article until a file `read` is there, and the model until `load` is."""

import sys
import time
from pathlib import Path
from typing import Any

import app
import index.building.build
from index.store.snapshot import Index

_build, _encode = index.building.build.build, Index.encode_queries


def _wait_for(name: str) -> None:
    while not Path(name).exists():
        time.sleep(0.05)


def slow_build(sources: Any, index_dir: Path, options: Any) -> Any:
    options.progress(index.building.build.Progress("reading", 3, 15))
    _wait_for("read")
    return _build(sources, index_dir, options)


def slow_encode(self: Index, texts: Any) -> Any:
    _wait_for("load")
    return _encode(self, texts)


index.building.build.build = slow_build
Index.encode_queries = slow_encode  # type: ignore[method-assign]
sys.exit(app.main())
