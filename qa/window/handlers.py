"""What the page does when a person does something: each method listens to widgets and returns new values for them."""

import asyncio
import traceback
from collections.abc import AsyncIterator, Mapping, Sequence
from typing import Any

from index.engine import SearchEngine
from index.errors import ArticleQAError, IndexMissing, UsageError
from index.store.catalog import StoredArticle
from index.text.sentences import sentence_spans
from index.types import Span
from qa.window.article_html import Marks, article_html, cited_article_html
from qa.window.chat_handlers import ChatHandlers
from qa.window.chats_html import chats_html
from qa.window.conversation import OPTIONS, Conversation, Form, showable
from qa.window.draft_html import returned_html, taken_html
from qa.window.export import download_html
from qa.window.kept import keep, kept_chats, open_chat, shut
from qa.window.page_picture import picture_html
from qa.window.service import Service
from qa.window.tools_html import EXPORTS
from qa.window.walk import citation_at, walk

__all__ = ["Handlers", "example_questions", "show"]

_READER = 3  # fact: place of the open article in what `show` returns
_LONGEST_OFFSET = 9  # limit: digits; an article has fewer than a billion characters
_FAILED = "Something went wrong with this question; the terminal that serves the window shows what."


def example_questions(questions: Sequence[str]) -> Any:
    """Questions in the form in which a Chatbot takes its examples."""
    return [{"text": question} for question in questions]


def show(now: Conversation, kept: list[Any], box: str = "", asked: str = "", notice: str = "") -> list[Any]:
    """What a listener that changes the conversation returns: the conversation, its messages, its sources, no open
    article, the list of conversations, what the page is told of the box (draft_html.py; empty if nothing), the sources
    in sight, and what the browser keeps. `asked` is a question without an answer yet, `notice` what is said meanwhile.
    """
    import gradio as gr

    chats, told = chats_html(kept_chats(kept), now.key), box or gr.skip()
    return [now, now.messages(asked, notice), now.sources(), "", chats, told, gr.Tabs(selected="sources"), kept]


