"""JSON, JSON Lines and CSV: a row is an article, a bad row is named, the rest are read."""

import json
from datetime import date
from pathlib import Path

import pytest

from index.readers import Limits, SourceFile, find, read
from index.types import Article, Skipped
from tests.readers.samples import MORE, PROSE, article, articles, everything, gzipped, jsonl, rows, skipped


def _put(tmp_path: Path, text: str | bytes, name: str) -> Path:
    path = tmp_path / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def test_three_bad_rows_are_named_by_line_and_the_rest_are_read(tmp_path: Path) -> None:
    good = rows(4)
    path = _put(
        tmp_path, jsonl(good[0], "{broken", good[1], "", '["no object"]', good[2], {"id": "x"}, good[3]), "a.jsonl"
    )
    items = everything(path)
    assert [item.id for item in items if isinstance(item, Article)] == ["r0", "r1", "r2", "r3"]
    assert [(item.line, item.reason) for item in items if isinstance(item, Skipped)] == [
        (2, "not valid JSON"),
        (5, "not a JSON object"),
        (7, "no text, body or content"),
    ]


def test_the_facts_of_a_row(tmp_path: Path) -> None:
    row = {
        "_id": 7,
        "Headline": "The  pier\nis closed",
        "body": f"LUMEN (AP) - {PROSE}\r\n🦀 {MORE} ",
        "publishedAt": "2020-01-03T23:59:00-05:00",
        "crawled": "2024-05-05",
        "byline": [{"name": "Ann Lee"}, "Bo Ek"],
        "source": {"id": None, "name": "Harbour Post"},
        "link": "https://example.org/pier",
        "lang": "en",
    }
    found = article(_put(tmp_path, jsonl(row), "a.jsonl"))
    assert found.text == row["body"]
    assert (found.title, found.author, found.source) == ("The pier is closed", "Ann Lee, Bo Ek", "Harbour Post")
    assert (found.published, found.url, found.language) == (date(2020, 1, 3), "https://example.org/pier", "en")
    assert (found.place, found.agency) == ("Lumen", "AP")


def test_rows_without_an_id_are_numbered_and_doubled_ids_told_apart(tmp_path: Path) -> None:
    lines = [
        {"text": PROSE},
        {"id": "a", "text": PROSE},
        {"id": "a", "text": MORE},
        {"id": "a~2", "text": PROSE},
        {"text": MORE},
    ]
    assert [found.id for found in articles(_put(tmp_path, jsonl(*lines), "x.jsonl"))] == [
        "x.jsonl#1",
        "a",
        "a~2",
        "a~2~2",
        "x.jsonl#5",
    ]


def test_a_lone_surrogate_becomes_the_character_for_what_is_lost(tmp_path: Path) -> None:
    found = article(_put(tmp_path, '{"id": "\\ud800", "text": "one \\ud83e\\udd80 two \\udc00 three"}', "a.jsonl"))
    assert found.text == "one 🦀 two \ufffd three"
    assert found.id == "\ufffd"


def test_a_row_over_the_limit_is_named_and_the_next_is_read(tmp_path: Path) -> None:
    path = _put(tmp_path, jsonl({"text": "x" * 5000}, {"id": "b", "text": PROSE}), "a.jsonl")
    first, second = everything(path, Limits(article_bytes=2048))
    assert str(first) == f"{path}, line 1: longer than 2 KB (--max-article-mb)"
    assert isinstance(second, Article)


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "cp1252"])
def test_json_lines_in_other_encodings(tmp_path: Path, encoding: str) -> None:
    text = jsonl(*[{"id": f"é{n}", "text": f"Crème brûlée “{n}” {PROSE}"} for n in range(3)])
    found = articles(_put(tmp_path, text.encode(encoding), "a.jsonl"))
    assert [one.id for one in found] == ["é0", "é1", "é2"]
    assert found[1].text == f"Crème brûlée “1” {PROSE}"


def test_gzip(tmp_path: Path) -> None:
    path = _put(tmp_path, gzipped(jsonl(*rows(5)).encode()), "a.jsonl.gz")
    assert [found.id for found in articles(path)] == ["r0", "r1", "r2", "r3", "r4"]


