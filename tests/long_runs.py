"""Every regular expression of index and qa against long runs of characters: prints those whose time grows with more
than the length, and is over a second.

    python -m tests.long_runs

Expressions are found, not listed: the compiled ones among a module's globals (in tuples and dicts too), and literals
that are given to `re` within functions. Each meets runs of every character class, and runs aimed at each of its own
quantifiers: what stands before it, then what it repeats, then a character that it does not expect. A quarter of each
run is tried first, and the whole where that takes a sixteenth of a second, as time that grows with the square of the
length would if the whole took one. An expression is slow if the whole takes over a second and eight times the quarter:
in proportion it takes four times as long, on any machine.
"""

import ast
import importlib
import pkgutil
import re
import signal
import sys
import time
from collections import deque
from collections.abc import Callable, Iterator
from pathlib import Path
from re import _constants as op  # type: ignore[attr-defined]
from re import _parser as parser  # type: ignore[attr-defined]
from types import FrameType
from typing import Any, NamedTuple

LENGTH = 100_000  # characters
SECONDS = 1.0  # of CPU, for one expression on one run
PART = 4  # one in so many characters is looked at first
CLASSES = (
    *("a", "A", "é", "É", "中", "0", "٣", " ", "\t", "\n", "\r\n", "\u00a0", "\u2028", "-", "–", "—", ".", "。", ","),
    *("'", "’", '"', "(", "<", "/", "|", "@", "_", "\x00", "\U0001f4f0"),
    *("a ", "A-", "A. ", "1.", "- ", "\n ", "\r \r", " \n", "<!-- -->", "a@"),
)
_PAIRS = ((op.MAX_REPEAT, op.MIN_REPEAT, op.POSSESSIVE_REPEAT), (op.ASSERT, op.ASSERT_NOT))
_LONG = (
    1_000  # repetitions from which a quantifier is aimed at: one with a lower bound costs that many times the length
)

Pattern = re.Pattern[Any]


def patterns() -> dict[str, Pattern]:
    """Every expression, by where it stands."""
    found: dict[str, Pattern] = {}
    for package in ("index", "qa"):
        for info in pkgutil.walk_packages(importlib.import_module(package).__path__, f"{package}."):
            if info.name.endswith("__main__"):
                continue
            module = importlib.import_module(info.name)
            for name, value in vars(module).items():
                for number, pattern in enumerate(_within(value)):
                    found.setdefault(f"{info.name}.{name}[{number}]", pattern)
            found |= _literals(info.name, Path(str(module.__file__)).read_text("utf-8"))
    unique = {(pattern.pattern, pattern.flags): name for name, pattern in reversed(found.items())}
    return {name: found[name] for name in unique.values()}


def _within(value: object, depth: int = 0) -> Iterator[Pattern]:
    if isinstance(value, re.Pattern):
        yield value
    elif isinstance(value, dict) and depth < 4:
        yield from _within([*value, *value.values()], depth + 1)
    elif isinstance(value, list | tuple | set | frozenset) and depth < 4:
        for item in value:
            yield from _within(item, depth + 1)


def _literals(module: str, source: str) -> dict[str, Pattern]:
    found = {}
    functions = [node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.FunctionDef)]
    for node in (inner for function in functions for inner in ast.walk(function)):
        if isinstance(node, ast.Call) and ast.unparse(node.func).startswith("re.") and node.args:
            first = node.args[0]
            if isinstance(first, ast.Constant) and isinstance(first.value, str | bytes):
                found[f"{module}:{node.lineno}"] = re.compile(first.value)
    return found


