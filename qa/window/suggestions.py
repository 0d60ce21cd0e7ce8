"""Questions that the articles can answer, about the persons in them: to start with, and after an answer."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice, zip_longest

from index.engine import SearchEngine
from index.text.sentences import sentence_spans
from index.types import Article, Span
from qa.answering.namesakes import named_otherwise, unnamed_person
from qa.answering.roles import people, says
from qa.search.terms import content_terms
from qa.types import Answer

__all__ = ["questions_of", "questions_to_start_with", "suggested_questions"]

_READ = 20_000  # limit: characters of an article that are looked at
_ARTICLES = 3  # view: cited articles that suggest questions
_QUESTIONS = 3  # view: questions below an answer
_PERSONS = 2  # view: of an article, who they are


def questions_of(article: Article, quoted: str = "") -> Iterator[str]:
    """Questions that an English article answers: what a person in it said, then who two others are. Persons of the
    `quoted` text come first, others in the order in which the article says what they are."""
    if (article.language or "en") != "en":
        return
    text = article.text[:_READ]
    told: dict[str, bool] = {}  # persons, and whether they speak
    for span in sentence_spans(text):
        sentence = " ".join(span.of(text).split())
        for person in people(sentence):
            at = sentence.index(person)
            told[person] = told.get(person, False) or says(sentence, Span(at, at + len(person)))
    order = sorted(told, key=lambda person: person not in quoted)
    speaker = next((person for person in order if told[person]), None)
    if speaker is not None:
        yield f"What did {speaker} say?"
    for person in islice((person for person in order if person != speaker), _PERSONS):
        yield f"Who is {person}?"


def suggested_questions(index: SearchEngine, answer: Answer, asked: Sequence[str]) -> list[str]:
    """Up to three questions to ask after an answer, of the articles that it cites, one of each before any second
    one; none that repeats what was `asked`. Where a person of the question stands in no article, the same question
    about those who are named so otherwise."""
    if not answer.found:
        return list(islice(_new(_about_namesakes(index, answer), asked), _QUESTIONS))
    quoted: dict[str, str] = {}
    for citation in answer.citations:
        quoted[citation.article_id] = f"{quoted.get(citation.article_id, '')} {citation.text}"
    found = ((index.article(one), text) for one, text in islice(quoted.items(), _ARTICLES))
    every = (questions_of(article, text) for article, text in found if article is not None)
    # The first of each, then the second of each, and so on.
    in_turn = (question for turn in zip_longest(*every) for question in turn if question is not None)
    return list(islice(_new(in_turn, asked), _QUESTIONS))


def _about_namesakes(index: SearchEngine, answer: Answer) -> Iterator[str]:
    name = unnamed_person(index, answer.question)
    if name is not None:
        for other in named_otherwise(index, name, [citation.text for citation in answer.closest]):
            yield answer.question.replace(name, other)


def questions_to_start_with(articles: Iterable[Article]) -> list[str]:
    """A question of each article; its title where no question can be made of it. None of them twice."""
    asked = (next(_new(questions_of(article), ()), article.title) for article in articles)
    return list(_new(filter(None, asked), ()))


def _new(questions: Iterable[str], asked: Sequence[str]) -> Iterator[str]:
    """Those whose words are not all in an earlier one, nor the other way round."""
    before = [frozenset(content_terms(question)) for question in asked]
    for question in questions:
        terms = frozenset(content_terms(question))
        if not any(terms <= other or other <= terms for other in before if other):
            before.append(terms)
            yield question
