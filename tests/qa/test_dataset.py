"""Reading questions: folders, files that people write, and what is wrong with them."""

from datetime import date
from pathlib import Path

import pytest

from index import Index
from index.errors import UsageError
from qa.evaluation.dataset import Question, load, resolve


def written(folder: Path, text: str, name: str = "mine.jsonl") -> Path:
    path = folder / name
    path.write_text(text, "utf-8")
    return path


def test_a_file_of_ones_own(tmp_path: Path) -> None:
    path = written(
        tmp_path,
        '\ufeff{"question": "Who\u2028came?", "articles": ["a.txt", 7]}\n\n'
        '{"question": "Who left?", "article": "b.txt", "date": "2024-05-01T10:00", "id": 12}\n'
        '{"question": "Who sang? \\ud83d", "articles": []}\n',
    )
    assert load(path) == [
        Question("Who\u2028came?", "Who\u2028came?", None, {"a.txt": 1, "7": 1}),
        Question("12", "Who left?", date(2024, 5, 1), {"b.txt": 1}),
        Question("Who sang? ?", "Who sang? ?", None, {}),
    ]


def test_rows_of_a_table_with_one_question_are_one(tmp_path: Path) -> None:
    path = written(
        tmp_path, 'question,article\n"Who came, and why?",a.txt\nWho left?,\n"Who came, and why?",b.txt\n', "mine.CSV"
    )
    assert [(one.text, dict(one.relevant)) for one in load(path)] == [
        ("Who came, and why?", {"a.txt": 1, "b.txt": 1}),
        ("Who left?", {}),
    ]


def test_a_folder_has_judged_questions_only(tmp_path: Path) -> None:
    written(tmp_path, '{"id": 1, "question": "x"}\n{"id": "2", "question": "y"}\n', "queries.jsonl")
    written(tmp_path, "1\ta.txt\t2\n1\tb.txt\t0\n", "qrels.tsv")
    assert load(tmp_path) == [Question("1", "x", None, {"a.txt": 2, "b.txt": 0})]


def test_a_folder_may_have_marks_of_byte_order_blank_lines_and_odd_line_separators(tmp_path: Path) -> None:
    written(tmp_path, '\ufeff{"id": 1, "question": "x\u2028y"}\n\n{"id": 2, "question": "z"}\n', "queries.jsonl")
    written(tmp_path, "\ufeff1\ta.txt\t1\n\n2\tb.txt\t0\n", "qrels.tsv")
    first, second = load(tmp_path)
    assert (first.text, first.relevant) == ("x\u2028y", {"a.txt": 1})
    assert (second.text, second.relevant) == ("z", {})  # judged, and no article answers it


@pytest.mark.parametrize(
    ("queries", "qrels", "said"),
    [
        ('{"id": 1, "question": "x"}\n' * 2, "1\ta\t1", "line 2: its question or its .id. was there before"),
        ('{"id": 1, "question": 7}', "1\ta\t1", 'line 1: it has no "question"'),
        ('{"id": 1, "question": " "}', "1\ta\t1", 'line 1: it has no "question"'),
        ('{"id": 1, "question": "x"}', "1\ta\tinf", "is not a data set"),
        ('{"id": 1, "question": "x"}', "1\ta", "is not a data set"),
        ("[" * 99_999, "1\ta\t1", "is not a data set"),
        ("[1]", "1\ta\t1", "is not a data set"),
    ],
)
def test_what_is_wrong_in_a_folder_is_said_in_one_line(tmp_path: Path, queries: str, qrels: str, said: str) -> None:
    written(tmp_path, queries, "queries.jsonl")
    written(tmp_path, qrels, "qrels.tsv")
    with pytest.raises(UsageError, match=said):
        load(tmp_path)


def test_a_history_is_turns_or_pairs(tmp_path: Path) -> None:
    row = '{"question": "x", "articles": [], "history": %s}'
    for history in ('[["a \\ud83d", "b"]]', '[{"text": "a \\ud83d"}, {"text": "b"}]'):
        assert load(written(tmp_path, row % history))[0].history == (("a ?", "b"),)
    for history in ('["ab"]', '"ab"', "[7]", '[["a"]]', '[{"role": "user"}]', "7"):
        with pytest.raises(UsageError, match=r"line 1: .history. is a list"):
            load(written(tmp_path, row % history))


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("q.jsonl", "", "holds no question"),
        ("q.jsonl", '{"question": "x", "articles": []}\nnot json', "line 2 is not JSON"),
        ("q.jsonl", "[" * 99_999, "cannot be read"),
        ("q.jsonl", "[1]", 'line 1: it has no "question"'),
        ("q.jsonl", '{"question": " ", "articles": []}', 'line 1: it has no "question"'),
        ("q.jsonl", '{"question": "x"}', "is a list of article ids"),
        ("q.jsonl", '{"question": "x", "articles": [""]}', "is a list of article ids"),
        ("q.jsonl", '{"question": "x", "articles": null}', "is a list of article ids"),
        ("q.jsonl", '{"question": "x", "articles": [], "date": "soon"}', "'soon' is not a day"),
        ("q.jsonl", '{"question": "x", "articles": []}\n' * 2, "line 2: its question"),
        ("q.csv", "question,title\nx,y\n", "lacks one of the columns"),
        ("q.csv", 'question,article\n"x,y\n', "cannot be read"),
        ("q.txt", "x", "neither a folder nor"),
    ],
)
def test_what_is_wrong_is_said_in_one_line(tmp_path: Path, name: str, text: str, said: str) -> None:
    with pytest.raises(UsageError, match=said) as refused:
        load(written(tmp_path, text, name))
    assert "\n" not in str(refused.value)


def test_a_file_that_is_no_text(tmp_path: Path) -> None:
    (tmp_path / "q.jsonl").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(UsageError, match="cannot be read"):
        load(tmp_path / "q.jsonl")


def test_paths_become_ids(built: Index, articles: Path, tmp_path: Path) -> None:
    named = {"b.txt": 1, str(articles / "deep" / "a.txt"): 1, "articles/rows.jsonl": 1, "gone.txt": 1}
    (found,), unknown = resolve(built, [Question("1", "x", None, named)], tmp_path)
    assert dict(found.relevant) == dict.fromkeys(("b.txt", "deep/a.txt", "row-4-0", "row-4-1", "gone.txt"), 1)
    assert unknown == ["gone.txt"]


def test_an_id_is_no_path(built: Index, articles: Path) -> None:
    (found,), _ = resolve(built, [Question("1", "x", None, {"a.txt": 1})], articles / "deep")
    assert dict(found.relevant) == {"a.txt": 1}


def test_nothing_known_is_refused(built: Index, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"none of the articles .* \(1, 2, 3, 4, 5 and 2 more\)"):
        resolve(built, [Question("1", "x", None, dict.fromkeys("1234567", 1))], tmp_path)
    assert resolve(built, [Question("1", "x", None, {})], tmp_path)[1] == []
