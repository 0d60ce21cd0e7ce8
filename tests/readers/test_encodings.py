"""Encodings that pages and files state, wrongly or by another name, and those that nobody states."""

from pathlib import Path

import pytest

from tests.readers.samples import MORE, PROSE, article, epub, page

JAPANESE = "港の評議会は①北の桟橋を再建することで合意した。髙橋氏は～古い木材が腐っていると述べた。" * 3


def _put(tmp_path: Path, data: bytes, name: str) -> Path:
    path = tmp_path / name
    path.write_bytes(data)
    return path


@pytest.mark.parametrize("name", ["latin1", "ISO8859-1", "iso_8859-1", "utf-16", "undefined", "no such"])
def test_a_page_in_windows_1252_whatever_it_declares(tmp_path: Path, name: str) -> None:
    data = page(f"<p>It’s “here”. {PROSE}</p><p>{MORE}</p>", f'<meta charset="{name}">').encode("cp1252")
    for one in (data, data + b" "):  # UTF-16 has an even number of bytes
        assert article(_put(tmp_path, one, "a.html")).text.startswith("It’s “here”. The harbour")


@pytest.mark.parametrize(
    ("declared", "real", "words"),
    [
        ("shift_jis", "cp932", JAPANESE),
        ("gb2312", "gb18030", "中国国务院总理朱镕基星期二在北京会见了来访的外国客人。" * 4),
        ("euc-kr", "cp949", "항만 위원회는 화요일에 만나 똠방각하 부두를 재건하기로 합의했다. " * 4),
    ],
)
def test_a_page_has_characters_that_only_the_browsers_form_of_its_encoding_has(
    tmp_path: Path, declared: str, real: str, words: str
) -> None:
    data = page(f"<p>{words}</p>", f'<meta charset="{declared}">').encode(real)
    assert article(_put(tmp_path, data, "a.html")).text.strip() == words.strip()


def test_a_file_whose_first_accent_comes_late(tmp_path: Path) -> None:
    text = f"{PROSE}\n" * 300 + "Crème brûlée at the café"
    assert article(_put(tmp_path, text.encode("cp1252"), "a.txt")).text == text


def test_a_text_of_one_line_that_is_cut_within_a_character(tmp_path: Path) -> None:
    text = "Café à la crème, élève, déjà vu. " * 40
    assert article(_put(tmp_path, (text + "é").encode()[:-1], "a.txt")).text == text + "\ufffd"


CZECH = f"Příliš žluťoučký kůň úpěl ďábelské ódy. {PROSE} {MORE}"


def test_a_page_that_states_its_encoding_as_xml_does(tmp_path: Path) -> None:
    data = ("<?xml version='1.0' encoding='iso-8859-2'?>" + page(f"<p>{CZECH}</p>")).encode("iso-8859-2")
    assert article(_put(tmp_path, data, "a.xhtml")).text == CZECH
    assert CZECH in article(_put(tmp_path, epub({"a.xhtml": data}), "a.epub")).text


def test_a_mail_and_a_saved_answer_whose_page_states_the_encoding(tmp_path: Path) -> None:
    data = page(f"<p>{CZECH}</p>", "<meta charset='iso-8859-2'>").encode("iso-8859-2")
    mail = b"Subject: Kun\nContent-Type: text/html\nContent-Transfer-Encoding: 8bit\n\n" + data
    assert CZECH in article(_put(tmp_path, mail, "a.eml")).text
    http = b"HTTP/1.1 200 OK\r\nContent-Type: Text/HTML\r\n\r\n" + data
    head = b"WARC/1.0\r\nWARC-Type: response\r\nWARC-Target-URI: http://a.b/\r\nContent-Length: %d\r\n\r\n" % len(http)
    assert article(_put(tmp_path, head + http + b"\r\n\r\n", "a.warc")).text == CZECH
