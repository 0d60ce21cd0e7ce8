"""`python app.py` as a process: help that loads nothing, and one sentence for each thing that cannot be done."""

import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

import app

ROOT = Path(__file__).parents[2]


def run(*arguments: str, folder: Path, before: str = "pass") -> subprocess.CompletedProcess[str]:
    program = f"import sys; {before}; import app; code = app.main(sys.argv[1:]); sys.exit(code)"
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "HF_HUB_OFFLINE": "1"}
    return subprocess.run(
        [sys.executable, "-c", program, *arguments], cwd=folder, env=environment, capture_output=True, text=True
    )


def test_help_loads_neither_a_model_library_nor_gradio(tmp_path: Path) -> None:
    report = (
        "import atexit; heavy = ('torch', 'sentence_transformers', 'gradio', 'faiss', 'numpy');"
        "atexit.register(lambda: print('LOADED', [name for name in heavy if name in sys.modules]))"
    )
    done = run("--help", folder=tmp_path, before=report)
    assert done.returncode == 0
    assert "LOADED []" in done.stdout
    for option in ("--articles", "--index", "--host", "--allow-host", "--port", "--auth", "--mcp", "--reranker"):
        assert option in done.stdout


@pytest.mark.parametrize(
    ("arguments", "before", "words"),
    [
        (["--articles", "nowhere"], "pass", "there is no nowhere"),
        (["--auth", "nobody"], "pass", "USER:PASSWORD"),
        (["--mcp"], "import importlib.util as u; f = u.find_spec; "
                    "u.find_spec = lambda name, *a: None if name == 'mcp' else f(name, *a)", "gradio[mcp]"),
        (["--port", "many"], "pass", "invalid int value"),
        (["--port", "99999"], "pass", "--port is a number from 1 to 65535"),
        (["--port", "0"], "pass", "--port is a number from 1 to 65535"),
        (["--store", "milvus://x"], "pass", "no address of an index"),
        (["--host", "192.0.2.1"], "pass", "cannot serve on 192.0.2.1"),
        (["--host", "a..b"], "pass", "cannot serve on a..b"),
        (["--allow-host", "http://a/b"], "pass", "write --allow-host as news.example"),
        (["--articles", ".", "--index", "file/below"], "open('file', 'w').close()", "--index"),
        (["--index", "typo.index"], "pass", "there is no index at typo.index"),
        ([], "import os; os.environ['ARTICLE_INDEX'] = 'typo.index'", "there is no index at typo.index"),
    ],
)  # fmt: skip
def test_what_cannot_be_done_is_one_sentence_and_exit_code_2(
    tmp_path: Path, arguments: list[str], before: str, words: str
) -> None:
    done = run(*arguments, folder=tmp_path, before=before)
    assert done.returncode == 2
    assert words in done.stderr
    assert "Traceback" not in done.stderr
    assert not (tmp_path / "typo.index").exists()


def test_a_port_in_use_is_one_sentence(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        done = run("--port", str(taken.getsockname()[1]), folder=tmp_path)
    assert done.returncode == 2
    assert "cannot serve" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_key_that_a_full_disk_has_left_empty_is_written_anew(tmp_path: Path) -> None:
    (tmp_path / "window.key").touch()
    key = app._secret(tmp_path)
    assert len(key) == 32
    assert app._secret(tmp_path) == key
