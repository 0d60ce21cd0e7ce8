"""python -m qa ask | eval | calibrate | watch"""

import argparse
import json
import os
import sys
from collections.abc import Callable, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

from index.command import add_place, run_command
from index.errors import UsageError
from index.garbage import uncollected
from qa.search.written_dates import UNDERSTOOD
from qa.types import CITATIONS

__all__ = ["main"]

_QUESTIONS = 600  # limit: of `calibrate`, unless told otherwise; the standard error of a share of .1 is .012


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m qa", description="Ask articles, and get their own words back.")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    shared = argparse.ArgumentParser(add_help=False)
    add_place(shared)
    shared.add_argument("--json", action="store_true", help="as JSON")
    shared.add_argument(
        "--literal", action="store_true", help="take dates and sources named in a question as words like any other"
    )
    shared.add_argument("--no-reader", action="store_true", help="mark and judge sentences by their words alone")
    shared.add_argument(
        "--reranker", metavar="M", help="a sentence-transformers CrossEncoder, by name or path, to order the best anew"
    )

    ask = commands.add_parser("ask", parents=[shared], help="the passages that answer a question, with their sources")
    ask.add_argument("question", metavar="QUESTION", nargs="?")
    ask.add_argument(
        "--file", type=Path, metavar="FILE", help="questions: .txt, one a line, or .csv or .jsonl with a question a row"
    )
    ask.add_argument("--out", type=Path, metavar="FILE", help="with --file: the answers, as .csv, .jsonl or .html")
    ask.add_argument("-k", type=int, default=CITATIONS, metavar="N", help=f"citations at most (default: {CITATIONS})")
    ask.add_argument("--since", metavar="D", help=f"only articles of this day or later: {UNDERSTOOD}")
    ask.add_argument("--until", metavar="D", help="only articles of this day or earlier")
    ask.add_argument("--source", action="append", metavar="S", help="only articles of this source; may be repeated")
    ask.add_argument(
        "--as-of",
        metavar="D",
        help="the day of asking: articles from shortly before it are preferred (default: today; any: no preference)",
    )

    ask.add_argument("--explain", action="store_true", help="why each citation ranks where it does, and how sure it is")

    evaluate = commands.add_parser("eval", parents=[shared], help="how well the index answers a set of questions")
    evaluate.add_argument(
        "dataset",
        type=Path,
        metavar="DATASET",
        help="questions of your own (.jsonl or .csv), or a folder with queries.jsonl and qrels.tsv",
    )
    evaluate.add_argument("--save", type=Path, metavar="FILE", help="save this run, to compare another with it")
    evaluate.add_argument("--against", type=Path, metavar="FILE", help="what has changed since a saved run")
    evaluate.add_argument(
        "--per-question", type=Path, metavar="FILE", help="write a line for each question (.jsonl, else with tabs)"
    )

    _add_calibrate(commands.add_parser, shared)
    again = commands.add_parser("watch", parents=[shared], help="which answers have changed since the last run")
    again.add_argument(
        "file", type=Path, metavar="FILE", help="questions: one a line, or .jsonl or .csv rows with a question"
    )
    again.add_argument(
        "--state", type=Path, metavar="FILE", help="what the last run saw (default: FILE.seen.json, beside FILE)"
    )
    return parser


