"""`ask_many`: the answers to many questions, a block at a time, on all cores."""

from collections.abc import Callable, Iterator, Sequence
from os import cpu_count

import numpy as np
from numpy.typing import NDArray

from index.engine import SearchEngine
from index.errors import UsageError
from index.store.snapshot import Index
from qa.answer import Ahead, answer, quotes_to_read
from qa.answering.cite import quoted_passages
from qa.answering.evidence import READ
from qa.answering.reader import shared_reader
from qa.answering.reading import reader_task
from qa.arguments import AnyIndex, Day, Given, checked_requests
from qa.search.names import asked_about
from qa.search.rank import Ranking
from qa.search.search import search
from qa.types import CITATIONS, Answer, History, Request
from qa.workers import Workers

__all__ = ["TOGETHER", "answer_block", "answers", "ask_many"]

TOGETHER = 16  # limit: questions of a block, encoded together; of longer ones, the last keeps the others waiting
# limit: blocks for each worker below which starting it (3 s of CPU) takes longer than it saves, with and without
# the reader, which costs four times what all else does: tests/benchmarks/results/many-no-reader-8574eb1.md
_WORTH = {True: 12, False: 64}
_MOST = 8  # limit: workers, of half a gigabyte each; more cores stay idle


def ask_many(
    questions: Sequence[str],
    k: int = CITATIONS,
    *,
    index: AnyIndex = None,
    history: History = (),
    since: Day = None,
    until: Day = None,
    sources: Sequence[str] | str | None = None,
    as_of: Day = None,
    understand: bool = True,
    reranker: str | None = None,
    reader: bool = True,
    progress: Callable[[int], object] | None = None,
) -> list[Answer]:
    """The answer to each question, in their order, from one generation of the index: what `ask` says, in less time. The
    other arguments as for `ask`, the same for all questions; `progress` is called with how many are done.

    Hundreds of questions are shared with a process for each further core. The same passages are found and read; where
    PyTorch's products round a row otherwise among others (they do not at bf16), a confidence may differ by
    thousandths. Raises what `ask` raises, before any question is asked.
    """
    if isinstance(questions, str) or not isinstance(questions, Sequence):
        raise UsageError("questions is a list of questions; for a single one there is ask")
    given = Given(k, history, since, until, sources, as_of, understand, reranker, reader)
    snapshot, requests = checked_requests([(question, None) for question in questions], index, given)
    found = []
    for one in answers(snapshot, requests):
        found.append(one)
        if progress is not None:
            progress(len(found))
    return found


def answers(index: SearchEngine, requests: Sequence[Request]) -> Iterator[Answer]:
    """The answer to each request, in their order."""
    blocks = [requests[first : first + TOGETHER] for first in range(0, len(requests), TOGETHER)]
    with Workers(index, blocks, _workers(index, blocks), answer_block) as workers:
        yield from workers.answers()


def _workers(index: SearchEngine, blocks: Sequence[Sequence[Request]]) -> int:
    """How many processes beside this one are worth starting."""
    worth = _WORTH[any(request.reader for block in blocks for request in block)]
    count = min((cpu_count() or 1) - 1, _MOST, len(blocks) // worth)
    return count if count > 0 and isinstance(index, Index) and index.uses_shared_encoder else 0


def answer_block(index: SearchEngine, requests: Sequence[Request]) -> list[Answer]:
    """The answers to a few requests, which are encoded and read together."""
    texts = [*dict.fromkeys(request.question for request in requests)]
    vectors = dict(zip(texts, index.encode_queries(texts), strict=True))

    def encode(some: Sequence[str]) -> NDArray[np.float32]:
        known = all(text in vectors for text in some)
        return np.stack([vectors[text] for text in some]) if known else index.encode_queries(some)

    rankings = [search(index, request, encode=encode) for request in requests]
    ahead = _read_ahead(index, requests, rankings)
    return [answer(index, *one) for one in zip(requests, rankings, ahead, strict=True)]


def _read_ahead(index: SearchEngine, requests: Sequence[Request], rankings: Sequence[Ranking]) -> list[Ahead | None]:
    """What is quoted for each request, and read of it; None where the question is about a name, and reads otherwise."""
    found: list[Ahead | None] = [None] * len(requests)
    wanted = [n for n, one in enumerate(requests) if one.reader and asked_about(one.question) is None]
    reader = shared_reader()[0] if wanted else None
    if reader is None:
        return found
    quotes = [quotes_to_read(index, rankings[place], requests[place]) for place in wanted]
    tasks = []
    for place, quoted in zip(wanted, quotes, strict=True):
        passages = quoted_passages(rankings[place], quoted)[:READ]
        tasks.append(reader_task(rankings[place].query.question, passages))
    for place, quoted, seen in zip(wanted, quotes, reader.read_many(tasks), strict=True):
        found[place] = Ahead(quoted, seen)
    return found
