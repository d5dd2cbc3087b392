"""One page of a list."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from operator import attrgetter
from typing import Any, TypeAlias

from attrs import frozen

from connectapi.http.values import Response

__all__ = ["Page", "Read", "Send", "cursor_of", "key_of", "keys_of"]


@frozen
class Page:
    """Some of a list's records, and what the server said of the whole."""

    records: list[Any]
    meta: Mapping[str, Any]


#: Asks for one page; its argument is what is added to the call's own parameters.
Send: TypeAlias = Callable[[Mapping[str, object]], Response]

#: Reads the answer.
Read: TypeAlias = Callable[[Response], Page]


def cursor_of(page: Page) -> object:
    """Return what a page says of the next one; None if it says nothing that can be one."""
    paging = page.meta.get("paging")
    cursors = paging.get("cursors") if isinstance(paging, Mapping) else None
    return cursors.get("next") if isinstance(cursors, Mapping) else None


def key_of(record: Any, key: str) -> object:
    """Return what the server tells one record or row from all others by; None if nothing does."""
    return keys_of([record], key)[0]


def keys_of(records: list[Any], key: str) -> list[object]:
    """Return that of several records, without a step in Python for each where all is as usual."""
    try:
        found: list[object] = list(map(attrgetter(key), records))
    except (AttributeError, TypeError):  # no key, or none of that name; and null may stand among records
        found = [getattr(each, key, None) if key else None for each in records]
    if int in set(map(type, found)):  # an id may come as a number
        return [str(each) if each.__class__ is int else each for each in found]
    return found
