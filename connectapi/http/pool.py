"""The open connections to one server."""

from __future__ import annotations

import os
import ssl
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from urllib3 import HTTPConnectionPool, HTTPSConnectionPool

from connectapi.errors import TransportError
from connectapi.http.connection import PlainConnection, TLSConnection
from connectapi.http.slots import Slots

if TYPE_CHECKING:
    from urllib3._base_connection import BaseHTTPConnection

__all__ = ["Connections"]


class Pool(HTTPConnectionPool):
    """The connections of one process to one origin, and the slots that bound their number."""

    ConnectionCls = PlainConnection

    slots: Slots

    def _get_conn(self, timeout: float | None = None) -> BaseHTTPConnection:
        """Return a connection for a call; `timeout` is what `urlopen` was given for it, a deadline.

        urllib3 has it for the wait for a connection. Here a slot was waited for already.
        """
        connection = super()._get_conn()
        connection.deadline = timeout  # type: ignore[attr-defined]  # it is one of `ConnectionCls`
        return connection


class _TLSPool(Pool, HTTPSConnectionPool):
    ConnectionCls = TLSConnection  # type: ignore[assignment]  # urllib3 has it the same way


class Connections:
    """The connections of one origin: opened when needed, kept, never shared with a forked process.

    Args:
        origin: scheme, host and port.
        number: how many there are at most; a call that finds all of them in use waits.
    """

    def __init__(self, origin: str, number: int) -> None:
        self._origin = origin
        self._number = number
        self._by_process: dict[int, Pool] = {}
        self._closed = False

    def pool(self) -> Pool:
        """Return this process's pool.

        Raises:
            TransportError: `close` has been called.
        """
        if self._closed:
            msg = "this client is closed: make a new one, or call it inside its with block"
            raise TransportError(msg, unsent=True)
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

    def _made(self) -> Pool:
        parts = urlsplit(self._origin)
        host = parts.hostname or ""
        if parts.scheme == "http":
            pool = Pool(host, parts.port, maxsize=self._number)
        else:
            # One context for all connections: loading the system's certificates takes some 20 ms.
            context = ssl.create_default_context()
            pool = _TLSPool(host, parts.port, maxsize=self._number, ssl_context=context)
        pool.slots = Slots(self._number)
        return pool
