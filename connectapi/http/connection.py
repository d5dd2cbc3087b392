"""Connections that keep a deadline, however slowly bytes come or go."""

from __future__ import annotations

import http.client
import io
import socket
import time
from typing import TYPE_CHECKING, Any, Final

from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import ConnectTimeoutError, NameResolutionError
from urllib3.util.connection import allowed_gai_family

from connectapi.http.deadline import Deadline

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

__all__ = ["PlainConnection", "TLSConnection"]

#: How many interim answers are skipped before the final one.
_MOST_INTERIM: Final = 20

#: The shortest wait for an address, in seconds: none would mean not to wait at all.
_LEAST: Final = 0.001

_HTTP: Final = "HTTP/"

#: Switching Protocols: what comes after it is no HTTP.
_SWITCHING: Final = 101


class _Punctual(io.RawIOBase):
    """Reads from a socket, waits no longer than until a deadline, and knows when the other side has ended.

    A socket's own limit begins anew with each byte, so that a server which sends one a second
    would never meet it.
    """

    def __init__(self, raw: io.RawIOBase, sock: socket.socket, deadline: Deadline | None) -> None:
        self.ended = False
        self._raw = raw
        self._sock = sock
        self._deadline = deadline
        self._silence = self._limit = sock.gettimeout()

    def makefile(self, _mode: str) -> io.BufferedReader:
        """Return this with a buffer: http.client takes it for the socket, and asks it for nothing else."""
        return io.BufferedReader(self)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: WriteableBuffer, /) -> int:
        if self._deadline is not None:
            left = self._deadline.left()
            if left <= 0:
                raise TimeoutError
            limit = left if self._silence is None or left < self._silence else self._silence
            if limit != self._limit:
                self._sock.settimeout(limit)
                self._limit = limit
        count = self._sock.recv_into(buffer)
        if not count:
            self.ended = True
        return count

    def fileno(self) -> int:
        return self._raw.fileno()

    def close(self) -> None:
        self._raw.close()
        super().close()


class _Answer(http.client.HTTPResponse):
    """An answer of which status and headers come whole, and the final ones.

    For http.client, a head that breaks off is one that ends there, and of the interim answers only
    100 is one.
    """

    def __init__(self, deadline: Deadline | None, sock: socket.socket, *args: Any, **kwargs: Any) -> None:
        self._reader = _Punctual(sock.makefile("rb", buffering=0), sock, deadline)
        super().__init__(self._reader, *args, **kwargs)  # type: ignore[arg-type]  # see `makefile`

    def begin(self) -> None:
        """Read status and headers."""
        self._begin()
        for _ in range(_MOST_INTERIM):
            if not _SWITCHING < self.status < 200:  # noqa: PLR2004 -- HTTP's own boundary
                return
            self.headers = self.msg = None  # type: ignore[assignment]  # so that it begins anew
            self._begin()
        raise http.client.HTTPException(f"got more than {_MOST_INTERIM} interim answers")

    def _begin(self) -> None:
        try:
            super().begin()
        except http.client.RemoteDisconnected:
            raise
        except http.client.BadStatusLine as error:
            line = str(error)
            begun = line.startswith(_HTTP) or _HTTP.startswith(line.rstrip())
            if not (begun and self._reader.ended):
                raise
        if self._reader.ended:
            raise http.client.IncompleteRead(b"")


class _Timed(HTTPConnection):
    """A connection that keeps the deadline of the call that it is in use for, and its limit over all addresses."""

    deadline: Deadline | None = None

    def _new_conn(self) -> socket.socket:
        """Connect to the first address of the host that takes it; all of them share the time there is.

        urllib3 would give each of them the whole time.
        """
        name, limit = self._dns_host, self.timeout
        if not isinstance(limit, int | float):
            return super()._new_conn()
        addresses, ends = self._addresses(), time.monotonic() + limit
        try:
            while True:
                self._dns_host = addresses.pop(0)
                self.timeout = max((ends - time.monotonic()) / (len(addresses) + 1), _LEAST)
                try:
                    found = super()._new_conn()
                except ConnectTimeoutError:  # of which "refused" is one
                    if not addresses:
                        raise
                else:
                    found.settimeout(max(ends - time.monotonic(), _LEAST))
                    return found
        finally:
            self._dns_host, self.timeout = name, limit

    def _addresses(self) -> list[str]:
        try:
            found = socket.getaddrinfo(self._dns_host, self.port, allowed_gai_family(), socket.SOCK_STREAM)
        except UnicodeError:
            return [self._dns_host]  # which urllib3 says is none
        except socket.gaierror as error:
            raise NameResolutionError(self.host, self, error) from error
        return list(dict.fromkeys(str(each[4][0]) for each in found)) or [self._dns_host]

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
        self.sock.settimeout(limit)  # pyright: ignore[reportOptionalMemberAccess]  # connect() has made it
        super().send(data)

    def response_class(  # type: ignore[override]  # http.client calls it, and a class is called no otherwise
        self, sock: socket.socket, *args: Any, **kwargs: Any
    ) -> http.client.HTTPResponse:
        """Return an answer that is read from a socket in time."""
        return _Answer(self.deadline, sock, *args, **kwargs)


class PlainConnection(_Timed):
    """A connection over plain HTTP."""


class TLSConnection(_Timed, HTTPSConnection):  # pyright: ignore[reportIncompatibleVariableOverride]  # see there
    """A connection over TLS."""
