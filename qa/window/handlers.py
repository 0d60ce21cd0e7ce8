"""What the page does when a person does something: each method listens to widgets and returns new values for them."""

import asyncio
import traceback
from collections.abc import AsyncIterator, Sequence
from typing import TYPE_CHECKING, Any

from index.errors import ArticleQAError, IndexMissing, UsageError
from qa.window.article_html import GONE, article_html
from qa.window.conversation import OPTIONS, Conversation, Exchange, Form, showable
from qa.window.kept import keep, kept_titles, replay
from qa.window.page_html import conversations_html
from qa.window.service import Service
from qa.window.sources_html import citation_at

if TYPE_CHECKING:
    import gradio as gr

__all__ = ["Handlers", "example_questions", "show"]

_FAILED = "Something went wrong with this question; the terminal that serves the window shows what."


def example_questions(questions: Sequence[str]) -> Any:
    """Questions in the form in which a Chatbot takes its examples."""
    return [{"text": question} for question in questions]


def show(now: Conversation, kept: list[Any], box: str = "", asked: str = "", notice: str = "") -> list[Any]:
    """What a listener that changes the conversation returns: the conversation, its messages, its sources, no open
    article, the list of conversations, the text of the box, and what the browser keeps. `asked` is a question without
    an answer yet, `notice` what is said meanwhile."""
    chats = conversations_html(kept_titles(kept), now.key)
    return [now, now.messages(asked, notice), now.sources(), "", chats, box, kept]


class Handlers:
    """Listeners that ask `service`. `now` is the conversation, `kept` what the browser keeps of all of them."""

    def __init__(self, service: Service, *, own_examples: bool) -> None:
        self._service = service
        self._own_examples = own_examples  # that are not titles of articles

    async def ask(self, now: Conversation, kept: list[Any], question: str, *options: Any) -> AsyncIterator[list[Any]]:
        """Answers a question. `options` are the values of the filters' three fields and of the two switches."""
        since, until, outlets, recent, understand = options
        question = showable(question.strip())
        if not question:
            yield show(now, kept)
            return
        try:
            form = Form.written(question, (since, until, outlets), (recent, understand))
        except UsageError as error:
            yield show(now, kept, question, question, f"{error}.")
            return
        async for update in self._answered(now, kept, form):
            yield update

    async def _answered(self, now: Conversation, kept: list[Any], form: Form) -> AsyncIterator[list[Any]]:
        said, question = "", form.question
        while words := self._service.waiting():
            if words != said:  # a person who waits sees how far it is, and is answered as soon as it can be
                yield show(now, kept, "", question, f"{words}. Your question is next.")
            said = words
            await asyncio.sleep(0.2)
        yield show(now, kept, "", question, "Looking in your articles…")
        try:
            if hindrance := self._service.hindrance():
                raise IndexMissing(hindrance)
            answer = await asyncio.to_thread(form.answer, self._service.live, now.exchanges, self._service.reranker)
        except (ArticleQAError, ValueError) as error:
            yield show(now, kept, question, question, str(error))
        except Exception:
            traceback.print_exc()
            yield show(now, kept, question, question, _FAILED)
        else:
            now = now.plus(Exchange(form, answer))
            yield show(now, keep(kept, now))

    async def ask_without(self, event: "gr.EventData", now: Conversation, kept: list[Any]) -> AsyncIterator[list[Any]]:
        """Asks the last question again without one thing that counted, whose name comes with the event."""
        option = str(event._data.get("option"))
        if not now.exchanges or option not in OPTIONS:
            yield show(now, kept)
            return
        async for update in self._answered(now.without_last(), kept, now.exchanges[-1].form.without(option)):
            yield update

    def take_back(self, now: Conversation, kept: list[Any]) -> list[Any]:
        """Puts the last question back into the box."""
        question = now.exchanges[-1].form.question if now.exchanges else ""
        now = now.without_last()
        return show(now, keep(kept, now), question)

    def begin_anew(self, kept: list[Any]) -> list[Any]:
        return show(Conversation(), kept)

    def open_chat(self, event: "gr.EventData", now: Conversation, kept: list[Any]) -> list[Any]:
        """Opens an earlier conversation, whose key comes with the event."""
        self._service.warm.wait()
        try:
            key = str(event._data.get("key"))
            return show(replay(kept, key, self._service.live, self._service.reranker) or now, kept)
        except (ArticleQAError, ValueError, TypeError, LookupError) as error:
            return show(now, kept, "", "An earlier conversation", f"It could not be opened: {error}")

    def earlier(self, kept: list[Any]) -> str:
        """HTML of the list of conversations that the browser keeps."""
        return conversations_html(kept_titles(kept), "")

    def open_source(self, event: "gr.EventData", now: Conversation) -> str:
        """HTML of the article that a citation is of; the citation's reference comes with the event."""
        citation = citation_at(now.answers, str(event._data.get("reference")))
        index = self._service.index()
        article = index.article(citation.article_id) if citation and index else None
        if index is None or article is None or citation is None:
            return GONE
        return article_html(article, citation, changed=index.changed_on_disk(article))

    def chosen(self, event: "gr.SelectData") -> str:
        """The text of an example."""
        return str(event.value["text"])

    def tick(self) -> list[Any]:
        """The status line, whether to go on asking for it, the sources to choose from, and the examples."""
        import gradio as gr

        words, settled = self._service.status()
        index = self._service.index()
        examples = gr.skip()
        if settled and not self._own_examples:
            examples = gr.Chatbot(examples=example_questions(self._service.newest()))
        return [words, gr.Timer(active=not settled), gr.Dropdown(choices=index.sources() if index else []), examples]
