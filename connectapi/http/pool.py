"""The open connections to one server."""

from __future__ import annotations

import os
import ssl
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from urllib3 import HTTPConnectionPool, HTTPSConnectionPool

from connectapi.errors import TransportError

if TYPE_CHECKING:
    from urllib3._base_connection import BaseHTTPConnection

__all__ = ["Connections"]


class _Quiet(HTTPConnectionPool):
    """Closes a connection too many without the warning that urllib3 would print to the user."""

    def _put_conn(self, conn: BaseHTTPConnection | None) -> None:
        if conn is not None and self.pool is not None and self.pool.full():
            conn.close()
        else:
            super()._put_conn(conn)


class _QuietTLS(_Quiet, HTTPSConnectionPool):
    pass


class Connections:
    """The connections of one origin: opened when needed, kept, never shared with a forked process.

    Args:
        origin: scheme, host and port.
        size: how many stay open between calls; more are opened when more threads call at once.
    """

    def __init__(self, origin: str, size: int) -> None:
        self._origin = origin
        self._size = size
        self._by_process: dict[int, HTTPConnectionPool] = {}
        self._closed = False

    def pool(self) -> HTTPConnectionPool:
        """Return this process's pool.

        Raises:
            TransportError: `close` has been called.
        """
        if self._closed:
            msg = "this client is closed: make a new one, or call it inside its with block"
            raise TransportError(msg)
        process = os.getpid()
        pool = self._by_process.get(process)
        if pool is None:
            # No lock: a fork may copy it held. Of two threads that come at once, one wins.
            pool = self._by_process.setdefault(process, self._made())
            for other in set(self._by_process) - {process}:
                del self._by_process[other]
        return pool

    def close(self) -> None:
        """Close the connections; one that is in use is closed when its call ends."""
        self._closed = True
        pool = self._by_process.pop(os.getpid(), None)
        if pool is not None:
            pool.close()

    def _made(self) -> HTTPConnectionPool:
        parts = urlsplit(self._origin)
        host = parts.hostname or ""
        if parts.scheme == "http":
            return _Quiet(host, parts.port, maxsize=self._size)
        # One context for all connections: loading the system's certificates takes some 20 ms.
        context = ssl.create_default_context()
        return _QuietTLS(host, parts.port, maxsize=self._size, ssl_context=context)
