"""python -m index build | status | entities | verify"""

import argparse
import json
import sys
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from index.command import add_place, printable, run_command
from index.errors import ArticleQAError, NothingToIndex, UsageError
from index.milvus.address import is_address

if TYPE_CHECKING:
    from index.building.report import BuildReport
    from index.readers import Limits

__all__ = ["main"]

_MOST = 10_000_000  # limit: with a thousand million seconds, the timer that ends a slow reader ended each at once
_SHOWN = 10  # skipped files named one by one before the rest is counted


# Of each of index.readers.Limits: the flag, its help, and what one unit of the flag is.
_LIMITS: dict[str, tuple[str, str, int]] = {
    "file_bytes": ("--max-file-mb", "its size in megabytes", 1 << 20),
    "article_bytes": ("--max-article-mb", "of one article in it", 1 << 20),
    "unpacked_bytes": ("--max-unpacked-mb", "what a compressed file or an archive may unpack to", 1 << 20),
    "entries": ("--max-entries", "files in an archive", 1),
    "nesting": ("--max-nesting", "archives within archives", 1),
    "seconds": ("--max-seconds", "CPU time for one document, or for each page that OCR reads", 1),
}


def _positive(words: str) -> int:
    if not words.isdecimal() or len(words) > len(str(_MOST)) or not 1 <= int(words) <= _MOST:
        raise argparse.ArgumentTypeError(f"{words!r} is not a whole number from 1 to {_MOST:,}")
    return int(words)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m index", description="Make and look after an index of articles.")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    shared = argparse.ArgumentParser(add_help=False)
    add_place(shared)

    build = commands.add_parser(
        "build", parents=[shared], help="index files and folders; only what changed is embedded"
    )
    build.add_argument("sources", nargs="+", type=Path, metavar="SOURCE", help="a file or a folder of articles")
    build.add_argument(
        "--model", metavar="M", help="a sentence-transformers model, by name or path (default: all-MiniLM-L6-v2)"
    )
    build.add_argument(
        "--precision",
        choices=("auto", "bf16", "fp16", "fp32"),
        default="auto",
        help="of the model's arithmetic (default: auto: bf16 where the CPU has it, fp16 on a GPU, else fp32)",
    )
    build.add_argument("--rebuild", action="store_true", help="read and embed everything again")
    build.add_argument("--strict", action="store_true", help="exit with 1 when some source was skipped")
    build.add_argument("--shard", metavar="I/N", help="write part I of N to --store; the last one to end publishes")
    build.add_argument("--watch", action="store_true", help="go on, and build again whenever the sources change")
    bounds = build.add_argument_group("bounds on one source file, above which it is skipped")
    for name, (flag, what, _) in _LIMITS.items():
        bounds.add_argument(flag, dest=name, type=_positive, metavar="N", help=what)

    status = commands.add_parser("status", parents=[shared], help="what the index holds")
    status.add_argument("--json", action="store_true", help="as JSON")
    status.add_argument("--articles", action="store_true", help="list every article with its metadata")

    entities = commands.add_parser("entities", parents=[shared], help="whom and what the articles name, with counts")
    entities.add_argument("--kind", choices=("person", "organisation", "place"), help="only these")
    entities.add_argument("--top", type=_positive, metavar="N", help="the first N of each kind (default: all)")
    entities.add_argument("--csv", type=Path, metavar="FILE", help="as CSV, into a file")
    entities.add_argument("--json", action="store_true", help="as JSON")

    checked = "hash every file again (on a server: count the rows) and check the quotes"
    commands.add_parser("verify", parents=[shared], help=checked)
    return parser


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs one command and returns its exit code: 0 done, 1 skipped or damaged, 2 wrong usage or no usable index, 130
    stopped."""
    options = _parser().parse_args(arguments)
    from index.store.layout import default_index, named_by  # numpy, which no --help needs
    from index.stores import located

    place, root = located(options.store, options.index or default_index())
    live = named_by(root)

    def command() -> int:
        if options.command == "build":
            return _build(options, place, root)
        if options.command == "status":
            return _status(place, as_json=options.json, articles=options.articles)
        if options.command == "entities":
            from index.list_entities import list_entities

            return list_entities(place, options.kind, options.top, options.csv, as_json=options.json)
        return _verify(place)

    return run_command("index", command, lambda: _stopped(options, place, live, named_by(root)))


def _stopped(options: argparse.Namespace, place: Path | str, before: str | None, now: str | None) -> str:
    if options.command != "build":
        return "stopped"
    if is_address(place):
        kept = f"what was published at {place} is unharmed"
    elif now != before:
        return f"stopped; generation {now} was published"
    else:
        kept = f"generation {now} is unharmed" if now else "nothing was published yet"
    return f"stopped; {kept}, and the next build goes on from what has been embedded"


def _build(options: argparse.Namespace, root: Path | str, folder: Path) -> int:
    from index.building.progress import Bar
    from index.building.staging import BuildOptions
    from index.stores import builder

    given = BuildOptions(options.model, options.precision, options.rebuild, limits=_limits(options))
    build = builder(root, folder, options.shard)

    def once() -> "BuildReport":
        with closing(Bar()) as bar:
            return build(options.sources, replace(given, rebuild=options.rebuild, progress=bar))

    if options.watch:
        return _watch(options, root, folder, once)
    report = once()
    _print_report(report, root)
    if report.changed:
        print("how often would it answer wrongly? python -m qa calibrate tells, and sets a threshold")
    return 1 if options.strict and report.skipped else 0


def _limits(options: argparse.Namespace) -> "Limits":
    from index.readers import Limits

    given = {name: getattr(options, name) for name in _LIMITS if getattr(options, name) is not None}
    return Limits(**{name: int(value * _LIMITS[name][2]) for name, value in given.items()})


def _watch(options: argparse.Namespace, root: Path | str, folder: Path, once: Callable[[], "BuildReport"]) -> int:
    from index.building.watch import watch

    last: list[object] = []

    def build() -> None:
        report = once()
        options.rebuild = False
        if report.changed or not last:
            _print_report(report, root)
            sys.stdout.flush()
        if not last:
            print("watching for changes; Ctrl-C stops", file=sys.stderr, flush=True)
        last[:] = [report]

    def failed(error: ArticleQAError) -> None:
        if isinstance(error, UsageError) and not isinstance(error, NothingToIndex) and not last:
            raise error  # wrong from the start
        if last != [str(error)]:
            print(f"error: {error}; watching on", file=sys.stderr, flush=True)
        last[:] = [str(error)]

    watch(options.sources, folder, build, failed)
    return 0


def _print_report(report: "BuildReport", root: Path | str) -> None:
    for note in report.notes:
        print(f"note: {note}")
    if report.changed:
        print(
            f"{root}: {report.articles:,} articles in {report.passages:,} passages "
            f"({report.embedded:,} embedded, {report.reused:,} reused), generation {report.generation}"
        )
    else:
        print(f"{root}: nothing has changed; {report.articles:,} articles, generation {report.generation}")
    if report.boilerplate_only:
        count = len(report.boilerplate_only)
        print(
            f"{count:,} without text of their own, not searched: {printable(', '.join(report.boilerplate_only[:3]))}"
            + ", ..." * (count > 3)
        )
    if report.skipped:
        print(f"{len(report.skipped):,} skipped:")
        for skip in report.skipped[:_SHOWN]:
            print(f"  {printable(str(skip))}")
        if len(report.skipped) > _SHOWN:
            print(f"  and {len(report.skipped) - _SHOWN:,} more (python -m index status --json lists all)")


def _status(root: Path | str, *, as_json: bool, articles: bool) -> int:
    from index.building.report import index_metadata, lines_of
    from index.stores import follow

    with closing(follow(root).current()) as index:
        metadata = index_metadata(index)
        listed = [
            {
                "id": name,
                "title": title,
                "source": source,
                "published": day.isoformat() if day else None,
                "passages": count,
            }
            for name, title, source, day, count in (index.catalog.metadata() if articles else ())
        ]
        if as_json:
            print(json.dumps(metadata | ({"list": listed} if articles else {}), ensure_ascii=False, indent=1))
            return 0
        print("\n".join(map(printable, lines_of(metadata))))
        for entry in listed:
            day, source, title = (entry[name] for name in ("published", "source", "title"))
            words = f"{day or 'undated':<10}  {source or '-':<20}  {title or '(untitled)'}  [{entry['id']}]"
            print(printable(words))
    return 0


def _verify(root: Path | str) -> int:
    from index.store.layout import REMEDY
    from index.stores import verify

    found = verify(root)
    if found.wrong:
        for line in found.wrong:
            print(printable(line), file=sys.stderr)
        print(
            f"error: {len(found.wrong):,} {'finding' if len(found.wrong) == 1 else 'findings'}; {REMEDY}",
            file=sys.stderr,
        )
        return 1
    print(f"{root}: {found.files:,} {found.of} and {found.quotes:,} quotes are as they were written")
    return 0
