"""Which files are found, under which ids."""

import os
from pathlib import Path

import pytest

from index.readers import SourceFile, find
from index.types import Skipped


def _names(*sources: Path) -> list[str]:
    return [item.id if isinstance(item, SourceFile) else f"! {item.reason}" for item in find(sources)]


def _write(path: Path, text: str = "words") -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return path


def test_ids_are_paths_below_the_source_sorted_and_hidden_files_are_passed_over(tmp_path: Path) -> None:
    for name in ("b.txt", "a/z.txt", "a/b/c.txt", ".hidden.txt", ".git/x.txt", "old.index/x.txt", "__MACOSX/x.txt"):
        _write(tmp_path / "s" / name)
    assert _names(tmp_path / "s") == ["a/b/c.txt", "a/z.txt", "b.txt"]


def test_a_file_given_directly_has_its_name_as_id(tmp_path: Path) -> None:
    file = _write(tmp_path / "deep" / "a.txt", "ten bytes.")
    (found,) = find([file])
    assert isinstance(found, SourceFile)
    assert (found.id, found.size, found.path) == ("a.txt", 10, file)
    assert found.mtime_ns == file.stat().st_mtime_ns


def test_the_same_name_in_two_sources_is_told_apart_by_the_source_and_then_by_a_number(tmp_path: Path) -> None:
    for folder in ("x/news", "y/news", "z/other"):
        _write(tmp_path / folder / "a.txt")
        _write(tmp_path / folder / f"{folder[0]}.txt")
    found = _names(tmp_path / "x/news", tmp_path / "y/news", tmp_path / "z/other")
    assert found == ["news/a.txt", "x.txt", "news/a.txt~2", "y.txt", "other/a.txt", "z.txt"]


def test_files_given_directly_are_told_apart_by_their_folders(tmp_path: Path) -> None:
    assert _names(_write(tmp_path / "x/a.txt"), _write(tmp_path / "y/a.txt")) == ["x/a.txt", "y/a.txt"]


def test_a_source_given_twice_or_inside_another_is_read_once(tmp_path: Path) -> None:
    _write(tmp_path / "s/in/a.txt")
    found = _names(tmp_path / "s", tmp_path / "s/in")
    assert found[0] == "in/a.txt"
    assert len(found) == 2
    assert "already read" in found[1]


@pytest.mark.skipif(not hasattr(os, "symlink"), reason="no symbolic links here")
def test_a_loop_of_links_ends_and_a_second_way_to_a_file_is_said(tmp_path: Path) -> None:
    _write(tmp_path / "s/a/one.txt")
    (tmp_path / "s/a/loop").symlink_to(tmp_path / "s", target_is_directory=True)
    (tmp_path / "s/again.txt").symlink_to(tmp_path / "s/a/one.txt")
    (tmp_path / "s/nowhere.txt").symlink_to(tmp_path / "gone.txt")
    found = list(find([tmp_path / "s"]))
    assert [item.id for item in found if isinstance(item, SourceFile)] == ["a/one.txt"]
    reasons = [item.reason for item in found if isinstance(item, Skipped)]
    assert any("leads back" in reason for reason in reasons)
    assert any("the same file as" in reason for reason in reasons)
    assert any("does not exist" in reason for reason in reasons)


def test_a_folder_named_like_a_file_is_a_folder(tmp_path: Path) -> None:
    _write(tmp_path / "s/x.pdf/a.txt")
    assert _names(tmp_path / "s") == ["x.pdf/a.txt"]


def test_a_source_that_does_not_exist_is_said(tmp_path: Path) -> None:
    (found,) = find([tmp_path / "none"])
    assert isinstance(found, Skipped)
    assert found.reason == "does not exist"


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no named pipes here")
def test_a_named_pipe_is_not_opened(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.txt")
    assert _names(tmp_path) == ["! not a regular file"]


def test_folders_nested_deeper_than_the_call_stack(tmp_path: Path) -> None:
    here = tmp_path
    try:
        for _ in range(400):
            here = here / "d"
            here.mkdir()
        (here / "a.txt").write_text("words")
    except OSError:
        pytest.skip("this file system allows no such paths")
    assert _names(tmp_path) == ["d/" * 400 + "a.txt"]
