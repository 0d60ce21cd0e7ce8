"""Answers in notebooks, tables and other libraries: short, escaped, and with all that a citation says."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from html.parser import HTMLParser
from typing import Any

import pytest

from index import Index
from index.errors import UsageError
from qa import Answer, Citation, ask, frameworks
from qa.notebook import citation_html

QUESTION = "Where was Mohsen Fakhrizadeh ambushed?"
HOSTILE = "<script>alert(1)</script><img src=x onerror=alert(2)>\"'`$x$ ${1} \n\n**b**"


@pytest.fixture(scope="module")
def answer(sample: Index) -> Answer:
    return ask(QUESTION, 3, index=sample, as_of="any")


def test_a_repr_is_one_short_line(answer: Answer, sample: Index) -> None:
    assert repr(answer).startswith(f"<Answer {answer.confidence:.2f}: ")
    assert " ".join(answer.citations[0].sentence.split())[:40] in repr(answer)
    assert repr(answer.citations[0]).startswith("<Citation 1 ")
    assert answer.citations[0].title in repr(answer.citations[0])
    refused = ask("How do I bake sourdough bread?", index=sample)
    assert repr(refused).startswith("<Answer: not in the articles (")
    for shown in (repr(answer), repr(refused), *map(repr, answer.citations)):
        assert "\n" not in shown
        assert len(shown) < 350
    assert "Not in the articles" in refused._repr_html_()


def tags(html: str) -> tuple[set[str], set[str], str]:
    """The names of tags and attributes, and the text."""
    names, attributes, text = set[str](), set[str](), []

    class Page(HTMLParser):
        def handle_starttag(self, tag: str, given: list[tuple[str, str | None]]) -> None:
            names.add(tag)
            attributes.update(name for name, _ in given)

        def handle_data(self, data: str) -> None:
            text.append(data)

    Page().feed(html)
    return names, attributes, "".join(text)


def test_html_shows_the_quote_and_marks_the_sentence(answer: Answer) -> None:
    html = answer._repr_html_()
    assert all(citation.text in tags(html)[2] for citation in answer.citations)
    assert html.count("<mark") == len(answer.citations)
    (marked,) = citation_html(answer.citations[0]).partition("</mark>")[0].split("<mark")[1:]
    assert tags(f"<mark{marked}</mark>")[2] == answer.citations[0].sentence


def test_hostile_words_are_shown_and_do_nothing(answer: Answer) -> None:
    words = dict.fromkeys(("title", "source", "url", "text", "sentence", "article_id"), HOSTILE)
    hostile = replace(answer.citations[0], **words, start=0, sentence_start=0, sentence_end=9, end=len(HOSTILE))
    hostile = replace(hostile, also_in=(hostile,))
    for one in (
        replace(answer, question=HOSTILE, citations=(hostile,)),
        replace(answer, question=HOSTILE, found=False, citations=(), closest=(hostile,), reason=HOSTILE),
    ):
        names, attributes, text = tags(one._repr_html_())
        assert names <= {"div", "p", "b", "details", "summary", "cite", "blockquote", "mark"}
        assert attributes <= {"dir", "style"}
        assert text.count(HOSTILE) >= 3
    bad = replace(answer.citations[0], url="javascript:alert(1)")
    assert "<a" not in citation_html(bad)
    assert '<a href="https&#58;' in citation_html(replace(bad, url="https://news.example/a"))


def test_rows_are_plain_values_for_a_table(answer: Answer, sample: Index) -> None:
    rows = answer.to_rows()
    assert [row["number"] for row in rows] == [1, *range(2, len(rows) + 1)]
    assert rows[0]["question"] == QUESTION
    assert isinstance(rows[0]["published"], date)
    assert all(isinstance(value, str | int | float | date | None) for row in rows for value in row.values())
    pandas = pytest.importorskip("pandas")
    table = pandas.DataFrame(rows)
    assert list(table.sentence) == [citation.sentence for citation in answer.citations]
    refused = ask("How do I bake sourdough bread?", index=sample)
    assert {row["found"] for row in refused.to_rows()} == {False}


def same(metadata: dict[str, Any], citation: Citation) -> bool:
    day = citation.published.isoformat() if citation.published else None
    return metadata["published"] == day and all(
        metadata[name] == getattr(citation, name) for name in metadata if name != "published"
    )


def test_langchain_takes_documents_and_a_retriever(answer: Answer, sample: Index) -> None:
    documents = pytest.importorskip("langchain_core.documents", reason="langchain-core is not installed")
    made = answer.to_langchain()
    assert all(isinstance(one, documents.Document) for one in made)
    assert [one.page_content for one in made] == [citation.text for citation in answer.citations]
    assert all(same(one.metadata, citation) for one, citation in zip(made, answer.citations, strict=True))
    retriever = frameworks.langchain_retriever(3, index=sample, as_of="any")
    chain = retriever | (lambda found: [one.metadata["article_id"] for one in found])
    assert chain.invoke(QUESTION) == [citation.article_id for citation in answer.citations]


def test_llama_index_takes_nodes_and_a_retriever(answer: Answer, sample: Index) -> None:
    pytest.importorskip("llama_index.core", reason="llama-index-core is not installed")
    from llama_index.core.schema import NodeWithScore

    made = answer.to_llama_index()
    assert all(isinstance(one, NodeWithScore) for one in made)
    assert [one.node.get_content() for one in made] == [citation.text for citation in answer.citations]
    assert all(same(one.node.metadata, citation) for one, citation in zip(made, answer.citations, strict=True))
    found = frameworks.llama_index_retriever(3, index=sample, as_of="any").retrieve(QUESTION)
    assert [one.node.node_id for one in found] == [one.node.node_id for one in made]


def test_haystack_takes_documents(answer: Answer) -> None:
    haystack = pytest.importorskip("haystack", reason="haystack-ai is not installed")
    from haystack.document_stores.in_memory import InMemoryDocumentStore

    made = answer.to_haystack()
    assert all(isinstance(one, haystack.Document) for one in made)
    store = InMemoryDocumentStore()
    assert store.write_documents(made) == len(answer.citations)
    assert all(same(one.meta, citation) for one, citation in zip(made, answer.citations, strict=True))


@pytest.mark.parametrize("name", ["to_langchain", "to_llama_index", "to_haystack"])
def test_what_is_not_installed_is_named_with_its_command(
    answer: Answer, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    for module in ("langchain_core.documents", "llama_index.core.schema", "haystack"):
        monkeypatch.setitem(__import__("sys").modules, module, None)
    convert: Callable[[], list[Any]] = getattr(answer, name)
    with pytest.raises(UsageError, match="install it with: pip install "):
        convert()
