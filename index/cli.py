"""python -m index build | status | verify"""

import argparse
import json
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from index.errors import ArticleQAError, UsageError
from index.paths import default_index
from index.types import Span

if TYPE_CHECKING:
    from index.build import BuildReport, Progress
    from index.snapshot import Index

__all__ = ["main"]

_SHOWN = 10  # skipped files named one by one before the rest is counted


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m index", description="Make and look after an index of articles.")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    shared = argparse.ArgumentParser(add_help=False)
    shared.add_argument(
        "--index", type=Path, metavar="DIR", help="the index (default: $ARTICLE_INDEX, else ./articles.index)"
    )

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

    status = commands.add_parser("status", parents=[shared], help="what the index holds")
    status.add_argument("--json", action="store_true", help="as JSON")
    status.add_argument("--articles", action="store_true", help="list every article with its facts")

    commands.add_parser("verify", parents=[shared], help="hash every file again and check the quotes")
    return parser


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs one command and returns its exit code: 0 done, 1 skipped or damaged, 2 wrong usage or no usable index."""
    options = _parser().parse_args(arguments)
    root = options.index or default_index()
    try:
        if options.command == "build":
            return _build(options, root)
        if options.command == "status":
            return _status(root, as_json=options.json, articles=options.articles)
        return _verify(root)
    except ArticleQAError as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print(
            "\nstopped; the index that was there is unharmed, and what was embedded is kept for the next build",
            file=sys.stderr,
        )
        return 130
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0


class _Bar:
    """Progress on standard error: a bar on a terminal, a line every tenth otherwise."""

    def __init__(self) -> None:
        self._bar: Any = None
        self._stage = ""
        self._tenth = -1

    def __call__(self, progress: "Progress") -> None:
        if progress.stage != self._stage:
            self.close()
            self._stage, self._tenth = progress.stage, -1
            if sys.stderr.isatty():
                from tqdm import tqdm

                unit = {"reading": " files", "embedding": " passages", "indexing": " articles"}[progress.stage]
                self._bar = tqdm(total=progress.total, desc=progress.stage, unit=unit, leave=False)
        if self._bar is not None:
            self._bar.total = progress.total
            self._bar.update(progress.done - self._bar.n)
        elif (tenth := progress.done * 10 // max(1, progress.total)) != self._tenth:
            self._tenth = tenth
            print(f"{progress.stage}: {progress.done:,} of {progress.total:,}", file=sys.stderr, flush=True)

    def close(self) -> None:
        if self._bar is not None:
            self._bar.close()
            self._bar = None


def _build(options: argparse.Namespace, root: Path) -> int:
    if not options.sources:
        raise UsageError("name a file or a folder of articles")
    from index.build import build

    bar = _Bar()
    try:
        report = build(
            options.sources,
            root,
            model=options.model,
            precision=options.precision,
            rebuild=options.rebuild,
            progress=bar,
        )
    finally:
        bar.close()
    _print_report(report, root)
    return 1 if options.strict and report.skipped else 0


def _print_report(report: "BuildReport", root: Path) -> None:
    for note in report.notes:
        print(f"note: {note}")
    if report.changed:
        print(
            f"{root}: {report.articles:,} articles in {report.passages:,} passages "
            f"({report.embedded:,} embedded, {report.reused:,} reused), generation {report.generation}"
        )
    else:
        print(f"{root}: nothing has changed; {report.articles:,} articles, generation {report.generation}")
    if report.only_furniture:
        count = len(report.only_furniture)
        print(
            f"{count:,} without text of their own, not searched: {', '.join(report.only_furniture[:3])}"
            + ", ..." * (count > 3)
        )
    if report.skipped:
        print(f"{len(report.skipped):,} skipped:")
        for skip in report.skipped[:_SHOWN]:
            print(f"  {skip}")
        if len(report.skipped) > _SHOWN:
            print(f"  and {len(report.skipped) - _SHOWN:,} more (python -m index status --json lists all)")


def _status(root: Path, *, as_json: bool, articles: bool) -> int:
    from index.snapshot import Index

    with Index.open(root) as index:
        facts = _facts(index)
        listed = [
            {
                "id": name,
                "title": title,
                "source": source,
                "published": day.isoformat() if day else None,
                "passages": count,
            }
            for name, title, source, day, count in (index.catalog.facts() if articles else ())
        ]
        if as_json:
            print(json.dumps(facts | ({"list": listed} if articles else {}), ensure_ascii=False, indent=1))
            return 0
        skipped, furniture = facts.pop("skipped"), facts.pop("only_furniture")
        for name, value in facts.items():
            print(f"{name + ':':<12} {value:,}" if isinstance(value, int) else f"{name + ':':<12} {value}")
        print(f"{'furniture:':<12} {len(furniture):,} articles without text of their own")
        print(f"{'skipped:':<12} {len(skipped):,}")
        for line in skipped:
            print(f"  {line}")
        for entry in listed:
            day, source, title = (entry[name] for name in ("published", "source", "title"))
            print(f"{day or 'undated':<10}  {source or '-':<20}  {title or '(untitled)'}  [{entry['id']}]")
    return 0


def _facts(index: "Index") -> dict[str, Any]:
    manifest = index.manifest
    oldest, newest = index.date_range()
    return {
        "index": str(index.folder.parent.parent),
        "generation": index.generation,
        "built": manifest.built,
        "articles": index.article_count,
        "passages": index.passage_count,
        "dates": f"{oldest} to {newest}" if oldest else "undated",
        "sources": ", ".join(index.sources()) or "none named",
        "from": ", ".join(manifest.sources),
        "model": f"{manifest.model['name']} ({manifest.model['dimension']} dimensions)",
        "precision": manifest.model["precision"],
        "vectors": f"{manifest.dense['kind']}, recall@10 {manifest.dense['recall']:.4f}",
        "bytes": sum(file["size"] for file in manifest.files.values()),
        "only_furniture": index.catalog.only_furniture(),
        "skipped": [str(skip) for _, skip in index.catalog.skipped()],
    }


def _verify(root: Path) -> int:
    from index import store
    from index.snapshot import Index

    with Index.open(root, check=False) as index:
        wrong = store.damage(index.folder, index.manifest, hashes=True)
        quotes = 0
        if not wrong:
            for row in range(0, index.passage_count, max(1, index.passage_count // 1000)):
                passage = index.passage(row)
                article = index.article_at(passage.article)
                if not any(passage.span in body for body in article.body) or passage.span not in Span(
                    0, len(article.text)
                ):
                    wrong.append(f"passage {row} is no part of {article.id}")
                quotes += 1
        for line in wrong:
            print(line, file=sys.stderr)
        if wrong:
            print(f"error: {len(wrong)} findings; {store.REMEDY}", file=sys.stderr)
            return 1
        print(f"{root}: {len(index.manifest.files)} files and {quotes:,} quotes are as they were written")
    return 0
