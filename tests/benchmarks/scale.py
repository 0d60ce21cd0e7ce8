"""A million passages: what it takes to index them from known vectors, to hold them open, and to ask.

    python -m tests.benchmarks.scale [--dataset DIR] [--index DIR] [--passages 1000000] [--folder DIR]

The passages are those of an index (--index, else one built from the data set's corpus), over and over. In each copy
of an article one word in 20 of its text gives way to another word of the same length from that text's collection,
so that every offset stays what it was; its vectors are mixed with those of other passages, drawn at random, and noise,
to a cosine of .86 on average to what they were. (Noise alone leaves tight clusters, in which nprobe 2 finds everything:
too easy.) Embedding is not part of the measurement. The index is then opened and asked by
a process of its own, real questions against real neighbours.
"""

import argparse
import json
import random
import re
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from index import Index
from index.building import publish
from index.building.build import build
from index.building.write_catalog import CatalogWriter
from index.embedding.encoder import passage_text
from index.store import layout
from index.store.bm25 import LexicalWriter
from index.store.forward_index import ForwardWriter
from index.store.vectors import _exact, build_dense
from index.text.near_duplicates import Duplicates
from qa import retrieve
from tests.benchmarks.common import DATASET, questions, resident_mb, save, spread, table
from tests.benchmarks.retrieval import measure

_CHANGED = 0.05  # of the words
_OTHER, _NOISE = 0.5, 0.3  # the lengths of what is added to a vector of length 1: cosine .86 to what it was
_WORD = re.compile(r"[A-Za-z]{3,}")
_ASKED = 200


def _reworded(text: str, words: dict[int, list[str]], random_of: random.Random) -> str:
    """The text with some words in place of others of the same length."""
    pieces, last = [], 0
    for match in _WORD.finditer(text):
        if random_of.random() < _CHANGED:
            pieces += [text[last : match.start()], random_of.choice(words[len(match[0])])]
            last = match.end()
    return "".join([*pieces, text[last:]])


def _moved(
    vectors: NDArray[np.float16], every: NDArray[np.float16], generator: np.random.Generator
) -> NDArray[np.float16]:
    others = every[generator.integers(len(every), size=len(vectors))]
    noise = generator.standard_normal(vectors.shape, np.float32) / np.sqrt(vectors.shape[1])
    moved = np.asarray(vectors, np.float32) + _OTHER * np.asarray(others, np.float32) + _NOISE * noise
    return (moved / np.linalg.norm(moved, axis=1, keepdims=True)).astype(np.float16)


