"""One page of a list."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

from attrs import frozen

__all__ = ["Fetch", "Page"]


@frozen
class Page:
    """Some of a list's records, and what the server said of the whole."""

    records: list[Any]
    meta: Mapping[str, Any]


#: Gives one page; its argument is what is added to the call's own parameters.
Fetch: TypeAlias = Callable[[Mapping[str, object]], Page]
