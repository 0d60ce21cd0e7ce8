"""Files of many kinds -> articles, each with the facts that it states, and a reason for everything that is skipped."""

from index.readers.dispatch import SUFFIXES, read
from index.readers.find import SourceFile, find
from index.readers.limits import Limits

__all__ = ["SUFFIXES", "Limits", "SourceFile", "find", "read"]
