"""What a conversation is worth: python -m tests.benchmarks.conversations CAST --index DIR [--news DIR --news-index DIR]

CAsT 2021 (a folder with corpus.jsonl, queries.jsonl and qrels_canonical.tsv): the rank of the passage that answers, by
the question alone, with its history, and as people rewrote it; once without the passages that the conversation has
already shown (the rule of its README), and once among all. Realtimeqa: 150 questions asked after two that have nothing
to do with them, against the same asked alone. Writes it beside this file, named by commit.
"""

import argparse
import json
import random
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from index import Index
from qa.evaluation.dataset import Question, load
from qa.evaluation.evaluate import ranked_articles
from qa.search.followup import queries
from qa.search.search import search
from qa.types import AsOf, History, Request
from tests.benchmarks.common import save, table

_NEWS = 150  # questions
_HEAD = ("", "passages", "hit@1", "hit@5", "MRR")

Ranks = list[int | None]


def rank_of(ranked: Sequence[str], right: frozenset[str], without: frozenset[str] = frozenset()) -> int | None:
    """The rank of the first right one, when some that are not right are passed over."""
    left = [name for name in ranked if name in right or name not in without]
    return next((place for place, name in enumerate(left, 1) if name in right), None)


def ranking(index: Index, question: str, as_of: AsOf, history: History = ()) -> list[str]:
    return ranked_articles(index, search(index, Request(question, as_of=as_of, history=history)))


def row(name: str, passages: str, ranks: Ranks) -> tuple[object, ...]:
    shares = np.array([1 / rank if rank else 0.0 for rank in ranks])
    return (name, passages, f"{(shares == 1).mean():.3f}", f"{(shares >= 0.2).mean():.3f}", f"{shares.mean():.3f}")


def conversations(folder: Path, index: Index) -> list[tuple[object, ...]]:
    """Rows of the table for CAsT 2021."""
    corpus = [json.loads(line) for line in (folder / "corpus.jsonl").read_text("utf-8").splitlines()]
    ids = {" ".join(one["text"].split()): one["id"] for one in reversed(corpus)}
    judged = [line.split("\t") for line in (folder / "qrels_canonical.tsv").read_text("utf-8").splitlines()]
    right: dict[str, set[str]] = {}
    for question, passage, _ in judged:
        right.setdefault(question, set()).add(passage)
    turns = [json.loads(line) for line in (folder / "queries.jsonl").read_text("utf-8").splitlines()]
    found: dict[tuple[str, str], Ranks] = {}
    for turn in (turn for turn in turns if turn["id"] in right):
        said = [part["text"] for part in turn["history"]]
        history = list(zip(said[::2], said[1::2], strict=False))
        shown = frozenset(ids.get(" ".join(answer.split()), "") for _, answer in history)
        ways = {
            "the question alone": ranking(index, turn["question"], "any"),
            "with its history": ranking(index, turn["question"], "any", history=history),
            "rewritten by people": ranking(index, turn["rewritten"], "any"),
        }
        for name, ranked in ways.items():
            answers = frozenset(right[turn["id"]])
            found.setdefault((name, "not shown yet"), []).append(rank_of(ranked, answers, shown))
            found.setdefault((name, "all"), []).append(rank_of(ranked, answers))
    return [row(*way, ranks) for way, ranks in sorted(found.items(), key=lambda item: item[0][1] == "all")]


def changed_subject(questions: Sequence[Question], index: Index) -> list[tuple[object, ...]]:
    """Rows for questions that are asked alone and after two others, time-blind and as of their days."""
    draw = random.Random(0)
    sample = draw.sample(list(questions), min(_NEWS, len(questions)))
    lines = []
    for way in ("time-blind", "as of the day"):
        alone, after = [], []
        for question in sample:
            day = question.day or "any" if way == "as of the day" else "any"
            right = frozenset(question.relevant)
            others = draw.sample([one for one in questions if not right & one.relevant.keys()], 2)
            history = [(one.text, _answer(index, one)) for one in others]
            alone.append(rank_of(ranking(index, question.text, day), right))
            if (
                len(queries(question.text, history, index.encode_queries)) == 1
            ):  # it takes nothing along: the same query
                after.append(alone[-1])
            else:
                after.append(rank_of(ranking(index, question.text, day, history=history), right))
        kept = sum(1 / rank for rank in after if rank) / sum(1 / rank for rank in alone if rank)
        lines += [row(f"news, {way}, alone", "all", alone), row(f"after two others ({kept:.1%} kept)", "all", after)]
    return lines


def _answer(index: Index, question: Question) -> str:
    """The beginning of the article that answers a question."""
    article = index.article(next(iter(question.relevant)))
    return " ".join(article.text.split()[:120]) if article is not None else ""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("cast", type=Path)
    parser.add_argument("--index", type=Path, required=True)
    parser.add_argument("--news", type=Path)
    parser.add_argument("--news-index", type=Path)
    options = parser.parse_args()
    with Index.open(options.index) as index:
        lines = conversations(options.cast, index)
    if options.news and options.news_index:
        with Index.open(options.news_index) as index:
            questions = [one for one in load(options.news) if any(index.article(name) for name in one.relevant)]
            lines += changed_subject([replace(one, history=()) for one in questions], index)
    save("conversations", {"rows": lines}, table([_HEAD, *lines]))


if __name__ == "__main__":
    main()
