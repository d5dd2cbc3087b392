"""Pages by cursor: what comes after one record of a list, or before one, whatever is added or deleted meanwhile."""

from __future__ import annotations

import base64
import json
import zlib
from collections.abc import Callable, Sequence
from typing import Any, Final, TypeAlias
from urllib.parse import urlencode

from attrs import evolve, frozen

from connectapi.testing.call import Call
from connectapi.testing.conditions import Condition, Order, Value, beyond
from connectapi.testing.listing import Listing, number_of
from connectapi.testing.refusal import bad
from connectapi.testing.store import Document, Row

__all__ = ["page_by_cursor"]

#: The values by which a record is sorted, its place last; none at all is where the list ends.
Edge: TypeAlias = tuple[Value, ...]

_END: Final[Edge] = ()


def page_by_cursor(call: Call, listing: Listing, show: Callable[[Document], Any], *, most: int, usual: int) -> Any:
    """Answer a list call with the page that follows the cursor `next`, or leads up to the cursor `previous`.

    Args:
        call: the call.
        listing: the records.
        show: makes what the answer has of a record.
        most: the largest page.
        usual: how many items a page has when the call doesn't say.
    """
    size = min(number_of(call, "limit", usual), most)
    fields = [each for each in listing.order if each.field != "place"]
    last = Order("place", listing.order[-1].ascending if listing.order else True)
    reading = _Reading(call, evolve(listing, order=(*fields, last)))
    after, before = reading.cursor("next"), reading.cursor("previous")
    backwards = before is not None and after is None
    rows = reading.rows(before if backwards else after, size + 1, backwards=backwards)
    more, rows = len(rows) > size, rows[:size]
    if backwards:
        rows.reverse()
    # Going back, what follows the page is not told by the cursor: the link `last` has one that nothing follows.
    at_end = not more if not backwards else not (rows and reading.rows(reading.edge(rows[-1]), 1, backwards=False))
    at_start = not more if backwards else after is None
    return {
        call.operation.items: [show(row.document) for row in rows],
        "paging": reading.links(rows, size, at_start=at_start, at_end=at_end),
    }


@frozen
class _Reading:
    """A list that is read from some edge on, or up to it."""

    call: Call
    listing: Listing

    def rows(self, edge: Edge | None, limit: int, *, backwards: bool) -> list[Row]:
        """Return the records beyond an edge, the nearest to it first."""
        order = [Order(each.field, each.ascending is not backwards) for each in self.listing.order]
        further: Sequence[Condition] = [beyond(order, edge)] if edge else []
        return self.call.records.rows(
            self.listing.kind,
            *self.listing.conditions,
            *further,
            scope=self.listing.scope,
            order=order,
            limit=limit,
        )

    def edge(self, row: Row) -> Edge:
        """Return the values by which a record is sorted."""
        return (*(row.document.get(each.field) for each in self.listing.order[:-1]), row.place)

    def text(self, edge: Edge) -> str:
        """Return the cursor that stands for an edge."""
        data = json.dumps([self._mark(), *edge], separators=(",", ":")).encode()
        return base64.urlsafe_b64encode(data).decode().rstrip("=")

    def cursor(self, name: str) -> Edge | None:
        """Return the edge that a cursor of the call stands for.

        Raises:
            Refusal: this list gave no such cursor.
        """
        text = self.call.request.args.get(name, "")
        if not text:
            return None
        edge, lengths = _edge(text, self._mark()), {len(self.listing.order)} | ({0} if name == "previous" else set())
        if edge is None or len(edge) not in lengths or not all(map(_comparable, edge)):
            raise bad(f"{name}: {text[:40]!r} is not a cursor that this list gave.", "InvalidParameter")
        return edge

    def links(self, rows: Sequence[Row], size: int, *, at_start: bool, at_end: bool) -> Document:
        """Return the links to the pages around this one."""
        request = self.call.request
        own = {"limit", "next", "previous"}
        kept = [(key, text) for key, text in request.args.items(multi=True) if key not in own]

        def link(**position: str) -> str:
            return f"{request.base_url}?{urlencode([*kept, ('limit', str(size)), *position.items()])}"

        previous = self.text(self.edge(rows[0])) if rows and not at_start else None
        following = self.text(self.edge(rows[-1])) if rows and not at_end else None
        return {
            "first": link() if previous else None,
            "previous": link(previous=previous) if previous else None,
            "next": link(next=following) if following else None,
            "last": link(previous=self.text(_END)) if following else None,
            "cursors": {"previous": previous, "next": following},
        }

    def _mark(self) -> int:
        """Return what tells the cursors of this list, in this order of fields, from those of any other."""
        fields = ",".join(each.field for each in self.listing.order)
        return zlib.crc32(f"{self.listing.kind} {self.listing.scope} {fields}".encode())


def _comparable(value: object) -> bool:
    """Whether SQLite can compare with a value: one that came in a cursor of a stranger's making."""
    if isinstance(value, str):
        return value.isprintable() or not any("\ud800" <= each <= "\udfff" for each in value)
    return value is None or isinstance(value, float) or (isinstance(value, int) and abs(value) < 2**63)


def _edge(text: str, mark: int) -> Edge | None:
    try:
        read = json.loads(base64.urlsafe_b64decode(text.encode() + b"=" * (-len(text) % 4)))
    except (ValueError, RecursionError):
        return None
    return tuple(read[1:]) if isinstance(read, list) and read[:1] == [mark] else None
