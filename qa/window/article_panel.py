"""The panel "Articles": all articles, sorted, filtered, found by words; each can be opened without asking."""

from collections.abc import Sequence
from functools import cache
from typing import TYPE_CHECKING, Any

from index.errors import ArticleQAError, UsageError
from index.types import Span
from qa.search.article_search import places_of, wording
from qa.search.languages import language_in
from qa.window.article_html import Marks, article_html
from qa.window.articles import ORDERS, ArticleList, list_articles
from qa.window.articles_html import MOST_PAGES, articles_html, found_notice
from qa.window.conversation import Form, limit_words, showable
from qa.window.entity_facets import entity_facets_html, naming, toggled_entity
from qa.window.facets import bars, facets_html, sources_counted
from qa.window.filter_fold import FilterFold
from qa.window.html import escape
from qa.window.layout import OPENING, PLAIN, QUIET
from qa.window.listeners import answering, with_value
from qa.window.service import Service

if TYPE_CHECKING:
    import gradio as gr

    from index.engine import SearchEngine
    from index.store.catalog import StoredArticle

__all__ = ["ArticleHandlers", "ArticlePanel", "days_chosen", "toggled"]

_WORDS = 3  # view: width of the field for words, as a multiple of that of the order
_FIELD = 130  # view: px, a list to choose from
_LONGEST = 1_000  # limit: characters of what is searched for


class ArticlePanel:
    """The widgets of the panel, which stand where it is made, among tabs; `pages` is how much of the list is in sight,
    `chosen` the entities that narrow it."""

    def __init__(self) -> None:
        import gradio as gr

        with gr.Tab("Articles", id="articles") as self.tab:
            with gr.Row(elem_id="find"):
                self.words = gr.Textbox(
                    label="Find", show_label=False, placeholder='Words, or an "exact phrase"', max_lines=1, scale=_WORDS
                )
                self.order = gr.Dropdown(
                    list(ORDERS), value=ORDERS[0], label="Order", show_label=False, min_width=_FIELD, filterable=False
                )
            self.listed = gr.HTML("", elem_id="articles", **PLAIN)
            self.pages, self.chosen = gr.State(1), gr.State([])

    def listen(
        self,
        service: Service,
        panel: "gr.HTML",
        tabs: "gr.Tabs",
        reader: "gr.HTML",
        filters: FilterFold,
        filled: list[Any],
    ) -> None:
        """`panel` triggers what links of the page ask for; `filters` hold here too, and are set here too. `filled` are
        the events after which their fields are others."""
        import gradio as gr

        handlers, (since, until, outlets) = ArticleHandlers(service), filters.fields
        asked, first = [self.words, self.order, *filters.fields, self.chosen], [self.pages, self.listed]
        begin: dict[str, Any] = {"fn": handlers.begin, "inputs": asked, "outputs": first, **QUIET}
        left = [since.blur, since.submit, until.blur, until.submit, outlets.change]
        typed = [self.tab.select, self.words.input, self.words.submit, self.order.input]
        gr.on([*typed, *left], trigger_mode="always_last", **begin)
        panel.more_articles(handlers.more, [self.pages, *asked], first, **QUIET)
        found = [tabs, reader, self.words, self.order, *first]
        panel.find_articles(with_value("words", handlers.find), asked[2:], found, **QUIET)
        named = panel.toggle_entity(with_value("entity", toggled_entity), self.chosen, self.chosen, **QUIET)
        panel.toggle_source(with_value("name", handlers.toggle), asked, [outlets, *first], **QUIET)
        days = panel.choose_days(with_value("days", days_chosen), None, [since, until], **QUIET)
        days.then(**filters.check(service))
        for event in (named, days, *filled):
            event.then(**begin)
        open_article = with_value("opening id", answering(handlers.open_article))
        panel.open_article(open_article, self.words, reader, **OPENING)


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

    def find(self, words: str, *limits: Any) -> list[Any]:
        """The list as if words were typed, in place of an open article."""
        import gradio as gr

        return [gr.Tabs(selected="articles"), "", words, ORDERS[0], *self.begin(words, ORDERS[0], *limits)]

    def html(self, words: str, order: str, limits: Sequence[Any], pages: int) -> str:
        """The list, or why there is none. A tab that was never opened has no words and no order yet. `limits` are the
        first day, the last day, the sources, and the entities that are chosen."""
        words, order, chosen = words or "", order or ORDERS[0], limits[3] or []
        try:
            if (index := self._service.index()) is None:
                return _hint(self._service.hindrance())
            form = Form.written("", (limits[0], limits[1], limits[2]), (True, True))
            since, until = form.days
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


def _hint(words: str) -> str:
    return f'<section class="articles" aria-label="Articles"><p class="hint">{escape(words)}</p></section>'
