"""How long the server waits for those at the other end: a socket read and written with time limits in all."""

from __future__ import annotations

import io
import socket
import time
from typing import Any, Final

from attrs import frozen

__all__ = ["Incoming", "Outgoing", "Patience"]

#: How much is sent in one piece, in bytes; each piece has its own time.
_PIECE: Final = 2**16


@frozen(kw_only=True)
class Patience:
    """The longest waits, in seconds, but for `rate`, which is in bytes a second."""

    #: For a connection's next request to begin.
    idle: float = 75.0
    #: For the head of a request, from its first byte to its last.
    head: float = 20.0
    #: For the body; each byte that comes adds to it, so that a large one may take as long as it keeps coming.
    body: float = 20.0
    rate: float = 1000.0
    #: For the client to take a piece of the answer.
    answer: float = 30.0


class Incoming(io.RawIOBase):
    """What a client sends. The time that it has runs while the server waits for it, and at no other.

    A limit for each read alone would let a client that sends a byte a second stay for days.
    """

    def __init__(self, connection: socket.socket) -> None:
        super().__init__()
        self._connection = connection
        self._left = 0.0
        self._rate = 0.0

    def allow(self, seconds: float, rate: float = 0.0) -> None:
        """Give the client this much time from now on, and more for what it sends if there is a rate."""
        self._left, self._rate = seconds, rate

    def readable(self) -> bool:
        """Return True."""
        return True

    def readinto(self, buffer: Any) -> int:
        """Read what has come, or wait for it.

        Raises:
            TimeoutError: the client has used up its time.
        """
        if self._left <= 0:
            msg = "the client took too long"
            raise TimeoutError(msg)
        self._connection.settimeout(self._left)
        began = time.monotonic()
        count = self._connection.recv_into(buffer)
        self._left -= time.monotonic() - began
        if self._rate:
            self._left += count / self._rate
        return count


class Outgoing(io.RawIOBase):
    """What a client is sent: piece by piece, each within the same time."""

    def __init__(self, connection: socket.socket, seconds: float) -> None:
        super().__init__()
        self._connection = connection
        self._seconds = seconds

    def writable(self) -> bool:
        """Return True."""
        return True

    def write(self, data: Any) -> int:
        """Send a piece of the data, and return how long that was.

        Raises:
            TimeoutError: the client doesn't take it.
        """
        with memoryview(data) as view:
            piece = view[:_PIECE]
            self._connection.settimeout(self._seconds)
            self._connection.sendall(piece)
            return len(piece)
