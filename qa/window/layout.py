"""What widgets and listeners of the page share: settings, a width and intervals."""

from typing import Any

__all__ = ["BUTTON", "LOOK", "OPENING", "PLAIN", "QUIET", "WAIT"]

PLAIN: dict[str, Any] = {"apply_default_css": False}
QUIET: dict[str, Any] = {"api_visibility": "private", "show_progress": "hidden"}
OPENING = {**QUIET, "trigger_mode": "multiple"}  # the page waits for the last one alone, so none may be left out

BUTTON = 120  # view: px, two words in one line
WAIT = 0.2  # view: seconds between two looks at whether what a person waits for is there
LOOK = 0.5  # view: seconds between two looks at how far the reading is
