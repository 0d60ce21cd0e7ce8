"""What the next build need not do again, and what it must."""

import os
import time
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest

from index.building.build import BuildOptions, build
from index.building.source_changes import file_state
from index.building.write_catalog import CatalogWriter
from index.readers import Limits, SourceFile, read, sandbox
from index.store.snapshot import Index
from index.text.chunking import ChunkSettings
from index.types import Article, Skipped
from tests.conftest import Build
from tests.fakes import FakeEncoder, write_article


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
