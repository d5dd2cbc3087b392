"""Several requests under way at once, their answers in order."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Generator, Iterable
from itertools import islice
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from concurrent.futures import Future

__all__ = ["in_order"]

A = TypeVar("A")
B = TypeVar("B")


def in_order(
    work: Callable[[A], B], items: Iterable[A], width: int, *, gently: bool = False, at_once: float = 0.0
) -> Generator[B, None, None]:
    """Yield what a function gives for each item, in the items' order, with some calls of it under way.

    No item is taken before there is room for it: at most `width` answers are under way or wait to be
    yielded. When the reader stops, when it fails, and when a call does, calls that have not begun
    never begin, and those that have are waited for, so that no thread is left behind.

    Args:
        work: the function; it is called in other threads.
        items: what it is called with.
        width: how many calls may be under way at once; 1 calls in the reader's own thread.
        gently: begin with one call and double their number with each answer that is read, so that a
            reader who soon stops has asked for little.
        at_once: as long as answers come within this time, in seconds, ask for one after the other in the
            reader's own thread: what threads cost is more than what they spare then.

    Raises:
        Exception: whatever `work` raises, where its answer would have been.
    """
    if width <= 1:
        yield from map(work, items)
        return
    source, room = iter(items), 1 if gently else width
    if at_once:
        for item in source:
            began = time.monotonic()
            answer = work(item)
            took = time.monotonic() - began
            yield answer
            if took >= at_once:
                break
        else:
            return
    # Loads when something is read side by side: whoever reads one page waits for nothing.
    from concurrent.futures import ThreadPoolExecutor

    under_way: deque[Future[B]] = deque()
    pool = ThreadPoolExecutor(width, thread_name_prefix="connectapi")
    try:
        while True:
            under_way.extend(pool.submit(work, item) for item in islice(source, room - len(under_way)))
            if not under_way:
                return
            yield under_way.popleft().result()
            room = min(width, room * 2)
    finally:
        pool.shutdown(cancel_futures=True)
