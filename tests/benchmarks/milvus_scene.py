"""What `tests.benchmarks.milvus_kill` kills: a server of Milvus Lite and writers, beside a reader that asks on and on.
Run as a program, it is a writer.
"""

import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from contextlib import closing
from pathlib import Path
from threading import Event, Thread
from typing import Any

import index.milvus.live
import index.milvus.write
from index import Index
from index.building.staging import BuildOptions
from index.errors import IndexMissing, StoreUnavailable
from index.milvus.address import Address
from index.milvus.live import MilvusFollower
from index.milvus.schema import generations
from index.milvus.server import Server
from index.milvus.snapshot import live_generation
from index.stores import builder, verify
from tests.fakes import Answered, FakeEncoder, answers, assert_same_answers, write_article
from tests.lite_server import LiteServer

__all__ = ["Reader", "Scene", "Writer", "write"]

_ARTICLES = 200  # 400 passages
_BLOCK = 32  # rows of a call, so that a build of so few passages makes as many calls as one of thousands

index.milvus.write._BLOCK = _BLOCK
index.milvus.live._LOOK_EVERY = 0.0  # the reader looks for a new generation before each question


def write(articles: Path, place: str, work: Path, shard: str | None, stop_before: int) -> None:
    """The process of a writer: says when it is ready and how many calls it made; kills itself before one of them."""
    calls, asked = [0], Server.call

    def counted(self: Server, name: str, *arguments: Any, **options: Any) -> Any:
        calls[0] += 1
        if calls[0] == stop_before:
            os.kill(os.getpid(), signal.SIGKILL)
        return asked(self, name, *arguments, **options)

    Server.call = counted  # type: ignore[method-assign]
    print("ready", flush=True)
    sys.stdin.readline()
    report = builder(place, work, shard)([articles], BuildOptions(encoder=FakeEncoder()))
    print(calls[0], report.passages, flush=True)


class Writer:
    """A process that builds, started up to the point where its work begins."""

    def __init__(self, scene: "Scene", place: str, shard: str | None = None, stop_before: int = 0) -> None:
        command = [sys.executable, "-m", "tests.benchmarks.milvus_scene", str(scene.articles), place]
        command += [str(scene.base / "work" / place.rpartition("/")[2]), shard or "", str(stop_before)]
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        assert self.process.stdout
        assert self.process.stdout.readline() == "ready\n"

    def go(self) -> None:
        assert self.process.stdin
        self.process.stdin.write("\n")
        self.process.stdin.flush()

    def end(self) -> tuple[int, list[int]]:
        """How it ended, and the numbers that it said."""
        said, _ = self.process.communicate()
        return self.process.returncode, [int(word) for word in said.split()]


class Reader:
    """Asks in a thread until it is stopped; notes which of two answers it got, and raises at any other."""

    def __init__(self, place: str, before: Answered | None, after: Answered, may_be_away: bool = False) -> None:
        self.counts: Counter[str] = Counter()
        self.answered_at = 0.0
        self._follower = MilvusFollower(Address.of(place), encoder=FakeEncoder())
        self._sides, self._may_be_away = (before, after), may_be_away
        self._stop = Event()
        self._wrong: BaseException | None = None
        self._thread = Thread(target=self._run)
        self._thread.start()

    def _run(self) -> None:
        try:
            while not self._stop.is_set():
                self.counts[self._ask()] += 1
        except BaseException as error:
            self._wrong = error

    def _ask(self) -> str:
        before, after = self._sides
        try:
            found = answers(self._follower.current())
        except IndexMissing:
            assert before is None, "the generation that was live is gone"
            return "nothing"
        except StoreUnavailable:
            assert self._may_be_away
            return "away"
        self.answered_at = time.monotonic()
        if before is not None and same(before, found):
            return "before"
        assert_same_answers(after, found)
        return "after"

    def check(self) -> None:
        """Raises what the reader met."""
        if self._wrong is not None:
            raise self._wrong

    def stop(self) -> Counter[str]:
        self._stop.set()
        self._thread.join()
        self.check()
        return self.counts


def same(one: Answered, other: Answered) -> bool:
    try:
        assert_same_answers(one, other)
    except AssertionError:
        return False
    return True


class Scene:
    """A server, articles that change from trial to trial, and what an index of them must answer."""

    def __init__(self, base: Path, seed: int) -> None:
        self.base, self.articles = base, base / "articles"
        self.random = random.Random(seed)
        self.server = LiteServer(base / "data").start()
        for number in range(_ARTICLES):
            write_article(self.articles, f"{number}.txt", number)
        self.number = _ARTICLES
        self.kept: Answered | None = None
        self.expected = self._expected()
        self.seconds, self.calls = 0.0, 0

    def change(self) -> None:
        """Eight articles are others now, one is gone and one is new; what was published answers as `kept`."""
        names = sorted(path.name for path in self.articles.iterdir())
        for name in self.random.sample(names, 8):
            self.number += 1
            write_article(self.articles, name, self.number)
        (self.articles / self.random.choice(names)).unlink()
        self.number += 1
        write_article(self.articles, f"{self.number}.txt", self.number)
        self.kept, self.expected = self.expected, self._expected()

    def _expected(self) -> Answered:
        builder(str(self.base / "local"), self.base / "local")([self.articles], BuildOptions(encoder=FakeEncoder()))
        with Index.open(self.base / "local", encoder=FakeEncoder()) as built:
            return answers(built)

    def timed(self, place: str) -> None:
        """Builds unharmed, to know how long that takes and how many calls it makes."""
        writer = Writer(self, place)
        started = time.monotonic()
        writer.go()
        code, said = writer.end()
        assert code == 0
        self.seconds, self.calls = time.monotonic() - started, said[0]

    def seen(self, place: str, before: Answered | None) -> str:
        """What the index answers as: nothing, the generation before, or the new one; raises at anything else."""
        with closing(Server(Address.of(place))) as server:
            if live_generation(server) is None:
                assert before is None, "the index is lost"
                return "nothing"
        follower = MilvusFollower(Address.of(place), encoder=FakeEncoder())
        with closing(follower.current()) as opened:
            found = answers(opened)
        if before is not None and same(before, found):
            return "before"
        assert_same_answers(self.expected, found)
        return "after"

    def complete(self, place: str, shards: tuple[str | None, ...] = (None,)) -> int:
        """Builds until all is published, and looks at it; how often every shard had to be run."""
        work = self.base / "work" / place.rpartition("/")[2]
        times, notes = 0, ("not yet",)
        while notes:
            times += 1
            assert times < 4, notes
            for shard in shards:
                notes = builder(place, work, shard)([self.articles], BuildOptions(encoder=FakeEncoder())).notes
        assert self.seen(place, None) == "after"
        assert not verify(place).wrong
        with closing(Server(Address.of(place))) as server:
            kept = {live_generation(server), live_generation(server, f"{server.address.name}__previous")}
            assert generations(server) <= kept, "a generation that nothing names was left behind"
        return times


if __name__ == "__main__":
    _articles, _place, _work, _shard, _step = sys.argv[1:]
    write(Path(_articles), _place, Path(_work), _shard or None, int(_step))
