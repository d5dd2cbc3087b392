"""Python's garbage collector, stopped while a large answer is read.

Each new object counts towards the collector's next run, and a run looks at all objects that are young
or, now and then, at all there are. While a page of thousands is read, none of them is garbage.
"""

from __future__ import annotations

import gc
import os
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock

__all__ = ["paused"]


class _Pause:
    """How many blocks want the collector to stop, and whether it is to go on after the last of them."""

    def __init__(self) -> None:
        self.lock = Lock()
        self.depth = 0
        self.resumes = False


_pause = _Pause()


@contextmanager
def paused() -> Iterator[None]:
    """Stop the collector for a block, in all threads; it goes on when the last such block ends, if it was on."""
    pause = _pause
    with pause.lock:
        if pause.depth == 0:
            pause.resumes = gc.isenabled()
            gc.disable()
        pause.depth += 1
    try:
        yield
    finally:
        with pause.lock:
            pause.depth -= 1
            if pause.depth == 0 and pause.resumes:
                gc.enable()


def _begin_anew() -> None:
    """In a forked process: the blocks of other threads never end there, and may have held the lock."""
    global _pause
    before, _pause = _pause, _Pause()
    if before.depth and before.resumes:
        gc.enable()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_begin_anew)
