"""The window on articles that name, as the rules would never find it, what is hostile: each payload, of every kind."""

import sys
from collections.abc import Iterable

import app
from index.building import write_passages
from index.types import KINDS, Article, Entity, Span
from tests.window.test_payloads import PAYLOADS


def names(article: Article, body: Iterable[Span]) -> list[Entity]:
    return [Entity(kind, payload) for kind in KINDS for payload in PAYLOADS]


write_passages.entities_of = names
sys.exit(app.main())
