"""Optical character recognition of a page's picture, through rapidocr, whose package has the PP-OCR models in it."""

import os
import re
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from importlib.util import find_spec
from pathlib import Path
from threading import local
from typing import Any

import numpy as np
from numpy.typing import NDArray

from index.readers.page_layout import ordered_lines
from index.readers.source import UnreadableError

__all__ = ["INSTALL", "LONGEST_SIDE", "MOST_PAGES", "Picture", "is_installed", "read_pages"]

Picture = NDArray[np.uint8]  # (height, width, 3), blue first

INSTALL = "pip install '.[ocr]'"
LONGEST_SIDE = 4000  # limit, pixels: a larger picture is made smaller; A4 at 300 dpi has 3,508
MOST_PAGES = 1000  # limit, pages of one file that OCR reads, an hour or two of computing; those after it stay unread
_THREADS = 2  # limit, pages of a file that are read at once: another process may read the next file
_DETECTION = 1280  # pixels of the longest side in which lines are looked for: half the time of 2,000, the same lines
_SMALL = 14.0  # pixels of such a line's height: where the usual one is lower, lines are looked for once more, at
_DETECTION_OF_SMALL = 2560  # pixels
_LEAST_SIDE = 64  # pixels, to which a smaller picture is filled up: the network shrinks its input 32 times
_SURE = 0.5  # rapidocr's own threshold: below it, a line is more often a picture's texture than text
_TALL = 1.5  # times its width: a line that runs from top to bottom
_LOST_SPACE = re.compile(r"(?<=[a-zß-öø-ÿ][.,;!?])(?=[A-ZÀ-ÖØ-Þ])|(?<=[a-zß-öø-ÿ][,;])(?=[a-zß-öø-ÿ])")
_VOTES = 5  # widest lines of a page that are asked whether it is upside down


def is_installed() -> bool:
    """Whether the extra `ocr` is there."""
    return all(find_spec(name) is not None for name in ("rapidocr", "onnxruntime"))


def read_pages(pictures: Iterable[Picture]) -> Iterator[Future[list[str]]]:
    """For each page, in order: its lines in reading order, "" between two paragraphs that the page sets apart; none
    where there is no text. A page that lies on its side or on its head is turned.

    The same picture gives the same lines. A page's result raises UnreadableError where the extra is not installed or
    does not start, and MemoryError or RuntimeError where the page is too much for it.
    """
    # A page for each thread, each alone: threads that share one page's work wait for each other spinning.
    allowed = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else _THREADS
    threads = min(_THREADS, allowed)
    waiting: deque[Future[list[str]]] = deque()
    with ThreadPoolExecutor(threads, thread_name_prefix="ocr") as pool:
        for picture in pictures:
            waiting.append(pool.submit(_read, picture))
            if len(waiting) >= threads:
                yield waiting.popleft()
        yield from waiting


def _read(picture: Picture) -> list[str]:
    engine = _engine()
    picture = _filled(picture)
    quads = _detected(engine, picture)
    tall = sum(_height(quad) > _TALL * _width(quad) for quad in quads)
    if tall > len(quads) / 2:
        picture = np.ascontiguousarray(np.rot90(picture))
        quads = _detected(engine, picture)
    if _is_upside_down(engine, picture, quads):
        picture = np.ascontiguousarray(np.rot90(picture, 2))
        quads = _detected(engine, picture)
    if not len(quads):
        return []
    found = [_recognised(engine, crop) for crop in _crops(engine, picture, quads)]
    kept = [place for place, text in enumerate(found) if text]
    return ordered_lines(quads[kept], [found[place] for place in kept])


_own = local()


def _engine() -> Any:
    """This thread's own, since it keeps settings between calls."""
    if not hasattr(_own, "engine"):
        _own.engine = _started()
    return _own.engine


