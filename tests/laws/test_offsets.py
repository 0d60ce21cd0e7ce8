"""Every quote is `article.text[start:end]`, deep in articles full of CRLF, emoji and combining accents.

The seeded fault shows that this test can fail: one offset moved by one, and it does.
"""

import contextlib
import itertools
import json
import pydoc
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index.building.build import BuildOptions, build
from index.store.snapshot import Index
from index.text.chunking import ChunkSettings, chunk
from index.text.sentences import sentence_spans
from index.types import Span
from qa import ask, retrieve
from tests.fakes import FakeEncoder

QUESTION = "How many crates of apricots were counted?"
MARK = "The quartermaster counted exactly 4711 crates of apricots"
TAIL = " before the convoy left for Erbil at dawn."

nasty = st.text(
    st.sampled_from("ab .!?\r\n\t\u00a0\u0301\u00e9\u2028\U0001f4f0\u4e2d\"'\u201c\u201d()-1,"), max_size=400
)
cuts = st.builds(ChunkSettings, st.sampled_from((1, 5, 40, 120)), st.sampled_from((8, 40, 256)))


def count(texts: list[str]) -> list[int]:
    return FakeEncoder().count_tokens(texts)


@given(nasty, cuts)
def test_passages_hold_every_word_once_in_order_and_within_bounds(text: str, bounds: ChunkSettings) -> None:
    body = [Span(0, len(text))] if text else []
    spans = chunk(
        text,
        body,
        lambda span: sentence_spans(text, span),
        count,
        max_words=bounds.max_words,
        max_tokens=bounds.max_tokens,
    )
    assert spans == sorted(spans)
    assert all(one.end <= two.start for one, two in itertools.pairwise(spans))
    inside = np.zeros(len(text), bool)
    for span in spans:
        inside[span.start : span.end] = True
        assert count([span.of(text)])[0] <= bounds.max_tokens
        assert not span.of(text)[0].isspace()
        assert not span.of(text)[-1].isspace()
    assert all(inside[i] or character.isspace() for i, character in enumerate(text))


@given(nasty)
def test_sentences_hold_every_character_that_is_not_space_once(text: str) -> None:
    spans = sentence_spans(text)
    assert "".join("".join(span.of(text).split()) for span in spans) == "".join(text.split())
    assert all(one.end <= two.start for one, two in itertools.pairwise(spans))


def _index_of(texts: list[str], base: Path, bounds: ChunkSettings | None = None) -> Index:
    (base / "articles").mkdir(exist_ok=True)
    with (base / "articles" / "rows.jsonl").open("w") as file:
        for number, text in enumerate(texts):
            row = {"id": str(number), "title": f"Story {number}", "text": text, "source": f"Wire {number}"}
            file.write(json.dumps(row) + "\n")
    encoder = FakeEncoder()
    build([base / "articles"], base / "index", BuildOptions(encoder=encoder, settings=bounds or ChunkSettings()))
    return Index.open(base / "index", encoder=encoder)


def assert_quotes_are_the_articles_own(index: Index, texts: list[str]) -> None:
    """Against the texts that were given to the index, never against what it stored."""
    answer = ask(QUESTION, index=index, as_of="any")
    citations = (*answer.citations, *answer.closest)
    assert citations
    for citation in citations:
        text = texts[int(citation.article_id)]
        assert citation.text == text[citation.start : citation.end]
        assert citation.start <= citation.sentence_start < citation.sentence_end <= citation.end
        assert citation.sentence == text[citation.sentence_start : citation.sentence_end]
        assert citation.text == citation.text.strip()


def assert_the_sentence_that_answers_is_marked(index: Index, texts: list[str]) -> None:
    """To the character, where passages are longer than it: they begin and end where sentences do."""
    citations = retrieve(QUESTION, 20, index=index, as_of="any")
    for citation in citations:
        around = f" {texts[int(citation.article_id)]} "[citation.start : citation.end + 2]
        assert around[0].isspace()
        assert around[-1].isspace()
        assert citation.text == citation.text.strip()  # whole passages: twenty are too many to be narrowed
    assert MARK + TAIL in [citation.sentence for citation in citations]


def deep(noise: str, number: int) -> str:
    filler = "\r\n\r\n".join(
        f"Paragraph {i} of dispatch {number} \U0001f4f0 says the caf\u00e9 stayed open in spite of curfew.\r\n{noise}"
        for i in range(8)
    )
    last = f"Nothing else was said by dispatch {number} that night."
    return f"{filler}\r\n\r\nIt was quiet. {MARK}{TAIL} {last}\r\n"


@settings(max_examples=10, deadline=None)
@given(nasty, st.sampled_from((None, ChunkSettings(1, 256), ChunkSettings(5, 20))))
def test_every_citation_is_a_range_of_the_text_that_was_given(noise: str, bounds: ChunkSettings | None) -> None:
    texts = [deep(noise, number) for number in range(2)]
    with tempfile.TemporaryDirectory() as base, _index_of(texts, Path(base), bounds) as index:
        assert [index.article_at(number).text for number in range(2)] == texts
        assert_quotes_are_the_articles_own(index, texts)


def _moved(by: int) -> Callable[[Callable[..., list[Span]]], Callable[..., list[Span]]]:
    def wrap(real: Callable[..., list[Span]]) -> Callable[..., list[Span]]:
        return lambda *arguments, **options: [
            Span(max(0, span.start + by), span.end + by) for span in real(*arguments, **options)
        ]

    return wrap


def _universal_newlines(real: Callable[[bytes], str]) -> Callable[[bytes], str]:
    return lambda stored: real(stored).replace("\r\n", "\n")


def _column(name: str, by: int) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    def wrap(real: Callable[..., Any]) -> Callable[..., Any]:
        def save(path: Path, table: Any, **options: Any) -> None:
            if path.name == "passages.npy":
                table = table.copy()
                table[name] = np.maximum(table[name] + by, 0)
            real(path, table, **options)

        return save

    return wrap


@pytest.mark.parametrize(
    ("where", "fault"),
    [
        pytest.param(None, None, id="none"),
        *(pytest.param("index.text.chunking._pack", _moved(by), id=f"passages {by:+}") for by in (1, -1)),
        *(
            pytest.param("index.building.write_passages.np.save", _column("start", by), id=f"stored start {by:+}")
            for by in (1, -1)
        ),
        *(
            pytest.param("index.building.write_passages.np.save", _column("end", by), id=f"stored end {by:+}")
            for by in (1, -1)
        ),
        *(
            pytest.param("qa.search.passages.sentence_spans", _moved(by), id=f"marked sentence {by:+}")
            for by in (1, -1)
        ),
        pytest.param("index.store.catalog.to_text", _universal_newlines, id="universal newlines"),
    ],
)
def test_a_seeded_fault_of_one_character_is_found(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, where: str | None, fault: Callable[[Any], Any]
) -> None:
    texts = [deep("", number) for number in range(2)]
    if where is not None:
        monkeypatch.setattr(where, fault(pydoc.locate(where)))
    expected = contextlib.nullcontext() if where is None else pytest.raises(AssertionError)
    with expected, _index_of(texts, tmp_path) as index:
        assert_quotes_are_the_articles_own(index, texts)
        assert_the_sentence_that_answers_is_marked(index, texts)
