"""A point in time by which work must be done."""

from __future__ import annotations

import math
import time
from typing import Final

from connectapi.http.values import seconds

__all__ = ["Deadline", "earlier"]

#: What counts as no time, in seconds.
_LEAST: Final = 0.001

_BLOCK: Final = "client.deadline()"


class Deadline:
    """A point in time by which work must be done; an object that is passed on, in the open.

    A variable of the context would not reach the threads that a block starts, and would reach
    whoever resumes a generator that was started in one.

    Args:
        length: how far off it is, in seconds.
        source: what set it, as a message calls it.
        outer: a deadline that holds as well.
    """

    __slots__ = ("_ends", "_outer", "length", "source")

    def __init__(self, length: float, source: str = _BLOCK, outer: Deadline | None = None) -> None:
        self._ends = time.monotonic() + length
        self._outer = outer
        self.length = length
        self.source = source

    @classmethod
    def of_block(cls, length: float, outer: Deadline | None) -> Deadline:
        """Return the deadline of a `with` block.

        Raises:
            ValueError: the length is not a time.
        """
        return cls(seconds("a deadline", length), outer=outer)

    def __repr__(self) -> str:
        return f"<Deadline: {self}, {self.left():.3f} s left>"

    def __str__(self) -> str:
        first = self._first()
        return f"{first.length:g} s ({first.source})"

    def left(self) -> float:
        """Return how many seconds are left; none or less once it has passed, infinity once it was lifted."""
        left = self._ends - time.monotonic()
        return left if self._outer is None else min(left, self._outer.left())

    def passed(self) -> bool:
        """Whether no time is left, or none that a socket could wait for."""
        return self.left() < _LEAST

    def lift(self) -> None:
        """Let it hold no longer; an outer one still does."""
        self._ends = math.inf

    def _first(self) -> Deadline:
        """Return the one that ends first, of this and the outer ones."""
        outer = self._outer._first() if self._outer is not None else self
        return outer if outer._ends < self._ends else self


def earlier(one: Deadline | None, other: Deadline | None) -> Deadline | None:
    """Return that of two deadlines which ends first."""
    if one is None or other is None:
        return one or other
    return one if one.left() < other.left() else other
