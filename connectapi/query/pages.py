"""A list that comes in pages: each is one request, read and bound to the client."""

from __future__ import annotations

from collections.abc import Generator, Iterator, Mapping
from typing import Any, Final

import attrs
from attrs import field, frozen

from connectapi.errors import DecodeError
from connectapi.http.values import Response
from connectapi.query.call import Call, hidden
from connectapi.query.ends import from_both_ends
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
    page, width = call.operation.page, session.concurrency
    asked = _List(session, call, values, light=light)
    if page is None:
        yield asked.fetch({})
        return
    size = page_size or page.size
    if page.kind == "keyset":
        yield from asked.followed(size, page.reverse, gently=gently)
        return
    enveloped = bool(call.operation.items)
    yield from by_offset(asked.send, asked.read, size, key=call.key, enveloped=enveloped, width=width, gently=gently)


def total(session: Session, call: Call, values: Mapping[str, object]) -> int:
    """Return how many records there are, with the fewest bytes that the server can tell it in."""
    page = call.operation.page
    if page and page.kind == "offset" and call.operation.items:
        first = _List(session, call, values).fetch({"page_number": 1, "page_size": 1})
        count = first.meta.get("total")
        if type(count) is int and count >= len(first.records):  # else it is not true
            return count
    return sum(len(each.records) for each in pages(session, call, values))


#: The parameters that paging itself sends; calls do not have them as arguments.
_POSITION: Final = ("page_number", "page_size", "limit", "next")


@frozen
class _List:
    """A list that is asked for: what sends for its pages, and reads them."""

    session: Session
    call: Call
    values: Mapping[str, object]
    light: bool = field(default=False, kw_only=True)

    def send(self, position: Mapping[str, object]) -> Response:
        added = tuple((name, str(position[name])) for name in _POSITION if name in position)
        return self.call.send(self.session, self.values, added)

    def read(self, response: Response) -> Page:
        if response.status == 204:  # noqa: PLR2004 -- No Content
            return Page([], {})
        if self.light and (page := _light(self.call, response)) is not None:
            return page
        try:
            answer = self.call.reader.read(response.body, self.call.operation.call)
        except DecodeError as error:
            raise hidden(error, response) from None
        page = _page(self.call, answer)
        bind_all(page.records, self.session, self.call.scope(self.values))
        return page

    def fetch(self, position: Mapping[str, object]) -> Page:
        return self.read(self.send(position))

    def followed(self, size: int, reverse: str, *, gently: bool) -> Iterator[Page]:
        """Follow cursors: from both ends, where the list can be turned round and is wanted as a whole."""
        forward = self._way(size, gently=gently)
        if gently or self.session.concurrency == 1 or not reverse or not self.call.key:
            return forward
        turned = attrs.evolve(self, values={**self.values, reverse: self.values.get(reverse) is False})
        return from_both_ends(forward, lambda: turned._way(size, gently=False), self.call.key)

    def _way(self, size: int, *, gently: bool) -> Generator[Page, None, None]:
        name, ahead = (str(self.call), self.call.operation.call), self.session.concurrency > 1
        return by_cursor(self.send, self.read, size, name, ahead=ahead, gently=gently)


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
