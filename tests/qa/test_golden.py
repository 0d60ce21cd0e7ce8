"""Questions with the words that must be cited, and questions that the articles do not answer."""

import json
from pathlib import Path

import pytest

from index import Index
from qa import Answer, Citation, ask
from qa.evaluation.evaluate import check_quotes

GOLDEN = Path(__file__).parents[1] / "golden"


def load(name: str) -> list[dict[str, object]]:
    return [json.loads(line) for line in (GOLDEN / name).read_text("utf-8").splitlines()]


def squeeze(text: str) -> str:
    return " ".join(text.split())


def cited(answer: Answer, words: str, first: int = 3) -> bool:
    return any(squeeze(words) in squeeze(citation.text) for citation in answer.citations[:first])


def assert_verbatim(index: Index, citation: Citation) -> None:
    article = index.article(citation.article_id)
    assert article is not None
    assert article.text[citation.start : citation.end] == citation.text
    assert article.text[citation.sentence_start : citation.sentence_end] == citation.sentence
    assert citation.start <= citation.sentence_start < citation.sentence_end <= citation.end
    for copy in citation.also_in:
        assert_verbatim(index, copy)


@pytest.mark.usefixtures("engine")
@pytest.mark.parametrize(
    ("name", "rows", "answered", "refused"),
    [
        # The first four questions of the real articles have a test of their own below.
        pytest.param("shared", slice(4, None), 12, 5, id="three real articles"),
        # The sample's are harder, half of them in other words than the article's. What was measured must not get worse.
        pytest.param("sample", slice(None), 16, 5, id="sample articles"),
    ],
)
def test_questions_are_answered_and_others_refused(
    request: pytest.FixtureRequest, name: str, rows: slice, answered: int, refused: int
) -> None:
    index: Index = request.getfixturevalue(name)
    questions = load(f"{name}.jsonl")[rows]
    missed, wrongly_answered = [], []
    for row in questions:
        question, words = str(row["question"]), row["cite"]
        answer = ask(question, index=index)
        for citation in (*answer.citations, *answer.closest):
            assert_verbatim(index, citation)
        if words is None:
            if answer.found:
                wrongly_answered.append(question)
        elif not cited(answer, str(words)):
            missed.append(question)
    answerable = sum(row["cite"] is not None for row in questions)
    assert answerable - len(missed) >= answered, missed
    assert len(questions) - answerable - len(wrongly_answered) >= refused, wrongly_answered


@pytest.mark.parametrize(
    ("question", "words"),
    [
        ("How many US troops will remain in Iraq after the drawdown?", "from about 3,000 to 2,500"),
        ("What kind of missile defence was sent to Iraq?", "Patriot surface-to-air missiles"),
        ("Where did the B-52 bombers take off?", "Minot Air Force Base"),
        ("How do I bake sourdough bread?", None),
    ],
)
def test_the_questions_that_everybody_asks_first(shared: Index, question: str, words: str | None) -> None:
    answer = ask(question, index=shared)
    assert answer.found == (words is not None)
    if words:
        assert cited(answer, words)


@pytest.mark.parametrize("boilerplate", ["Leave a Reply", "Fill in your details", "Connecting to %s", "read more:"])
def test_page_boilerplate_is_in_no_passage(shared: Index, boilerplate: str) -> None:
    for row in range(shared.passage_count):
        passage = shared.passage(row)
        assert boilerplate not in passage.span.of(shared.article_at(passage.article).text)


def test_the_first_line_and_the_second_caption_are_in_no_passage(shared: Index) -> None:
    texts = []
    for row in range(shared.passage_count):
        passage = shared.passage(row)
        text = shared.article_at(passage.article).text
        texts.append(passage.span.of(text))
        assert passage.span.start > 0 or not text.startswith("search")
    assert sum(text.count("(Anmar Khalil/AP)") for text in texts) == 1


@pytest.mark.parametrize("shift", [-1, 1])
def test_a_quote_that_is_one_character_off_is_caught(
    sample: Index, monkeypatch: pytest.MonkeyPatch, shift: int
) -> None:
    question = "Where was Mohsen Fakhrizadeh ambushed?"
    assert check_quotes(sample, question, "any")
    import qa.answering.cite

    made = qa.answering.cite.Citation
    monkeypatch.setattr(
        qa.answering.cite, "Citation", lambda **facts: made(**facts | {"start": facts["start"] + shift})
    )
    with pytest.raises(AssertionError, match="not what was quoted"):
        check_quotes(sample, question, "any")
