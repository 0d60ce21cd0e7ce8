"""What a build does, and what it need not do again."""

import os
import shutil
import sqlite3
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import numpy as np
import pytest

from index.building.build import BuildOptions, BuildReport, Progress, build
from index.building.source_changes import file_state
from index.building.write_catalog import CatalogWriter
from index.errors import BuildFailed, IndexBusy, NothingToIndex, UsageError
from index.readers import Limits, SourceFile, read, sandbox
from index.store import layout
from index.store.snapshot import Index
from index.text.chunking import ChunkSettings
from index.types import Article, Skipped
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


def test_nothing_changed_does_nothing(make: Build, encoder: FakeEncoder) -> None:
    first = make()
    embedded = len(encoder.passages)
    again = make()
    assert again.changed is False
    assert (again.generation, again.passages, again.articles) == (first.generation, first.passages, first.articles)
    assert len(encoder.passages) == embedded == first.embedded
    assert first.reused == 0


def test_only_what_changed_is_embedded(make: Build, articles: Path, encoder: FakeEncoder) -> None:
    first = make()
    write_article(articles, "b.txt", 77)
    encoder.passages.clear()
    second = make()
    assert second.changed
    assert 0 < second.embedded == len(encoder.passages) < first.passages
    assert second.reused == second.passages - second.embedded


def test_a_renamed_article_costs_no_embedding(make: Build, articles: Path, encoder: FakeEncoder) -> None:
    make()
    (articles / "rows.jsonl").rename(articles / "lines.jsonl")
    assert make().embedded == 0


def test_unchanged_files_are_not_read_again(
    make: Build, articles: Path, monkeypatch: pytest.MonkeyPatch, encoder: FakeEncoder
) -> None:
    from index.building import source_changes

    make()
    opened: list[str] = []
    real = source_changes.read_all

    def counted(
        files: Iterable[SourceFile], limits: Limits
    ) -> Iterator[tuple[SourceFile, Iterator[Article | Skipped]]]:
        for item, entries in real(files, limits):
            opened.append(item.id)
            yield item, entries

    monkeypatch.setattr(source_changes, "read_all", counted)
    write_article(articles, "new.txt", 50)
    make()
    assert opened == ["new.txt"]


def test_an_id_of_many_articles_is_not_counted_up_from_the_start_for_each(tmp_path: Path) -> None:
    catalog = CatalogWriter(tmp_path / "articles.db")
    looks = 0
    real = catalog.has_id

    def counted(article_id: str) -> bool:
        nonlocal looks
        looks += 1
        return real(article_id)

    catalog.has_id = counted  # type: ignore[method-assign]
    for own in ("same#3", *["same"] * 100, "same#3"):
        catalog.add_article(Article(own, "text"), "file")
    ids = [article.id for _, article, _ in catalog.articles()]
    catalog.close()
    assert ids == ["same#3", "same", "same#2", *(f"same#{number}" for number in range(4, 102)), "same#3#2"]
    assert looks < 3 * len(ids)


def test_an_index_below_a_linked_source_is_no_article(tmp_path: Path, articles: Path, encoder: FakeEncoder) -> None:
    (tmp_path / "link").symlink_to(articles)
    options = BuildOptions(encoder=encoder)
    first = build([tmp_path / "link"], articles / "made", options)
    again = build([tmp_path / "link"], articles / "made", options)
    assert (first.skipped, again.changed, again.articles) == ((), False, 7)


def test_touching_a_file_is_no_change(make: Build, articles: Path) -> None:
    make()
    os.utime(articles / "a.txt", (1, 1))
    assert make().changed is False


def test_a_file_changed_behind_an_old_time_stamp_is_read_again(
    make: Build, articles: Path, root: Path, encoder: FakeEncoder
) -> None:
    make()
    path = articles / "a.txt"
    stamp, text = path.stat(), path.read_bytes()
    path.write_bytes(text.replace(b"minister", b"MINISTER").replace(b"general", b"GENERAL").replace(b"The", b"HET"))
    os.utime(path, ns=(stamp.st_atime_ns, stamp.st_mtime_ns))
    assert path.stat().st_size == stamp.st_size
    assert make().changed
    with Index.open(root, encoder=encoder) as index:
        found = index.article("a.txt")
        assert found is not None
        assert found.text.encode() == path.read_bytes()