class Run(NamedTuple):
    """What stands before a run, what it repeats, what stands after it."""

    before: str
    unit: str
    after: str

    def text(self, length: int) -> str:
        """Of `length` characters, and what stands around them."""
        return self.before + self.unit * (length // max(1, len(self.unit))) + self.after


def aimed(pattern: Pattern) -> set[Run]:
    """Runs for each quantifier of an expression that may repeat often."""
    flags = pattern.flags & ~re.DEBUG
    tree = parser.parse(pattern.pattern, flags)
    return set(_runs(list(tree), ""))


def _runs(nodes: list[tuple[Any, Any]], before: str) -> Iterator[Run]:
    for node in nodes:
        for inner in _inner(node):
            yield from _runs(inner, before)
        if node[0] in _PAIRS[0] and node[1][1] >= _LONG:
            for unit in _samples(list(node[1][2])):
                yield from (Run(before, unit, end) for end in ("", "\x00"))
                yield Run("", before + unit * min(node[1][1], 3), "")
        before += next(_samples([node]))


def _inner(node: tuple[Any, Any]) -> Iterator[list[tuple[Any, Any]]]:
    kind, value = node
    if kind in _PAIRS[0]:
        yield list(value[2])
    elif kind is op.BRANCH:
        yield from (list(part) for part in value[1])
    elif kind is op.SUBPATTERN:
        yield list(value[3])
    elif kind is op.ATOMIC_GROUP:
        yield list(value)


def _samples(nodes: list[tuple[Any, Any]]) -> Iterator[str]:
    """Short texts that the nodes match: the first way of each, then each way of each alternative."""
    first = [next(_node(node)) for node in nodes]
    yield "".join(first)
    for place, node in enumerate(nodes):
        for other in list(_node(node))[1:]:
            yield "".join((*first[:place], other, *first[place + 1 :]))


def _node(node: tuple[Any, Any]) -> Iterator[str]:
    kind, value = node
    if kind is op.LITERAL:
        yield chr(value)
    elif kind is op.NOT_LITERAL:
        yield "a" if value != ord("a") else "b"
    elif kind is op.ANY:
        yield "a"
    elif kind is op.IN:
        yield from _members(value)
    elif kind is op.BRANCH:
        for part in value[1]:
            yield from _samples(list(part))
    elif kind is op.SUBPATTERN:
        yield from _samples(list(value[3]))
    elif kind is op.ATOMIC_GROUP:
        yield from _samples(list(value))
    elif kind in _PAIRS[0]:
        for one in _samples(list(value[2])):
            yield one * min(value[0], 3) if value[0] else ""
            if not value[0]:
                yield one
    else:
        yield ""  # anchors, looks and back-references


def _members(items: list[tuple[Any, Any]]) -> Iterator[str]:
    matches = _matcher(items)
    found = [mark for mark in "aA0 -.\t\n,'’—中" if matches(mark)]
    if not found:
        found = [chr(code) for code in range(0x3000) if matches(chr(code))][:2]
    yield from found[:4] or ["?"]


def _matcher(items: list[tuple[Any, Any]]) -> Callable[[str], bool]:
    categories = {
        op.CATEGORY_DIGIT: r"\d", op.CATEGORY_NOT_DIGIT: r"\D", op.CATEGORY_SPACE: r"\s",
        op.CATEGORY_NOT_SPACE: r"\S", op.CATEGORY_WORD: r"\w", op.CATEGORY_NOT_WORD: r"\W",
    }  # fmt: skip

    def matches(mark: str) -> bool:
        negated = hit = False
        for kind, value in items:
            if kind is op.NEGATE:
                negated = True
            elif kind is op.LITERAL:
                hit |= ord(mark) == value
            elif kind is op.RANGE:
                hit |= value[0] <= ord(mark) <= value[1]
            elif kind is op.CATEGORY:
                hit |= re.fullmatch(categories[value], mark) is not None
        return hit != negated

    return matches


class _SlowError(Exception):
    pass


def stop(signum: int, frame: FrameType | None) -> None:
    """Ends a search that takes too long: the handler of SIGPROF while `seconds` is used."""
    raise _SlowError


def seconds(pattern: Pattern, text: str, limit: float) -> float:
    """CPU seconds to find all matches in a text, and to match it whole; at most `limit`, where it is stopped."""
    given: Any = text.encode("utf-8", "replace") if isinstance(pattern.pattern, bytes) else text
    start = time.process_time()
    spent = limit
    signal.setitimer(signal.ITIMER_PROF, limit)  # the matcher looks for signals while it works
    try:
        deque(pattern.finditer(given), maxlen=0)
        pattern.fullmatch(given)
        spent = time.process_time() - start
    except _SlowError:
        pass
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
    return spent


def is_slow(pattern: Pattern, run: Run) -> bool:
    """True where a run takes over a second, and over twice as long as it would if time grew with its length."""
    part = seconds(pattern, run.text(LENGTH // PART), SECONDS)
    if not SECONDS / PART**2 <= part < SECONDS:
        return part >= SECONDS
    limit = max(SECONDS, 2 * PART * part)
    return seconds(pattern, run.text(LENGTH), limit) >= limit


def slow_run(pattern: Pattern) -> str:
    """The first run on which an expression takes too long; "" where it takes too long on none."""
    runs = (*(Run("", unit, "") for unit in CLASSES), *sorted(aimed(pattern)))
    return next((run.text(LENGTH) for run in runs if is_slow(pattern, run)), "")


def main() -> int:
    signal.signal(signal.SIGPROF, stop)
    slow, everything = 0, patterns()
    for name, pattern in everything.items():
        began = time.process_time()
        print(f"... {name}", file=sys.stderr, flush=True)  # the last line names what hangs, should it not stop
        if text := slow_run(pattern):
            slow += 1
            print(f"{name}: over a second on {len(text):,} characters, {text[:30]!r}...{text[-10:]!r}", flush=True)
        if "--times" in sys.argv:
            print(f"{time.process_time() - began:6.2f} {name}", flush=True)
    print(f"{len(everything)} expressions, {slow} slow")
    return 1 if slow else 0


if __name__ == "__main__":
    sys.exit(main())
