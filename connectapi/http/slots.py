"""How many calls are on the way at once."""

from __future__ import annotations

import queue
import weakref
from typing import TypeAlias

__all__ = ["Slot", "Slots"]

_Queue: TypeAlias = "queue.SimpleQueue[Slot]"


class Slot:
    """The right to have one call on the way; it goes back when it is released, or when nobody holds it.

    So an interrupt that comes between the taking of a slot and its noting costs none.
    """

    __slots__ = ("_queue",)

    def __init__(self, slots: weakref.ref[_Queue]) -> None:
        self._queue = slots

    def release(self) -> None:
        """Give it back; whoever calls this holds it no longer."""
        slots = self._queue()
        if slots is not None:
            slots.put(self)

    def __del__(self) -> None:
        slots = self._queue()
        if slots is not None:
            slots.put(Slot(self._queue))


class Slots:
    """A number of slots; who finds none waits for one."""

    def __init__(self, number: int) -> None:
        self.number = number
        # Both ends of this queue are one step of C, which costs next to nothing and may be used in `__del__`.
        self._queue: _Queue = queue.SimpleQueue()
        for _ in range(number):
            self._queue.put(Slot(weakref.ref(self._queue)))

    def __repr__(self) -> str:
        return f"<Slots: {self._queue.qsize()} of {self.number} free>"

    def take(self, wait: float) -> Slot | None:
        """Return a slot, or None if there was none for `wait` seconds."""
        try:
            return self._queue.get(timeout=max(wait, 0.0))
        except queue.Empty:
            return None
