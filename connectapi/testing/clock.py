"""The server's time: the real one, or one that a test moves on."""

from __future__ import annotations

import datetime
import threading
from typing import Final

__all__ = ["Clock", "FakeClock"]

#: When a fake clock begins, unless told otherwise.
_START: Final = datetime.datetime(2026, 1, 5, 9, tzinfo=datetime.timezone.utc)

#: How often one who sleeps by a fake clock looks whether the server ends, in real seconds.
_GLANCE: Final = 0.05


class Clock:
    """The real time. All of a server that depends on time asks its clock, so that another one can take its place."""

    def now(self) -> datetime.datetime:
        """Return the present moment."""
        return datetime.datetime.now(datetime.timezone.utc)

    def sleep(self, seconds: float, stopped: threading.Event) -> bool:
        """Wait, and say whether to go on; it returns at once when `stopped` is set."""
        return not stopped.wait(seconds)


class FakeClock(Clock):
    """A clock that stands still until it is told to advance. Servers can share it.

    Args:
        start: what it shows at first, with a time zone; 2026-01-05 09:00 UTC unless told otherwise.
        leaps: whether a call that would wait moves the clock on instead, and so is answered at once.

    Example:
        >>> clock = FakeClock()
        >>> clock.advance(90)
        >>> clock.now().isoformat()
        '2026-01-05T09:01:30+00:00'
    """

    def __init__(self, start: datetime.datetime = _START, *, leaps: bool = False) -> None:
        if start.tzinfo is None:
            raise ValueError(f"{start} has no time zone; write datetime(…, tzinfo=timezone.utc)")
        self._now = start.astimezone(datetime.timezone.utc)
        self._leaps = leaps
        self._moved = threading.Condition()
        self._waiting = 0

    @property
    def waiting(self) -> int:
        """How many calls wait for it to advance, such as those that ask for a task with `wait`."""
        return self._waiting

    def now(self) -> datetime.datetime:
        """Return what it shows."""
        return self._now

    def advance(self, seconds: float | datetime.timedelta) -> None:
        """Move on, and wake up the calls whose time has come.

        Args:
            seconds: by how much: a number of seconds, or a timedelta. It can't go back.
        """
        step = seconds if isinstance(seconds, datetime.timedelta) else datetime.timedelta(seconds=seconds)
        if step < datetime.timedelta(0):
            raise ValueError(f"a clock advances by 0 seconds or more, not by {seconds}")
        with self._moved:
            self._now += step
            self._moved.notify_all()

    def sleep(self, seconds: float, stopped: threading.Event) -> bool:
        """Wait until it has advanced this far, and say whether to go on; as `Clock.sleep`."""
        if self._leaps:
            self.advance(seconds)
        else:
            self._wait(seconds, stopped)
        return not stopped.is_set()

    def _wait(self, seconds: float, stopped: threading.Event) -> None:
        with self._moved:
            ends = self._now + datetime.timedelta(seconds=seconds)
            self._waiting += 1
            try:
                while self._now < ends and not stopped.is_set():
                    self._moved.wait(_GLANCE)
            finally:
                self._waiting -= 1

    def __repr__(self) -> str:
        return f"<FakeClock at {self._now.isoformat()}>"
