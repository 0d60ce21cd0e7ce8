"""`python -m index` as processes, with the fake model: exit codes, one sentence on standard error, Ctrl-C."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from index.cli import main
from index.store import layout
from index.store.snapshot import Index
from tests.conftest import Build
from tests.fakes import FakeEncoder, answers, write_article

ROOT = Path(__file__).parents[2]
PATIENCE = 120  # seconds until a process that hangs is given up; nothing is judged by its speed


def start(*arguments: object, cwd: Path, **variables: str) -> subprocess.Popen[str]:
    environment = {name: value for name, value in os.environ.items() if name != "ARTICLE_INDEX"} | variables
    return subprocess.Popen(
        [sys.executable, str(ROOT / "tests" / "fake_cli.py"), *map(str, arguments)],
        cwd=cwd, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip


def run(*arguments: object, cwd: Path, **variables: str) -> subprocess.CompletedProcess[str]:
    process = start(*arguments, cwd=cwd, **variables)
    out, err = process.communicate(timeout=PATIENCE)
    assert "Traceback" not in err
    return subprocess.CompletedProcess(process.args, process.returncode, out, err)


def assert_one_sentence(words: str) -> None:
    assert words.startswith("error: ")
    assert words.count("\n") == 1
    assert words.endswith("\n")


def test_build_status_verify(tmp_path: Path, articles: Path) -> None:
    built = run("build", "articles", cwd=tmp_path)
    assert (built.returncode, "7 articles" in built.stdout) == (0, True)
    assert "reading: 6 of 6 files" in built.stderr
    again = run("build", "articles", cwd=tmp_path)
    assert (again.returncode, "nothing has changed" in again.stdout) == (0, True)
    facts = json.loads(run("status", "--json", cwd=tmp_path).stdout)
    assert facts["articles"] == 7
    assert facts["precision"] == "fp32"
    assert facts["sources"] == ["Rows"]
    assert facts["from"] == [str(articles)]
    assert facts["dates"] is None
    assert facts["model"]["dimension"] == 32
    assert facts["vectors"] == {"kind": "SQ8", "recall@10": 1.0}
    assert facts["skipped"] == facts["boilerplate_only"] == []
    status = run("status", cwd=tmp_path)
    assert facts["languages"] == {"English": facts["articles"]}
    for word in ("articles:", "passages:", "languages:", "model:", "precision:", "recall@10", "skipped:", "bytes:"):
        assert word in status.stdout
    verified = run("verify", cwd=tmp_path)
    assert (verified.returncode, "as they were written" in verified.stdout) == (0, True)


def test_the_index_is_where_one_says(tmp_path: Path, articles: Path) -> None:
    assert run("build", articles, "--index", "one", cwd=tmp_path).returncode == 0
    assert run("build", articles, cwd=tmp_path, ARTICLE_INDEX="two").returncode == 0
    assert run("build", articles, cwd=tmp_path).returncode == 0
    for name in ("one", "two", "articles.index"):
        assert (tmp_path / name / "CURRENT").is_file()


def test_an_address_without_its_beginning_is_no_folder(tmp_path: Path, articles: Path) -> None:
    built = run("build", articles, "--store", "localhost:19530/news", cwd=tmp_path)
    assert built.returncode == 2
    assert "'localhost:19530/news' is no address; write milvus://HOST:PORT/NAME" in built.stderr
    assert not (tmp_path / "localhost:19530").exists()


def test_a_build_for_a_server_that_is_stopped_says_nothing_of_a_local_index(
    make: Build, root: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    make()

    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("index.stores.builder", interrupted)
    place = "milvus://localhost:19530/news"
    for folder in (root, root / "none"):
        assert main(["build", str(root), "--index", str(folder), "--store", place]) == 130
        said = capsys.readouterr().err
        assert said.startswith(f"\nstopped; what was published at {place} is unharmed, and the next build")


def test_skipped_files_are_listed_and_strict_says_so(tmp_path: Path, articles: Path) -> None:
    (articles / "photo.gif").write_bytes(b"GIF89a")
    (articles / "empty.txt").write_bytes(b"")
    built = run("build", articles, cwd=tmp_path)
    assert built.returncode == 0
    assert "2 skipped" in built.stdout
    assert run("build", articles, "--strict", cwd=tmp_path).returncode == 1
    status = run("status", cwd=tmp_path)
    assert "photo.gif: not a kind of file that is read" in status.stdout
    assert "empty.txt: empty" in status.stdout
    listed = json.loads(run("status", "--json", cwd=tmp_path).stdout)["skipped"]
    assert {"path": "empty.txt", "line": None, "reason": "empty"} in [
        skip | {"path": Path(skip["path"]).name} for skip in listed
    ]
    assert len(listed) == 2


def test_names_and_titles_cannot_steer_the_terminal(tmp_path: Path) -> None:
    row = {"id": "e\x07", "title": "Read \x1b[2J\u202eme", "source": "S\x9bm", "text": "The minister spoke in Oslo."}
    (tmp_path / "rows.jsonl").write_text(json.dumps(row))
    (tmp_path / "photo\n\x1b[31m.gif").write_bytes(b"GIF89a")
    shown = run("build", tmp_path / "rows.jsonl", tmp_path / "photo\n\x1b[31m.gif", cwd=tmp_path).stdout
    shown += run("status", "--articles", cwd=tmp_path).stdout
    assert shown.count("photo\u240a\u241b[31m.gif: not a kind of file that is read") == 2
    assert "S\ufffdm                   Read \u241b[2J\ufffdme  [e\u2407]" in shown
    assert not set(shown) & set("\x07\x1b\x9b\u202e")


def test_reader_limits_are_flags_and_the_reason_names_them(tmp_path: Path, articles: Path) -> None:
    with (articles / "big.txt").open("wb") as file:
        file.write(b"Words. " * 200_000)
    built = run("build", articles, "--max-file-mb", 1, cwd=tmp_path)
    assert built.returncode == 0
    assert "big.txt" in built.stdout
    assert "--max-file-mb" in built.stdout
    helped = run("build", "--help", cwd=tmp_path).stdout
    for flag in ("file-mb", "article-mb", "unpacked-mb", "entries", "nesting", "seconds"):
        assert f"--max-{flag}" in helped


@pytest.mark.parametrize(
    "arguments",
    [
        ("build", "nowhere"),
        ("build", "nothing"),
        ("build", "articles", "--index", "articles/a.txt"),
        ("status",),
        ("status", "--index", "articles"),
        ("verify",),
        ("verify", "--index", "nowhere"),
    ],
)
def test_what_cannot_be_done_is_one_sentence_and_2(tmp_path: Path, articles: Path, arguments: tuple[str, ...]) -> None:
    (tmp_path / "nothing").mkdir()
    done = run(*arguments, cwd=tmp_path)
    assert done.returncode == 2
    assert done.stdout == ""
    assert_one_sentence(done.stderr)


@pytest.mark.parametrize(
    "arguments",
    [
        (),
        ("burn",),
        ("build",),
        ("build", "articles", "--max-entries", "0"),
        ("build", "articles", "--max-seconds", "1000000000"),  # every file "crashed the program that reads it"
        ("build", "x", "--precision", "int4"),
    ],
)
def test_wrong_usage_is_2(tmp_path: Path, arguments: tuple[str, ...]) -> None:
    done = run(*arguments, cwd=tmp_path)
    assert done.returncode == 2
    assert "usage:" in done.stderr


def test_a_bug_is_one_sentence_too(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    from index import cli

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(cli, "_status", lambda *_, **__: {}["gone"])
        assert cli.main(["status", "--index", str(tmp_path)]) == 2
    assert_one_sentence(capsys.readouterr().err)


def test_verify_finds_damage_and_says_1(tmp_path: Path, articles: Path) -> None:
    run("build", articles, cwd=tmp_path)
    (catalog,) = tmp_path.glob("articles.index/generations/*/articles.db")
    stored = bytearray(catalog.read_bytes())
    stored[-100] ^= 1
    catalog.write_bytes(stored)
    done = run("verify", cwd=tmp_path)
    assert done.returncode == 1
    assert "articles.db does not hold what was written" in done.stderr
    assert "1 finding; mend it with: python -m index build --rebuild" in done.stderr
    assert run("build", articles, cwd=tmp_path).returncode == 0
    assert run("verify", cwd=tmp_path).returncode == 0


@pytest.mark.skipif(os.name == "nt", reason="there is no SIGINT to send there")
@pytest.mark.parametrize("stage", ["reading", "embedding", "indexing"])
@pytest.mark.parametrize("first", [True, False])
def test_ctrl_c_stops_cleanly_and_says_what_is_kept(tmp_path: Path, articles: Path, stage: str, first: bool) -> None:
    root = tmp_path / "articles.index"
    if not first:
        run("build", articles, cwd=tmp_path)
        write_article(articles, "new.txt", 99)
    process = start("build", articles, cwd=tmp_path, HOLD_AT=stage)
    assert process.stdout is not None
    assert process.stdout.readline() == "held\n"
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=PATIENCE)
    assert process.returncode == 130
    assert "Traceback" not in err
    assert ("nothing was published yet" if first else "is unharmed") in err
    assert "goes on from what has been embedded" in err
    assert not list(root.glob("generations/.*"))
    done = run("build", articles, cwd=tmp_path)
    assert done.returncode == 0
    if stage == "embedding":
        assert "(0 embedded" in done.stdout
    assert run("verify", cwd=tmp_path).returncode == 0


def test_a_second_builder_gets_one_sentence_and_readers_do_not_wait(tmp_path: Path, articles: Path) -> None:
    run("build", articles, cwd=tmp_path)
    write_article(articles, "new.txt", 99)
    process = start("build", articles, cwd=tmp_path, HOLD_AT="embedding")
    assert process.stdout is not None
    assert process.stdout.readline() == "held\n"
    second = run("build", articles, cwd=tmp_path)
    assert second.returncode == 2
    assert_one_sentence(second.stderr)
    assert "another build is at work" in second.stderr
    assert run("verify", cwd=tmp_path).returncode == 0
    process.kill()
    process.communicate()
    assert run("build", articles, cwd=tmp_path).returncode == 0


def test_a_closed_pipe_ends_nothing_badly(tmp_path: Path, articles: Path) -> None:
    run("build", articles, cwd=tmp_path)
    process = start("status", "--articles", cwd=tmp_path)
    assert process.stdout is not None
    assert process.stderr is not None
    process.stdout.close()
    err = process.stderr.read()
    process.stderr.close()
    assert process.wait(PATIENCE) in (0, 120)
    assert "Traceback" not in err


@pytest.mark.skipif(os.name == "nt", reason="there is no SIGINT to send there")
def test_watch_publishes_changes_until_ctrl_c(tmp_path: Path, articles: Path) -> None:
    root = tmp_path / "articles.index"
    process = start("build", articles, "--watch", cwd=tmp_path)
    assert process.stdout is not None
    assert "7 articles" in process.stdout.readline()
    write_article(articles, "later.txt", 70)
    assert "8 articles" in process.stdout.readline()
    (articles / "later.txt").unlink()
    assert "7 articles" in process.stdout.readline()
    (articles / "b.txt").rename(articles / "renamed.txt")
    assert "0 embedded" in process.stdout.readline()
    encoder = FakeEncoder()
    with Index.open(root, encoder=encoder) as index:
        names = {article[0] for article in answers(index).articles}
    assert "renamed.txt" in names
    assert "b.txt" not in names
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=PATIENCE)
    assert process.returncode == 130
    assert "watching for changes" in err
    assert "Traceback" not in err
    assert layout.current_name(root)
