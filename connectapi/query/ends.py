"""A list that is followed by cursors, from both of its ends at once.

A cursor is known only when the page before it has come, so that one way through the list is one
request after the other. A list that can be turned round has two ways, and they meet in the middle.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator
from contextlib import closing
from typing import Any, TypeAlias, TypeGuard

import attrs

from connectapi.query.page import Page, cursor_of, key_of, keys_of

__all__ = ["from_both_ends"]

#: The pages of one way, of which the next is on its way already.
Way: TypeAlias = Generator[Page, None, None]


def from_both_ends(forward: Way, turned: Callable[[], Way], key: str) -> Iterator[Page]:
    """Yield a list's pages, in order; the pages of its second half are kept until their turn.

    Args:
        forward: the way from the beginning.
        turned: begins the way from the end, of which pages and the records in them come turned round.
        key: the field that tells one record from another.
    """
    with closing(forward):
        first = next(forward)
        known = _keys(first, key)
        yield first
        if not cursor_of(first):
            return
        with closing(turned()) as backward:
            tail = yield from _to_the_middle(forward, backward, known, key)
        for page in reversed(tail):
            yield attrs.evolve(page, records=page.records[::-1])


def _to_the_middle(forward: Way, backward: Way, known: set[object], key: str) -> Generator[Page, None, list[Page]]:
    """Yield the pages up to where the ways meet, and return the others, the last first."""
    tail: list[Page] = []
    of_tail: set[object] = set()
    two_ways = True
    for page in forward:
        fresh = _without(page, key, of_tail)
        yield attrs.evolve(page, records=fresh)
        if len(fresh) < len(page.records):
            return tail
        known |= _keys(page, key)
        if not two_ways:
            continue
        end = next(backward, None)
        if not _goes_on(end, known, key, first=not tail):
            # Such a list, or such a server, is read one way: that is right whatever it does.
            two_ways = False
            tail.clear()
            of_tail.clear()
            continue
        rest = _without(end, key, known)
        tail.append(attrs.evolve(end, records=rest))
        of_tail |= _keys(end, key)
        if len(rest) < len(end.records):
            return tail
    return []


def _goes_on(end: Page | None, known: set[object], key: str, *, first: bool) -> TypeGuard[Page]:
    """Whether a page is one of the way back: there, with keys, and at first with a record that is new."""
    if end is None or not end.records or None in _keys(end, key):
        return False
    return not first or key_of(end.records[0], key) not in known


def _keys(page: Page, key: str) -> set[object]:
    return set(keys_of(page.records, key))


def _without(page: Page, key: str, known: set[object]) -> list[Any]:
    """Return the records of a page less those whose keys are known."""
    keys = keys_of(page.records, key)
    if known.isdisjoint(keys):
        return page.records
    return [each for each, own in zip(page.records, keys, strict=True) if own not in known]
