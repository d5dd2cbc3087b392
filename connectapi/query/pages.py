"""A list that comes in pages: which page to ask for next, and when to stop."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

import attrs
from attrs import frozen

from connectapi.errors import DecodeError
from connectapi.http.values import Response
from connectapi.query.call import Call
from connectapi.query.session import Session, bind_all
from connectapi.resource.record import Record

__all__ = ["Page", "pages", "total"]


@frozen
class Page:
    """Some of a list's records, and what the server said of the whole."""

    records: list[Any]
    meta: Mapping[str, Any]


#: Gives one page; its argument is what is added to the call's own parameters.
Fetch = Callable[[Mapping[str, object]], Page]


def pages(session: Session, call: Call, values: Mapping[str, object], page_size: int | None = None) -> Iterator[Page]:
    """Yield the pages of a list, one request each, sent when the page is asked for.

    Args:
        session: the client.
        call: the call that lists.
        values: its arguments, checked.
        page_size: records a page; the largest that the server gives if None.
    """

    def fetch(position: Mapping[str, object]) -> Page:
        return _page(session, call, values, position)

    page = call.operation.page
    if page is None:
        yield fetch({})
    elif page.kind == "offset":
        yield from _by_offset(fetch, page_size or page.size, enveloped=bool(call.operation.items))
    else:
        yield from _by_cursor(fetch, page_size or page.size, call)


def total(session: Session, call: Call, values: Mapping[str, object]) -> int:
    """Return how many records there are, with the fewest bytes that the server can tell it in."""
    page = call.operation.page
    if page and page.kind == "offset" and call.operation.items:
        first = _page(session, call, values, {"page_number": 1, "page_size": 1})
        if isinstance(first.meta.get("total"), int):
            return int(first.meta["total"])
    return sum(len(each.records) for each in pages(session, call, values))


#: A page without an envelope that is shorter than this is the last: it is what servers give unasked.
_LEAST: Final = 20


def _by_offset(fetch: Fetch, size: int, *, enveloped: bool) -> Iterator[Page]:
    """Count pages from 1 until one is empty, or as many came as there are.

    What is asked for may be more than the server gives at once, so a page that is not full says
    nothing, unless it is shorter than any server's limit.

    A server that pays no attention to the page number sends the same page again, which ends it.
    """
    number, seen, before = 1, 0, None
    while True:
        page = fetch({"page_number": number, "page_size": size})
        first = _identity(page.records[0]) if page.records else None
        if not page.records or (first is not None and first == before):
            if number == 1:
                yield page
            return
        yield page
        seen += len(page.records)
        count = page.meta.get("total")
        if enveloped and isinstance(count, int) and seen >= count:
            return
        if not enveloped and len(page.records) < min(size, _LEAST):
            return
        number, before = number + 1, first


def _by_cursor(fetch: Fetch, size: int, call: Call) -> Iterator[Page]:
    """Follow the cursor that each page gives to the next, until one gives none."""
    seen: set[str] = set()
    position: dict[str, object] = {"limit": size}
    while True:
        page = fetch(position)
        yield page
        cursors = (page.meta.get("paging") or {}).get("cursors") or {}
        cursor = cursors.get("next")
        if not cursor:
            return
        if cursor in seen:
            raise DecodeError(
                str(call),
                "$.paging.cursors.next",
                "a cursor not given before",
                "the same one again",
                call.operation.call,
            )
        seen.add(cursor)
        position = {"limit": size, "next": cursor}


#: The parameters that paging itself sends; calls do not have them as arguments.
_POSITION: Final = ("page_number", "page_size", "limit", "next")


def _page(session: Session, call: Call, values: Mapping[str, object], position: Mapping[str, object]) -> Page:
    with call.request(values) as request:
        added = tuple((name, str(position[name])) for name in _POSITION if name in position)
        with call.explained(session):
            response = session.send(attrs.evolve(request, query=request.query + added))
    return _read(call, response, session, values)


def _read(call: Call, response: Response, session: Session, values: Mapping[str, object]) -> Page:
    if response.status == 204:  # noqa: PLR2004 -- No Content
        return Page([], {})
    answer = call.reader.read(response.body, call.operation.call)
    if not call.operation.items:
        records, meta = answer, {}
    else:
        records = getattr(answer, call.operation.items) or []
        meta = {
            attribute.name: getattr(answer, attribute.name)
            for attribute in attrs.fields(type(answer))
            if attribute.name != call.operation.items and getattr(answer, attribute.name) is not None
        }
        meta.update(getattr(answer, "_extra", {}))
    bind_all(records, session, call.scope(values))
    return Page(records, meta)


def _identity(record: Any) -> object:
    """Return what tells one record of a list from another: its key, or the whole of it."""
    if isinstance(record, Record):
        key = getattr(record._spec, "key", "")
        return (getattr(record, key) if key else None) or record
    return record