class Handlers:
    """Listeners that ask `service`. `now` is the conversation, `kept` what the browser keeps of all of them."""

    def __init__(self, service: Service, *, own_examples: bool) -> None:
        self._service = service
        self._own_examples = own_examples  # that are not made from articles
        self.chats = ChatHandlers(service, show)

    async def answer(
        self, now: Conversation, kept: list[Any], question: str, *options: Any
    ) -> AsyncIterator[list[Any]]:
        """Answers the question in the box. `options` are the values of the filters' three fields and of the two
        switches."""
        async for update in self.offered(question, now, kept, *options, taken=taken_html(showable(question.strip()))):
            yield update

    async def offered(
        self, question: str, now: Conversation, kept: list[Any], *options: Any, taken: str = ""
    ) -> AsyncIterator[list[Any]]:
        """Answers a question that the page offers, likewise; `taken` tells the box that it was its question."""
        since, until, outlets, recent, understand = options
        question = showable(question.strip())
        if not question:
            yield show(now, kept)
            return
        try:
            form = Form.written(question, (since, until, outlets), (recent, understand))
        except UsageError as error:
            yield show(now, kept, returned_html(question), question, f"{error}.")
            return
        async for update in self.answered(now, kept, form, taken):
            yield update

    async def answered(
        self, now: Conversation, kept: list[Any], form: Form, taken: str = ""
    ) -> AsyncIterator[list[Any]]:
        """Answers a form, with what a person is told meanwhile."""
        said, question = "", form.question
        while words := self._service.waiting():
            if words != said:  # a person who waits sees how far it is, and is answered as soon as it can be
                yield show(now, kept, taken, question, f"{words}. Your question is next.")
            said = words
            await self._service.moment()
        yield show(now, kept, taken, question, "Looking in your articles…")
        try:
            if hindrance := await asyncio.to_thread(self._service.hindrance):  # it may open a new generation
                raise IndexMissing(hindrance)
            exchange = await asyncio.to_thread(form.exchange, self._service.live, now.exchanges, self._service.reranker)
        except (ArticleQAError, ValueError) as error:
            yield show(now, kept, returned_html(question), question, str(error))
        except Exception:
            traceback.print_exc()
            yield show(now, kept, returned_html(question), question, _FAILED)
        else:
            now = now.plus(exchange)
            yield show(now, keep(kept, now))

    async def ask_without(self, option: str, now: Conversation, kept: list[Any]) -> AsyncIterator[list[Any]]:
        """Asks the last question again without one thing that counted, named as in OPTIONS."""
        if not now.exchanges or option not in OPTIONS:
            yield show(now, kept)
            return
        async for update in self.answered(now.without_last(), kept, now.exchanges[-1].form.without(option)):
            yield update

    def take_back(self, now: Conversation, kept: list[Any]) -> list[Any]:
        """Puts the last question back into the box."""
        question = now.exchanges[-1].form.question if now.exchanges else ""
        now = now.without_last()
        return show(now, keep(kept, now), returned_html(question))

    def begin_anew(self, kept: list[Any]) -> list[Any]:
        return show(Conversation(), shut(kept))

    def earlier(self, kept: list[Any]) -> str:
        """HTML of the list of conversations that the browser keeps."""
        chat = open_chat(kept)
        return chats_html(kept_chats(kept), chat.key if chat else "")

    def open_source(self, reference: str, now: Conversation) -> str:
        """HTML of the article that a link to a citation means."""
        citation = citation_at(now.answers, reference)

        def shown(index: SearchEngine, article: StoredArticle) -> str:
            assert citation is not None
            changed, way = index.changed_on_disk(article), walk(now.answers, reference)
            return cited_article_html(article, citation, changed=changed, walk=way)

        return self._service.opened(citation.article_id if citation else "", shown)

    def draw_page(self, article_id: str, page: str) -> str:
        """HTML of a scan's page."""
        return picture_html(self._service.index(), showable(article_id), showable(page))

    def download(self, name: str, now: Conversation) -> str:
        """HTML of a file of the conversation, in the format of that name; nothing where there is no such format."""
        return download_html(now, name) if name in EXPORTS and now.exchanges else ""

    async def follow_link(
        self, parameters: Mapping[str, str], now: Conversation, kept: list[Any]
    ) -> AsyncIterator[list[Any]]:
        """Does what the page's address asks for: ?q=QUESTION is asked, ?article=ID&at=OFFSET opened, by the id that it
        has in the index. Without either, the conversation that was open comes back."""
        question = showable(parameters.get("q", "").strip())
        if not question and not parameters.get("article"):
            async for update in self.chats.reopened(now, kept):
                yield update
        if question:
            async for update in self.answered(now, kept, Form(question)):
                now, kept = update[0], update[-1]
                yield update
        if article := parameters.get("article"):
            while self._service.waiting():
                await self._service.moment()
            update = show(now, kept)
            update[_READER] = self.open_at(article, parameters.get("at", ""))
            yield update

    def open_at(self, article_id: str, at: str) -> str:
        """HTML of an article with the sentence marked that stands at an offset of its text, or begins after it."""

        def shown(index: SearchEngine, article: StoredArticle) -> str:
            marks = Marks()
            if at.isascii() and at.isdecimal() and len(at) <= _LONGEST_OFFSET and article.text:
                spans = sentence_spans(article.text, Span(0, len(article.text)), article.language or "en")
                marks = Marks(sentences=[span for span in spans if int(at) < span.end][:1])
            return article_html(article, marks, changed=index.changed_on_disk(article))

        return self._service.opened(showable(article_id), shown)

    def tick(self) -> list[Any]:
        """The status line, whether to go on asking for it, the sources to choose from, and the examples."""
        import gradio as gr

        words, settled = self._service.status()
        index = self._service.index()
        examples = gr.skip()
        if settled and not self._own_examples:
            examples = gr.Chatbot(examples=example_questions(self._service.examples()))
        return [words, gr.Timer(active=not settled), gr.Dropdown(choices=index.sources() if index else []), examples]
