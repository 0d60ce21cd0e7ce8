"""`ask_many`: the answers to many questions, which the reader reads together."""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from os import cpu_count

from index.engine import SearchEngine
from index.errors import UsageError
from qa.answer import Ahead, answer, quotes_to_read
from qa.answering.cite import quoted_passages
from qa.answering.evidence import READ
from qa.answering.quotes import Quote
from qa.answering.reader import shared_reader
from qa.answering.reading import reader_task
from qa.arguments import AnyIndex, Day, Given, checked_index, checked_request
from qa.search.names import asked_about
from qa.search.rank import Ranking
from qa.search.search import search
from qa.types import CITATIONS, Answer, History, Request

__all__ = ["TOGETHER", "answers", "ask_many"]

TOGETHER = 32  # limit: questions read together, 160 passages; more are no faster and hold more in memory


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

    The same passages are found and read. Where products are computed at bf16, a confidence may differ from that of
    `ask` by what is rounded otherwise, at most some thousandths, and two citations as likely change places. Raises what
    `ask` raises, before any question is asked.
    """
    if isinstance(questions, str) or not isinstance(questions, Sequence):
        raise UsageError("questions is a list of questions; for a single one there is ask")
    snapshot, requests = checked_index(index), []
    given = Given(k, history, since, until, sources, as_of, understand, reranker, reader)
    for place, question in enumerate(questions, 1):
        try:
            requests.append(checked_request(question, snapshot, given)[1])
        except UsageError as error:
            raise UsageError(f"question {place}: {error}") from None
    found = []
    for one in answers(snapshot, requests):
        found.append(one)
        if progress is not None:
            progress(len(found))
    return found


def answers(index: SearchEngine, requests: Sequence[Request]) -> Iterator[Answer]:
    """The answer to each request, in their order, TOGETHER at a time: which of them are read together changes what is
    rounded."""
    with ThreadPoolExecutor(cpu_count() or 1, thread_name_prefix="search") as pool:
        for first in range(0, len(requests), TOGETHER):
            some = requests[first : first + TOGETHER]
            rankings = list(pool.map(lambda request: search(index, request), some))
            for request, ranking, ahead in zip(some, rankings, _read_ahead(index, some, rankings), strict=True):
                yield answer(index, request, ranking, ahead)


def _read_ahead(index: SearchEngine, requests: Sequence[Request], rankings: Sequence[Ranking]) -> list[Ahead | None]:
    """What is quoted for each request, and read of it; None where the question is about a name, and reads otherwise."""
    found: list[Ahead | None] = [None] * len(requests)
    places, quotes, tasks = [], dict[int, list[Quote]](), []
    reader = shared_reader()[0]
    for place, (request, ranking) in enumerate(zip(requests, rankings, strict=True)):
        if reader is None or not request.reader or asked_about(request.question) is not None:
            continue
        quotes[place] = quotes_to_read(index, ranking, request)
        passages = quoted_passages(ranking, quotes[place])[:READ]
        places.append(place)
        tasks.append(reader_task(ranking.query.question, passages))
    if reader is not None and tasks:
        for place, seen in zip(places, reader.read_many(tasks), strict=True):
            found[place] = Ahead(quotes[place], seen)
    return found
