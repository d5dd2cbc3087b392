"""Lists cut into pages, in Connect's envelopes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from connectapi.spec.model import PageSpec
from connectapi.testing.call import Call
from connectapi.testing.keyset import page_by_cursor
from connectapi.testing.listing import Listing, number_of
from connectapi.testing.store import Document

__all__ = ["enveloped", "page_of"]


def page_of(call: Call, listing: Listing, show: Callable[[Document], Any]) -> Any:
    """Answer a list call with the page that it asks for."""
    page = call.operation.page
    if page is None:
        found = call.records.find(listing.kind, *listing.conditions, scope=listing.scope, order=listing.order)
        return enveloped(call, [show(each) for each in found])
    if page.kind == "keyset":
        return page_by_cursor(call, listing, show, most=page.size, usual=page.usual)
    number, size = _offset(call, page)
    total = call.records.count(listing.kind, *listing.conditions, scope=listing.scope)
    found = call.records.find(
        listing.kind,
        *listing.conditions,
        scope=listing.scope,
        order=listing.order,
        limit=size,
        offset=min((number - 1) * size, total),
    )
    return _counted(call, [show(each) for each in found], number, total)


def enveloped(call: Call, items: Sequence[Any]) -> Any:
    """Answer a list call with items that are at hand, cut into pages if the call is one that has them."""
    page = call.operation.page
    if page is not None:
        number, size = _offset(call, page)
        return _counted(call, items[(number - 1) * size : number * size], number, len(items))
    return {call.operation.items: list(items)} if call.operation.items else list(items)


def _counted(call: Call, items: Sequence[Any], number: int, total: int) -> Any:
    if not call.operation.items:
        return list(items)
    return {call.operation.items: list(items), "current_page": number, "total": total}


def _offset(call: Call, page: PageSpec) -> tuple[int, int]:
    return number_of(call, "page_number", 1), min(number_of(call, "page_size", page.usual), page.size)
