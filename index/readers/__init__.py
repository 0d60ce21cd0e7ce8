"""Reads articles with their metadata from files of many formats; what cannot be read is skipped with its reason."""

from index.readers.dispatch import SUFFIXES, read, read_all
from index.readers.find import SourceFile, find
from index.readers.source import Limits

__all__ = ["SUFFIXES", "Limits", "SourceFile", "find", "read", "read_all"]
