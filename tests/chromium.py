"""Which Chromium is installed, for tests, screenshots and benchmarks."""

import shutil

__all__ = ["chromium"]

# Without a desktop's window around it, a page opens in half of the time.
_NAMES = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")


def chromium() -> str | None:
    """The path of the program, None where there is none."""
    return next(filter(None, map(shutil.which, _NAMES)), None)