def test_a_file_changed_just_now_is_compared_by_content_next_time(tmp_path: Path) -> None:
    path = write_article(tmp_path, "a.txt", 1)

    def state() -> int:
        info = path.stat()
        return file_state(SourceFile(path, "a.txt", info.st_size, info.st_mtime_ns)).ctime_ns

    assert state() == -1
    real = time.time_ns
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(time, "time_ns", lambda: real() + 3_000_000_000)
        assert state() == path.stat().st_ctime_ns


def test_two_files_swapped_are_read_again(make: Build, articles: Path, root: Path, encoder: FakeEncoder) -> None:
    make()
    one, two = articles / "a.txt", articles / "b.txt"
    texts = one.read_bytes(), two.read_bytes()
    one.rename(articles / "x")
    two.rename(one)
    (articles / "x").rename(two)
    assert make().embedded == 0
    with Index.open(root, encoder=encoder) as index:
        for name, text in zip(("b.txt", "a.txt"), texts, strict=True):
            found = index.article(name)
            assert found is not None
            assert found.text.encode() == text


def test_a_file_that_failed_is_tried_again_though_it_has_not_changed(
    make: Build, articles: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Where files are read, in a process of its own: b.txt may not be opened.
    refuse = (
        "import pathlib; real = pathlib.Path.open\n"
        "def refused(path, *given, **options):\n"
        "    if path.name == 'b.txt': raise PermissionError(13, 'Permission denied')\n"
        "    return real(path, *given, **options)\n"
        "pathlib.Path.open = refused\n"
    )
    sandbox._end_all()
    with monkeypatch.context() as patch:
        patch.setattr(sandbox, "_START", sandbox._START.replace("serve(read_here)", f"\n{refuse}serve(read_here)"))
        first = make()
        assert [skip.path for skip in first.skipped] == [str(articles / "b.txt")]
        assert "permission denied" in first.skipped[0].reason
        assert make().changed is False
    sandbox._end_all()
    mended = make()
    assert mended.changed
    assert mended.skipped == ()
    assert mended.articles == first.articles + 1


def test_a_file_that_was_read_in_part_is_tried_again(make: Build, articles: Path) -> None:
    import gzip

    whole = gzip.compress(b"".join(write_article(articles, "rows.jsonl", 4).read_bytes() for _ in range(400)))
    path = articles / "cut.jsonl.gz"
    path.write_bytes(whole[: len(whole) * 3 // 4])
    assert [skip.path for skip in make().skipped] == [str(path)]
    assert make().changed is False


def test_a_file_whose_reading_broke_off_is_read_to_its_end_later(
    make: Build, articles: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from index.building import source_changes

    def broken(item: SourceFile, limits: Limits) -> Iterator[Article | Skipped]:
        entries = read(item, limits)
        if item.id == "rows.jsonl":
            yield next(entries)
            yield Skipped(str(item.path), "cannot be read: input/output error")
        else:
            yield from entries

    def all_broken(
        files: Iterable[SourceFile], limits: Limits
    ) -> Iterator[tuple[SourceFile, Iterator[Article | Skipped]]]:
        for item in files:
            yield item, broken(item, limits)

    with monkeypatch.context() as patch:
        patch.setattr(source_changes, "read", broken)
        patch.setattr(source_changes, "read_all", all_broken)
        first = make()
        assert make().changed is False
    mended = make()
    assert mended.skipped == ()
    assert mended.articles == first.articles + 1


def test_other_limits_read_everything_again(make: Build, root: Path) -> None:
    first = make()
    strict = make(limits=Limits(file_bytes=2000))
    assert strict.changed
    assert strict.skipped
    assert strict.articles < first.articles
    assert make().articles == first.articles


def test_another_version_of_the_program_reads_everything_again(make: Build, monkeypatch: pytest.MonkeyPatch) -> None:
    from index.building import source_changes

    make()
    monkeypatch.setattr(source_changes, "_reading_code", lambda: "another")
    report = make()
    assert report.changed
    assert report.embedded == 0


def test_other_settings_cut_anew(make: Build, root: Path, encoder: FakeEncoder) -> None:
    first = make()
    assert make(settings=ChunkSettings(max_words=20)).passages > first.passages


def test_rebuild_embeds_everything(make: Build) -> None:
    first = make()
    assert make(rebuild=True).embedded == first.passages


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
