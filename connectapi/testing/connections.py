"""The connections that are open: no more than so many, each with its thread, and the way to end them."""

from __future__ import annotations

import socket
import threading
import time
from contextlib import suppress
from typing import Final

from attrs import define, field

__all__ = ["MOST", "Connections"]

#: How many connections are served at once. More of them wait to be taken in.
MOST: Final = 256

#: How long a connection has said nothing when it can be ended to make room, in seconds. One that was
#: silent for less may be about to send a request, which would be lost.
_SILENT: Final = 1.0


@define(eq=False)
class Connections:
    """All open connections of a server.

    When there are as many as there may be, the next one waits. Room is made by those that end, and
    by the one that has been silent for longest: a client has to expect that an idle connection ends.
    """

    most: int = MOST
    silent: float = _SILENT
    _threads: dict[socket.socket, threading.Thread] = field(factory=dict, init=False)
    #: Those that wait for a request, and since when; the one that waits for longest is the first.
    _idle: dict[socket.socket, float] = field(factory=dict, init=False)
    _changed: threading.Condition = field(factory=threading.Condition, init=False)
    _closing: bool = field(default=False, init=False)
    #: The one that was ended to make room; until it has left, no other one is.
    _leaving: socket.socket | None = field(default=None, init=False)

    def admit(self, connection: socket.socket, thread: threading.Thread) -> bool:
        """Take a connection in, as soon as there is room; False if the server ends before."""
        with self._changed:
            while len(self._threads) >= self.most and not self._closing:
                self._changed.wait(self._make_room())
            if self._closing:
                return False
            self._threads[connection] = thread
            self._idle[connection] = time.monotonic()
        return True

    def idle(self, connection: socket.socket) -> None:
        """Note that a connection waits for its next request."""
        with self._changed:
            self._idle.pop(connection, None)
            self._idle[connection] = time.monotonic()
            self._changed.notify_all()

    def busy(self, connection: socket.socket) -> None:
        """Note that a request has begun to come."""
        with self._changed:
            self._idle.pop(connection, None)

    def leave(self, connection: socket.socket) -> None:
        """Note that a connection has ended."""
        with self._changed:
            self._threads.pop(connection, None)
            self._idle.pop(connection, None)
            self._changed.notify_all()

    def wait(self, seconds: float) -> bool:
        """Wait, and say whether the server goes on; it returns at once when the server ends."""
        with self._changed:
            return not self._changed.wait_for(lambda: self._closing, seconds)

    def close(self) -> None:
        """Take in no more."""
        with self._changed:
            self._closing = True
            self._changed.notify_all()

    def end(self, timeout: float) -> None:
        """Let the calls that are being answered end, then all connections.

        Args:
            timeout: the longest wait in all, in seconds.
        """
        ends = time.monotonic() + timeout
        # With the reading side shut, those that wait for a call end, and those that answer one can still do so.
        for how, until in ((socket.SHUT_RD, ends - timeout / 2), (socket.SHUT_RDWR, ends)):
            with self._changed:
                open_now = dict(self._threads)
            for connection in open_now:
                with suppress(OSError):  # it may have ended by itself
                    connection.shutdown(how)
            for thread in open_now.values():
                thread.join(max(0.0, until - time.monotonic()))

    def _make_room(self) -> float | None:
        """End the connection that was silent for longest; return when to look again, in seconds."""
        if self._leaving in self._threads:
            return None
        for connection, since in self._idle.items():
            left = since + self.silent - time.monotonic()
            if left > 0:
                return left
            del self._idle[connection]
            self._leaving = connection
            with suppress(OSError):  # it may have ended by itself
                connection.shutdown(socket.SHUT_RD)
            return None
        return None
