"""A client of one Connect server."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Mapping
from importlib import import_module
from pathlib import Path
from types import ModuleType, TracebackType
from typing import TYPE_CHECKING, Any, Final

from attrs import evolve

from connectapi.client.limits import Limited
from connectapi.client.resolution import reopened, resolve
from connectapi.client.settings import (
    at_least_one,
    auth_for,
    plugins_with,
    retries_for,
    warn_if_exposed,
)
from connectapi.client.shared import Shared
from connectapi.client.viewing import Viewing
from connectapi.codec.encode import json_bytes
from connectapi.errors import ConnectError, did_you_mean
from connectapi.http.options import CONNECTIONS, MAX_BODY, TIMEOUT, Options
from connectapi.http.retry import Retries
from connectapi.http.security import Security
from connectapi.http.values import Request, Response
from connectapi.query.arguments import query_text
from connectapi.query.collection import collection_class
from connectapi.query.session import BinarySink
from connectapi.resources import catalog_of
from connectapi.types import MASK, Secret

if TYPE_CHECKING:
    from typing_extensions import Self

    from connectapi.http.auth import Auth
    from connectapi.http.transport import Transport
    from connectapi.plugins.calls import Progress
    from connectapi.resource.catalog import Catalog
    from connectapi.resources import Collections
else:
    Collections = object  # the attributes that `__getattr__` gives, as the stubs declare them

__all__ = ["Client"]

_DOT_SEGMENT: Final = re.compile(r"(^|/)\.{1,2}(/|$)")


class Client(Limited, Viewing, Collections):
    """A client of one Connect server; safe to share between threads.

    Every argument left out is read from the environment. Nothing is sent until the first call. A key
    goes to the server that it was given for, and to no other.

    Args:
        connect_server: the server's URL, such as `https://connect.example.com`; with or without a
            trailing slash, a sub-path, `/connect` or `/__api__`. The word `demo` is the embedded
            server, which runs in this process. Else the environment's `CONNECT_SERVER`.
        connect_api_key: an API key of yours for that server. Else the environment's `CONNECT_API_KEY`,
            unless that has a `CONNECT_SERVER` beside it which is another server.
        api_endpoint: where the API lies, if not at `/__api__/v1` of the server.
        connect_timeout: the longest wait for a connection, in seconds.
        read_timeout: the longest wait for the next bytes of an answer, in seconds.
        concurrency: how many requests the reading of one list may have under way at once; 1 asks for
            one page after the other.
        timeout: the most that one request may take in all, with all tries at it, in seconds; None
            for no limit. Uploads and downloads take as long as they take; `deadline` limits them too.
        retries: how often what failed is tried again, or a policy. Left out, a plugin's, or 3 times
            what can't do a thing twice.
        max_body: the longest answer that is read into memory, unpacked, in bytes.
        connections: how many there are at most; a call that finds all of them in use waits.
        ca_certificate: a file with the certificates of the authorities to trust. Left out, the
            environment's `CONNECT_CA_CERTIFICATE`, `SSL_CERT_FILE` or `REQUESTS_CA_BUNDLE`, or whom
            the system trusts.
        client_certificate: a file with a certificate and key of yours, or a pair of such files.
        insecure: not to check the server's certificate: whoever is on the way can take the key.
        proxy: the URL of a proxy, empty for none. Left out, what `HTTPS_PROXY`, `HTTP_PROXY` and
            `NO_PROXY` say.
        profile: the name of a server that `connectapi profiles add` or `rsconnect add` has kept, with its
            key. Else, where neither a server is given nor `CONNECT_SERVER` set, `CONNECT_PROFILE`.
        plugins: modules or objects with hooks, beside the installed plugins and for this client alone.

    Raises:
        ConfigError: a setting is missing or malformed; the message says what to set.
        PluginError: a plugin does not fit, or clashes with another; it is named.
        ValueError: a limit is not one.

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
        timeout: float | None = TIMEOUT,
        retries: int | Retries | None = None,
        max_body: int = MAX_BODY,
        connections: int = CONNECTIONS,
        ca_certificate: str | os.PathLike[str] | None = None,
        client_certificate: str
        | os.PathLike[str]
        | tuple[str | os.PathLike[str], str | os.PathLike[str]]
        | None = None,
        insecure: bool = False,
        proxy: str | None = None,
        profile: str | None = None,
        plugins: Iterable[object] = (),
    ) -> None:
        self._own_plugins = tuple(plugins)
        self._plugins = plugins_with(self._own_plugins)
        self._catalog = catalog_of(self._plugins)
        found = resolve(
            connect_server, connect_api_key, api_endpoint=api_endpoint, profile=profile, plugins=self._plugins
        )
        self._address, self._key, self._withheld = found.address, found.key, found.withheld
        self._profile = found.profile.name if found.profile else None
        self._plugins = found.plugins(self._plugins)
        self._retries = retries
        self._options = Options(
            connect_timeout=connect_timeout,
            read_timeout=read_timeout,
            timeout=timeout,
            max_body=max_body,
            retries=retries_for(self._address, self._plugins) if retries is None else retries,
        )
        self._connections = at_least_one("connections", connections)
        self._concurrency = at_least_one("concurrency", concurrency)
        self._security = found.security(
            Security(ca_certificate=ca_certificate, client_certificate=client_certificate, insecure=insecure)
        )
        self._proxy = Secret(proxy) if proxy is not None else None
        self._progress = self._plugins.progress(self._address.server)
        self._shared = Shared(auth_for(self._address, self._key, self._plugins, self._withheld))
        warn_if_exposed(self._address.origin, self._key, insecure=self._security.insecure)
        self._view = False

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
    def progress(self) -> Progress | None:
        """What is told how tasks go on, if a plugin wants to know."""
        return self._progress

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
            TypeError: the body is neither bytes nor a file.
            ValueError: the path leads outside of the API, or a header says where the request goes or ends.
        """
        path = "/" + path.removeprefix("/")
        if _DOT_SEGMENT.search(path) or re.search(r"[?#\\\s\x00-\x1f\x7f]|^//|^/[a-z]+:", path):
            msg = f"{path!r} is not a path below the API, such as /v1/content; parameters go into params="
            raise ValueError(msg)
        if json is not None:
            body, media = json_bytes(json), "application/json"
        query = tuple((name, query_text(value, ",")) for name, value in (params or {}).items() if value is not None)
        return self.send(Request(verb=verb, path=path, query=query, headers=headers or {}, body=body, media=media))

    def send(self, request: Request) -> Response:
        """Send a request and return the answer; used by the query methods."""
        transport, wrapped = self._open(), self._shared.send
        return transport.send(request, self._options) if wrapped is None else wrapped(request, self._options)

    def download(self, request: Request, to: BinarySink) -> Path | None:
        """Send a request and stream the answer's body to a path or a file; used by the query methods."""
        return self._open().download(request, to, self._options)

    def server_version(self) -> str | None:
        """Return the release that the server says it is, or None where it hides that.

        Asked once, and kept.

        Source: GET /server_settings
        """
        shared = self._shared
        if shared.version is None:
            try:
                settings = self.request("GET", "/server_settings").json()
            except ConnectError:
                return None  # hidden, or behind something that does not speak JSON
            version = settings.get("version") if isinstance(settings, dict) else None
            shared.version = version if isinstance(version, str) else None
        return shared.version

    def _open(self) -> Transport:
        shared = self._shared
        if shared.transport is None:
            above = self._content._open() if self._content is not None else None
            with shared.lock:
                if shared.transport is None:
                    transport = self._transport() if above is None else above.with_auth(self._auth())
                    shared.send = self._plugins.wrapped(self._address.server, transport.send)
                    shared.transport = transport
                return shared.transport
        return shared.transport

    def _transport(self) -> Transport:
        # Loaded under the lock, which a fork waits for: Python's own of a module may be copied held.
        from connectapi.http.transport import Transport

        return Transport(
            self._address,
            self._auth(),
            evolve(self._options, deadline=None),
            connections=self._connections,
            security=self._security,
            proxy=self._proxy.reveal() if self._proxy is not None else None,
            hooks=self._plugins.request_hooks(self._address.server),
        )

    def _auth(self) -> Auth:
        with self._shared.lock:
            if self._shared.auth is None:
                self._shared.auth = auth_for(self._address, self._key, self._plugins, self._withheld)
            return self._shared.auth

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
        transport = None if self._view else self._shared.closed()
        if transport is not None:
            transport.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()

    def __getstate__(self) -> dict[str, Any]:
        self._check_picklable()
        # The key stays behind: where the pickle is opened, CONNECT_API_KEY or the profile says who is calling.
        kept = ("connect_timeout", "read_timeout", "timeout", "max_body")
        return {
            "address": self._address,
            "profile": self._profile,
            "limits": {name: getattr(self._options, name) for name in kept},
            "retries": self._retries,
            "connections": self._connections,
            "security": self._security,
            "concurrency": self._concurrency,
            "plugins": [each.__name__ if isinstance(each, ModuleType) else each for each in self._own_plugins],
        }

    def __setstate__(self, state: dict[str, Any]) -> None:
        plugins = state["plugins"]
        self._own_plugins = tuple(import_module(each) if isinstance(each, str) else each for each in plugins)
        self._catalog = catalog_of(plugins_with(self._own_plugins))
        self._address, self._profile = state["address"], state["profile"]
        found = reopened(self._address, self._profile)
        self._key, self._withheld = found.key, found.withheld
        self._plugins = found.plugins(plugins_with(self._own_plugins))
        self._concurrency = state["concurrency"]
        self._retries = state["retries"]
        policy = retries_for(self._address, self._plugins) if self._retries is None else self._retries
        self._options = Options(**state["limits"], retries=policy)
        self._connections = state["connections"]
        self._security, self._proxy = state["security"], None  # whose URL may hold a password
        self._progress = self._plugins.progress(self._address.server)
        self._shared = Shared()
        self._view = False

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
