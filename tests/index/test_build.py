"""What a build makes, refuses and leaves behind."""

import os
import shutil
import sqlite3
import threading
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from index.building.build import BuildOptions, BuildReport, Progress, build
from index.errors import BuildFailed, IndexBusy, NothingToIndex, UsageError
from index.store import layout
from index.store.snapshot import Index
from tests.conftest import Build
from tests.fakes import FakeEncoder, answers, assert_same_answers, write_article


def test_every_passage_is_a_range_of_its_article(built: Index) -> None:
    assert built.article_count == 7
    assert built.passage_count >= 7
    for row in range(built.passage_count):
        passage = built.passage(row)
        article = built.article_at(passage.article)
        assert passage.span.end <= len(article.text)
        assert any(passage.span in body for body in article.body)
        assert row in built.passages_of(passage.article)


def test_rows_may_be_numbers_of_numpy(built: Index) -> None:
    for row, article in enumerate(built.articles_of(np.arange(built.passage_count))):
        assert built.article_at(article).row == built.passage(row).article


def test_no_article_has_an_id_that_is_no_unicode(built: Index) -> None:
    assert built.article("\ud800") is None


def test_the_best_none_of_passages_are_none(built: Index) -> None:
    (vector,) = built.encode_queries(["the minister"])
    for selection in (None, built.select(sources=["Rows"])):
        assert len(built.dense(vector, 0, selection)) == 0
        assert len(built.lexical_passages({"minist": 1.0}, 0, selection)) == 0


def test_the_index_inside_its_own_source_is_not_indexed(articles: Path, encoder: FakeEncoder) -> None:
    inside = articles / "search"
    first = build([articles], inside, BuildOptions(encoder=encoder))
    assert build([articles], inside, BuildOptions(encoder=encoder)).generation == first.generation
    assert not [skip for skip in first.skipped if str(inside) in skip.path]


@pytest.mark.skipif(os.name == "nt", reason="file names are Unicode there")
def test_a_file_name_that_is_no_text_is_skipped(make: Build, articles: Path) -> None:
    with open(os.fsencode(articles) + b"/caf\xe9.txt", "wb") as file:
        file.write(b"Words of an article that nobody can name.")
    report = make()
    assert "not valid UTF-8" in report.skipped[0].reason
    str(report.skipped[0]).encode()


def test_lone_surrogates_in_rows_break_nothing(make: Build, articles: Path, root: Path, encoder: FakeEncoder) -> None:
    row = r'{"id": "odd\ud800", "title": "T\udfff", "source": "S\ud800", "author": "\ud800", "url": "http://x/\ud800", '
    text = "The envoy spoke of \\ud83d halves at length before the council adjourned for the day. " * 8
    (articles / "odd.jsonl").write_text(row + f'"text": "{text}"}}\n')
    make()
    with Index.open(root, encoder=encoder) as index:
        assert any("halves at length" in index.article_at(row).text for row in range(index.article_count))


def test_two_threads_exclude_each_other(make: Build, articles: Path, root: Path, encoder: FakeEncoder) -> None:
    inside, leave = threading.Event(), threading.Event()
    reports: list[BuildReport] = []

    def wait(_: Progress) -> None:
        inside.set()
        leave.wait(60)

    thread = threading.Thread(target=lambda: reports.append(make(progress=wait)))
    thread.start()
    try:
        assert inside.wait(60)
        with pytest.raises(IndexBusy, match="another build is at work"):
            make()
    finally:
        leave.set()
        thread.join()
    assert make().generation == reports[0].generation


@pytest.mark.parametrize(
    ("build_wrongly", "words"),
    [
        (lambda folder: build(str(folder), folder / "index"), "write \\["),
        (lambda folder: build(folder, folder / "index"), "write \\["),
        (lambda folder: BuildOptions(precision="fp8"), "auto, bf16, fp16, fp32, not 'fp8'"),  # type: ignore[arg-type]
    ],
    ids=["a text", "a path", "an unknown precision"],
)
def test_a_wrong_argument_of_a_build_is_one_sentence(
    tmp_path: Path, build_wrongly: Callable[[Path], object], words: str
) -> None:
    with pytest.raises(UsageError, match=words):
        build_wrongly(tmp_path)
    assert not (tmp_path / "index").exists()


