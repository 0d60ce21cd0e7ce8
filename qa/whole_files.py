"""Writes files that appear whole or not at all."""

import os
from pathlib import Path

from index.errors import UsageError

__all__ = ["write_whole"]


def write_whole(path: Path, content: bytes, otherwise: str = "name a file in a folder of yours") -> None:
    """Replaces a file at once; what only stands for one, such as /dev/stdout, is written into. Raises UsageError when
    it cannot be written, which says what to do `otherwise`; nothing is left behind then."""
    plain = not path.is_symlink() and (path.is_file() or not path.exists())
    target = path.with_name(f".{path.name}.{os.getpid()}") if plain else path
    try:
        target.write_bytes(content)
        if plain:
            os.replace(target, path)
    except OSError as error:
        raise UsageError(f"{path} cannot be written ({error.strerror}); {otherwise}") from error
    finally:
        if plain:
            target.unlink(missing_ok=True)
