"""Shows the progress of a build on standard error: a bar on a terminal, plain lines otherwise."""

import sys
import time
from typing import Any

from index.building.report import Progress

__all__ = ["Bar"]

_FEW = 10  # view: pages; a file that has fewer is read without a line of its own
_UNITS = {"reading": "files", "embedding": "passages", "indexing": "articles"}


class Bar:
    """Call it with each Progress. Both forms tell the rate and the time left; lines come at every tenth."""

    def __init__(self) -> None:
        self._bar: Any = None
        self._stage = ""
        self._tenth = -1
        self._page_tenth = (-1, 0)  # of which file, and how far in it
        self._began = (0.0, 0)

    def __call__(self, progress: Progress) -> None:
        if not progress.total:
            self._uncounted(progress.stage)
            return
        if progress.stage != self._stage:
            self.close()
            self._stage, self._tenth = progress.stage, -1
            self._began = time.monotonic(), progress.done
            if sys.stderr.isatty():
                from tqdm import tqdm

                unit = f" {_UNITS[progress.stage]}"
                self._bar = tqdm(total=progress.total, desc=progress.stage, unit=unit, leave=False, dynamic_ncols=True)
        if self._bar is not None:
            self._bar.total = progress.total
            page = progress.within.removeprefix(", ")
            turned = page != (self._bar.postfix or "")
            self._bar.set_postfix_str(page, refresh=False)
            self._bar.update(progress.done - self._bar.n)
            if turned:
                self._bar.refresh()
        elif progress.page:
            self._line_of_pages(progress)
        elif (tenth := progress.done * 10 // progress.total) != self._tenth:
            self._tenth = tenth
            words = f"{progress.stage}: {progress.done:,} of {progress.total:,} {_UNITS[progress.stage]}"
            print(words + self._pace(progress), file=sys.stderr, flush=True)

    def _line_of_pages(self, progress: Progress) -> None:
        """Of a file with many pages, a line at every tenth of them; of one whose pages are not counted, every ten."""
        if (progress.pages or progress.page) < _FEW:
            return
        place = progress.done, progress.page * 10 // (progress.pages or 100)
        if place != self._page_tenth:
            self._page_tenth = place
            files = f"{progress.done:,} of {progress.total:,} {_UNITS[progress.stage]}"
            print(f"{progress.stage}: {files}{progress.within}", file=sys.stderr, flush=True)

    def _uncounted(self, stage: str) -> None:
        if stage == self._stage:
            return
        self.close()
        self._stage = stage
        if not sys.stderr.isatty() and stage != "reading":  # of no file at all
            print(stage, file=sys.stderr, flush=True)

    def _pace(self, progress: Progress) -> str:
        seconds, done = time.monotonic() - self._began[0], progress.done - self._began[1]
        if seconds < 1 or done < 1 or progress.done >= progress.total:
            return ""
        rate = done / seconds
        pace = f"{rate:,.0f} a second" if rate >= 1 else f"{rate * 60:,.1f} a minute"
        return f", {pace}, {duration((progress.total - progress.done) / rate)} left"

    def close(self) -> None:
        if self._bar is not None:
            self._bar.close()
            self._bar = None


def duration(seconds: float) -> str:
    """For people: `45 s`, `3 min`, `2 h 5 min`."""
    if seconds < 90:
        return f"{seconds:.0f} s"
    minutes = round(seconds / 60)
    return f"{minutes} min" if minutes < 90 else f"{minutes // 60} h {minutes % 60} min"
