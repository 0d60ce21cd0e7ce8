"""Are near-identical articles found, are different reports of one event left apart, and what does it cost?

    python -m tests.benchmarks.duplicates [--dataset DIR] [--copies DIR]

Both corpora are built with the deterministic fake model of the tests: clusters depend on articles' words alone.
Found: the pairs that the data set lists as near-identical, and all pairs that the exact rule calls copies, looked for
without MinHash. Left apart: 300 seeded pairs of articles within three days of each other, each the nearest to one of
the two by the cosine of the weighted words of title and beginning, with a Jaccard below .5 over the full text; those
that the data set lists as near-identical are left out. `--copies` is a corpus.jsonl with exact copies under other ids.
"""

import argparse
import json
import math
import random
import re
import tempfile
import time
from collections import Counter, defaultdict
from itertools import combinations
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from index import Index
from index.building.build import BuildOptions, build
from index.store.catalog import StoredArticle
from index.text.near_duplicates import Duplicates, Shingles, are_copies, shared
from tests.benchmarks.common import DATASET, save, table
from tests.fakes import FakeEncoder

_COPIES = DATASET.parent / "bbc_news"
_LISTED = 0.8  # Jaccard of listed pairs that must be found
_PAIRS = 300
_DAYS = 3
_EVENT = 0.3  # cosine from which two articles are about one event
_BEGINNING = 100  # words
_DIFFERENT = 0.5  # Jaccard over the full text
_TYPICAL = 600  # words of an article, for the cost
_COMMON = 100  # articles: a run of words that more of them share tells nothing, and is a line of boilerplate
_LEAST = 0.1  # share of the shorter one's runs, from which a pair is looked at closely

Pair = tuple[int, int]


class Corpus:
    """The articles of an index with their bodies, the clusters stored with it, and the rows of ids."""

    def __init__(self, source: Path, root: Path) -> None:
        build([source], root, BuildOptions(encoder=FakeEncoder(dimension=8)))
        with Index.open(root, encoder=FakeEncoder(dimension=8)) as index:
            count = len(index.catalog.metadata())
            self.articles: list[StoredArticle] = [index.article_at(row) for row in range(count)]
            self.clusters: list[int] = index.clusters_of(np.arange(count)).tolist()
            self.bodies = [
                "\n".join(index.passage(int(at)).span.of(article.text) for at in index.passages_of(row))
                for row, article in enumerate(self.articles)
            ]
        self.shingles = [Shingles.of(body) for body in self.bodies]
        self.rows = {article.id: row for row, article in enumerate(self.articles)}

    def together(self, pair: Pair) -> bool:
        return self.clusters[pair[0]] == self.clusters[pair[1]]

    def named(self, pair: Pair) -> dict[str, Any]:
        """What a person needs to judge a pair."""
        one, other = (self.shingles[row] for row in pair)
        both = shared(one.whole, other.whole)
        lead = shared(one.lead, other.lead)
        return {
            "titles": [self.articles[row].title for row in pair],
            "ids": [self.articles[row].id for row in pair],
            "runs": [len(one.whole), len(other.whole)],
            "jaccard": round(both / (len(one.whole) + len(other.whole) - both), 3),
            "of_the_shorter": round(both / min(len(one.whole), len(other.whole)), 3),
            "jaccard_of_leads": round(lead / (len(one.lead) + len(other.lead) - lead), 3),
        }


def copies_without_minhash(corpus: Corpus) -> list[Pair]:
    """All pairs that the exact rule calls copies, by counting what each two articles share."""
    sizes = [len(of.whole) for of in corpus.shingles]
    hashes = np.concatenate([of.whole for of in corpus.shingles])
    rows = np.repeat(np.arange(len(sizes)), sizes)
    order = np.argsort(hashes, kind="stable")
    bounds = np.flatnonzero(np.diff(hashes[order])) + 1
    counts: Counter[Pair] = Counter()
    for group in _groups(rows[order], bounds):
        counts.update(combinations(group, 2))
    return [
        (one, other)
        for (one, other), count in sorted(counts.items())
        if count >= _LEAST * min(sizes[one], sizes[other], 500)
        and are_copies(corpus.shingles[one], corpus.shingles[other])
    ]


