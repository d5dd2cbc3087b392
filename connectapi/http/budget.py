"""How many retries a client may make in all."""

from __future__ import annotations

import time
from itertools import count
from typing import Final

from connectapi.locks import ForkLock

__all__ = ["Budget"]

#: What a call that ends well gives back, and what a second does: some retries for one call in five, and
#: a few for a program that calls seldom.
_PER_SUCCESS: Final = 0.2
_PER_SECOND: Final = 0.5


class Budget:
    """The store of retries that all calls of a client share, so that they don't amplify an outage.

    A retry takes one out; calls that end well, and time, put some back. So a server that fails all
    of the time gets little more calls than without retries, and one that fails now and then is
    asked again each time.

    Args:
        size: how many retries it holds, when full and at first.
    """

    def __init__(self, size: float) -> None:
        self.size = size
        self._left = size
        #: Counts the calls that end well. To count is one step of C: no lock, and next to no time.
        self.earn = count(1).__next__
        self._counted = 0
        self._since = time.monotonic()
        self._lock = ForkLock(3)

    def __repr__(self) -> str:
        return f"<Budget: {self._left:.1f} of {self.size:g} at {self._counted} calls>"

    def spend(self) -> bool:
        """Take one retry out; False if there is none."""
        with self._lock:
            number, now = self.earn() - 1, time.monotonic()
            earned = (number - self._counted) * _PER_SUCCESS + (now - self._since) * _PER_SECOND
            self._counted, self._since = number + 1, now
            self._left = min(self._left + earned, self.size)
            if self._left < 1:
                return False
            self._left -= 1
            return True