def multiply(base: Index, root: Path, wanted: int) -> dict[str, float]:
    """Publishes an index of `wanted` passages at `root`. Returns the seconds of each step."""
    seconds: dict[str, float] = defaultdict(float)

    def lap(name: str, started: float) -> float:
        now = time.perf_counter()
        seconds[name] += now - started
        return now

    originals = [base.article_at(row) for row in range(len(base.catalog.metadata()))]
    originals = [article for article in originals if article.passages]
    words: dict[int, list[str]] = defaultdict(list)
    for article in originals[:500]:
        for word in _WORD.findall(article.text):
            words[len(word)].append(word)
    for length in range(3, 2000):
        words.setdefault(length, ["x" * length])
    random_of, generator = random.Random(0), np.random.default_rng(0)
    with publish.lock(root):
        folder = publish.hidden_folder(root)
        catalog = CatalogWriter(folder / "articles.db")
        dimension = base.vectors.shape[1]
        every = np.array(base.vectors)
        table_of = np.zeros(wanted, layout.PASSAGE)
        done = number = 0
        copies = Duplicates()
        with (
            LexicalWriter(folder / "lexical" / "passages") as passages,
            LexicalWriter(folder / "lexical" / "articles") as whole,
            ForwardWriter(folder / "forward") as forward,
            (folder / "vectors.npy").open("wb") as file,
        ):
            header = {"descr": "<f2", "fortran_order": False, "shape": (wanted, dimension)}
            np.lib.format.write_array_header_1_0(file, header)
            while done < wanted:
                started = time.perf_counter()
                original = originals[number % len(originals)]
                copied = number >= len(originals)
                text = _reworded(original.text, words, random_of) if copied else original.text
                count = min(original.passages, wanted - done)
                old = base.passages[original.first : original.first + count]
                vectors = base.vectors[original.first : original.first + count]
                file.write((_moved(vectors, every, generator) if copied else vectors).tobytes())
                article = replace(original, id=f"{original.id}/{number}", text=text)
                started = lap("making the copies", started)
                row = catalog.add_article(article, "made")
                catalog.add_body(row, original.body, done, count)
                started = lap("catalog", started)
                source = catalog.source_key(article.source)
                spans = [(int(start), int(end)) for _, start, end, _ in old.tolist()]
                for place, (start, end) in enumerate(spans, done):
                    passages.add(place, passage_text(article.title, text[start:end]), article.published, source)
                body = "\n".join(text[start:end] for start, end in spans)
                whole.add(row, passage_text(article.title, body), article.published, source)
                started = lap("BM25", started)
                for start, end in spans:
                    forward.add_passage(text[start:end])
                forward.add_title(article.title)
                started = lap("forward index", started)
                copies.add(row, body)
                lap("finding copies", started)
                table_of[done : done + count] = old
                table_of["article"][done : done + count] = row
                done, number = done + count, number + 1
            started = time.perf_counter()
        started = lap("finishing BM25 and the forward index", started)
        starts = np.searchsorted(table_of["article"], np.arange(number + 1))

        def body_of(row: int) -> str:
            text, own = catalog.text(row), table_of[starts[row] : starts[row + 1]].tolist()
            return "\n".join(text[start:end] for _, start, end, _ in own)

        np.save(folder / "signatures.npy", copies.signatures(number), allow_pickle=False)
        np.save(folder / "clusters.npy", copies.clusters(number, body_of), allow_pickle=False)
        started = lap("finding copies", started)
        catalog.close()
        np.save(folder / "passages.npy", table_of, allow_pickle=False)
        started = lap("catalog", started)
        dense = build_dense(layout.open_array(folder / "vectors.npy"), folder / "dense.faiss")
        started = lap("FAISS", started)
        made = replace(
            base.manifest,
            counts={"articles": number, "passages": wanted},
            dense={"kind": dense.kind, "nprobe": dense.nprobe, "recall": round(dense.recall, 4)},
            built=datetime.now(UTC).isoformat(timespec="seconds"),
        )
        publish.publish(root, folder, made)
        lap("hashing and publishing", started)
    return dict(seconds)


def ask(root: Path, dataset: Path) -> dict[str, Any]:
    """Opens an index in this process and asks: times, and memory before and after."""
    import faiss  # noqa: F401  (not part of opening)

    started = time.perf_counter()
    index = Index.open(root)
    opened = time.perf_counter() - started
    at_once = resident_mb()
    facts, _ = measure(index, questions(dataset, _ASKED), 8)
    while not index.checked:
        time.sleep(0.5)
    facts |= {
        "open_seconds": round(opened, 3),
        "resident_mb_when_opened": round(at_once),
        "resident_mb_after_questions": round(resident_mb()),
        "of_which_not_mapped_files_mb": round(resident_mb("RssAnon")),
        "dense": index.manifest.dense,
        "damage": list(index.damage),
        "disk_mb": {
            part.name: round(sum(path.stat().st_size for path in ([part] if part.is_file() else part.rglob("*"))) / 1e6)
            for part in sorted(index.folder.iterdir())
        },
    }
    facts["filtered"] = filtered(index, questions(dataset, _ASKED))
    facts["recall_of_real_questions"] = recall(index, questions(dataset, _ASKED))
    index.close()
    return facts


def filtered(index: Index, asked: list[str]) -> dict[str, Any]:
    """Times under a range of days that leaves about one passage in 100."""
    days = np.sort(index.days(index.articles_of(np.arange(index.passage_count))))
    days = days[days > 0]
    since, until = (date.fromordinal(int(days[int(share * len(days))])) for share in (0.5, 0.51))
    admitted = index.select(since, until)
    assert admitted is not None
    times = []
    for question in asked:
        started = time.perf_counter()
        retrieve(question, index=index, since=since, until=until, reader=False)
        times.append(time.perf_counter() - started)
    return {"passages": admitted.passage_count, **spread(times)}


