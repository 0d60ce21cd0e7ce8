"""The panel "Articles": all articles, sorted, filtered, found by words; each can be opened without asking."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

from index.errors import ArticleQAError, UsageError
from index.types import Span
from qa.search.article_search import places_of, wording
from qa.search.languages import language_in
from qa.window.article_html import Marks, article_html
from qa.window.articles import ORDERS, ArticleList, list_articles
from qa.window.articles_html import MOST_PAGES, articles_html, found_notice
from qa.window.conversation import Form, limit_words, read_day, showable
from qa.window.entity_facets import entity_facets_html, naming, toggled_entity
from qa.window.facets import bars, sources_counted
from qa.window.facets_html import facets_html
from qa.window.filter_fold import FilterFold
from qa.window.html import escape
from qa.window.layout import FIELD, OPENING
from qa.window.listeners import with_value
from qa.window.opened import answering
from qa.window.service import Service

if TYPE_CHECKING:
    import gradio as gr

    from index.engine import SearchEngine
    from index.store.catalog import StoredArticle

__all__ = ["ArticleHandlers", "ArticlePanel", "article_panel", "days_chosen", "toggled"]

_WORDS = 3  # view: width of the field for words, as a multiple of that of the order
_LONGEST = 1_000  # limit: characters of what is searched for


@dataclass(frozen=True, slots=True)
class ArticlePanel:
    """The widgets of the panel; `pages` is how much of the list is in sight, `chosen` the entities that narrow it."""

    tab: "gr.Tab"
    words: "gr.Textbox"
    order: "gr.Dropdown"
    listed: "gr.HTML"
    pages: "gr.State"
    chosen: "gr.State"

    def listen(
        self, service: Service, panel: "gr.HTML", tabs: "gr.Tabs", reader: "gr.HTML", filters: FilterFold
    ) -> None:
        """`panel` triggers what links of the page ask for; `filters` hold here too, and are set here too."""
        import gradio as gr

        handlers, limits = ArticleHandlers(service), filters.fields
        quiet: dict[str, Any] = {"api_visibility": "private", "show_progress": "hidden"}
        asked = [self.words, self.order, *limits, self.chosen]
        gr.on(
            [self.tab.select, self.words.input, self.words.submit, self.order.input, *_changes(limits)],
            handlers.begin,
            asked,
            [self.pages, self.listed],
            trigger_mode="always_last",
            **quiet,
        )
        panel.more_articles(handlers.more, [self.pages, *asked], [self.pages, self.listed], **quiet)
        panel.find_articles(
            _found(handlers), asked[2:], [tabs, reader, self.words, self.order, self.pages, self.listed], **quiet
        )
        named = panel.toggle_entity(with_value("entity", toggled_entity), self.chosen, self.chosen, **quiet)
        named.then(handlers.begin, asked, [self.pages, self.listed], **quiet)
        since, until, outlets = limits
        panel.toggle_source(with_value("name", handlers.toggle), asked, [outlets, self.pages, self.listed], **quiet)
        chosen = panel.choose_days(with_value("days", days_chosen), None, [since, until], **quiet)
        chosen.then(handlers.begin, asked, [self.pages, self.listed], **quiet)
        filters.check_after(service, chosen)
        open_article = with_value("opening id", answering(handlers.open_article))
        panel.open_article(open_article, self.words, reader, **OPENING)

    def follow(self, service: Service, event: Any, limits: Sequence[Any]) -> None:
        """Lists the articles anew after an event that has changed the filters by itself."""
        asked = [self.words, self.order, *limits, self.chosen]
        quiet: dict[str, Any] = {"api_visibility": "private", "show_progress": "hidden"}
        handlers = ArticleHandlers(service)

        def begin(words: str | None, order: str | None, *limits: Any) -> list[Any]:
            return handlers.begin(words or "", order or ORDERS[0], *limits)  # a tab never opened has no values

        event.then(begin, asked, [self.pages, self.listed], **quiet)


def article_panel() -> ArticlePanel:
    """Makes the panel where it is called, among tabs."""
    import gradio as gr

    with gr.Tab("Articles", id="articles") as tab:
        with gr.Row(elem_id="find"):
            words = gr.Textbox(
                label="Find", show_label=False, placeholder='Words, or an "exact phrase"', max_lines=1, scale=_WORDS
            )
            order = gr.Dropdown(
                list(ORDERS), value=ORDERS[0], label="Order", show_label=False, min_width=FIELD, filterable=False
            )
        listed = gr.HTML("", elem_id="articles", apply_default_css=False)
        pages, chosen = gr.State(1), gr.State([])
    return ArticlePanel(tab, words, order, listed, pages, chosen)


class ArticleHandlers:
    """Listeners that list and open articles."""

    def __init__(self, service: Service) -> None:
        self._service = service

    def begin(self, words: str, order: str, *limits: Any) -> list[Any]:
        """The first page: 1, and its HTML."""
        return [1, self.html(words, order, limits, 1)]

    def more(self, pages: int, words: str, order: str, *limits: Any) -> list[Any]:
        """One page more: how many there are, and their HTML."""
        pages = min(pages + 1, MOST_PAGES)
        return [pages, self.html(words, order, limits, pages)]

    def toggle(self, name: str, words: str, order: str, *limits: Any) -> list[Any]:
        """The sources of the filter with one more, or without it, and the first page of what they leave."""
        since, until, outlets, chosen = limits
        outlets = toggled(name, outlets)
        return [outlets, *self.begin(words, order, since, until, outlets, chosen)]

    def html(self, words: str, order: str, limits: Sequence[Any], pages: int) -> str:
        """The list, or why there is none. A tab that was never opened has no words and no order yet. `limits` are the
        first day, the last day, the sources, and the entities that are chosen."""
        words, order, chosen = words or "", order or ORDERS[0], limits[3] or []
        try:
            if (index := self._service.index()) is None:
                return _hint(self._service.hindrance())
            form = Form.written("", (limits[0], limits[1], limits[2]), (True, True))
            since, until = read_day(form.since, end=False), read_day(form.until, end=True)
            wanted = wording(showable(words[:_LONGEST]), index.languages)
            sources = form.sources or None

            @cache  # under no limits, all three below are one
            def listed(*limits: Any) -> ArticleList:
                every = list_articles(index, wanted, order, index.select(*limits))
                return ArticleList(naming(index, every.articles, chosen), every.complete)

            found = listed(since, until, sources)
            filters = limit_words(since, until, [*form.sources, *(entity.name for entity in chosen)])
            # Neither facet is narrowed by itself, so that one sees what else there is.
            of_sources, of_days = listed(None, None, sources).articles, listed(since, until, None).articles
            facets = facets_html(
                bars([article.published for article in of_sources if article.published]),
                sources_counted(article.source for article in of_days),
                form.sources, since, until,
            )  # fmt: skip
            facets += entity_facets_html(index, found.articles, chosen)
            return facets + articles_html(index, found, wanted, pages, filters, self._service.unread())
        except UsageError as error:
            return _hint(f"{error}.")
        except ArticleQAError as error:
            return _hint(str(error))

    def open_article(self, article_id: str, words: str) -> str:
        """HTML of an article, looked up by its id, with the words marked that are searched for."""

        def shown(index: "SearchEngine", article: "StoredArticle") -> str:
            wanted = wording(showable(words[:_LONGEST]), index.languages)
            body = article.body or ([Span(0, len(article.text))] if article.text else [])
            places = places_of(wanted, article.text, body, language_in(index, article)) if wanted else []
            notices = [found_notice(len(places))] if wanted else []
            return article_html(article, Marks(found=places), changed=index.changed_on_disk(article), notices=notices)

        return self._service.opened(showable(article_id), shown)


def toggled(name: str, outlets: Sequence[str] | None) -> list[str]:
    """The sources of the filter with one more, or without it."""
    name, given = showable(name), list(outlets or ())
    kept = [outlet for outlet in given if outlet.casefold() != name.casefold()]
    return kept if len(kept) < len(given) else [*given, name]


def days_chosen(days: str) -> list[str]:
    """The first and the last day, as the fields of the filter take them, of such as 2020-03-01/2020-03-31."""
    first, _, last = showable(days).partition("/")
    return [first, last]


def _changes(limits: Sequence[Any]) -> list[Any]:
    since, until, outlets = limits
    return [since.blur, since.submit, until.blur, until.submit, outlets.change]


def _found(handlers: ArticleHandlers) -> Any:
    import gradio as gr

    def find(words: str, *limits: Any) -> list[Any]:
        return [gr.Tabs(selected="articles"), "", words, ORDERS[0], *handlers.begin(words, ORDERS[0], *limits)]

    return with_value("words", find)


def _hint(words: str) -> str:
    return f'<section class="articles" aria-label="Articles"><p class="hint">{escape(words)}</p></section>'
