"""What `watch` follows: folders, files given directly, folders that are replaced; and what it must not follow."""

import os
import queue
import shutil
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from index.building.build import BuildOptions, BuildReport, build
from index.building.watch import watch
from index.errors import ArticleQAError, BuildFailed
from tests.fakes import FakeEncoder, write_article

PATIENCE = 60  # seconds until something that must happen is given up


class Watching:
    """A watch in a thread, and the reports of its builds."""

    def __init__(self, sources: list[Path], root: Path) -> None:
        self.reports: queue.Queue[BuildReport] = queue.Queue()
        self.errors: queue.Queue[ArticleQAError] = queue.Queue()
        self.stop = threading.Event()
        self.fail: Callable[[], None] = lambda: None
        encoder = FakeEncoder()

        def once() -> None:
            self.fail()
            self.reports.put(build(sources, root, BuildOptions(encoder=encoder)))

        self.thread = threading.Thread(target=watch, args=(sources, root, once, self.errors.put, self.stop))
        self.thread.start()

    def next_change(self) -> BuildReport:
        while True:
            report = self.reports.get(timeout=PATIENCE)
            if report.changed:
                return report


@pytest.fixture
def watching(root: Path) -> Iterator[Callable[..., Watching]]:
    started: list[Watching] = []

    def start(*sources: Path, root: Path = root) -> Watching:
        started.append(Watching(list(sources), root))
        return started[-1]

    yield start
    for each in started:
        each.stop.set()
        each.thread.join(PATIENCE)
        assert not each.thread.is_alive()


def test_a_folder_is_followed(watching: Callable[..., Watching], articles: Path) -> None:
    followed = watching(articles)
    assert followed.next_change().articles == 7
    write_article(articles, "brand/new/story.txt", 40)
    assert followed.next_change().articles == 8
    (articles / "brand" / "new" / "story.txt").unlink()
    assert followed.next_change().articles == 7
    (articles / "deep").rename(articles / "deeper")
    moved = followed.next_change()
    assert (moved.articles, moved.embedded) == (7, 0)


def test_a_file_that_editors_replace_is_followed(watching: Callable[..., Watching], tmp_path: Path) -> None:
    path = write_article(tmp_path / "one", "a.txt", 1)
    followed = watching(path)
    followed.next_change()
    for seed in (2, 3):
        write_article(tmp_path / "two", "a.txt", seed)
        os.replace(tmp_path / "two" / "a.txt", path)
        assert followed.next_change().embedded > 0


def test_a_folder_that_is_replaced_is_followed_on(
    watching: Callable[..., Watching], articles: Path, tmp_path: Path
) -> None:
    followed = watching(articles)
    followed.next_change()
    shutil.move(articles, tmp_path / "away")
    assert followed.errors.get(timeout=PATIENCE)
    write_article(tmp_path / "fresh", "only.txt", 5)
    (tmp_path / "fresh").rename(articles)
    assert followed.next_change().articles == 1
    write_article(articles, "second.txt", 6)
    assert followed.next_change().articles == 2


def test_the_index_itself_and_hidden_files_are_not_followed(
    watching: Callable[..., Watching], articles: Path, root: Path, encoder: FakeEncoder
) -> None:
    followed = watching(articles)
    followed.next_change()
    (articles / ".hidden.txt").write_text("x")
    (articles / "other.index").mkdir()
    (articles / "other.index" / "a.txt").write_text("x")
    write_article(articles, "seen.txt", 8)
    assert followed.next_change().articles == 8
    assert followed.reports.empty()


def test_a_folder_whose_name_begins_as_anothers_is_followed(watching: Callable[..., Watching], tmp_path: Path) -> None:
    for name in ("news", "news.2024"):
        write_article(tmp_path / name, "a.txt", 1)
    followed = watching(tmp_path / "news", tmp_path / "news.2024")
    assert followed.next_change().articles == 2
    write_article(tmp_path / "news.2024", "b.txt", 2)
    assert followed.next_change().articles == 3


def test_an_index_below_a_linked_folder_is_not_followed(watching: Callable[..., Watching], articles: Path) -> None:
    (articles.parent / "link").symlink_to(articles)
    followed = watching(articles.parent / "link", root=articles / "made")
    followed.next_change()
    write_article(articles, "seen.txt", 8)
    assert followed.next_change().articles == 8
    with pytest.raises(queue.Empty):
        followed.reports.get(timeout=2)


def test_what_fails_is_tried_again(
    watching: Callable[..., Watching], articles: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("index.building.watch._RETRY", 0.1)
    followed = watching(articles)
    followed.next_change()
    failures = [BuildFailed("the disk is full"), BuildFailed("the disk is full")]

    def fail() -> None:
        if failures:
            raise failures.pop()

    followed.fail = fail
    write_article(articles, "new.txt", 9)
    assert followed.errors.get(timeout=PATIENCE)
    assert followed.next_change().articles == 8
