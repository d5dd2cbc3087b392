"""A list that comes in pages: each is one request, read and bound to the client."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

import attrs

from connectapi.http.values import Response
from connectapi.query.call import Call
from connectapi.query.keyset import by_cursor
from connectapi.query.offset import by_offset
from connectapi.query.page import Page
from connectapi.query.session import Session, bind_all

__all__ = ["pages", "total"]


def pages(
    session: Session,
    call: Call,
    values: Mapping[str, object],
    page_size: int | None = None,
    *,
    gently: bool = False,
    light: bool = False,
) -> Iterator[Page]:
    """Yield the pages of a list, in order, one request each; some are asked for ahead.

    Args:
        session: the client; its `concurrency` says how many requests may be under way at once.
        call: the call that lists.
        values: its arguments, checked.
        page_size: records a page; the largest that the server gives if None.
        gently: ask for the first page alone, and for more at once only as the reader comes to them.
        light: give light rows where a page conforms, instead of records.
    """

    def send(position: Mapping[str, object]) -> Response:
        return _sent(session, call, values, position)

    def read(response: Response) -> Page:
        page = _light(call, response) if light else None
        return page or _read(call, response, session, values)

    def fetch(position: Mapping[str, object]) -> Page:
        return read(send(position))

    page, width = call.operation.page, session.concurrency
    if page is None:
        yield fetch({})
    elif page.kind == "offset":
        enveloped = bool(call.operation.items)
        size, key = page_size or page.size, call.key
        yield from by_offset(fetch, size, key=key, enveloped=enveloped, width=width, gently=gently)
    else:
        name = (str(call), call.operation.call)
        yield from by_cursor(send, read, page_size or page.size, name, ahead=width > 1, gently=gently)


def total(session: Session, call: Call, values: Mapping[str, object]) -> int:
    """Return how many records there are, with the fewest bytes that the server can tell it in."""
    page = call.operation.page
    if page and page.kind == "offset" and call.operation.items:
        position = {"page_number": 1, "page_size": 1}
        first = _read(call, _sent(session, call, values, position), session, values)
        if isinstance(first.meta.get("total"), int):
            return int(first.meta["total"])
    return sum(len(each.records) for each in pages(session, call, values))


#: The parameters that paging itself sends; calls do not have them as arguments.
_POSITION: Final = ("page_number", "page_size", "limit", "next")


def _sent(session: Session, call: Call, values: Mapping[str, object], position: Mapping[str, object]) -> Response:
    with call.request(values) as request:
        added = tuple((name, str(position[name])) for name in _POSITION if name in position)
        with call.explained(session):
            return session.send(attrs.evolve(request, query=request.query + added))


def _read(call: Call, response: Response, session: Session, values: Mapping[str, object]) -> Page:
    if response.status == 204:  # noqa: PLR2004 -- No Content
        return Page([], {})
    answer = call.reader.read(response.body, call.operation.call)
    page = _page(call, answer)
    bind_all(page.records, session, call.scope(values))
    return page


def _light(call: Call, response: Response) -> Page | None:
    """Read a page as light rows; None if it does not conform."""
    answer = call.row_reader(response.body)
    if answer is None or (call.operation.items and getattr(answer, call.operation.items) is None):
        return None
    return _page(call, answer)


def _page(call: Call, answer: Any) -> Page:
    """Return the list in an answer, and what the answer says beside it."""
    items = call.operation.items
    if not items:
        return Page(answer, {})
    names = [attribute.name for attribute in attrs.fields(call.reader.annotation) if attribute.name != items]
    meta = {name: value for name in names if (value := getattr(answer, name)) is not None}
    return Page(getattr(answer, items) or [], {**meta, **getattr(answer, "_extra", {})})
