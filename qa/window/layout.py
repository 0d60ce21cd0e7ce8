"""What widgets and listeners of the page share: settings, widths and intervals."""

from typing import Any

__all__ = [
    "BUTTON",
    "COLUMN",
    "DAY",
    "FIELD",
    "LOOK",
    "NOTHING_NEW",
    "OPENING",
    "PLAIN",
    "QUIET",
    "SHORT_BUTTON",
    "SWITCH",
    "WAIT",
]

PLAIN: dict[str, Any] = {"apply_default_css": False}
QUIET: dict[str, Any] = {"api_visibility": "private", "show_progress": "hidden"}
OPENING = {**QUIET, "trigger_mode": "multiple"}  # the page waits for the last one alone, so none may be left out

COLUMN = 320  # view: px below which the two columns stand one below the other, as on a phone
SWITCH = 180  # view: px, the label of a switch in one line
FIELD = 130  # view: px, a list to choose from
DAY = 90  # view: px, a date such as 2020-12-01
SHORT_BUTTON, BUTTON = 100, 120  # view: px, two words in one line

WAIT = 0.2  # view: seconds between two looks at whether what a person waits for is there
LOOK = 0.5  # view: seconds between two looks at how far the reading is
NOTHING_NEW = 3.0  # view: likewise, while nothing is going on
