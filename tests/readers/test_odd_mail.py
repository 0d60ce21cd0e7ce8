"""Mail as some programs write it."""

from email.message import EmailMessage
from pathlib import Path

import pytest

from tests.readers.samples import MORE, PROSE, article, articles


def _put(tmp_path: Path, data: bytes, name: str) -> Path:
    path = tmp_path / name
    path.write_bytes(data)
    return path


@pytest.mark.parametrize("plain", ["", " \r\n\r\n"])
def test_a_message_whose_plain_text_is_blank_is_read_from_its_page(tmp_path: Path, plain: str) -> None:
    message = EmailMessage()
    message["Subject"], message["From"] = "Pier", "Ann <a@b.example>"
    message.set_content(plain)
    message.add_alternative(f"<html><body><p>{PROSE}</p><p>{MORE}</p></body></html>", subtype="html")
    assert article(_put(tmp_path, message.as_bytes(), "a.eml")).text == f"{PROSE}\n{MORE}"


@pytest.mark.parametrize(
    "line", ["From Monday the pier is open at 09:00 and not before.", "From the pier at 09:00, a gun is fired"]
)
def test_a_sentence_that_begins_with_from_begins_no_message(tmp_path: Path, line: str) -> None:
    one, two = f"Subject: One\n\n{PROSE}\n{line}\n{MORE}\n", f"Subject: Two\n\n{PROSE}\n\n{line}\n{MORE}\n"
    tops = "From a@b Fri Jan  3 10:00:00 2020", "From 17@xxx Fri Jan 03 10:00:00 +0000 2020"
    found = articles(_put(tmp_path, f"{tops[0]}\n{one}\n{tops[1]}\n{two}\n{tops[0]}\n{one}".encode(), "a.mbox"))
    assert [item.title for item in found] == ["One", "Two", "One"]
    assert all(line in item.text and MORE in item.text for item in found)