def recall(index: Index, asked: list[str]) -> float:
    """Of the ten passages nearest to each question by exact search, the share that the index finds."""
    vectors = index.encode_queries(asked)
    exact = _exact(index.vectors, vectors, 10)
    found = [index.dense(vector, 10).rows for vector in vectors]
    return round(float(np.mean([len(np.intersect1d(a, b)) / 10 for a, b in zip(found, exact, strict=True)])), 4)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--dataset", type=Path, default=DATASET)
    parser.add_argument("--index", type=Path, help="whose passages are multiplied")
    parser.add_argument("--passages", type=int, default=1_000_000)
    parser.add_argument("--folder", type=Path, help="where the large index is made, and kept")
    parser.add_argument("--ask", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.ask:
        print(json.dumps(ask(options.ask, options.dataset)))
        return
    with tempfile.TemporaryDirectory() as temporary:
        root = options.folder or Path(temporary) / "large"
        seconds: dict[str, float] = {}
        if not (root / "CURRENT").exists():
            path = options.index
            if path is None:
                path = Path(temporary) / "index"
                build([options.dataset / "corpus.jsonl.gz"], path)
            with Index.open(path) as base:
                seconds = multiply(base, root, options.passages)
            (root / "seconds.json").write_text(json.dumps(seconds), "utf-8")
        else:
            seconds = json.loads((root / "seconds.json").read_text("utf-8"))
        print({name: round(value) for name, value in seconds.items()}, file=sys.stderr, flush=True)
        command = [sys.executable, "-m", "tests.benchmarks.scale", "--ask", str(root), "--dataset"]
        out = subprocess.run([*command, str(options.dataset)], check=True, stdout=subprocess.PIPE, text=True).stdout
    facts = json.loads(out.splitlines()[-1]) | {"build_seconds": {name: round(at, 1) for name, at in seconds.items()}}
    dense, wall = facts["dense"], facts["wall"]
    lines: list[tuple[object, ...]] = [("", f"{facts['passages']:,} passages", "target")]
    lines += [(f"{name}, s", value, "") for name, value in facts["build_seconds"].items()]
    lines += [
        ("vectors", f"{dense['kind']}, nprobe {dense['nprobe']}, recall@10 {dense['recall']}", ">= .99"),
        ("recall@10 of real questions", facts["recall_of_real_questions"], ">= .99"),
        ("on disk, MB", ", ".join(f"{name} {size}" for name, size in facts["disk_mb"].items()), ""),
        ("open, s", facts["open_seconds"], "<= 2"),
        ("resident when opened, MB", facts["resident_mb_when_opened"], "<= 2500"),
        ("resident after the questions, MB", facts["resident_mb_after_questions"], "<= 2500"),
        ("of which not mapped files, MB", facts["of_which_not_mapped_files_mb"], ""),
        ("qa.retrieve without the reader, p50, ms", wall["p50_ms"], ""),
        ("qa.retrieve without the reader, p95, ms", wall["p95_ms"], "<= 40"),
        (f"p50 ms, filter that leaves {facts['filtered']['passages']:,} passages", facts["filtered"]["p50_ms"], ""),
        (
            f"p95 ms, filter that leaves {facts['filtered']['passages']:,} passages",
            facts["filtered"]["p95_ms"],
            "<= 60",
        ),
        ("p50 and p95, CPU time of its thread, ms", list(facts["cpu_of_the_asking_thread"].values())[:2], ""),
        ("of which, mean ms", facts["mean_ms_by_part"], ""),
        ("answers that 8 threads change", facts["answers_that_differ_with_threads"], "0"),
    ]
    text = "Real passages with one word in 20 exchanged, vectors mixed to cosine .86.\n\n" + table(lines)
    save("scale", facts, text)


if __name__ == "__main__":
    main()
