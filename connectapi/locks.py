"""Locks that no forked process finds held by a thread that it does not have."""

from __future__ import annotations

import functools
import os
import sys
import threading
from collections.abc import Callable
from contextlib import nullcontext
from itertools import count
from types import TracebackType
from typing import Any, Final, TypeVar
from weakref import ref

__all__ = ["ForkLock", "cached_property"]

T = TypeVar("T")

#: All locks by (level, number), the order in which a fork takes them.
_locks: Final[dict[tuple[int, int], ref[ForkLock]]] = {}
_numbers: Final = count()


class _Forking(threading.local):
    """The locks that this thread has taken for a fork."""

    locks: tuple[ForkLock, ...] = ()


_forking: Final = _Forking()


class ForkLock:
    """A lock that the same thread may take again, and that a fork waits for.

    A fork copies locks as they are, but not the threads that hold them. So each is taken before a fork, and
    given back on both sides; what a lock guards is whole in the new process too. It must not be held while
    something else, such as a server, is waited for.

    Args:
        level: a lock of a lower level is never asked for by who holds one of a higher level.
    """

    __slots__ = ("__weakref__", "_lock")

    def __init__(self, level: int) -> None:
        self._lock = threading.RLock()
        place = (level, next(_numbers))
        _locks[place] = ref(self, lambda _: _locks.pop(place, None))

    def __enter__(self) -> None:
        self._lock.acquire()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._lock.release()


def _take_all() -> None:
    locks = [each() for _, each in sorted(_locks.copy().items())]
    _forking.locks = tuple(lock for lock in locks if lock is not None)
    for lock in _forking.locks:
        lock._lock.acquire()


def _give_all_back() -> None:
    locks, _forking.locks = _forking.locks, ()
    for lock in locks:
        lock._lock.release()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(before=_take_all, after_in_parent=_give_all_back, after_in_child=_give_all_back)


class cached_property(functools.cached_property[T]):  # noqa: N801 -- it is one
    """`functools.cached_property` as it is from Python 3.12 on: without a lock, which a fork may copy held.

    Of two threads that come at once, each may make the value; one of these stays.
    """

    def __init__(self, func: Callable[[Any], T]) -> None:
        super().__init__(func)
        if sys.version_info < (3, 12):
            self.lock = nullcontext()
