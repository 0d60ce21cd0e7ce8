"""`FileState`: what a source file was when it was last read."""

import os
from dataclasses import dataclass, replace
from pathlib import Path

from index.hashing import file_sha256

__all__ = ["FileState"]


@dataclass(frozen=True, slots=True)
class FileState:
    """What a file was when it was last read: enough to tell whether it must be read again."""

    id: str
    path: str
    size: int
    mtime_ns: int
    ctime_ns: int
    sha256: str

    def same_stat(self, other: "FileState") -> bool:
        """Whether nothing that changes with a file's content has changed: no need to read it again."""
        # ctime, because files unpacked together share size and mtime, and renaming one over another keeps both.
        return replace(self, id=other.id, sha256=other.sha256) == other

    def has_changed(self) -> bool | None:
        """Whether the file's content is another now; None when it is gone or cannot be read."""
        try:
            now = os.stat(self.path)
            if (now.st_size, now.st_mtime_ns) == (self.size, self.mtime_ns):
                return False
            return now.st_size != self.size or file_sha256(Path(self.path)) != self.sha256
        except OSError:
            return None