def test_gzip_that_ends_early_gives_what_came_before(tmp_path: Path) -> None:
    data = gzipped(jsonl(*[{"text": f"{n} {PROSE} {hash(str(n))}"} for n in range(3000)]).encode())
    items = everything(_put(tmp_path, data[: len(data) // 2], "a.jsonl.gz"))
    assert len(items) > 10
    assert isinstance(items[-1], Skipped)
    assert items[-1].reason == "damaged: its compressed data end early or are corrupt"


def test_a_gzip_bomb_stops_at_its_limit(tmp_path: Path) -> None:
    path = _put(tmp_path, gzipped(b"\n" * (3 << 20)), "a.jsonl.gz")
    assert skipped(path, Limits(unpacked_bytes=1 << 20)) == "unpacks to more than 1 MB (--max-unpacked-mb)"


def test_rows_are_given_one_by_one(tmp_path: Path) -> None:
    path = _put(tmp_path, jsonl(*rows(3), "{broken"), "a.jsonl")
    (file,) = find([path])
    assert isinstance(file, SourceFile)
    assert isinstance(next(iter(read(file))), Article)


@pytest.mark.parametrize(
    "value",
    [
        rows(2),
        {"status": "ok", "articles": rows(2)},
        {"response": {"docs": rows(2)}},
        {"version": "https://jsonfeed.org/version/1.1", "items": [{**r, "content_text": r["text"]} for r in rows(2)]},
        {row["id"]: {"title": row["title"], "text": row["text"], "date": row["date"]} for row in rows(2)},
    ],
)
def test_json_files(tmp_path: Path, value: object) -> None:
    found = articles(_put(tmp_path, json.dumps(value), "a.json"))
    assert [one.id for one in found] == ["r0", "r1"]
    assert found[0].text == f"{PROSE} Row 0."
    assert found[0].published == date(2020, 1, 3)


def test_one_article_in_a_json_file_has_the_files_id(tmp_path: Path) -> None:
    found = article(_put(tmp_path, json.dumps({"title": "Pier", "text": PROSE}), "a.json"))
    assert (found.id, found.title) == ("a.json", "Pier")


def test_markup_in_a_field_is_taken_off(tmp_path: Path) -> None:
    value = {"title": {"rendered": "Pier"}, "content": {"rendered": f"<p>{PROSE}</p>\n<p>Fish &amp; <b>chips</b></p>"}}
    assert article(_put(tmp_path, json.dumps([value]), "a.json")).text == f"{PROSE}\n\nFish & chips"


def test_json_lines_under_the_name_json(tmp_path: Path) -> None:
    assert len(articles(_put(tmp_path, jsonl(*rows(3)), "a.json"))) == 3


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("{broken", "not valid JSON"),
        ("[" * 100_000, "not valid JSON"),
        ("7", "no article in this JSON"),
        ('{"a": 1}', "no text, body or content"),
    ],
)
def test_json_without_articles(tmp_path: Path, text: str, reason: str) -> None:
    assert skipped(_put(tmp_path, text, "a.json")) == reason


@pytest.mark.parametrize(("mark", "name"), [(",", "a.csv"), (";", "a.csv"), ("\t", "a.tsv"), ("|", "a.csv")])
def test_csv(tmp_path: Path, mark: str, name: str) -> None:
    lines = ["id,Title,Text,Published", '1,A,"FIRST\r\nsecond ""line""",2020-01-03', "2,B,x y,", ""]
    text = "\r\n".join(lines).replace(",", mark).replace("FIRST", PROSE)
    first, second = articles(_put(tmp_path, text, name))
    assert (first.id, first.title, first.published) == ("1", "A", date(2020, 1, 3))
    assert first.text == f'{PROSE}\r\nsecond "line"'
    assert (second.text, second.published) == ("x y", None)


def test_a_bad_row_of_csv_is_named_by_its_line(tmp_path: Path) -> None:
    text = f'id,title,text\n1,A,"two\nlines"\n2,B,\n3,C,{PROSE}\n'
    items = everything(_put(tmp_path, text, "a.csv"))
    assert [item.id for item in items if isinstance(item, Article)] == ["1", "3"]
    assert [(item.line, item.reason) for item in items if isinstance(item, Skipped)] == [(4, "no text")]


@pytest.mark.parametrize("text", ["a,b,c\n1,2,3\n", "just words\n", "\n\n"])
def test_csv_without_a_column_of_text(tmp_path: Path, text: str) -> None:
    assert skipped(_put(tmp_path, text, "a.csv")) == "no column named text, body or content"


def test_100_000_rows(tmp_path: Path) -> None:
    path = tmp_path / "many.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        file.write("id,title,text\n")
        file.writelines(f"{n},Story {n},The pier number {n} is closed.\n" for n in range(100_000))
    (file_found,) = find([path])
    assert isinstance(file_found, SourceFile)
    count = last = 0
    for item in read(file_found):
        assert isinstance(item, Article)
        count, last = count + 1, int(item.id)
    assert (count, last) == (100_000, 99_999)


@pytest.mark.parametrize(
    ("url", "title"),
    [
        (
            "https://news.example/2022/06/12/politics/whats-in-the-pier-agreement/index.html",
            "Whats in the pier agreement",
        ),
        ("https://news.example/harbour/pier-closes-after-storm-20220612.html?utm=1", "Pier closes after storm"),
        ("https://news.example/story/4f9c2d10-88aa-4c11-9b0e-0123456789ab", ""),
        ("https://news.example/2022/06/12/", ""),
        ("https://news.example/pier-closed", ""),
        ("https://[broken", ""),
        ("", ""),
    ],
)
def test_a_row_without_a_title_is_named_by_the_words_of_its_address(tmp_path: Path, url: str, title: str) -> None:
    assert article(_put(tmp_path, json.dumps({"text": PROSE, "url": url}), "a.json")).title == title
    assert article(_put(tmp_path, json.dumps({"title": "Pier", "text": PROSE, "url": url}), "b.json")).title == "Pier"
