"""Programs that ask over REST and MCP: defaults, JSON, and one sentence for each thing that is wrong."""

import asyncio
import json
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

import pytest

from tests.window.conftest import with_sample

QUESTION = "Where was Mohsen Fakhrizadeh ambushed?"
DATES = "write it as 2020-12-01, 1 December 2020, Dec 2020, 2020, today, yesterday or last week"
NOT_MCP = "gradio[mcp] is not installed"


@pytest.fixture(scope="module")
def log(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder from which is served; "errors" in it is what the terminal says."""
    return with_sample(tmp_path_factory.mktemp("programs"), tmp_path_factory)


@pytest.fixture(scope="module")
def address(serve_module: Callable[..., str], log: Path) -> str:
    try:
        import mcp  # noqa: F401
    except ImportError:
        address = serve_module(folder=log)
    else:
        address = serve_module("--mcp", folder=log)
    while True:
        name, said = posted(address, [QUESTION])
        if name == "complete":
            return address
        assert "Please ask again in a moment" in said["error"]
        time.sleep(0.5)


def posted(address: str, data: list[Any]) -> tuple[str, Any]:
    """The event that ends a question over plain REST, and its JSON."""
    body, kind = json.dumps({"data": data}).encode(), {"Content-Type": "application/json"}
    with urlopen(Request(f"{address}gradio_api/call/ask", body, kind)) as reply:
        event = json.load(reply)["event_id"]
    with urlopen(f"{address}gradio_api/call/ask/{event}") as reply:
        *_, name, value = reply.read().decode().strip().splitlines()
    return name.removeprefix("event: "), json.loads(value.removeprefix("data: "))


def test_the_question_alone_is_enough(address: str) -> None:
    name, (answer,) = posted(address, [QUESTION])
    assert name == "complete"
    assert answer["found"]
    assert "Absard" in answer["citations"][0]["text"]


def test_dates_are_taken_as_in_python_and_one_source_as_a_string(address: str) -> None:
    name, (answer,) = posted(address, ["rockets", 20, "Mar 2020", "2020-03", "Sample Wire", "any"])
    assert name == "complete"
    cited = answer["citations"] or answer["closest"]
    assert {(citation["source"], citation["published"][:7]) for citation in cited} == {("Sample Wire", "2020-03")}


@pytest.mark.parametrize(
    ("data", "said"),
    [
        ([], "the question is text"),
        ([None], "the question is text"),
        ([7], "the question is text"),
        ([{"a": 1}], "the question is text"),
        ([{"path": "/etc/passwd", "meta": {"_type": "gradio.FileData"}}], "the arguments are text, numbers and lists"),
        ([" "], "the question is empty"),
        ([QUESTION, "3"], "k is the number of citations, from 1 to 100, not '3'"),
        ([QUESTION, True], "k is the number of citations"),
        ([QUESTION, None], "k is the number of citations"),
        ([QUESTION, 2.5], "k is the number of citations"),
        ([QUESTION, 5, "x"], DATES),
        ([QUESTION, 5, 7], "since is a date"),
        ([QUESTION, 5, "01/12/2020"], "write 2020-12-01 for the first or 2020-01-12 for the second"),
        ([QUESTION, 5, "", [2020]], "until is a date"),
        ([QUESTION, 5, "2021", "2020"], "swap them"),
        ([QUESTION, 5, "", "", "Wire"], "the nearest sources are 'Sample Wire'"),
        ([QUESTION, 5, "", "", {"a": 1}], "sources is the name of a source or a list of names"),
        ([QUESTION, 5, "", "", [None]], "sources is the name of a source or a list of names"),
        ([QUESTION, 5, "", "", [], "foo"], DATES),
        ([QUESTION, 5, "", "", [], "any", "no"], "understand is True or False"),
    ],
    ids=lambda value: repr(value)[:60],
)
def test_a_wrong_argument_is_one_sentence_here_and_nothing_in_the_terminal(
    address: str, log: Path, data: list[Any], said: str
) -> None:
    before = (log / "errors").read_text("utf-8")
    name, error = posted(address, data)
    assert name == "error"
    assert said in error["error"]
    assert "\n" not in error["error"]
    assert (log / "errors").read_text("utf-8") == before


def called(address: str, *calls: tuple[str, dict[str, Any]]) -> list[Any]:
    """What the tools give a client of the MCP package, which holds them to the schemas of their results."""
    from mcp import ClientSession
    from mcp.client.streamable_http import streamable_http_client

    async def talk() -> list[Any]:
        async with (
            streamable_http_client(f"{address}gradio_api/mcp/") as (read, write, *_),
            ClientSession(read, write) as session,
        ):
            await session.initialize()
            tools = (await session.list_tools()).tools
            assert [tool.name for tool in tools] == ["ask", "retrieve", "list_sources", "get_article"]
            assert all(tool.outputSchema and tool.description for tool in tools)
            return [await session.call_tool(name, arguments) for name, arguments in calls]

    # In a thread of its own: a browser test may have left its event loop running in this one.
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(lambda: asyncio.run(talk())).result()


def test_the_tool_gives_json_and_structured_content(address: str) -> None:
    pytest.importorskip("mcp", reason=NOT_MCP)
    (result,) = called(address, ("ask", {"question": QUESTION, "k": 2}))
    assert not result.isError
    (content,) = result.content
    answer = result.structuredContent
    assert json.loads(content.text) == answer
    assert answer["found"] is True
    assert 1 <= len(answer["citations"]) <= 2
    for citation in answer["citations"]:
        first, last = (citation[key] - citation["start"] for key in ("sentence_start", "sentence_end"))
        assert citation["text"][first:last] == citation["sentence"]


def test_the_other_tools_list_sources_and_open_articles_in_parts(address: str) -> None:
    pytest.importorskip("mcp", reason=NOT_MCP)
    asked: dict[str, Any] = {"question": "And who was blamed?", "history": [[QUESTION, "He was ambushed in Absard."]]}
    listed, retrieved = called(address, ("list_sources", {}), ("retrieve", asked))
    assert "Sample Wire" in [source["name"] for source in listed.structuredContent["sources"]]
    citations = retrieved.structuredContent["citations"]
    (citation, *_) = [one for one in citations if "Absard" in one["text"]]
    place = {"article_id": citation["article_id"], "offset": citation["start"], "limit": len(citation["text"])}
    (part,) = called(address, ("get_article", place))
    assert part.structuredContent["text"] == citation["text"]
    assert part.structuredContent["article_sha256"] == citation["article_sha256"]


def test_what_the_tool_cannot_do_is_one_sentence(address: str, log: Path) -> None:
    pytest.importorskip("mcp", reason=NOT_MCP)
    before = (log / "errors").read_text("utf-8")
    wrong = [
        (("ask", {"question": QUESTION, "since": "foo"}), DATES),
        (("ask", {"question": QUESTION, "sources": "Wire"}), "the nearest sources are 'Sample Wire'"),
        (("ask", {"question": QUESTION, "k": 0}), "from 1 to 100"),
        (("ask", {"question": QUESTION, "k": "3"}), "k is the number of citations, from 1 to 100, not '3'"),
        (("ask", {}), "question is missing; ask takes question, k, since"),
        (("retrieve", {"question": QUESTION, "n": 3}), "there is no argument 'n'; retrieve takes question, k, since"),
        (("list_sources", {"question": QUESTION}), "list_sources takes no arguments"),
        (("get_article", {"article_id": "../../../etc/passwd"}), "no article has this id"),
        (("delete_article", {}), "there is no tool 'delete_article'; there are ask, retrieve"),
    ]
    for result, (_, said) in zip(called(address, *(call for call, _ in wrong)), wrong, strict=True):
        assert result.isError
        assert result.structuredContent is None
        assert said in result.content[0].text
        assert "\n" not in result.content[0].text
    assert (log / "errors").read_text("utf-8") == before
