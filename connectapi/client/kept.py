"""A bounded number of things, the ones used last."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

from connectapi.locks import ForkLock

__all__ = ["Kept"]

V = TypeVar("V")


class Kept(Generic[V]):
    """Things by key, of which the one that was not used for longest goes when there are too many.

    Safe to share between threads, and to use on after a fork.

    Args:
        most: how many are kept.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._things: OrderedDict[Hashable, V] = OrderedDict()
        self._lock = ForkLock(0)

    def __len__(self) -> int:
        return len(self._things)

    def get(self, key: Hashable, make: Callable[[], V]) -> V:
        """Return what is kept under a key, or make it and keep it; of threads that come at once, all get the same."""
        with self._lock:
            found = self._things.get(key)
            if found is None:
                found = self._things[key] = make()
            self._things.move_to_end(key)
            while len(self._things) > self._most:
                self._things.popitem(last=False)
        return found