@pytest.mark.parametrize("kind", ["a missing source", "an empty folder", "only pictures", "a file in the way"])
def test_what_cannot_be_built_says_why_and_harms_nothing(
    tmp_path: Path, make: Build, root: Path, encoder: FakeEncoder, kind: str
) -> None:
    first = make()
    source, target = tmp_path / "other", root
    error, words = NothingToIndex, "there is no article"
    if kind == "a missing source":
        error, words = UsageError, "there is no file or folder"
    else:
        source.mkdir()
    if kind == "only pictures":
        (source / "a.png").write_bytes(b"\x89PNG")
        words = "1 files were skipped"
    elif kind == "a file in the way":
        write_article(source, "a.txt", 1)
        target = tmp_path / "plain"
        target.write_text("x")
        error, words = BuildFailed, "cannot be written"
    with pytest.raises(error, match=words):
        build([source], target, BuildOptions(encoder=encoder))
    assert layout.current_name(root) == first.generation
    assert not list((root / "generations").glob(".*"))


@pytest.mark.parametrize("stage", ["reading", "embedding", "indexing"])
@pytest.mark.parametrize("error", [KeyboardInterrupt(), sqlite3.OperationalError("disk I/O error"), OSError(5, "I/O")])
def test_a_build_that_fails_leaves_the_old_index_and_no_litter(
    make: Build, articles: Path, root: Path, encoder: FakeEncoder, stage: str, error: BaseException
) -> None:
    make()
    with Index.open(root, encoder=encoder) as index:
        before = answers(index)
    write_article(articles, "new.txt", 30)

    def fail(progress: Progress) -> None:
        if progress.stage == stage:
            raise error

    with pytest.raises(KeyboardInterrupt if isinstance(error, KeyboardInterrupt) else BuildFailed):
        make(progress=fail)
    assert not list((root / "generations").glob(".*"))
    with Index.open(root, encoder=encoder) as index:
        assert_same_answers(before, answers(index))
    make()
    with Index.open(root, encoder=encoder) as index:
        after = answers(index)
    shutil.rmtree(root)
    make()
    with Index.open(root, encoder=encoder) as index:
        assert_same_answers(after, answers(index))


def test_a_stopped_build_resumes_where_it_stopped(make: Build, articles: Path, encoder: FakeEncoder) -> None:
    for seed in range(100, 160):
        write_article(articles, f"{seed}.txt", seed, sentences=60)

    def stop(progress: Progress) -> None:
        if progress.stage == "embedding" and encoder.passages:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        make(progress=stop)
    done = len(encoder.passages)
    assert done > 0
    report = make()
    assert report.embedded == report.passages - done
    assert len(encoder.passages) == len(set(encoder.passages)) == report.passages


def test_at_most_two_generations_are_kept_and_an_open_one_goes_on_answering(
    make: Build, articles: Path, root: Path, encoder: FakeEncoder, built: Index
) -> None:
    before = answers(built)
    for seed in range(200, 204):
        write_article(articles, "b.txt", seed)
        make()
        assert len(list((root / "generations").iterdir())) == 2
    assert not built.folder.exists()
    assert_same_answers(before, answers(built))


def test_what_dead_builds_left_is_swept(make: Build, root: Path) -> None:
    report = make()
    generations = root / "generations"
    (generations / ".building-1" / "lexical").mkdir(parents=True)
    shutil.copytree(generations / report.generation, generations / "000009-00000000")
    (generations / "notes.txt").write_text("not ours")
    assert make().changed is False
    assert sorted(path.name for path in generations.iterdir()) == [report.generation, "notes.txt"]
