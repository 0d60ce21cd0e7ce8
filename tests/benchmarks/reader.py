"""What the reader gets right on development sets: python -m tests.benchmarks.reader [--weights FILE] [--few N].

squad2_sample, cast_answerability and timeqa_human: AUROC of P(answered), with the paragraph given (timeqa_human: the
most of the five passages of its page that BM25 finds first). qed_dev, xquad_en, and the pairs of cast_answerability
that answer: share of right paragraphs whose marked sentence is the one that answers.
"""

import argparse
import json
import statistics
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from index.store.bm25 import analyze
from index.text.chunking import chunk
from index.text.sentences import sentence_spans
from index.types import Span
from qa.answering.reader import Reader, load_reader
from qa.training.evidence_measure import auroc
from tests.benchmarks.common import DATASET, save, spread, table

FOLDER = [DATASET.parent]
Rows = list[dict[str, Any]]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--weights", type=Path, default=None, help="other weights than the packaged ones")
    parser.add_argument("--few", type=int, default=0, help="of each set, only every Nth question")
    parser.add_argument("--print", action="store_true", help="print only, and write no file")
    parser.add_argument("--eval", type=Path, default=None, help="folder of the sets, if not ../shared/eval")
    options = parser.parse_args()
    FOLDER[0] = options.eval or FOLDER[0]
    reader = load_reader(options.weights, None) if options.weights else load_reader()
    every = max(1, options.few)
    facts: dict[str, Any] = {}
    for name, measure in MEASURES.items():
        facts[name] = measure(reader, every)
        if options.print:
            print(name, json.dumps(facts[name]), flush=True)
    if not options.print:
        save("reader", facts, as_table(facts))


def as_table(facts: dict[str, Any]) -> str:
    names = sorted({name for values in facts.values() for name in values})
    lines = [("set", *names), *((name, *(values.get(each, "") for each in names)) for name, values in facts.items())]
    return table(lines)


def lines_of(dataset: str, file: str) -> Rows:
    return [json.loads(line) for line in (FOLDER[0] / dataset / file).read_text("utf-8").split("\n") if line]


def ranges(text: str) -> list[tuple[int, int]]:
    return [(span.start, span.end) for span in sentence_spans(text)] or [(0, len(text))]


def passages(text: str) -> list[str]:
    """Passages of at most 120 words, cut as an index cuts them."""
    found = chunk(
        text,
        [Span(0, len(text))],
        lambda region: sentence_spans(text, region),
        lambda texts: [len(text.split()) for text in texts],
        max_words=120,
        max_tokens=200,
    )
    return [span.of(text) for span in found]


def squashed(text: str) -> str:
    return " ".join(text.split())


def same(one: str, others: Sequence[str]) -> bool:
    one = squashed(one)
    return any(one in squashed(other) or squashed(other) in one for other in others)


def documents(dataset: str) -> dict[str, dict[str, Any]]:
    return {row["id"]: row for row in lines_of(dataset, "corpus.jsonl")}


def right_ones(dataset: str) -> dict[str, str]:
    pairs = (line.split("\t") for line in (FOLDER[0] / dataset / "qrels.tsv").read_text("utf-8").split("\n") if line)
    return {qid: doc for qid, doc, *_ in pairs}


class Bm25:
    """Sentences or passages by BM25 (k1 1.2, b .75); idf over all of a set."""

    def __init__(self, texts: Sequence[str]) -> None:
        self._terms = {text: analyze(text) for text in texts}
        counts: dict[str, int] = {}
        for terms in self._terms.values():
            for term in set(terms):
                counts[term] = counts.get(term, 0) + 1
        size = len(self._terms)
        self._idf = {term: np.log(1 + (size - count + 0.5) / (count + 0.5)) for term, count in counts.items()}
        self._mean = statistics.mean(len(terms) for terms in self._terms.values())

    def scores(self, question: str, texts: Sequence[str]) -> list[float]:
        asked = set(analyze(question))
        return [self._score(asked, self._terms[text]) for text in texts]

    def _score(self, asked: set[str], terms: list[str]) -> float:
        norm = 1.2 * (0.25 + 0.75 * len(terms) / self._mean)
        counts = [(self._idf.get(term, 0.0), terms.count(term)) for term in asked]
        return float(sum(idf * count * 2.2 / (count + norm) for idf, count in counts))


def squad2(reader: Reader, every: int) -> dict[str, float]:
    corpus, right = documents("squad2_sample"), right_ones("squad2_sample")
    rows = lines_of("squad2_sample", "queries.jsonl")[::every]
    values, truth = [], []
    for row in rows:
        document = corpus[right[row["id"]]]
        (reading,) = reader.read(row["question"], [(document["title"], document["text"])])
        values.append(reading.answered)
        truth.append(not row["is_impossible"])
    return {"questions": len(rows), "auroc": round(auroc(np.array(values), np.array(truth)), 3)}


