"""Every way to break a stored index, and what must come of it: its own clear error, or the generation before."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from index.cli import main
from index.errors import ArticleQAError, IndexDamaged, IndexMismatch, IndexMissing
from index.store import layout
from index.store.live import LiveIndex
from index.store.snapshot import Index
from tests.conftest import Build
from tests.fakes import FakeEncoder, answers, assert_same_answers
from tests.index.damage import (
    WAYS,
    assert_is_one_clear_sentence,
    counterpart,
    flip,
    generations,
    listed_files,
    truncate,
)


@pytest.mark.parametrize("way", WAYS)
def test_a_broken_file_is_its_own_clear_error(broken: Path, way: str, capsys: pytest.CaptureFixture[str]) -> None:
    before, live = generations(broken)
    for path in listed_files(live):
        kept = path.read_bytes()
        WAYS[way](path, counterpart(path, live, before))
        with pytest.raises(IndexDamaged) as caught:
            Index.open(broken, encoder=FakeEncoder())
        assert_is_one_clear_sentence(str(caught.value))
        assert path.name in str(caught.value)
        assert main(["verify", "--index", str(broken)]) == 1
        output = capsys.readouterr()
        assert path.name in output.err
        assert "Traceback" not in output.err
        assert main(["status", "--index", str(broken)]) == 2
        if path.is_dir():
            path.rmdir()
        path.write_bytes(kept)
    Index.open(broken, encoder=FakeEncoder()).close()


@pytest.mark.parametrize("way", ["bit-flipped", "deleted"])
def test_whoever_was_serving_goes_on_with_the_generation_before(
    broken: Path, way: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("index.store.live._LOOK_EVERY", 0.0)
    before, live = generations(broken)
    for path in listed_files(live):
        (broken / "CURRENT").write_text(before.name + "\n")
        serving = LiveIndex(broken, encoder=FakeEncoder())
        right = answers(serving.current())
        kept = path.read_bytes()
        WAYS[way](path, path)
        (broken / "CURRENT").write_text(live.name + "\n")
        for _ in range(2):
            index = serving.current()
            assert index.generation == before.name, path
            assert_same_answers(right, answers(index))
        path.write_bytes(kept)


def _no_current(root: Path) -> None:
    (root / "CURRENT").unlink()


def _write(words: bytes) -> Callable[[Path], None]:
    return lambda root: (root / "CURRENT").write_bytes(words) and None


def _current_is_a_folder(root: Path) -> None:
    (root / "CURRENT").unlink()
    (root / "CURRENT").mkdir()


def _no_generation(root: Path) -> None:
    shutil.rmtree(generations(root)[1])


def _written_in(number: int) -> Callable[[Path], None]:
    def written(root: Path) -> None:
        _, live = generations(root)
        path = live / "manifest.json"
        written = json.dumps(json.loads(path.read_text()) | {"format": number}).encode()
        path.write_bytes(written)
        renamed = live.with_name(f"{live.name.partition('-')[0]}{layout.digest(written)}")
        live.rename(renamed)
        (root / "CURRENT").write_text(renamed.name)

    return written


def _swapped_folders(root: Path) -> None:
    before, live = generations(root)
    before.rename(root / "x")
    live.rename(before)
    (root / "x").rename(live)


@pytest.mark.parametrize(
    ("harm", "error"),
    [
        (_no_current, IndexMissing),
        (_write(b""), IndexDamaged),
        (_write(b"\xff\xfe"), IndexDamaged),
        (_write(b"../../etc"), IndexDamaged),
        (_write(b"000009-deadbeef\n"), IndexDamaged),
        (_write(b"0" * 5000), IndexDamaged),
        (_write(b"a\0b"), IndexDamaged),
        (_current_is_a_folder, IndexDamaged),
        (_no_generation, IndexDamaged),
        (_written_in(layout.FORMAT - 1), IndexMismatch),
        (_written_in(99), IndexMismatch),
        (_swapped_folders, IndexDamaged),
        (shutil.rmtree, IndexMissing),
    ],
)
def test_a_broken_index_folder_is_its_own_clear_error(
    broken: Path, harm: Callable[[Path], None], error: type[ArticleQAError], capsys: pytest.CaptureFixture[str]
) -> None:
    harm(broken)
    with pytest.raises(error) as caught:
        Index.open(broken, encoder=FakeEncoder())
    assert_is_one_clear_sentence(str(caught.value))
    with pytest.raises(error):
        LiveIndex(broken, encoder=FakeEncoder()).current()
    assert main(["status", "--index", str(broken)]) == 2
    assert_is_one_clear_sentence(capsys.readouterr().err.strip())


def test_the_next_build_mends_it_and_takes_nothing_over_from_what_is_broken(
    articles: Path, make: Build, root: Path, encoder: FakeEncoder, tmp_path: Path
) -> None:
    first = make()
    with Index.open(root, encoder=encoder) as index:
        right = answers(index)
    whole = Path(shutil.copytree(root, tmp_path / "whole"))
    for place, path in enumerate(listed_files(root / "generations" / first.generation)):
        (truncate, flip)[place % 2](path, root)
        report = make()
        assert report.changed
        assert report.notes
        assert "starting from nothing" in report.notes[0], path
        assert report.embedded == 0, "the cache of vectors is a file of its own, with a checksum for each"
        with Index.open(root, encoder=encoder) as index:
            assert_same_answers(right, answers(index))
        shutil.rmtree(root)
        shutil.copytree(whole, root)


@pytest.mark.parametrize(("harmed", "taken_over"), [((), True), (("vectors.npy",), False), (("passages.npy",), False)])
def test_an_index_of_another_format_is_built_anew_with_the_vectors_that_are_as_they_were_written(
    make: Build, root: Path, encoder: FakeEncoder, harmed: tuple[str, ...], taken_over: bool
) -> None:
    make()
    make(rebuild=True)
    with Index.open(root, encoder=encoder) as index:
        right = answers(index)
    _written_in(layout.FORMAT - 1)(root)
    (root / "embeddings.db").unlink()  # formats before had none
    for file in harmed:
        flip(generations(root)[1] / file, root)
    report = make()
    assert report.changed
    assert "format" in report.notes[0]
    assert report.embedded == (0 if taken_over else report.passages)
    with Index.open(root, encoder=encoder) as index:
        assert_same_answers(right, answers(index))


def _one_cluster_too_few(path: Path) -> None:
    np.save(path, np.load(path)[:-1])


def _clusters_of_another_shape(path: Path) -> None:
    np.save(path, np.load(path)[:, None])


def _a_cluster_of_no_article(path: Path) -> None:
    np.save(path, np.load(path) + 10_000)


@pytest.mark.parametrize(
    ("harm", "words"),
    [
        (Path.unlink, "cannot be read"),
        (_one_cluster_too_few, "bytes instead of"),
        (_clusters_of_another_shape, "do not belong together"),
        (_a_cluster_of_no_article, "do not belong together"),
    ],
)
def test_clusters_that_do_not_fit_are_damage_even_where_no_hash_is_compared(
    broken: Path, harm: Callable[[Path], None], words: str
) -> None:
    _, live = generations(broken)
    harm(live / "clusters.npy")
    with pytest.raises(IndexDamaged, match=words) as caught:
        Index(live, check=False, encoder=FakeEncoder())
    assert_is_one_clear_sentence(str(caught.value))


def test_opening_an_index_adds_nothing_to_it(broken: Path) -> None:
    _, live = generations(broken)
    with Index.open(broken, encoder=FakeEncoder()) as index:
        answers(index)
        names = {path.relative_to(live).as_posix() for path in live.rglob("*") if path.is_file()}
        assert names == {*index.manifest.files, "manifest.json"}