def _add_calibrate(add: Callable[..., argparse.ArgumentParser], shared: argparse.ArgumentParser) -> None:
    tune = add(
        "calibrate", parents=[shared], help="how often this index would answer wrongly, and a threshold of its own"
    )
    tune.add_argument(
        "--wrong-answers",
        type=float,
        metavar="SHARE",
        help="set the threshold so that at most this share of the questions that the articles do not answer is "
        "answered (such as 0.1); without it, the curve is printed and nothing is changed",
    )
    tune.add_argument(
        "--questions", type=int, default=_QUESTIONS, metavar="N", help="questions made (default: %(default)s)"
    )
    tune.add_argument("--seed", type=int, default=0, metavar="N", help="which articles are drawn (default: 0)")
    tune.add_argument("--forget", action="store_true", help="remove this index's own threshold")


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs one command and returns its exit code: 0 done, 1 some answer changed (watch), 2 wrong usage or no usable
    index."""
    options = _parser().parse_args(arguments)
    return run_command("qa", lambda: _COMMANDS[options.command](options))


def _ask(options: argparse.Namespace) -> int:
    if bool(options.file) != bool(options.out) or bool(options.file) == bool(options.question):
        raise UsageError("give ask one QUESTION, or questions and a place for answers: --file FILE --out FILE")
    if options.file and (options.json or options.explain):
        raise UsageError("--json and --explain are of one question; --out FILE.jsonl has all that --json prints")
    settings = {
        "k": options.k,
        "since": options.since,
        "until": options.until,
        "sources": options.source,
        "as_of": options.as_of,
        "understand": not options.literal,
        "reranker": options.reranker,
        "reader": not options.no_reader,
    }
    return _ask_file(options, settings) if options.file else _ask_one(options, settings)


def _ask_file(options: argparse.Namespace, settings: dict[str, Any]) -> int:
    from tqdm import tqdm

    from qa.arguments import Given, checked_index
    from qa.batch import answer_file, read_questions

    questions = read_questions(options.file)
    with tqdm(total=len(questions), unit=" questions", leave=False, disable=None, file=sys.stderr) as bar:
        before = answer_file(
            checked_index(options.store or options.index),
            questions,
            options.out,
            Given(**settings),
            lambda done: bar.update(done - bar.n),
        )
    went_on = f", {before:,} of them before it was stopped" if before else ""
    print(f"{options.out}: answers to {len(questions):,} questions{went_on}")
    return 0


def _ask_one(options: argparse.Namespace, settings: dict[str, Any]) -> int:
    with uncollected():
        from qa.answer import ask
        from qa.terminal import terminal

    answer = ask(options.question, index=options.store or options.index, **settings)
    if options.json:
        print(json.dumps(answer.to_dict(explain=options.explain), ensure_ascii=False, indent=1))
    else:
        color = sys.stdout.isatty() and "NO_COLOR" not in os.environ
        print(terminal(answer, color=color, explain=options.explain))
    return 0


def _eval(options: argparse.Namespace) -> int:
    from tqdm import tqdm

    from index.stores import follow
    from qa.evaluation import report, saved_runs
    from qa.evaluation.dataset import load, resolve, unknown_articles
    from qa.evaluation.evaluate import evaluate, measure, ways
    from qa.files import write_whole

    questions = load(options.dataset)
    saved = saved_runs.read(options.against) if options.against else None
    if saved:
        saved_runs.in_both(questions, saved)  # before a long run, not after it
    for path in (options.save, options.per_question):
        if path:
            saved_runs.check_writable(path)
    with closing(follow(_place(options)).current()) as index:
        beside = options.dataset if options.dataset.is_dir() else options.dataset.parent
        questions, unknown = resolve(index, questions, beside)
        if unknown:
            print(f"warning: {unknown_articles(unknown)}", file=sys.stderr)
        total = len(questions) * len(ways(questions))
        with tqdm(total=total, unit=" questions", leave=False, disable=None, file=sys.stderr) as bar:
            asked = evaluate(
                index,
                questions,
                lambda done: bar.update(done - bar.n),
                understand=not options.literal,
                reranker=options.reranker,
                reader=not options.no_reader,
            )
        results = [measure(run.name, questions, run.ranked, run.refused) for run in asked]
        comparison = saved_runs.compare(questions, asked, saved) if saved else None
        rows = report.rows(index, questions, asked, results)
        if options.save:
            saved_runs.save(options.save, index.generation, questions, asked, results)
        if options.per_question:
            lines = report.per_question(options.per_question, questions, rows)
            write_whole(options.per_question, lines.encode("utf-8", "replace"))
        if options.json:
            print(json.dumps(report.as_json(index, questions, unknown, results, rows, comparison), indent=1))
            return 0
        print(report.table(questions, index.article_count, results))
        if comparison:
            print("\n" + report.change(options.against.name, comparison))
    return 0


def _calibrate(options: argparse.Namespace) -> int:
    from index.milvus.address import is_address
    from qa.evaluation.calibrate_command import calibrate

    if options.reranker or options.literal:
        raise UsageError("calibrate measures without --reranker and --literal; leave them out")
    if is_address(place := _place(options)):
        raise UsageError("a threshold is kept beside an index on this machine; name that with --index")
    return calibrate(options, Path(place))


def _watch(options: argparse.Namespace) -> int:
    from index.stores import follow
    from qa.evaluation.watching import watch

    return watch(options, follow(_place(options)))


def _place(options: argparse.Namespace) -> Path | str:
    from index.store.layout import default_index

    return options.store or options.index or default_index()


_COMMANDS = {"ask": _ask, "eval": _eval, "calibrate": _calibrate, "watch": _watch}
