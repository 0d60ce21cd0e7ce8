"""What the window can do, on one screen, as HTML: a panel that a button in the masthead opens."""

__all__ = ["HELP"]

_ROWS = (
    ("Ask", "in plain words; a follow-up may leave out what was said before. The answer is a quotation."),
    ("[1]", "shows its source; a click opens the article at the sentence."),
    ("Match", "strong: nine in ten such passages hold the answer. Fair: perhaps. Weak: read it with care."),
    ("A name", "or a “quoted phrase” is found wherever it stands."),
    ("Limits", "of dates and sources hold for questions and for the list of articles."),
    ("Articles", "lists all of them; find words or an “exact phrase”, narrow them by time and source."),
    ("Not in your articles", "is a judgement by wording and meaning: try the article’s own words."),
)
_KEYS = (
    ("/", "to the question"),
    ("↑", "in an empty box: the last question"),
    ("Enter", "asks, or opens"),
    ("Esc", "closes card, fold, search or article"),
)
_LIST = "".join(f"<dt>{name}</dt><dd>{words}</dd>" for name, words in _ROWS)
_KEY_LIST = "".join(f"<dt><kbd>{name}</kbd></dt><dd>{words}</dd>" for name, words in _KEYS)
HELP = (
    '<button type="button" class="help-open" popovertarget="help">Help</button>'
    '<div id="help" popover="auto" role="dialog" aria-labelledby="help-title"><h2 id="help-title">How to ask</h2>'
    f"<dl>{_LIST}</dl><h2>Keys</h2><dl>{_KEY_LIST}</dl>"
    '<button type="button" popovertarget="help" popovertargetaction="hide">Close</button></div>'
)
