"""Files of many kinds -> articles, each with the facts that it states, and a reason for everything that is skipped."""

from index.readers.dispatch import SUFFIXES, read, read_all
from index.readers.find import SourceFile, find
from index.readers.limits import Limits

__all__ = ["SUFFIXES", "Limits", "SourceFile", "find", "read", "read_all"]
