"""Connections that keep a deadline, however slowly bytes come or go."""

from __future__ import annotations

import http.client
import io
import socket
from typing import TYPE_CHECKING, Any

from urllib3.connection import HTTPConnection, HTTPSConnection

from connectapi.http.deadline import Deadline

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

__all__ = ["PlainConnection", "TLSConnection"]


class _Punctual(io.RawIOBase):
    """Reads from a socket, and waits no longer than until a deadline.

    A socket's own limit begins anew with each byte, so that a server which sends one a second
    would never meet it.
    """

    def __init__(self, raw: io.RawIOBase, sock: socket.socket, deadline: Deadline) -> None:
        self._raw = raw
        self._sock = sock
        self._deadline = deadline
        self._silence = self._limit = sock.gettimeout()

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: WriteableBuffer, /) -> int:
        left = self._deadline.left()
        if left <= 0:
            raise TimeoutError
        limit = left if self._silence is None or left < self._silence else self._silence
        if limit != self._limit:
            self._sock.settimeout(limit)
            self._limit = limit
        return self._sock.recv_into(buffer)

    def fileno(self) -> int:
        return self._raw.fileno()

    def close(self) -> None:
        self._raw.close()
        super().close()


class _Timed(HTTPConnection):
    """A connection that keeps the deadline of the call that it is in use for."""

    deadline: Deadline | None = None

    def send(self, data: Any) -> None:
        """Send some of the request; a piece may take as long as a connection may."""
        if self.sock is None:
            self.connect()  # as http.client does it
        limit = self.timeout
        if self.deadline is not None:
            left = self.deadline.left()
            if left <= 0:
                raise TimeoutError
            limit = left if limit is None or left < limit else limit
        # An earlier call may have left the socket with the rest of its own time.
        self.sock.settimeout(limit)
        super().send(data)

    def response_class(  # type: ignore[override]  # http.client calls it, and a class is called no otherwise
        self, sock: socket.socket, *args: Any, **kwargs: Any
    ) -> http.client.HTTPResponse:
        """Return an answer that is read from a socket in time."""
        response = http.client.HTTPResponse(sock, *args, **kwargs)
        if self.deadline is not None:
            raw = response.fp.detach()
            response.fp = io.BufferedReader(_Punctual(raw, sock, self.deadline))
        return response


class PlainConnection(_Timed):
    """A connection over plain HTTP."""


class TLSConnection(_Timed, HTTPSConnection):
    """A connection over TLS."""
