"""The window as other versions of it might have been: it remembers conversations that the one of today cannot read."""

import sys
from typing import Any

import app
from qa.window import handlers


def keep(kept: list[Any], now: Any) -> list[Any]:
    question = now.exchanges[-1].form.question
    return [
        {"question": question, "answer": "Text."},
        {"key": "ab12", "asked": [{"question": question, "k": 5}]},
        {"key": "cd34", "asked": [question]},
        {"key": ["ef"], "asked": 7},
        [question],
        None,
    ]


handlers.keep = keep
sys.exit(app.main())
