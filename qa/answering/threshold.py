"""A threshold of confidence for one index, where `python -m qa calibrate` measured it, in place of the learned one."""

import hashlib
import json
import math
import os
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

from index.engine import SearchEngine

__all__ = ["FILE", "forget_threshold", "own_threshold", "store_threshold"]

FILE = "calibration.json"  # in the folder of the index, beside CURRENT: a new generation keeps it


def own_threshold(index: SearchEngine, *, reader: bool) -> float | None:
    """The threshold that was measured on this index, 0 to 1, for answers with the reader or without it; None without
    one, and for one that other coefficients were measured with.
    """
    path = _path(index)
    try:
        stored = json.loads(path.read_text("utf-8")) if path is not None else None
    except (OSError, ValueError):
        return None
    if not isinstance(stored, dict) or stored.get("coefficients") != _coefficients() or stored.get("reader") != reader:
        return None
    value = stored.get("threshold")
    usable = isinstance(value, float) and math.isfinite(value) and 0.0 <= value <= 1.0
    return value if usable else None


def store_threshold(index: SearchEngine, threshold: float, facts: dict[str, Any], *, reader: bool) -> Path:
    """Writes it, with what it was measured on; the index answers by it from the next question on. Raises OSError, and
    ValueError for an index that is no folder.
    """
    path = _path(index)
    if path is None:
        raise ValueError("this index is no folder: a threshold can be kept beside an index on this machine only")
    stored = {"threshold": float(threshold), "reader": reader, "coefficients": _coefficients(), **facts}
    part = path.with_suffix(".part")
    part.write_text(json.dumps(stored, indent=1) + "\n", "utf-8")
    os.replace(part, path)
    return path


def forget_threshold(index: SearchEngine) -> bool:
    """Removes it; False if there was none."""
    path = _path(index)
    if path is None or not path.exists():
        return False
    path.unlink()
    return True


def _path(index: SearchEngine) -> Path | None:
    folder = getattr(index, "folder", None)  # only an index on this machine has one
    return folder.parent.parent / FILE if isinstance(folder, Path) else None


@cache
def _coefficients() -> str:
    """Which coefficients confidences are made with: sha256 of their file, in hex."""
    return hashlib.sha256(files("qa.answering").joinpath("evidence_weights.json").read_bytes()).hexdigest()