def marked(dataset: str) -> Callable[[Reader, int], dict[str, float]]:
    def measure(reader: Reader, every: int) -> dict[str, float]:
        corpus, evidence = documents(dataset), {row["qid"]: row for row in lines_of(dataset, "evidence.jsonl")}
        cut = {name: ranges(row["text"]) for name, row in corpus.items()}
        bm25 = Bm25([row["text"][a:b] for name, row in corpus.items() for a, b in cut[name]])
        right: dict[str, list[bool]] = {"reader": [], "bm25": [], "first": []}
        for row in lines_of(dataset, "queries.jsonl")[::every]:
            found = evidence[row["id"]]
            text, spans = corpus[found["doc_id"]]["text"], cut[found["doc_id"]]
            texts = [text[a:b] for a, b in spans]
            passage = (corpus[found["doc_id"]]["title"], text)
            (reading,) = reader.read(row["question"], [passage], [spans])
            picks = {"reader": reading.sentences, "bm25": bm25.scores(row["question"], texts), "first": (1.0,)}
            for name, scores in picks.items():
                best = int(np.argmax(scores))
                if "answer_start" in found:
                    good = any(spans[best][0] <= start < spans[best][1] for start in found["answer_start"])
                else:
                    good = same(texts[best], found["evidence"])
                right[name].append(good)
        shares = {name: round(float(np.mean(values)), 3) for name, values in right.items()}
        return {"questions": len(right["reader"]), **shares}

    return measure


def cast(reader: Reader, every: int) -> dict[str, float]:
    pairs = lines_of("cast_answerability", "pairs.jsonl")
    cut = [ranges(pair["passage"]) for pair in pairs]
    bm25 = Bm25([pair["passage"][a:b] for pair, spans in zip(pairs, cut, strict=True) for a, b in spans])
    values, truth = [], []
    right: dict[str, list[bool]] = {"reader": [], "bm25": [], "first": []}
    for pair, spans in list(zip(pairs, cut, strict=True))[::every]:
        (reading,) = reader.read(pair["question"], [("", pair["passage"])], [spans])
        values.append(reading.answered)
        truth.append(pair["answerable"] == 1)
        if pair["answerable"] == 1 and pair["sentences"]:
            texts = [pair["passage"][a:b] for a, b in spans]
            picks = {"reader": reading.sentences, "bm25": bm25.scores(pair["question"], texts), "first": (1.0,)}
            for name, scores in picks.items():
                right[name].append(same(texts[int(np.argmax(scores))], pair["sentences"]))
    shares = {name: round(float(np.mean(found)), 3) for name, found in right.items()}
    return {"questions": len(values), "auroc": round(auroc(np.array(values), np.array(truth)), 3), **shares}


def timeqa(reader: Reader, every: int) -> dict[str, float]:
    corpus, right = documents("timeqa_human"), right_ones("timeqa_human")
    cut = {name: passages(row["text"]) for name, row in corpus.items()}
    bm25 = Bm25([text for texts in cut.values() for text in texts])
    rows = [row for row in lines_of("timeqa_human", "queries.jsonl") if row["id"] in right or "is_impossible" in row]
    values, truth = [], []
    for row in rows[::every]:
        document = row["id"].rsplit("-", 1)[0]
        scores = bm25.scores(row["question"], cut[document])
        best = [cut[document][place] for place in np.argsort([-score for score in scores], kind="stable")[:5]]
        readings = reader.read(row["question"], [(corpus[document]["title"], text) for text in best])
        values.append(max(reading.answered for reading in readings))
        truth.append(not row["is_impossible"])
    return {"questions": len(values), "auroc": round(auroc(np.array(values), np.array(truth)), 3)}


def cost(reader: Reader, every: int) -> dict[str, float]:
    """Milliseconds for five and for ten passages of at most 120 words."""
    rows = lines_of("timeqa_human", "corpus.jsonl")[:40]
    texts = [(row["title"], text) for row in rows for text in passages(row["text"])]
    facts = {}
    for count in (5, 10):
        seconds = []
        for first in range(0, 40 * count, count):
            began = time.perf_counter()
            reader.read("Who led the organisation from 2004 to 2005?", texts[first : first + count])
            seconds.append(time.perf_counter() - began)
        facts |= {f"{name}_{count}": value for name, value in spread(seconds[5:]).items()}
    return facts


MEASURES: dict[str, Callable[[Reader, int], dict[str, float]]] = {
    "squad2_sample": squad2,
    "qed_dev": marked("qed_dev"),
    "xquad_en": marked("xquad_en"),
    "cast_answerability": cast,
    "timeqa_human": timeqa,
    "cost": cost,
}


if __name__ == "__main__":
    main()
