"""How well the readers read: article text out of pages, boilerplate out of articles, and how fast.

    python tests/benchmarks/readers.py [extraction] [boilerplate] [speed]

Needs the evaluation sets beside the repository (../shared/eval). Each part prints a table and writes it to
results/readers-PART.md and .json, with the commit it was measured on.
"""

import gzip
import json
import os
import re
import statistics
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path
from tempfile import TemporaryDirectory

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from index.readers import (  # noqa: E402
    Limits,
    SourceFile,
    find,
    read,
    read_all,
    sandbox,
)
from index.readers.dispatch import articles_of  # noqa: E402
from index.readers.source import Document  # noqa: E402
from index.text.boilerplate import Repeats, body_spans, line_keys  # noqa: E402
from index.types import Article, Span  # noqa: E402

EVAL = ROOT.parent / "shared" / "eval"
RESULTS = Path(__file__).parent / "results"
_WORD = re.compile(r"\w+")
_SHINGLE = 4  # words
_PASSAGES = (38, 165)  # a second: the slowest and the fastest CPU embedding in the design's measurements
_PASSAGE_WORDS = 120

Table = list[dict[str, object]]


def shingles(text: str) -> Counter[tuple[str, ...]]:
    """Runs of four words with their counts, as article-extraction-benchmark's evaluate.py makes them."""
    words = _WORD.findall(text)
    return Counter(tuple(words[n : n + _SHINGLE]) for n in range(max(1, len(words) - _SHINGLE + 1)))


def score(predicted: str, true: str) -> tuple[float, float]:
    """(precision, recall) of one page, by the same file's rules for empty ones."""
    ours, theirs = shingles(predicted), shingles(true)
    hits = sum((ours & theirs).values())
    extra, missed = sum(ours.values()) - hits, sum(theirs.values()) - hits
    if not extra and not missed:
        return 1.0, 1.0
    return (hits / (hits + extra) if hits + extra else 0.0), (hits / (hits + missed) if hits + missed else 0.0)


def extraction() -> Table:
    """F1 over shingles on saved pages: our stored text, our body spans, and trafilatura's own default."""
    import trafilatura

    folder = EVAL / "article_extraction"
    truth = json.loads((folder / "ground-truth.json").read_text())
    pages = {name: gzip.decompress((folder / "html" / f"{name}.html.gz").read_bytes()) for name in truth}
    ours: dict[str, Article] = {}
    start = time.perf_counter()
    for name, page in pages.items():
        document = Document.of_bytes(f"{name}.html", page)
        ours[name] = next(item for item in articles_of(document, Limits()) if isinstance(item, Article))
    seconds = time.perf_counter() - start
    start = time.perf_counter()
    theirs = {name: trafilatura.extract(page) or "" for name, page in pages.items()}
    default_seconds = time.perf_counter() - start
    body = {name: "\n".join(span.of(a.text) for span in body_spans(a)) for name, a in ours.items()}
    table: Table = []
    for way, texts, took in (
        ("ours, what passages are cut from", body, seconds),
        ("ours, stored text", {name: a.text for name, a in ours.items()}, seconds),
        ("trafilatura, default", theirs, default_seconds),
    ):
        scores = [score(texts[name], truth[name]["articleBody"]) for name in truth]
        precision, recall = (statistics.mean(column) for column in zip(*scores, strict=True))
        table.append(
            {
                "way": way,
                "pages": len(truth),
                "F1": round(2 * precision * recall / (precision + recall), 4),
                "precision": round(precision, 4),
                "recall": round(recall, 4),
                "ms/page": round(1000 * took / len(truth), 1),
            }
        )
    table.append({"way": "ours, pages with a title", "pages": sum(bool(a.title) for a in ours.values())})
    table.append({"way": "ours, pages with a date", "pages": sum(a.published is not None for a in ours.values())})
    return table


