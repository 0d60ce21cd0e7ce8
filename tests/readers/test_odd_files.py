"""Files as some programs write them: nothing in them is wrong, but few files look so."""

import json
from pathlib import Path

import pytest

from index.types import Article
from tests.readers.samples import MORE, PROSE, article, articles, everything, jsonl, rows, skipped, zipped

RSS = f"<channel><title>Post</title><item><title>Pier</title><description>{PROSE}</description></item></channel></rss>"


def _put(tmp_path: Path, data: str | bytes, name: str) -> Path:
    path = tmp_path / name
    path.write_bytes(data if isinstance(data, bytes) else data.encode())
    return path


@pytest.mark.parametrize(
    "top",
    [
        "<?xml-stylesheet type='text/xsl' href='rss.xsl'?>",
        "<!DOCTYPE rss PUBLIC '-//Netscape Communications//DTD RSS 0.91//EN' 'rss-0.91.dtd'>",
        f"<!-- {'made by a program ' * 100} -->",
    ],
)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_a_feed_named_xml_whatever_stands_above_it(tmp_path: Path, top: str, encoding: str) -> None:
    data = f"<?xml version='1.0' encoding='{encoding}'?>\n{top}\n<rss version='2.0'>{RSS}".encode(encoding)
    assert article(_put(tmp_path, data, "a.xml")).text == PROSE


def test_members_below_the_folder_itself_are_read(tmp_path: Path) -> None:
    found = articles(_put(tmp_path, zipped({"./a.txt": PROSE, "./.hidden/b.txt": MORE, "../c.txt": MORE}), "a.zip"))
    assert [one.id for one in found] == ["a.zip/./a.txt", "a.zip/../c.txt"]


def test_a_number_that_is_none_is_no_word(tmp_path: Path) -> None:
    row = (
        f'{{"id": NaN, "title": "Pier", "author": NaN, "text": NaN, "body": {json.dumps(PROSE)}, "source": Infinity}}\n'
    )
    found = article(_put(tmp_path, row, "a.jsonl"))
    assert (found.id, found.author, found.source, found.text) == ("a.jsonl#1", "", "", PROSE)


def test_json_lines_named_json_behind_a_byte_order_mark(tmp_path: Path) -> None:
    assert len(articles(_put(tmp_path, b"\xef\xbb\xbf" + jsonl(*rows(3)).encode(), "a.json"))) == 3


def test_json_that_is_cut_off_is_one_skip_and_not_one_for_each_line(tmp_path: Path) -> None:
    written = json.dumps({"articles": rows(50)}, indent=1)
    assert skipped(_put(tmp_path, written[:-200], "a.json")) == "not valid JSON"
    assert skipped(_put(tmp_path, json.dumps(rows(1)[0], indent=1)[:-20], "a.json")) == "not valid JSON"


def test_a_list_beside_an_articles_text_is_no_list_of_articles(tmp_path: Path) -> None:
    value = {"title": "Pier", "text": PROSE, "items": [{"image": "a.jpg"}, {"image": "b.jpg"}]}
    assert article(_put(tmp_path, json.dumps(value), "a.json")).text == PROSE
    assert [one.id for one in articles(_put(tmp_path, json.dumps(value | {"items": rows(2)}), "b.json"))] == [
        "r0",
        "r1",
    ]


def test_the_title_of_a_row_of_markup_is_markup(tmp_path: Path) -> None:
    row = {"title": {"rendered": "Tom &amp; Jerry&#8217;s <em>pier</em>"}, "content": f"<p>{PROSE}</p>\n<p>{MORE}</p>"}
    assert article(_put(tmp_path, jsonl(row), "a.jsonl")).title == "Tom & Jerry’s pier"
    assert article(_put(tmp_path, jsonl({"title": "A &amp; B", "text": PROSE}), "b.jsonl")).title == "A &amp; B"


@pytest.mark.parametrize(
    "line", ["By the year 2030, half of all piers will be rebuilt", "By the end of 2019 piers fell"]
)
def test_a_headline_that_begins_with_by_is_no_byline(tmp_path: Path, line: str) -> None:
    found = article(_put(tmp_path, f"{line}\n\n{PROSE}", "a.txt"))
    assert (found.title, found.author) == (line, "")


@pytest.mark.parametrize("line", ["By the Associated Press", "by ann lee, 3 January 2020", "By Ann Lee, 2 hours ago"])
def test_a_byline_in_small_letters(tmp_path: Path, line: str) -> None:
    found = article(_put(tmp_path, f"A headline\n{line}\n\n{PROSE}", "a.txt"))
    assert found.author == line[3:].partition(",")[0]


@pytest.mark.parametrize("top", ["\r\n", "\n \n", "sep=;\r\n", "\ufeffsep=;\n"])
def test_csv_below_blank_lines_or_the_line_that_names_its_mark(tmp_path: Path, top: str) -> None:
    path = _put(tmp_path, f"{top}id;text\n7;{PROSE}\n8;\n", "a.csv")
    first, second = everything(path)
    assert isinstance(first, Article)
    assert (first.id, first.text) == ("7", PROSE)
    assert str(second) == f"{path}, line {top.count(chr(10)) + 3}: no text, body or content"


def test_a_text_in_pieces_is_paragraphs_all_of_them(tmp_path: Path) -> None:
    pieces = [f"Paragraph {n}." for n in range(1_200)]
    blocks = [{"type": "paragraph", "text": piece} for piece in pieces]
    for value in (pieces, blocks):
        found = article(_put(tmp_path, json.dumps({"authors": ["Ann Lee", "Bo Ek"], "body": value}), "a.json"))
        assert (found.text, found.author) == ("\n\n".join(pieces), "Ann Lee, Bo Ek")
