"""Lists and their pages: which records, in which order, in which of Connect's envelopes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Final
from urllib.parse import urlencode

from attrs import frozen

from connectapi.testing.call import Call
from connectapi.testing.conditions import Condition, Order
from connectapi.testing.refusal import bad, invalid
from connectapi.testing.store import Document, Row

__all__ = ["Listing", "enveloped", "page_of", "wanted_order"]

#: How many items a page has when the call doesn't say.
_USUAL: Final = 20


@frozen(kw_only=True)
class Listing:
    """The records that a list call is about, before it is cut into pages."""

    kind: str
    conditions: Sequence[Condition] = ()
    scope: str | None = None
    order: Sequence[Order] = ()


def wanted_order(call: Call, usual: Sequence[Order] = ()) -> Sequence[Order]:
    """Return the order that a call asks for by `sort`, `order` and `asc_order`; else the usual one."""
    ascending = call.params.get("asc_order")
    if "order" in call.params:
        ascending = call.params["order"] == "asc"
    if sort := call.params.get("sort"):
        return (Order(sort, ascending is not False),)
    if ascending is None or not usual:
        return usual if ascending is not False else (Order("place", ascending=False),)
    return tuple(Order(each.field, ascending) for each in usual)


def page_of(call: Call, listing: Listing, show: Callable[[Document], Any]) -> Any:
    """Answer a list call with the page that it asks for."""
    page = call.operation.page
    if page is None:
        found = call.records.find(listing.kind, *listing.conditions, scope=listing.scope, order=listing.order)
        return enveloped(call, [show(each) for each in found])
    if page.kind == "keyset":
        return _by_cursor(call, listing, show, page.size)
    number, size = _offset(call, page.size)
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
        number, size = _offset(call, page.size)
        return _counted(call, items[(number - 1) * size : number * size], number, len(items))
    return {call.operation.items: list(items)} if call.operation.items else list(items)


def _counted(call: Call, items: Sequence[Any], number: int, total: int) -> Any:
    if not call.operation.items:
        return list(items)
    return {call.operation.items: list(items), "current_page": number, "total": total}


def _offset(call: Call, most: int) -> tuple[int, int]:
    number = _number(call, "page_number", 1)
    return number, min(_number(call, "page_size", _USUAL), most)


def _number(call: Call, name: str, usual: int) -> int:
    text = call.request.args.get(name, "")
    if not text:
        return usual
    if not text.isascii() or not text.isdigit() or not 0 < int(text[:19]) <= 2**53:
        raise invalid(name, f"{text[:40]!r} is not a number from 1 on.")
    return int(text)


def _by_cursor(call: Call, listing: Listing, show: Callable[[Document], Any], most: int) -> Any:
    """Answer with the records after one place, or before one; they stand in order of insertion, or against it."""
    size = min(_number(call, "limit", _USUAL), most)
    ascending = all(each.ascending for each in listing.order)
    after, before = _cursor(call, "next"), _cursor(call, "previous")
    backwards = before is not None and after is None
    rows = _beyond(call, listing, before if backwards else after, size + 1, growing=ascending is not backwards)
    more, rows = len(rows) > size, rows[:size]
    if backwards:
        rows.reverse()
    # Going back, what follows the page is not told by the cursor: the link `last` has one that nothing follows.
    at_end = not more if not backwards else not (rows and _beyond(call, listing, rows[-1].place, 1, growing=ascending))
    at_start = not more if backwards else after is None
    return {
        call.operation.items: [show(row.document) for row in rows],
        "paging": _links(call, rows, size, at_start=at_start, at_end=at_end, ascending=ascending),
    }


def _beyond(call: Call, listing: Listing, edge: int | None, limit: int, *, growing: bool) -> list[Row]:
    sign = ">" if growing else "<"
    further = () if edge is None else (Condition(f"place {sign} ?", (edge,)),)
    return call.records.rows(
        listing.kind,
        *listing.conditions,
        *further,
        scope=listing.scope,
        order=(Order("place", growing),),
        limit=limit,
    )


def _cursor(call: Call, name: str) -> int | None:
    text = call.request.args.get(name, "")
    if not text:
        return None
    if not text.isascii() or not text.isdigit() or len(text) > 18:  # noqa: PLR2004 -- what SQLite can count to
        raise bad(f"{name}: {text[:40]!r} is not a cursor that this server gave.", "InvalidParameter")
    return int(text)


def _links(call: Call, rows: Sequence[Row], size: int, *, at_start: bool, at_end: bool, ascending: bool) -> Document:
    kept = [
        (key, text) for key, text in call.request.args.items(multi=True) if key not in {"limit", "next", "previous"}
    ]

    def link(**position: str) -> str:
        return f"{call.request.base_url}?{urlencode([*kept, ('limit', str(size)), *position.items()])}"

    previous = str(rows[0].place) if rows and not at_start else None
    following = str(rows[-1].place) if rows and not at_end else None
    end = "9" * 18 if ascending else "0"
    return {
        "first": link() if previous else None,
        "previous": link(previous=previous) if previous else None,
        "next": link(next=following) if following else None,
        "last": link(previous=end) if following else None,
        "cursors": {"previous": previous, "next": following},
    }