def _groups(rows: NDArray[np.int64], bounds: NDArray[np.int64]) -> list[list[int]]:
    starts, ends = np.append(0, bounds), np.append(bounds, len(rows))
    wanted = (ends - starts >= 2) & (ends - starts <= _COMMON)
    return [rows[a:b].tolist() for a, b in zip(starts[wanted], ends[wanted], strict=True)]


def one_event(corpus: Corpus, listed: set[Pair]) -> list[Pair]:
    """Seeded pairs of different articles about one event."""
    texts = [f"{article.title} {' '.join(body.split()[:_BEGINNING])}" for article, body in _both(corpus)]
    words = [Counter(re.findall(r"\w+", text.lower())) for text in texts]
    frequency = Counter(word for of in words for word in of)
    weights = [
        {word: (1 + math.log(count)) * math.log(len(words) / frequency[word]) for word, count in of.items()}
        for of in words
    ]
    lengths = [math.sqrt(sum(weight * weight for weight in of.values())) or 1.0 for of in weights]
    dated = sorted(
        (article.published.toordinal(), row)
        for row, (article, body) in enumerate(_both(corpus))
        if article.published and body
    )
    nearest: dict[int, tuple[float, int]] = defaultdict(lambda: (0.0, -1))
    for place, (day, one) in enumerate(dated):
        for later, other in dated[place + 1 :]:
            if later > day + _DAYS:
                break
            mine, theirs = sorted((weights[one], weights[other]), key=len)
            dot = sum(weight * theirs.get(word, 0.0) for word, weight in mine.items())
            cosine = dot / lengths[one] / lengths[other]
            nearest[one] = max(nearest[one], (cosine, other))
            nearest[other] = max(nearest[other], (cosine, one))
    pairs = {(min(one, other), max(one, other)) for one, (cosine, other) in nearest.items() if cosine >= _EVENT}
    different = [pair for pair in sorted(pairs - listed) if _full_jaccard(corpus, pair) < _DIFFERENT]
    return random.Random(0).sample(different, min(_PAIRS, len(different)))


def _both(corpus: Corpus) -> list[tuple[StoredArticle, str]]:
    return list(zip(corpus.articles, corpus.bodies, strict=True))


def _full_jaccard(corpus: Corpus, pair: Pair) -> float:
    one, other = (Shingles.of(corpus.articles[row].text).whole for row in pair)
    both = shared(one, other)
    return both / ((len(one) + len(other) - both) or 1)


def cost(bodies: list[str]) -> dict[str, float]:
    """Seconds of finding the clusters of some bodies, and their mean length."""
    started, used = time.perf_counter(), time.process_time()
    found = Duplicates()
    for row, body in enumerate(bodies):
        found.add(row, body)
    added = time.perf_counter()
    found.clusters(len(bodies), bodies.__getitem__)
    ended = time.perf_counter()
    return {
        "articles": len(bodies),
        "mean_words": round(sum(len(body.split()) for body in bodies) / len(bodies)),
        "signing_s": round(added - started, 2),
        "comparing_s": round(ended - added, 2),
        "seconds": round(ended - started, 2),
        "cpu_seconds": round(time.process_time() - used, 2),
    }


def share(found: int, of: int) -> str:
    return f"{found} of {of}, {found / of:.1%}" if of else "none"


