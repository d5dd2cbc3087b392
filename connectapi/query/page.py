"""One page of a list."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

from attrs import frozen

__all__ = ["Fetch", "Page", "key_of"]


@frozen
class Page:
    """Some of a list's records, and what the server said of the whole."""

    records: list[Any]
    meta: Mapping[str, Any]


#: Gives one page; its argument is what is added to the call's own parameters.
Fetch: TypeAlias = Callable[[Mapping[str, object]], Page]


def key_of(record: Any, key: str) -> object:
    """Return what the server tells one record or row from all others by; None if nothing does."""
    found = getattr(record, key, None) if key else None
    return str(found) if found.__class__ is int else found  # an id may come as a number
