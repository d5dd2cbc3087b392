"""A list that is cut into counted pages: side by side where the server tells how many records there are.

A page is a cut through the list as it is at that moment. What is added before it shifts records into
the next page, which repeats them; what is deleted shifts them into the one before, which is read
already. Both show, as keys that come twice or as another total; such a list is then read again for
what was missed.
"""

from __future__ import annotations

import time
from array import array
from collections import deque
from collections.abc import Iterator, Mapping
from contextlib import closing
from typing import Any, Final

import attrs
from attrs import define, field

from connectapi.http.values import Response
from connectapi.query.ahead import in_order
from connectapi.query.page import Page, Read, Send, key_of, keys_of

__all__ = ["by_offset"]

#: A page without an envelope that is shorter than this is the last: it is what servers give unasked.
_LEAST: Final = 20

#: How often a list that changes all the time is read, at the most.
_READINGS: Final = 4

#: A server that answers within this time is asked for one page after the other, in seconds. Threads cost about
#: 0.2 ms a page: `docs/architecture.md` has what was measured.
_AT_ONCE: Final = 0.0006

#: How many pages back a key may have come before; what is older is sorted out when the list is read again.
_RECENT: Final = 3


def by_offset(
    send: Send, read: Read, size: int, *, key: str, enveloped: bool, width: int, gently: bool
) -> Iterator[Page]:
    """Yield a list's pages, in order.

    Args:
        send: asks for the page at a position; some calls of it are under way at once.
        read: reads it, in the reader's own thread: several at once would only wait for one another.
        size: records a page; the server may give fewer.
        key: the field that tells one record from another; empty if none does.
        enveloped: whether pages tell how many records there are.
        width: how many pages may be asked for at once.
        gently: ask for one page at first, then for more at once with each that is read.
    """
    began = time.monotonic()
    answer = send(_position(1, size))
    at_once = _AT_ONCE if time.monotonic() - began < _AT_ONCE else 0.0
    first = read(answer)
    count = first.meta.get("total")
    if not enveloped or not isinstance(count, int) or isinstance(count, bool):
        yield from _one_by_one(send, read, size, first, key, enveloped=enveloped)
        return
    reading = _Reading(send, read, size, key, width, at_once)
    yield from reading.pages(first, gently=gently)
    for _ in range(_READINGS - 1):
        if not reading.shifted or not reading.keyed:
            return
        yield from reading.missed()


def _position(number: int, size: int) -> Mapping[str, object]:
    return {"page_number": number, "page_size": size}


def _one_by_one(send: Send, read: Read, size: int, page: Page, key: str, *, enveloped: bool) -> Iterator[Page]:
    """Count pages from 1 until one is empty.

    What is asked for may be more than the server gives at once, so a page that is not full says
    nothing, unless it is shorter than any server's limit. A server that pays no attention to the
    page number sends the same page again, which ends it.
    """
    number = 1
    while True:
        yield page
        if not page.records or (not enveloped and len(page.records) < min(size, _LEAST)):
            return
        before, number = page, number + 1
        page = read(send(_position(number, size)))
        if not page.records or _repeats(page, before, key):
            return


@define
class _Reading:
    """A list that tells its total, while it is read."""

    send: Send
    read: Read
    size: int
    key: str
    width: int
    #: Up to which time answers are waited for one by one, in seconds.
    at_once: float = 0.0
    #: Whether the list changed while it was last read, and whether its records have keys to tell that by.
    shifted: bool = False
    keyed: bool = True
    _total: int = 0
    _served: int = 0
    #: The keys of the latest pages; and of all records, as numbers of eight bytes, to sort out a second reading.
    _recent: deque[set[object]] = field(factory=lambda: deque(maxlen=_RECENT))
    _all: array[int] = field(factory=lambda: array("q"))

    def pages(self, first: Page, *, gently: bool) -> Iterator[Page]:
        """Yield the pages of the first reading, less what a page before had already."""
        for page in self._cuts(first, gently=gently):
            kept = page.records
            keys = keys_of(kept, self.key)
            if None in (own := set(keys)):
                self.keyed = False
            else:
                if not all(map(own.isdisjoint, self._recent)):
                    self.shifted, twice = True, own.intersection(set().union(*self._recent))
                    kept = [each for each, key in zip(kept, keys, strict=True) if key not in twice]
                    keys = [key for key in keys if key not in twice]
                self._recent.append(own)
                self._all.extend(map(hash, keys))
            yield page if kept is page.records else attrs.evolve(page, records=kept)

    def missed(self) -> Iterator[Page]:
        """Read the list again, and yield what did not come before."""
        self.shifted = False
        known = set(self._all)
        for page in self._cuts(self._page_of(1), gently=False):
            new = [each for each in page.records if hash(key_of(each, self.key)) not in known]
            added = list(map(hash, keys_of(new, self.key)))
            known.update(added)
            self._all.extend(added)
            if new:
                yield attrs.evolve(page, records=new)

    def _cuts(self, first: Page, *, gently: bool) -> Iterator[Page]:
        """Yield the pages as they come, and note whether their totals differ."""
        self._total, self._served = int(first.meta["total"]), len(first.records)
        before, seen, number = first, self._served, 1
        yield first
        if not self._served:
            return

        with closing(in_order(self._sent, self._numbers(), self.width, gently=gently, at_once=self.at_once)) as rest:
            for page in map(self.read, rest):
                changed = self._changed(page)
                if not page.records or (_repeats(page, before, self.key) and not changed):
                    return
                before, seen, number = page, seen + len(page.records), number + 1
                yield page
        # More came than there are: the total is not true, and what follows has to be seen.
        while seen > self._total and not self.shifted:
            page = self._page_of(number := number + 1)
            if not page.records or _repeats(page, before, self.key):
                return
            before, seen = page, seen + len(page.records)
            yield page

    def _sent(self, number: int) -> Response:
        return self.send(_position(number, self.size))

    def _page_of(self, number: int) -> Page:
        return self.read(self._sent(number))

    def _changed(self, page: Page) -> bool:
        total = page.meta.get("total")
        if not isinstance(total, int) or total == self._total:
            return False
        self.shifted, self._total = True, total
        return True

    def _numbers(self) -> Iterator[int]:
        number = 2
        while (number - 1) * self._served < self._total:
            yield number
            number += 1


def _repeats(page: Page, before: Page, key: str) -> bool:
    """Whether a page is the one before over again, from a server that pays no attention to the number."""
    one, other = _identity(page.records[0], key), _identity(before.records[0], key)
    return one == other and (one is not None or page.records == before.records)


def _identity(record: Any, key: str) -> object:
    """Return what tells one record of a list from another: its key, or the whole of it."""
    return key_of(record, key) or record