def _started() -> Any:
    """rapidocr with the models of its package: named by their paths, it downloads nothing."""
    if not is_installed():
        raise UnreadableError(f"its text can be read by OCR, which is installed with: {INSTALL}")
    try:
        import rapidocr

        folder = Path(rapidocr.__file__).parent / "models"
        models = {
            f"{part}.model_path": str(next(iter(sorted(folder.glob(f"*_{part.lower()}_*.onnx")))))
            for part in ("Det", "Cls", "Rec")
        }
        return rapidocr.RapidOCR(
            params=models
            | {
                "Global.log_level": "error",
                "Global.use_preprocess_img": False,
                "EngineConfig.onnxruntime.intra_op_num_threads": 1,
                "EngineConfig.onnxruntime.inter_op_num_threads": 1,
                "Det.limit_type": "max",
                "Det.limit_side_len": _DETECTION_OF_SMALL,
            }
        )
    except (ImportError, OSError, StopIteration, RuntimeError) as error:
        raise UnreadableError(f"OCR does not start ({type(error).__name__}); install it with: {INSTALL}") from error


def _filled(picture: Picture) -> Picture:
    """The picture with white to its right and below, where it is smaller than what the network takes."""
    height, width = picture.shape[:2]
    if min(height, width) >= _LEAST_SIDE:
        return np.ascontiguousarray(picture)
    filled = np.full((max(height, _LEAST_SIDE), max(width, _LEAST_SIDE), 3), 255, np.uint8)
    filled[:height, :width] = picture
    return filled


def _detected(engine: Any, picture: Picture) -> NDArray[np.float32]:
    """(n, 4, 2): the corners of each line, in pixels of the picture."""
    quads = _detected_at(engine, picture, _DETECTION)
    scale = min(1.0, _DETECTION / max(picture.shape[:2]))
    if scale < 1 and len(quads) and float(np.median([min(_height(q), _width(q)) for q in quads])) * scale < _SMALL:
        quads = _detected_at(engine, picture, _DETECTION_OF_SMALL)
    return quads


def _detected_at(engine: Any, picture: Picture, longest: int) -> NDArray[np.float32]:
    from PIL import Image

    height, width = picture.shape[:2]
    scale = min(1.0, longest / max(height, width))
    size = max(_LEAST_SIDE, round(width * scale)), max(_LEAST_SIDE, round(height * scale))
    smaller = np.asarray(Image.fromarray(picture).resize(size, Image.Resampling.BOX)) if scale < 1 else picture
    boxes = engine(smaller, use_det=True, use_cls=False, use_rec=False).boxes
    if boxes is None:
        return np.zeros((0, 4, 2), np.float32)
    ratio = np.array([width / smaller.shape[1], height / smaller.shape[0]], np.float32)
    return np.asarray(boxes, np.float32) * ratio


def _width(quad: NDArray[np.float32]) -> float:
    return float(np.linalg.norm(quad[1] - quad[0]))


def _height(quad: NDArray[np.float32]) -> float:
    return float(np.linalg.norm(quad[3] - quad[0]))


def _crops(engine: Any, picture: Picture, quads: NDArray[np.float32]) -> list[Picture]:
    crops: list[Picture] = engine.crop_text_regions(picture, quads)
    return crops


def _is_upside_down(engine: Any, picture: Picture, quads: NDArray[np.float32]) -> bool:
    widest = sorted(range(len(quads)), key=lambda place: (-_width(quads[place]), place))[:_VOTES]
    votes = [
        engine(crop, use_det=False, use_cls=True, use_rec=False).cls_res[0][0] == "180"
        for crop in _crops(engine, picture, quads[widest])
    ]
    return bool(sum(votes) > len(votes) / 2)


def _recognised(engine: Any, crop: Picture) -> str:
    """The text of one line; "" where none is read, or not for sure. A space that is narrow in print is often lost
    after a comma or at the end of a sentence, and given back."""
    found = engine(crop, use_det=False, use_cls=False, use_rec=True)
    return _LOST_SPACE.sub(" ", found.txts[0].strip()) if found.txts and found.scores[0] >= _SURE else ""