def measure(news: Corpus, dataset: Path, copied: Corpus) -> tuple[dict[str, Any], list[tuple[object, ...]]]:
    lines = [line.split("\t") for line in (dataset / "near_duplicates.tsv").read_text("utf-8").splitlines()]
    every = [(one, other, float(jaccard)) for one, other, jaccard, _ in lines]
    here = [(one, other, jaccard) for one, other, jaccard in every if one in news.rows and other in news.rows]
    pairs = {(min(news.rows[a], news.rows[b]), max(news.rows[a], news.rows[b])): j for a, b, j in here}
    alike = [pair for pair, jaccard in pairs.items() if jaccard >= _LISTED]
    junk = [pair for pair in alike if not all(news.bodies[row] for row in pair)]
    searched = [pair for pair in alike if pair not in junk]
    begin_alike = [pair for pair in searched if news.named(pair)["jaccard"] < _DIFFERENT]
    listed_found = [pair for pair in searched if news.together(pair)]
    exact = {name: copies_without_minhash(corpus) for name, corpus in (("news", news), ("copies", copied))}
    exact_found = sum(
        corpus.together(pair) for name, corpus in (("news", news), ("copies", copied)) for pair in exact[name]
    )
    exact_count = sum(len(found) for found in exact.values())
    events = one_event(news, set(pairs))
    wrong = [pair for pair in events if news.together(pair)]
    same: dict[str, list[int]] = defaultdict(list)
    for row, body in enumerate(copied.bodies):
        if body:
            same[" ".join(body.split())].append(row)
    groups = [rows for rows in same.values() if len(rows) > 1]
    folded = sum(len({copied.clusters[row] for row in rows}) == 1 for rows in groups)
    whole, typical = cost(news.bodies), cost([" ".join(body.split()[:_TYPICAL]) for body in news.bodies])
    also = [
        (copied.clusters[row], row)
        for row in range(len(copied.bodies))
        if copied.clusters[row] != row and copied.bodies[row].split() != copied.bodies[copied.clusters[row]].split()
    ]
    facts = {
        "listed": {"pairs": len(every), "both_here": len(here), "alike": len(alike), "found": len(listed_found)},
        "listed_only_boilerplate": [news.named(pair)["ids"] for pair in junk],
        "listed_missed": [news.named(pair) for pair in searched if pair not in listed_found],
        "listed_that_only_begin_alike": [news.named(pair) for pair in begin_alike],
        "exact": {name: len(found) for name, found in exact.items()} | {"found": exact_found},
        "one_event": {"pairs": len(events), "clustered": [news.named(pair) for pair in wrong]},
        "exact_copies": {"groups": len(groups), "folded": folded},
        "clusters_beyond_exact_copies": [copied.named(pair) for pair in also],
        "cost": [whole, typical],
    }
    rows: list[tuple[object, ...]] = [
        ("", "", "target"),
        (f"listed pairs of Jaccard >= {_LISTED}, in one cluster", share(len(listed_found), len(searched)), ">= 98 %"),
        ("of these, alike in their beginnings only", len(begin_alike), ""),
        ("listed pairs not searched, one being only boilerplate", len(junk), ""),
        ("pairs that are copies by exact count, in one cluster", share(exact_found, exact_count), ""),
        ("different reports of one event, left apart", share(len(events) - len(wrong), len(events)), ">= 99 %"),
        ("groups of exact copies in one cluster", share(folded, len(groups)), "100 %"),
        ("clustered with an article of other words", len(also), ""),
    ]
    rows += [
        (
            f"{of['articles']:,} articles of {of['mean_words']} words, s",
            f"{of['seconds']} ({of['cpu_seconds']} of CPU)",
            "<= 3",
        )
        for of in (typical, whole)
    ]
    return facts, rows


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--dataset", type=Path, default=DATASET)
    parser.add_argument("--copies", type=Path, default=_COPIES)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as base:
        news = Corpus(options.dataset / "corpus.jsonl.gz", Path(base, "news"))
        copied = Corpus(options.copies / "corpus.jsonl", Path(base, "copies"))
    facts, rows = measure(news, options.dataset, copied)
    for name in ("listed_missed", "clusters_beyond_exact_copies"):
        print(name, *(json.dumps(of) for of in facts[name]), sep="\n  ")
    print("one event, clustered", *(json.dumps(of) for of in facts["one_event"]["clustered"]), sep="\n  ")
    named = [facts[name] for name in ("listed_missed", "listed_that_only_begin_alike", "clusters_beyond_exact_copies")]
    for pair in [pair for part in [*named, facts["one_event"]["clustered"]] for pair in part]:
        del pair["titles"]  # the publishers' words are printed, not kept
    save("duplicates", facts, table(rows))


if __name__ == "__main__":
    main()