def boilerplate() -> Table:
    """What of the known boilerplate is left out of passages, and what of the evidence stays in."""
    folder = EVAL / "realtimeqa"
    articles = [a for f in find([folder / "corpus.jsonl.gz"]) for a in read(f) if isinstance(a, Article)]  # type: ignore[arg-type]
    repeats = Repeats()
    for article in articles:
        repeats.add(article.source, line_keys(article))
    spans = {article.id: body_spans(article, repeats) for article in articles}
    known = {line.split("\t", 1)[1] for line in (folder / "boilerplate_lines.tsv").read_text().splitlines()}
    lines = out = 0
    for article in articles:
        for span in _lines(article.text):
            if span.of(article.text) in known:
                lines += 1
                out += not any(span.start < body.end and body.start < span.end for body in spans[article.id])
    junk = set((folder / "junk_docs.txt").read_text().split())
    present = [article for article in articles if article.id in junk]
    lost = [article.id for article in articles if article.id not in junk and not spans[article.id]]
    evidence, kept, gone = _evidence(articles, spans)
    answers, answered = _answers(articles, spans)
    total = sum(len(article.text) for article in articles)
    table: Table = [
        {"measure": "boilerplate lines left out", "of": lines, "share": round(out / lines, 4), "wanted": 0.95},
        {"measure": "evidence sentences kept", "of": evidence, "share": round(kept / evidence, 4), "wanted": 0.995},
        {
            "measure": "sentences with the answer in linked articles kept",
            "of": answers,
            "share": round(answered / answers, 4),
        },
        {"measure": "junk articles not indexed", "of": len(present), "share": _share(present, spans), "wanted": 0.95},
        {"measure": "other articles lost", "of": len(articles) - len(present), "count": len(lost), "wanted": "<= 5"},
        {"measure": "characters kept", "of": total, "share": round(sum(map(len, sum(spans.values(), ()))) / total, 4)},
    ]
    return table + [{"measure": f"evidence left out: {sentence}"} for sentence in gone]


def _share(articles: list[Article], spans: dict[str, tuple[Span, ...]]) -> float:
    return round(sum(not spans[article.id] for article in articles) / max(1, len(articles)), 4)


def _lines(text: str) -> list[Span]:
    found, start = [], 0
    for raw in text.splitlines(keepends=True):
        if raw.strip():
            first = start + len(raw) - len(raw.lstrip())
            found.append(Span(first, first + len(raw.strip())))
        start += len(raw)
    return found


def _sentences(text: str) -> list[str]:
    import sentencex

    return [part.strip() for part in sentencex.segment("en", text) if len(part.strip()) >= 20]


def _evidence(articles: list[Article], spans: dict[str, tuple[Span, ...]]) -> tuple[int, int, list[str]]:
    """(occurrences of evidence sentences in articles, those inside one span, the others), letters compared only."""
    whole, owners = "", []
    for article in articles:
        positions = [n for n, character in enumerate(article.text) if character.isalnum()]
        owners.append((len(whole), article, positions))
        whole += "".join(article.text[n].lower()[:1] for n in positions) + "\0"
    rows = (json.loads(line) for line in (EVAL / "realtimeqa" / "evidence.jsonl").read_text().splitlines())
    wanted = {sentence for row in rows for text in row["evidence"] for sentence in _sentences(text)}
    count = kept = 0
    gone = []
    for sentence in sorted(wanted):
        letters = "".join(character.lower()[:1] for character in sentence if character.isalnum())
        at = whole.find(letters) if len(letters) >= 20 else -1
        while at >= 0:
            offset, article, positions = next(owner for owner in reversed(owners) if owner[0] <= at)
            span = Span(positions[at - offset], positions[at - offset + len(letters) - 1] + 1)
            inside = any(span in body for body in spans[article.id])
            count, kept = count + 1, kept + inside
            if not inside:
                gone.append(sentence)
            at = whole.find(letters, at + 1)
    return count, kept, gone


