"""The open connections to one server."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any, Final, cast
from urllib.parse import urlsplit

from urllib3 import HTTPConnectionPool, HTTPSConnectionPool, ProxyManager, Timeout, make_headers
from urllib3.exceptions import HTTPError

from connectapi.errors import TransportError
from connectapi.http.connection import PlainConnection, TLSConnection
from connectapi.http.deadline import Deadline
from connectapi.http.proxy import Proxy, proxy_for
from connectapi.http.security import Security
from connectapi.http.slots import Slots
from connectapi.http.tls import context_of, described
from connectapi.http.values import Headers
from connectapi.types import Secret

if TYPE_CHECKING:
    from urllib3._base_connection import BaseHTTPConnection

__all__ = ["Connections"]

#: How long a look at a certificate may take, in seconds.
_LOOK: Final = 5.0


class Pool(HTTPConnectionPool):
    """The connections of one process to one origin, and the slots that bound their number."""

    ConnectionCls = PlainConnection  # pyright: ignore[reportAssignmentType]  # for `response_class`, see there

    slots: Slots
    #: What comes before a target: nothing, or the origin where a proxy has to be told that.
    prefix: str = ""

    def _get_conn(self, timeout: float | None = None) -> BaseHTTPConnection:
        """Return a connection for a call; `timeout` is what `urlopen` was given for it, a deadline.

        urllib3 has it for the wait for a connection. Here a slot was waited for already.
        """
        connection = super()._get_conn()
        connection.deadline = timeout  # type: ignore[attr-defined]  # it is one of `ConnectionCls`
        return connection

    def _get_timeout(self, timeout: Any) -> Timeout:
        """Return a call's limits as they are; urllib3 would copy them twice, for calls that share theirs."""
        return timeout if isinstance(timeout, Timeout) else super()._get_timeout(timeout)

    def _put_conn(self, conn: BaseHTTPConnection | None) -> None:
        """Keep a connection, once: an interrupt in the middle of this makes for a second time."""
        kept = self.pool
        if conn is None or (kept is not None and conn in kept.queue):
            return
        if kept is None or not kept.full():
            super()._put_conn(conn)
        else:
            conn.close()

    def certificate(self, deadline: Deadline | None) -> str:
        """Return what the server's certificate says of itself: nothing, where there is none."""
        return ""


class _TLSPool(Pool, HTTPSConnectionPool):
    ConnectionCls = TLSConnection  # type: ignore[assignment]  # urllib3 has it the same way

    def _validate_conn(self, conn: BaseHTTPConnection) -> None:
        """Connect; urllib3 would warn, at each call, of what the client has warned of when it was made."""
        if conn.is_closed:
            conn.connect()

    def certificate(self, deadline: Deadline | None) -> str:
        """Return what the server's certificate says of itself; nothing is sent to who shows it."""
        context = context_of(Security(insecure=True))
        connection: Any = self._new_conn()
        connection.ssl_context, connection.cert_reqs, connection.assert_hostname = context, context.verify_mode, False
        connection.deadline, connection.timeout = deadline, _LOOK
        try:
            if self.proxy is not None:
                self._prepare_proxy(connection)
            if connection.is_closed:
                connection.connect()
            return described(connection.sock.getpeercert(binary_form=True))
        except (OSError, HTTPError):
            return ""
        finally:
            connection.close()


class Connections:
    """The connections of one origin: opened when needed, kept, never shared with a forked process.

    Args:
        origin: scheme, host and port.
        number: how many there are at most; a call that finds all of them in use waits.
        security: how TLS connections are made.
        proxy: the URL of a proxy; see `proxy_for`.
    """

    def __init__(self, origin: str, number: int, security: Security | None = None, proxy: str | None = None) -> None:
        self._origin = origin
        self._number = number
        self._security = security or Security()
        self._proxy = proxy
        self._by_process: dict[int, Pool] = {}
        self._closed = False
        #: What a proxy may send back, and must not be shown; None before it is known whether there is one.
        self.secrets: tuple[Secret, ...] | None = None

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
        host, port = parts.hostname or "", parts.port
        settings: dict[str, Any] = {"maxsize": self._number}
        proxy = proxy_for(self._origin, self._proxy)
        if parts.scheme == "https" or (proxy is not None and proxy.url.startswith("https:")):
            # One context for all connections: loading the system's certificates takes some 20 ms.
            settings["ssl_context"] = context_of(self._security)
        self.secrets = proxy.secrets if proxy is not None else ()
        if proxy is not None:
            pool = self._proxied(proxy, host, port, parts.scheme, settings)
        else:
            pool = (Pool if parts.scheme == "http" else _TLSPool)(host, port, **settings)
        pool.slots = Slots(self._number)
        return pool

    def _proxied(self, proxy: Proxy, host: str, port: int | None, scheme: str, settings: dict[str, Any]) -> Pool:
        headers = None
        if proxy.credentials is not None:
            headers = Headers(make_headers(proxy_basic_auth=proxy.credentials.reveal()))
        trust = settings.get("ssl_context") if proxy.url.startswith("https:") else None
        manager = ProxyManager(proxy.url, proxy_headers=headers, proxy_ssl_context=trust, **settings)
        manager.pool_classes_by_scheme = {"http": Pool, "https": _TLSPool}
        pool = cast("Pool", manager.connection_from_host(host, port, scheme))
        if scheme == "http":
            pool.prefix = self._origin
        return pool
