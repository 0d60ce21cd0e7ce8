"""Every way to break a stored index, and what must come of it: its own clear error, or the generation before."""

import json
import re
import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from index.cli import main
from index.errors import ArticleQAError, IndexDamaged, IndexMismatch, IndexMissing
from index.store import layout as store
from index.store.live import LiveIndex
from index.store.snapshot import Index
from tests.conftest import Build
from tests.fakes import FakeEncoder, answers, assert_same_answers, write_article

FILES = {  # how each file of a generation is found: tantivy names its own
    "manifest": "manifest.json",
    "catalog": "articles.db",
    "faiss": "dense.faiss",
    "vectors": "vectors.npy",
    "passages": "passages.npy",
    "clusters": "clusters.npy",
    "passage meta": "lexical/passages/meta.json",
    "passage terms": "lexical/passages/*.term",
    "passage postings": "lexical/passages/*.idx",
    "passage rows": "lexical/passages/*.fast",
    "passage norms": "lexical/passages/*.fieldnorm",
    "article meta": "lexical/articles/meta.json",
    "article terms": "lexical/articles/*.term",
    "article postings": "lexical/articles/*.idx",
}


def _truncate(path: Path, _: Path) -> None:
    path.write_bytes(path.read_bytes()[: path.stat().st_size * 2 // 3])


def _empty(path: Path, _: Path) -> None:
    path.write_bytes(b"")


def _flip(path: Path, _: Path) -> None:
    stored = bytearray(path.read_bytes())
    stored[len(stored) // 2] ^= 0x10
    path.write_bytes(stored)


def _delete(path: Path, _: Path) -> None:
    path.unlink()


def _swap(path: Path, other: Path) -> None:
    path.write_bytes(other.read_bytes())


def _lengthen(path: Path, _: Path) -> None:
    path.write_bytes(path.read_bytes() + b"\0")


def _folder(path: Path, _: Path) -> None:
    path.unlink()
    path.mkdir()


WAYS: dict[str, Callable[[Path, Path], None]] = {
    "truncated": _truncate,
    "emptied": _empty,
    "bit-flipped": _flip,
    "deleted": _delete,
    "swapped": _swap,
    "lengthened": _lengthen,
    "made a folder": _folder,
}
BROKEN = [(file, way) for file in FILES for way in WAYS]


def _find(folder: Path, file: str) -> Path:
    (path,) = folder.glob(FILES[file])
    return path


@pytest.fixture(scope="module")
def original(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two generations of an index, to be copied and broken."""
    from index.building.build import build

    base = tmp_path_factory.mktemp("damage")
    for seed in range(5):
        write_article(base / "articles", f"{seed}.txt", seed)
    build([base / "articles"], base / "index", encoder=FakeEncoder())
    write_article(base / "articles", "3.txt", 33)
    build([base / "articles"], base / "index", encoder=FakeEncoder())
    return base / "index"


@pytest.fixture
def broken(original: Path, root: Path) -> Path:
    shutil.copytree(original, root)
    return root


def _generations(root: Path) -> tuple[Path, Path]:
    before, live = sorted((root / "generations").iterdir())
    assert store.current_name(root) == live.name
    return before, live


def assert_is_one_clear_sentence(words: str) -> None:
    assert "\n" not in words
    assert "Traceback" not in words
    assert re.search(r"python -m index build", words), "it names its remedy"


@pytest.mark.parametrize(("file", "way"), BROKEN)
def test_a_broken_file_is_its_own_clear_error(
    broken: Path, file: str, way: str, capsys: pytest.CaptureFixture[str]
) -> None:
    before, live = _generations(broken)
    path, other = _find(live, file), _find(before, file)
    if way == "swapped" and path.read_bytes() == other.read_bytes():
        other.write_bytes(other.read_bytes()[::-1])
    WAYS[way](path, other)
    with pytest.raises(IndexDamaged) as caught:
        Index.open(broken, encoder=FakeEncoder())
    assert_is_one_clear_sentence(str(caught.value))
    assert path.name in str(caught.value)
    assert main(["verify", "--index", str(broken)]) == 1
    output = capsys.readouterr()
    assert path.name in output.err
    assert "Traceback" not in output.err
    assert main(["status", "--index", str(broken)]) == 2


@pytest.mark.parametrize(("file", "way"), [(file, way) for file in FILES for way in ("bit-flipped", "deleted")])
def test_whoever_was_serving_goes_on_with_the_generation_before(
    broken: Path, file: str, way: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("index.store.live._LOOK_EVERY", 0.0)
    before, live = _generations(broken)
    (broken / "CURRENT").write_text(before.name + "\n")
    serving = LiveIndex(broken, encoder=FakeEncoder())
    right = answers(serving.current())
    WAYS[way](_find(live, file), _find(before, file))
    (broken / "CURRENT").write_text(live.name + "\n")
    for _ in range(2):
        index = serving.current()
        assert index.generation == before.name
        assert_same_answers(right, answers(index))


def _no_current(root: Path) -> None:
    (root / "CURRENT").unlink()


def _write(words: bytes) -> Callable[[Path], None]:
    return lambda root: (root / "CURRENT").write_bytes(words) and None


def _current_is_a_folder(root: Path) -> None:
    (root / "CURRENT").unlink()
    (root / "CURRENT").mkdir()


def _no_generation(root: Path) -> None:
    shutil.rmtree(_generations(root)[1])


def _written_in(number: int) -> Callable[[Path], None]:
    def written(root: Path) -> None:
        _, live = _generations(root)
        path = live / "manifest.json"
        written = json.dumps(json.loads(path.read_text()) | {"format": number}).encode()
        path.write_bytes(written)
        renamed = live.with_name(f"{live.name.partition('-')[0]}{store.digest(written)}")
        live.rename(renamed)
        (root / "CURRENT").write_text(renamed.name)

    return written


def _swapped_folders(root: Path) -> None:
    before, live = _generations(root)
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
        (_written_in(store.FORMAT - 1), IndexMismatch),
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


@pytest.mark.parametrize(("file", "way"), [(file, way) for file in FILES for way in ("truncated", "bit-flipped")])
def test_the_next_build_mends_it_and_takes_nothing_over_from_what_is_broken(
    articles: Path, make: Build, root: Path, encoder: FakeEncoder, file: str, way: str
) -> None:
    first = make()
    with Index.open(root, encoder=encoder) as index:
        right = answers(index)
    WAYS[way](_find(root / "generations" / first.generation, file), root)
    report = make()
    assert report.changed
    assert report.notes
    assert "starting from nothing" in report.notes[0]
    assert report.embedded == 0, "the cache of vectors is a file of its own, with a checksum for each"
    with Index.open(root, encoder=encoder) as index:
        assert_same_answers(right, answers(index))


@pytest.mark.parametrize(("harmed", "taken_over"), [((), True), (("vectors",), False), (("passages",), False)])
def test_an_index_of_another_format_is_built_anew_with_the_vectors_that_are_as_they_were_written(
    make: Build, root: Path, encoder: FakeEncoder, harmed: tuple[str, ...], taken_over: bool
) -> None:
    make()
    make(rebuild=True)
    with Index.open(root, encoder=encoder) as index:
        right = answers(index)
    _written_in(store.FORMAT - 1)(root)
    (root / "embeddings.db").unlink()  # formats before had none
    for file in harmed:
        _flip(_find(_generations(root)[1], file), root)
    report = make()
    assert report.changed
    assert "format" in report.notes[0]
    assert report.embedded == (0 if taken_over else report.passages)
    with Index.open(root, encoder=encoder) as index:
        assert_same_answers(right, answers(index))


@pytest.fixture
def large(monkeypatch: pytest.MonkeyPatch) -> list[Callable[[], None]]:
    """Every index counts as one that is checked while it serves; gives the checks, to be run when a test says so."""
    checks: list[Callable[[], None]] = []

    class Later:
        def __init__(self, target: Callable[[], None], **_: object) -> None:
            checks.append(target)

        def start(self) -> None:
            pass

    monkeypatch.setattr("index.store.snapshot._CHECK_UP_TO", 0)
    monkeypatch.setattr("index.store.snapshot.Thread", Later)
    monkeypatch.setattr("index.store.live._LOOK_EVERY", 0.0)
    return checks


def test_a_large_generation_that_fails_its_check_while_it_serves_steps_back(
    broken: Path, large: list[Callable[[], None]]
) -> None:
    before, live = _generations(broken)
    (broken / "CURRENT").write_text(before.name)
    serving = LiveIndex(broken, encoder=FakeEncoder())
    assert serving.current().generation == before.name
    large.pop()()
    _flip(_find(live, "vectors"), live)
    (broken / "CURRENT").write_text(live.name)
    assert serving.current().generation == live.name
    large.pop()()
    for _ in range(3):
        assert serving.current().generation == before.name


def test_a_large_generation_that_fails_its_check_with_none_before_it_is_refused(
    broken: Path, large: list[Callable[[], None]]
) -> None:
    _, live = _generations(broken)
    _flip(_find(live, "vectors"), live)
    serving = LiveIndex(broken, encoder=FakeEncoder())
    assert serving.current().generation == live.name
    large.pop()()
    for _ in range(3):
        with pytest.raises(IndexDamaged, match=r"vectors\.npy"):
            serving.current()


def test_a_large_generation_that_is_pruned_during_its_check_is_not_called_damaged(
    broken: Path, large: list[Callable[[], None]]
) -> None:
    before, live = _generations(broken)
    (broken / "CURRENT").write_text(before.name)
    index = Index.open(broken, encoder=FakeEncoder())
    (broken / "CURRENT").write_text(live.name)
    shutil.rmtree(before)
    large.pop()()
    assert index.checked
    assert index.damage == ()
    answers(index)


def test_a_refused_generation_is_tried_again_after_a_while(broken: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("index.store.live._LOOK_EVERY", 0.0)
    before, live = _generations(broken)
    (broken / "CURRENT").write_text(before.name)
    serving = LiveIndex(broken, encoder=FakeEncoder())
    serving.current()
    (broken / "CURRENT").write_text(live.name)
    with monkeypatch.context() as patch:
        patch.setattr("index.store.snapshot.Catalog", lambda path: (_ for _ in ()).throw(MemoryError))
        assert serving.current().generation == before.name
    assert serving.current().generation == before.name
    monkeypatch.setattr("index.store.live._RETRY_AFTER", 0.0)
    assert serving.current().generation == live.name


def _no_clusters(path: Path) -> None:
    path.unlink()


def _one_cluster_too_few(path: Path) -> None:
    np.save(path, np.load(path)[:-1])


def _clusters_of_another_shape(path: Path) -> None:
    np.save(path, np.load(path)[:, None])


@pytest.mark.parametrize(
    ("harm", "words"),
    [
        (_no_clusters, "cannot be opened"),
        (_one_cluster_too_few, "do not belong together"),
        (_clusters_of_another_shape, "do not belong together"),
    ],
)
def test_clusters_that_do_not_fit_are_damage_even_where_no_hash_is_compared(
    broken: Path, harm: Callable[[Path], None], words: str
) -> None:
    _, live = _generations(broken)
    harm(live / "clusters.npy")
    with pytest.raises(IndexDamaged, match=words) as caught:
        Index(live, check=False, encoder=FakeEncoder())
    assert_is_one_clear_sentence(str(caught.value))
