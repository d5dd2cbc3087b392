"""The server's language of search, taken apart: `sales owner:ada type:shiny,static -tag:"North America"`."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from attrs import frozen

__all__ = ["Term", "parse"]

#: A word or a phrase, perhaps with a key before it, perhaps negated.
_TERM: Final = re.compile(
    r'(?P<not>-?)(?:(?P<key>[A-Za-z_]+):)?(?P<value>(?:"[^"]*"|[^\s",]+)(?:,(?:"[^"]*"|[^\s",]+))*)'
)
_VALUE: Final = re.compile(r'"([^"]*)"|([^\s",]+)')


@frozen
class Term:
    """One part of a query; a plain word has an empty key."""

    key: str
    values: tuple[str, ...]
    negated: bool = False


def parse(query: str) -> Iterator[Term]:
    """Yield the parts of a query; what can't be read is taken for words."""
    for match in _TERM.finditer(query):
        values = tuple(quoted or plain for quoted, plain in _VALUE.findall(match["value"]))
        key = (match["key"] or "").lower()
        if not key and not match["value"].startswith('"'):
            values = (match["value"].replace('"', ""),)
        yield Term(key, values, bool(match["not"]))
