"""E-mail (.eml) and mailboxes (.mbox), through the standard library: a newsletter or a wire story per message."""

import re
from collections.abc import Iterator
from email import message_from_bytes, policy
from email.message import EmailMessage, MIMEPart
from email.utils import parseaddr

from index.readers.dates import parse_date
from index.readers.decode import decode
from index.readers.source import Document, Limits, UnreadableError, size_words
from index.readers.text_metadata import dateline
from index.types import Article, Skipped

__all__ = ["read_eml", "read_mbox"]

_FROM = re.compile(rb"From \S.{0,200}?\d\d:\d\d.{0,40}?\b\d{4}\b")
_QUOTED_FROM = re.compile(rb"^>(>*From )", re.M)


def read_eml(document: Document, limits: Limits) -> Iterator[Article | Skipped]:
    """One article: the plain text of the message, else its HTML; subject, sender and date are its metadata."""
    yield _article(document.read(limits), document, document.id)


def read_mbox(document: Document, limits: Limits) -> Iterator[Article | Skipped]:
    """One article per message, with the message's own id; the file is read message by message."""
    message: list[bytes] = []
    number = size = 0
    with document.open() as stream:
        while True:
            line = stream.readline(1 << 20)
            if (not line or _FROM.match(line)) and message:
                number += 1
                yield _message(b"".join(message), size, number, document, limits)
                message, size = [], 0
            if not line:
                break
            if not _FROM.match(line):
                size += len(line)
                if size <= limits.article_bytes:
                    message.append(line)
    if not number:
        raise UnreadableError("no messages in the mailbox")


def _message(data: bytes, size: int, number: int, document: Document, limits: Limits) -> Article | Skipped:
    if size > limits.article_bytes:
        return Skipped(
            document.path, f"message {number}: longer than {size_words(limits.article_bytes)} (--max-article-mb)"
        )
    try:
        return _article(_QUOTED_FROM.sub(rb"\1", data), document, f"{document.id}#{number}", own_id=True)
    except UnreadableError as error:
        return Skipped(document.path, f"message {number}: {error}")


def _article(data: bytes, document: Document, fallback: str, *, own_id: bool = False) -> Article:
    try:
        message = message_from_bytes(data, policy=policy.default)
        text = _text(message, document)
        subject, sender, date, name = (_header(message, key) for key in ("subject", "from", "date", "message-id"))
        language = _header(message, "content-language")
    except UnreadableError:
        raise
    except Exception as error:  # the parser of headers raises many kinds for malformed ones
        raise UnreadableError(f"damaged: no message that can be read ({type(error).__name__})") from None
    if not text.strip():
        raise UnreadableError("no text")
    place, agency = dateline(text.lstrip()[:200])
    person, address = parseaddr(sender)
    return Article(
        id=(name.strip("<> ") if own_id else "") or fallback,
        text=text,
        title=subject,
        source=address.rpartition("@")[2],
        author=person,
        published=parse_date(date),
        path=document.path,
        language=language,
        agency=agency,
        place=place,
    )


def _text(message: EmailMessage, document: Document) -> str:
    if message.get_content_type() == "multipart/mixed":
        # Some programs send a text in several parts, with pictures between them.
        parts = [part for part in message.iter_parts() if isinstance(part, EmailMessage) and _is_shown(part)]
        texts = [text for part in parts if (text := _text(part, document)).strip()]
        return "".join(text + "\n" * (2 - text.endswith("\n")) for text in texts[:-1]) + "".join(texts[-1:])
    part = message.get_body(preferencelist=("plain", "html"))
    if part is None:
        return ""
    text = _text_of(part, document)
    if not text.strip() and (page := message.get_body(preferencelist=("html",))) is not None:
        return _text_of(page, document)
    return text


def _text_of(part: MIMEPart, document: Document) -> str:
    payload = part.get_payload(decode=True)
    data, charset = payload if isinstance(payload, bytes) else b"", part.get_content_charset() or ""
    if part.get_content_subtype() != "html":
        return decode(data, charset)
    from index.readers.html import article_of_page, decoded, fragment_text

    text = decoded(data, charset)
    try:
        return article_of_page(text, document).text
    except UnreadableError:
        return fragment_text(text)


def _is_shown(part: EmailMessage) -> bool:
    """Whether a part is text of the message itself, and no file sent with it."""
    kind = part.get_content_type()
    shown = kind in ("text/plain", "text/html") or kind.startswith("multipart/")
    return shown and not part.is_attachment() and not part.get_filename()


def _header(message: EmailMessage, name: str) -> str:
    return " ".join(str(message.get(name, "")).split())
