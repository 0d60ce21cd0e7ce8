"""Addresses of indexes on Milvus: milvus://HOST:PORT/NAME, or a .db file that Milvus Lite opens."""

import re
from dataclasses import dataclass
from os import PathLike, fspath, path
from pathlib import Path

from index.errors import UsageError

__all__ = ["Address", "is_address"]

# One slash will do: a Path makes one of two, and an option or $ARTICLE_INDEX may have been through one.
_ADDRESS = re.compile(r"milvus:/{1,2}([\w.-]{1,253}|\[[0-9A-Fa-f:]{2,45}\]):(\d{1,5})/([A-Za-z][A-Za-z0-9_]{0,99})/?")
_LAST_PORT = 65_535  # fact
_NAME = "articles"  # of the index in a .db file, which holds one


@dataclass(frozen=True, slots=True)
class Address:
    """`uri` is what the client connects to, `name` the index there."""

    uri: str
    name: str

    @classmethod
    def of(cls, place: str | PathLike[str]) -> "Address":
        """Raises UsageError for what is no address."""
        text = fspath(place)
        if text.endswith(".db"):
            return cls(path.abspath(text), _NAME)
        if (found := _ADDRESS.fullmatch(text)) is None or int(found[2]) > _LAST_PORT:
            raise UsageError(
                f"{text!r} is no address of an index; write milvus://HOST:PORT/NAME, NAME in plain letters"
            )
        host, port, name = found.groups()
        return cls(f"http://{host}:{port}", name)

    @property
    def file(self) -> Path | None:
        """The file that Milvus Lite opens; None on a server."""
        return Path(self.uri) if self.uri.endswith(".db") else None

    def __str__(self) -> str:
        return self.uri if self.file else f"milvus://{self.uri.removeprefix('http://')}/{self.name}"


def is_address(place: object) -> bool:
    """Whether a place is on Milvus, well written or not; else it is a folder."""
    text = fspath(place) if isinstance(place, PathLike) else place
    return isinstance(text, str) and (text.startswith("milvus:") or text.endswith(".db"))
