"""What was added to an index in the window is part of every build of it, under ids that change no other's."""

from collections.abc import Callable
from pathlib import Path

from index.building.build import BuildOptions, BuildReport, build
from index.store.layout import Layout
from index.store.snapshot import Index
from index.store.verify import verify
from tests.fakes import QUESTIONS, FakeEncoder, answers, assert_same_answers, write_article

Build = Callable[..., BuildReport]


def ids(root: Path) -> list[str]:
    with Index.open(root, encoder=FakeEncoder()) as index:
        return list(index.catalog.paths())


def test_an_added_file_is_part_of_the_next_build_and_changes_no_other_id(make: Build, root: Path) -> None:
    make()
    before = ids(root)
    write_article(Layout(root).added, "a.txt", 77)  # a name that one of the articles has too
    report = make()
    assert report.changed
    assert report.reused > 0
    assert ids(root) == [*before, "added/a.txt"]
    assert not make().changed
    assert not verify(root).wrong
    with Index.open(root) as index:
        assert len(index.manifest.sources) == 1  # the folder of the index is no source that a person named


def test_it_answers_as_a_build_from_scratch_does_and_is_gone_when_it_is_removed(
    make: Build, root: Path, articles: Path, tmp_path: Path
) -> None:
    make()
    added = write_article(Layout(root).added, "new.txt", 78)
    make()
    other = tmp_path / "other.index"
    write_article(Layout(other).added, "new.txt", 78)
    build([articles], other, BuildOptions(encoder=FakeEncoder()))
    with Index.open(root, encoder=FakeEncoder()) as one, Index.open(other, encoder=FakeEncoder()) as two:
        first, second = (answers(index, QUESTIONS[:4]) for index in (one, two))
    for found in (first, second):  # the two copies of the file lie in different places
        found.articles[:] = [(*article[:-1], Path(str(article[-1])).name) for article in found.articles]
    assert_same_answers(first, second)
    added.unlink()
    assert make().changed
    assert "added/new.txt" not in ids(root)


def test_a_source_that_has_a_folder_of_that_name_keeps_its_ids(make: Build, root: Path, articles: Path) -> None:
    write_article(articles, "added/b.txt", 5)
    make()
    write_article(Layout(root).added, "b.txt", 79)
    make()
    assert [name for name in ids(root) if name.startswith("added/")] == ["added/b.txt", "added/b.txt~2"]


def test_an_index_within_its_source_reads_an_added_file_once(articles: Path, tmp_path: Path) -> None:
    root = articles / "kept"
    write_article(Layout(root).added, "b.txt", 80)
    build([articles], root, BuildOptions(encoder=FakeEncoder()))
    assert [name for name in ids(root) if "added" in name] == ["added/b.txt"]


def test_half_written_files_are_passed_over(make: Build, root: Path) -> None:
    write_article(Layout(root).added, ".adding-1.txt", 81)
    make()
    assert not [name for name in ids(root) if "adding" in name]
