"""Limits on the size and time of a single file, and the exception of a reader that gives a file up."""

from dataclasses import dataclass

from index.errors import UsageError

__all__ = ["Limits", "UnreadableError", "reason", "size_words"]

_MB = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds on one source file. A file that goes over one is skipped, with a reason that names the flag.
    Raises UsageError where `seconds` is not above 0; infinity is no limit.

    file_bytes      size of a file on disk                                          --max-file-mb
    article_bytes   size of one article: a text file, a page, a row, a message      --max-article-mb
    unpacked_bytes  what a compressed file or archive may unpack to, in all         --max-unpacked-mb
    entries         files in one archive, those of nested archives included         --max-entries
    nesting         archives within archives; 1 reads no archive inside another     --max-nesting
    seconds         CPU time that one document may take; an archive's, per member,
                    and each page that OCR reads                                --max-seconds
    """

    file_bytes: int = 4096 * _MB
    article_bytes: int = 32 * _MB
    unpacked_bytes: int = 16384 * _MB
    entries: int = 200_000
    nesting: int = 3
    seconds: float = 60.0

    def __post_init__(self) -> None:
        if not self.seconds > 0:
            raise UsageError(f"Limits: seconds is a number above 0, not {self.seconds}.")


class UnreadableError(Exception):
    """A document cannot be read; the message is the reason, a phrase that a person understands."""


def reason(error: BaseException) -> str:
    """Why a document is skipped, for whatever was raised while it was read."""
    if isinstance(error, UnreadableError):
        return str(error)
    if isinstance(error, PermissionError):
        return "cannot be opened: permission denied"
    if isinstance(error, MemoryError):
        return "needs more memory than there is"
    if isinstance(error, NotImplementedError):
        return "packed by a method that is not read"
    if type(error).__name__ in ("BadGzipFile", "EOFError", "error"):
        return "damaged: its compressed data end early or are corrupt"
    if isinstance(error, OSError):
        return f"cannot be read: {(error.strerror or type(error).__name__).lower()}"
    return f"damaged or not what its name says ({type(error).__name__})"


def size_words(size: int) -> str:
    """A size for people: `3 KB`, `1.5 MB`."""
    value, unit = float(size), "bytes"
    for unit in ("bytes", "KB", "MB", "GB"):
        if value < 1024 or unit == "GB":
            break
        value /= 1024
    return f"{value:.3g} {unit}" if value < 1000 else f"{value:.0f} {unit}"
