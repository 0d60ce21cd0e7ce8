"""Bytes to text, exactly: no newline is translated and no character dropped, because offsets are kept for good."""

import codecs
import re

from index.readers.source import UnreadableError

__all__ = ["decode", "encoding_of", "is_binary", "without_surrogates"]

_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),  # begins with the mark of UTF-16-LE, so it is looked for first
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_SAMPLE = 65_536  # bytes: charset detection is slow, and more of the same text says nothing new
_NUL_SHARE = 1 / 64  # a stray NUL is kept as the character it is; more of them are not text
_SURROGATES = re.compile("[\ud800-\udfff]")
# Bytes 80-9F that Windows-1252 leaves undefined; WHATWG maps them to the control characters of the same number.
_UNDEFINED_1252 = {0x81: "\x81", 0x8D: "\x8d", 0x8F: "\x8f", 0x90: "\x90", 0x9D: "\x9d"}
# What browsers take the first for (WHATWG, "Encoding"): pages use characters that only the second has.
_WIDER = {"iso8859-1": "cp1252", "gb2312": "gb18030", "gbk": "gb18030", "shift_jis": "cp932", "euc_kr": "cp949"}
_WESTERN = frozenset({"cp1252", "latin_1", "iso8859_1", "iso8859_15", "ascii", "utf_8"})


def decode(data: bytes, declared: str = "") -> str:
    """The text of a file. A byte order mark is obeyed and left out; then UTF-8; then what the document declares;
    then what the bytes look like. Raises UnreadableError for what is not text."""
    encoding = encoding_of(data, declared)
    text = _windows_1252(data) if encoding == "cp1252" else data.decode(encoding, "replace")
    return without_surrogates(text)


def encoding_of(data: bytes, declared: str = "") -> str:
    """The name of the codec to decode with. Raises UnreadableError when the bytes are not text."""
    for mark, name in _BOMS:
        if data.startswith(mark):
            return name
    if b"\0" in data:
        wide = _wide(data)
        if wide:
            return wide
        if is_binary(data):
            raise UnreadableError("binary data, not text")
    try:
        data.decode("utf-8")
        return "utf-8"
    except UnicodeDecodeError as error:
        if found := _as_declared(data, declared):
            return found
        bad = sum(1 for byte in data[:_SAMPLE] if byte < 32 and byte not in (9, 10, 11, 12, 13, 27))
        if bad > len(data[:_SAMPLE]) * _NUL_SHARE:
            raise UnreadableError("binary data, not text") from None
        # Mostly good UTF-8 with a damaged character or two is still UTF-8; U+FFFD then stands for what was lost.
        if _mostly_utf8(data):
            return "utf-8"
        return _guess(data, error.start)


def _as_declared(data: bytes, declared: str) -> str:
    """The codec that a document declares, where its bytes can be that; else an empty string."""
    try:
        name = codecs.lookup(declared).name
        name = _WIDER.get(name, name)
        if name != "cp1252":  # in which every byte has a character
            data.decode(name)
    except (ValueError, LookupError):  # a name with NUL in it is a ValueError
        return ""
    return "" if name.startswith("utf-16") else name  # there is a NUL in UTF-16, and so it was told before


def is_binary(data: bytes) -> bool:
    """Whether so many of the bytes are NUL that this cannot be text in an 8-bit encoding."""
    sample = data[:_SAMPLE]
    return sample.count(0) > max(1.0, len(sample) * _NUL_SHARE)


def without_surrogates(text: str) -> str:
    """The text with each lone surrogate, which cannot be stored as UTF-8, replaced by U+FFFD."""
    if text.isascii():
        return text
    return _SURROGATES.sub("\ufffd", text)


def _wide(data: bytes) -> str:
    """UTF-16 without a mark: in Latin script nearly every second byte is NUL."""
    sample = data[: _SAMPLE // 2 * 2]
    half = len(sample) // 2
    if half < 2:
        return ""
    even, odd = sample[0::2].count(0), sample[1::2].count(0)
    if odd > half * 0.4 and even < half * 0.05:
        return "utf-16-le"
    if even > half * 0.4 and odd < half * 0.05:
        return "utf-16-be"
    return ""


def _mostly_utf8(data: bytes) -> bool:
    """Whether characters of several bytes are well formed at least ten times as often as they are not."""
    text = data.decode("utf-8", "replace")
    bad = text.count("\ufffd")
    return len(text) - len(text.encode("ascii", "ignore")) - bad >= 10 * bad


def _guess(data: bytes, first_high: int) -> str:
    """An 8-bit or East Asian encoding, from a sample around the first bytes that are not UTF-8."""
    sample = data[max(0, first_high - _SAMPLE // 4) :][:_SAMPLE]
    high = sum(1 for byte in sample if byte > 0x7F)
    if high < len(sample) * 0.05:
        # A few accents and curly quotes among ASCII: too little for statistics, and nearly always Windows-1252.
        return "cp1252"
    from charset_normalizer import from_bytes

    best = from_bytes(sample).best()
    if best is None or best.encoding in _WESTERN:
        return "cp1252"
    return best.encoding


def _windows_1252(data: bytes) -> str:
    """Windows-1252 as browsers read it: every byte has a character."""
    try:
        return data.decode("cp1252")
    except UnicodeDecodeError:
        table = "".join(_UNDEFINED_1252.get(byte) or bytes([byte]).decode("cp1252") for byte in range(256))
        return codecs.charmap_decode(data, "strict", table)[0]
