"""A client of one Connect server."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from pathlib import Path
from threading import Lock
from types import TracebackType
from typing import TYPE_CHECKING, Any, Final

from typing_extensions import Self

from connectapi.codec.encode import json_bytes
from connectapi.errors import ConfigError, ConnectError, did_you_mean
from connectapi.http.address import Address
from connectapi.http.values import Request, Response
from connectapi.query.arguments import query_text
from connectapi.query.collection import collection_class
from connectapi.query.session import BinarySink
from connectapi.resources import default_catalog
from connectapi.types import MASK, Secret

if TYPE_CHECKING:
    from connectapi.http.auth import Auth
    from connectapi.http.transport import Transport
    from connectapi.plugins.hookspecs import NamedServer
    from connectapi.resource.catalog import Catalog
    from connectapi.resources import Collections
else:
    Collections = object  # the attributes that `__getattr__` gives, as the stubs declare them

__all__ = ["Client"]

SERVER: Final = "CONNECT_SERVER"
API_KEY: Final = "CONNECT_API_KEY"

#: A word such as `demo`: what is given as a server but is no URL and no host name.
_NAME: Final = re.compile(r"[a-z][a-z0-9_-]*")

_DOT_SEGMENT: Final = re.compile(r"(^|/)\.{1,2}(/|$)")


class Client(Collections):
    """A client of one Connect server; safe to share between threads.

    Every argument left out is read from the environment. Nothing is sent until the first call.

    Args:
        connect_server: the server's URL, such as `https://connect.example.com`; with or without a
            trailing slash, a sub-path, `/connect` or `/__api__`. The word `demo` is the embedded
            server, which runs in this process. Else the environment's `CONNECT_SERVER`.
        connect_api_key: an API key of yours. Else the environment's `CONNECT_API_KEY`.
        api_endpoint: where the API lies, if not at `/__api__/v1` of the server.
        connect_timeout: the longest wait for a connection, in seconds.
        read_timeout: the longest wait for the next bytes of an answer, in seconds.
        concurrency: how many requests the reading of one list may have under way at once; 1 asks for
            one page after the other.

    Raises:
        ConfigError: a setting is missing or malformed; the message says what to set.

    Example:
        >>> with Client("demo") as client:
        ...     len(client.content.get()) > 40
        True
    """

    def __init__(
        self,
        connect_server: str | None = None,
        connect_api_key: str | Secret | None = None,
        *,
        api_endpoint: str | None = None,
        connect_timeout: float = 10.0,
        read_timeout: float = 60.0,
        concurrency: int = 8,
    ) -> None:
        self._concurrency = _at_least_one("concurrency", concurrency)
        self._catalog = default_catalog()
        self._timeouts = (connect_timeout, read_timeout)
        server = connect_server or os.environ.get(SERVER) or None
        key = connect_api_key or os.environ.get(API_KEY) or None
        self._name = server if server and _NAME.fullmatch(server) and server != "localhost" else None
        if self._name:
            named = self._named(self._name)
            server, key = named.url, connect_api_key or named.api_key
        self._address = _address(server, api_endpoint)
        self._key = Secret(key) if isinstance(key, str) else key
        self._auth: Auth | None = _auth(self._address, self._key)
        self._transport: Transport | None = None
        self._lock = Lock()
        self._version: str | None = None

    def _named(self, name: str) -> NamedServer:
        from connectapi.plugins.manager import installed_plugins

        found = installed_plugins().server(name)
        if found is None:
            msg = f"{name!r} is no server: give its URL, such as 'https://{name}.example.com', or 'demo'"
            raise ConfigError(msg)
        return found

    @property
    def connect_server(self) -> str:
        """The server's URL."""
        return self._address.server

    @property
    def connect_api_key(self) -> Secret | None:
        """The API key, which shows itself as `XXXXXXXX`."""
        return self._key

    @property
    def api_endpoint(self) -> str:
        """The URL of version 1 of the API."""
        return self._address.api_endpoint

    @property
    def concurrency(self) -> int:
        """How many requests the reading of one list may have under way at once."""
        return self._concurrency

    @property
    def catalog(self) -> Catalog:
        """The classes of all declared resources."""
        return self._catalog

    # Calls ---------------------------------------------------------------------------------

    def request(
        self,
        verb: str,
        path: str,
        *,
        params: Mapping[str, object] | None = None,
        json: object = None,
        body: bytes | None = None,
        media: str | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Response:
        """Call something that no resource declares.

        Args:
            verb: the HTTP method.
            path: the path below the server's `/__api__`, such as `/v1/content`, percent-encoded.
            params: the query; lists are joined with commas, None is left out.
            json: the body, as plain data or records; or give `body` and `media`.
            body: the body as bytes.
            media: the body's media type.
            headers: further headers.

        Returns:
            The answer: `.status`, `.headers`, `.body` and `.json()`.

        Raises:
            APIError: the server answered with status 400 or more.
            ValueError: the path leads outside of the API.
        """
        path = "/" + path.removeprefix("/")
        if _DOT_SEGMENT.search(path) or re.search(r"[?#\\\s\x00-\x1f\x7f]|^//|^/[a-z]+:", path):
            msg = f"{path!r} is not a path below the API, such as /v1/content; parameters go into params="
            raise ValueError(msg)
        if json is not None:
            body, media = json_bytes(json), "application/json"
        query = tuple((name, query_text(value, ",")) for name, value in (params or {}).items() if value is not None)
        return self.send(
            Request(verb=verb.upper(), path=path, query=query, headers=headers or {}, body=body, media=media)
        )

    def send(self, request: Request) -> Response:
        """Send a request and return the answer; used by the query methods."""
        return self._open().send(request)

    def download(self, request: Request, to: BinarySink) -> Path | None:
        """Send a request and stream the answer's body to a path or a file; used by the query methods."""
        return self._open().download(request, to)

    def server_version(self) -> str | None:
        """Return the release that the server says it is, or None where it hides that.

        Asked once, and kept.

        Source: GET /server_settings
        """
        if self._version is None:
            try:
                settings = self.request("GET", "/server_settings").json()
            except ConnectError:
                return None  # hidden, or behind something that does not speak JSON
            version = settings.get("version") if isinstance(settings, dict) else None
            self._version = version if isinstance(version, str) else None
        return self._version

    def _open(self) -> Transport:
        if self._transport is None:
            from connectapi.http.transport import Transport

            if self._auth is None:
                self._auth = _auth(self._address, self._key)
            connect, read = self._timeouts
            with self._lock:
                if self._transport is None:
                    self._transport = Transport(self._address, self._auth, connect_timeout=connect, read_timeout=read)
        return self._transport

    # Collections ---------------------------------------------------------------------------

    if not TYPE_CHECKING:

        def __getattr__(self, name: str) -> Any:
            if name.startswith("_"):
                raise AttributeError(name)
            collections = self._catalog.index.collections()
            if name not in collections:
                msg = f"the client has no {name!r}{did_you_mean(name, dir(self))}"
                raise AttributeError(msg, name=name, obj=self)
            return collection_class(self._catalog, collections[name])(self)

    def __dir__(self) -> list[str]:
        return sorted({*super().__dir__(), *self._catalog.index.collections()})

    # Life ----------------------------------------------------------------------------------

    def close(self) -> None:
        """Close the connections; a later call opens new ones."""
        if self._transport is not None:
            self._transport.close()
            self._transport = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()

    def __getstate__(self) -> dict[str, Any]:
        # The key stays behind: where the pickle is opened, CONNECT_API_KEY says who is calling.
        return {
            "address": self._address,
            "timeouts": self._timeouts,
            "name": self._name,
            "concurrency": self._concurrency,
        }

    def __setstate__(self, state: dict[str, Any]) -> None:
        key = os.environ.get(API_KEY)
        self._catalog = default_catalog()
        self._address, self._timeouts, self._name = state["address"], state["timeouts"], state["name"]
        self._concurrency = state["concurrency"]
        self._key = Secret(key) if key else None
        self._auth = None
        self._transport = None
        self._lock = Lock()
        self._version = None

    def _settings(self) -> list[str]:
        shown = f"{MASK!r}" if self._key is not None else "None"
        return [
            f"connect_server={self.connect_server!r}",
            f"connect_api_key={shown}",
            f"api_endpoint={self.api_endpoint!r}",
        ]

    def __str__(self) -> str:
        return "\n".join(["", "Client(", *(f"    {each}," for each in self._settings()), ")", ""])

    def __repr__(self) -> str:
        return f"Client({', '.join(self._settings())})"


def _at_least_one(name: str, number: int) -> int:
    if type(number) is not int or number < 1:
        msg = f"{name}: expected a whole number, 1 or more, found {number!r}"
        raise ValueError(msg)
    return number


def _address(server: str | None, api_endpoint: str | None) -> Address:
    if server is None and api_endpoint is None:
        msg = (
            f"no server given: set {SERVER} (such as https://connect.example.com) and {API_KEY}, "
            'or pass Client(connect_server=…, connect_api_key=…); Client("demo") runs an embedded server'
        )
        raise ConfigError(msg)
    return Address.parse(server, api_endpoint)


def _auth(address: Address, key: Secret | None) -> Auth:
    from connectapi.plugins.manager import installed_plugins

    found = installed_plugins().auth(address.server, key)
    if found is None:
        raise ConfigError(_no_key(address.server))
    return found


def _no_key(server: str) -> str:
    return (
        f"no API key given for {server}: set {API_KEY} (and {SERVER}), or pass Client(connect_api_key=…); "
        'make a key in Connect under your name › API Keys; Client("demo") needs none'
    )
