"""Questions that a person keeps in the browser: asked again when the articles have changed, with what is new marked.

What comes back from a browser is checked, as in kept.py.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING, Any

from qa.evaluation.watching import Said, Watched, ask_again, compare, said_of
from qa.window.conversation import Form
from qa.window.html import counted, escape
from qa.window.kept import read_form

if TYPE_CHECKING:
    from index.engine import SearchEngine

__all__ = ["SavedQuestion", "add", "look_again", "news", "outdated", "read_saved", "remove", "saved_html", "seen_now"]

_MOST = 50  # limit: questions: each is asked when the articles change
_DIGESTS = 40  # limit: sentences of an answer that are remembered; an answer has five
_LONGEST = 64  # limit: characters of a hash or of a generation's name


@dataclass(frozen=True, slots=True)
class SavedQuestion:
    """A question with the sentences that its answer had when a person last saw it, by their hashes; `new` counts those
    that have come since, by the index of a generation."""

    form: Form
    found: bool
    seen: tuple[str, ...]
    generation: str
    new: int = 0
    changed: bool = False

    @property
    def key(self) -> str:
        """The same for the same question under the same limits; letters and digits."""
        return _watched(self.form).key

    def to_dict(self) -> dict[str, Any]:
        form = asdict(self.form) | {"sources": list(self.form.sources)}
        return asdict(self) | {"form": form, "seen": list(self.seen)}


def _watched(form: Form) -> Watched:
    return Watched(form.question, form.since, form.until, form.sources)


def read_saved(given: Any) -> list[SavedQuestion]:
    """Each sound question in what a browser sent, in its order."""
    found: dict[str, SavedQuestion] = {}
    for one in given[:_MOST] if isinstance(given, list) else ():
        if isinstance(one, Mapping) and (read := _saved(one)):
            found.setdefault(read.key, read)
    return list(found.values())


def _saved(one: Mapping[str, Any]) -> SavedQuestion | None:
    form, seen, new = read_form(one.get("form")), one.get("seen"), one.get("new", 0)
    generation, found, changed = one.get("generation"), one.get("found"), one.get("changed", False)
    if form is None or not isinstance(seen, list) or len(seen) > _DIGESTS or isinstance(new, bool):
        return None
    if not all(isinstance(text, str) and text.isalnum() and len(text) <= _LONGEST for text in seen):
        return None
    if not isinstance(generation, str) or len(generation) > _LONGEST or not isinstance(found, bool):
        return None
    if not isinstance(changed, bool) or not isinstance(new, int) or not 0 <= new <= _DIGESTS:
        return None
    return SavedQuestion(form, found, tuple(seen), generation, new, changed)


def add(given: Any, form: Form, index: "SearchEngine", reranker: str | None = None) -> list[SavedQuestion]:
    """The questions with one more, first; the oldest makes room."""
    mine = seen_now(replace(form, alone=True), index, reranker)
    return [mine, *(one for one in read_saved(given) if one.key != mine.key)][:_MOST]


def remove(given: Any, key: str) -> list[SavedQuestion]:
    return [one for one in read_saved(given) if one.key != key]


def outdated(saved: Sequence[SavedQuestion], index: "SearchEngine") -> bool:
    """Whether the articles have changed since these were asked."""
    return any(one.generation != index.generation for one in saved)


def look_again(one: SavedQuestion, index: "SearchEngine", reranker: str | None = None) -> SavedQuestion:
    """The question with what is new in its answer since it was seen."""
    if one.generation == index.generation:
        return one
    change = compare(Said(one.found, {digest: {} for digest in one.seen}), _ask(one.form, index, reranker))
    changed = change.kind in ("answered", "lost") or bool(change.new)
    return replace(one, generation=index.generation, new=len(change.new), changed=changed)


def seen_now(form: Form, index: "SearchEngine", reranker: str | None = None) -> SavedQuestion:
    """The question with its answer of now as the one that was seen."""
    said = _ask(form, index, reranker)
    return SavedQuestion(form, said.found, tuple(said.sentences)[:_DIGESTS], index.generation)


def _ask(form: Form, index: "SearchEngine", reranker: str | None) -> Said:
    return said_of(ask_again(index, _watched(form), understand=form.understand, reranker=reranker))


def news(saved: Sequence[SavedQuestion]) -> int:
    """How many questions have something new."""
    return sum(one.changed for one in saved)


def saved_html(saved: Sequence[SavedQuestion]) -> str:
    """The list: each question with what is new, to be asked again or removed."""
    if not saved:
        return ""
    return f'<div class="chats saved"><h3>Saved questions</h3><ul>{"".join(map(_item, saved))}</ul></div>'


def _item(one: SavedQuestion) -> str:
    new = counted(one.new, "new sentence") if one.new else "no longer answered"
    mark = f'<b class="new">{new}</b>' if one.changed else ""
    limits = f'<span class="when">{escape(one.form.limits)}</span>' if one.form.limits else ""
    return (
        f'<li><a href="#saved-{one.key}" dir="auto">{escape(one.form.question)}</a>{limits}{mark}'
        f'<button type="button" class="unsave" data-key="{one.key}">Remove</button></li>'
    )