def _answers(articles: list[Article], spans: dict[str, tuple[Span, ...]]) -> tuple[int, int]:
    """(sentences that hold a question's answer in an article that its authors linked, those inside one span)."""
    folder = EVAL / "realtimeqa"
    by_id = {article.id: article for article in articles}
    questions = {row["id"]: row for row in map(json.loads, (folder / "queries.jsonl").read_text().splitlines())}
    count = kept = 0
    for line in (folder / "qrels.tsv").read_text().splitlines():
        question, name, _ = line.split("\t")
        article = by_id.get(name)
        for answer in (questions[question].get("answers") or []) if article else []:
            for sentence in _sentences(article.text) if article and len(answer) > 2 else []:
                if answer.casefold() in sentence.casefold() and "\n" not in sentence and article:
                    start = article.text.index(sentence)
                    count += 1
                    kept += any(Span(start, start + len(sentence)) in body for body in spans[name])
    return count, kept


def speed() -> Table:
    """Seconds to find and read 10,000 small files and to tell their boilerplate, beside the time to embed them."""
    article = next(a for f in find([ROOT / "index" / "sample"]) for a in read(f) if f.path.suffix == ".txt")  # type: ignore[union-attr,arg-type]
    page = next((ROOT / "index" / "sample").glob("*.html")).read_text(encoding="utf-8")
    assert isinstance(article, Article)
    table: Table = []
    for suffix, text in ((".txt", article.text), (".html", page)):
        with TemporaryDirectory() as name:
            for number in range(10_000):
                (Path(name) / f"{number:05}{suffix}").write_text(f"{text}\n", encoding="utf-8")
            start, spent, words, repeats, bodies = time.perf_counter(), _cpu(), 0, Repeats(), []
            files = (file for file in find([Path(name)]) if isinstance(file, SourceFile))
            for _, items in read_all(files):
                for item in items:
                    if isinstance(item, Article):
                        repeats.add(item.source, line_keys(item))
                        bodies.append(item)
            for item in bodies:
                words += sum(len(span.of(item.text).split()) for span in body_spans(item, repeats))
            seconds, cpu = time.perf_counter() - start, _cpu() - spent
        passages = words / _PASSAGE_WORDS
        slow, fast = (passages / rate for rate in _PASSAGES)
        table.append(
            {
                "files": f"10,000 {suffix}",
                "words each": words // 10_000,
                "seconds": round(seconds, 1),
                "CPU seconds": round(cpu, 1),
                "of embedding at 38 passages/s": f"{seconds / slow:.1%}",
                "at 165/s": f"{seconds / fast:.1%}",
                "CPU time, of two cores embedding at 165/s": f"{cpu / 2 / fast:.1%}",
            }
        )
    return table


def _cpu() -> float:
    """CPU seconds that this process and the ended ones that it started have spent: what other programs on the machine
    do makes no difference to it. The processes that read are ended first."""
    sandbox._end_all()
    spent = os.times()
    return spent.user + spent.system + spent.children_user + spent.children_system


def _markdown(table: Table) -> str:
    columns = list(dict.fromkeys(column for row in table for column in row))
    lines = [columns, ["---"] * len(columns), *[[str(row.get(column, "")) for column in columns] for row in table]]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def main() -> None:
    """Run the parts that are named, or all."""
    commit = subprocess.run(
        ["git", "rev-parse", "--short", "HEAD"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    for part in (extraction, boilerplate, speed):
        if sys.argv[1:] and part.__name__ not in sys.argv[1:]:
            continue
        table = part()
        text = f"{(part.__doc__ or '').strip()}\n\nCommit {commit.stdout.strip()}.\n\n{_markdown(table)}\n"
        print(text)
        RESULTS.mkdir(exist_ok=True)
        (RESULTS / f"readers-{part.__name__}.md").write_text(text)
        value = {"commit": commit.stdout.strip(), "rows": table}
        (RESULTS / f"readers-{part.__name__}.json").write_text(json.dumps(value, indent=1, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main()
