"""Where an OpenAPI document comes from: a file, a URL, or the server that the client speaks to."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final
from urllib.parse import parse_qsl, quote, urlsplit

import yaml
from attrs import frozen
from urllib3 import PoolManager, Retry, Timeout
from urllib3.exceptions import HTTPError

from connectapi.errors import (
    APIError,
    AuthenticationError,
    ConfigError,
    ConnectError,
    RedirectError,
    TransportError,
)
from connectapi.http.address import Address
from connectapi.http.auth import Auth
from connectapi.http.failure import one_line
from connectapi.http.options import Options
from connectapi.http.transport import USER_AGENT, Transport
from connectapi.http.values import Request

__all__ = ["Server", "read_document"]

#: Where servers keep their document, the likeliest first. The last is the name before OpenAPI 3.
_PLACES: Final = ("__docs__/api/openapi.json", "__api__/openapi.json", "__docs__/api/swagger.json")

#: The largest document that is read, in bytes; Connect's own has about 1 MB.
_LARGEST: Final = 64 * 1024 * 1024

_URL: Final = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://")
_LOADER: Final[Any] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_ACCEPT: Final = "application/json, application/yaml;q=0.9, */*;q=0.8"
_NO_URL: Final = "that is no URL of a document: write it like https://example.com/openapi.json"
_GIVE_A_FILE: Final = "give a file or a URL of one: connectapi contract check FILE"


@frozen
class Server:
    """The server that the client speaks to: the only one that may know the key.

    Args:
        address: where it is.
        auth: how calls show who is calling.
    """

    address: Address
    auth: Auth

    def get(self, url: str) -> bytes:
        """Return what lies at a URL of this server."""
        parts, origin = urlsplit(url), self.address.origin
        # An address of which every path is itself: the document lies beside the API, not in it.
        everything = Address(origin, f"{origin}/v1")
        path = quote(parts.path or "/", safe="/%:@!$&'()*+,;=~-._")
        query = tuple(parse_qsl(parts.query, keep_blank_values=True))
        try:
            request = Request(verb="GET", path=path, query=query, accept=_ACCEPT)
        except ValueError:
            raise ConfigError(_NO_URL) from None
        with Transport(everything, self.auth, Options(retries=0)) as transport:
            return transport.send(request).body


def read_document(source: str, server: Server | None = None) -> tuple[str, Mapping[str, object]]:
    """Read an OpenAPI document, and return where it was found along with its data.

    Args:
        source: a YAML or JSON file, or an `http` or `https` URL; empty for the server's own document.
        server: the server that the client speaks to. No other is sent its key.

    Raises:
        ConnectError: there is nothing, or what is there is no OpenAPI 3 document.
    """
    if not source:
        if server is None:
            raise ConfigError(f"no document and no server given: {_GIVE_A_FILE}")
        return _own(server)
    if not _URL.match(source):
        return source, _parsed(source, _file(Path(source)))
    name = urlsplit(source)._replace(query="", fragment="").geturl()  # the query may hold a token
    if server is not None and _origin(source) == server.address.origin:
        return name, _parsed(name, server.get(source))
    return name, _parsed(name, _fetched(source))


def _own(server: Server) -> tuple[str, Mapping[str, object]]:
    faults: list[str] = []
    for place in _PLACES:
        url = f"{server.address.server}/{place}"
        try:
            return url, _parsed(url, server.get(url))
        except AuthenticationError:
            raise
        except APIError as error:
            if error.status >= 500:  # noqa: PLR2004 -- HTTP's own boundary
                raise
        except (RedirectError, _NotADocument) as error:  # how some proxies say that there is nothing
            faults.append(str(error))
    found = f" ({faults[0]})" if faults else ""
    places = ", ".join(f"/{place}" for place in _PLACES)
    raise ConnectError(f"{server.address.server} publishes no OpenAPI 3 document at {places}{found}; {_GIVE_A_FILE}")


class _NotADocument(ConnectError):
    """Something came, and it is no OpenAPI 3 document."""


def _origin(url: str) -> str:
    parts = urlsplit(url)
    try:
        return Address.parse(None, f"{parts.scheme.lower()}://{parts.netloc}/v1").origin
    except (ConfigError, ValueError):
        raise ConfigError(_NO_URL) from None


def _file(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise ConnectError(f"{one_line(str(path))}: can't be read: {error.strerror}") from None


def _fetched(url: str) -> bytes:
    """Fetch a document of anyone's: without the key, so that a redirect may lead where it likes."""
    shown = f"{_origin(url)}{one_line(urlsplit(url).path)}"
    try:
        with PoolManager(headers={"User-Agent": USER_AGENT, "Accept": _ACCEPT}) as pool:
            answer = pool.request(
                "GET",
                url.partition("#")[0],
                timeout=Timeout(connect=10.0, read=60.0),
                retries=Retry(total=5, connect=0, read=0, other=0),
                preload_content=False,
            )
            text = answer.read(_LARGEST + 1, decode_content=True)
    except HTTPError as error:
        # The text of the error itself has the whole URL, and its query may hold a token.
        reason = getattr(error, "reason", None) or error
        raise TransportError(f"{shown}: can't be fetched: {one_line(str(reason))}") from None
    if answer.status != 200:  # noqa: PLR2004 -- OK
        raise ConnectError(f"{shown}: the answer is {answer.status} {one_line(answer.reason or '')}: check the URL")
    if len(text) > _LARGEST:
        raise ConnectError(f"{shown}: longer than any OpenAPI document: check the URL")
    return text


def _parsed(source: str, content: bytes) -> Mapping[str, object]:
    name = one_line(source)
    try:
        text = content.decode("utf-8-sig")
        found = json.loads(text) if text.lstrip().startswith("{") else yaml.load(text, Loader=_LOADER)  # noqa: S506
    except yaml.MarkedYAMLError as error:
        line = f":{error.problem_mark.line + 1}" if error.problem_mark else ""
        raise _NotADocument(_instead(name, content, f"{line}: {one_line(str(error.problem))}")) from None
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        raise _NotADocument(_instead(name, content, f": {one_line(str(error))}")) from None
    if not isinstance(found, dict) or not str(found.get("openapi", "")).startswith("3."):
        old = (
            " (it is Swagger 2.0, which older servers publish)"
            if isinstance(found, dict) and "swagger" in found
            else ""
        )
        raise _NotADocument(_instead(name, content, f": this is no OpenAPI 3 document{old}"))
    return found


def _instead(name: str, content: bytes, fault: str) -> str:
    if content.lstrip().startswith(b"<"):
        return f"{name}: this is an HTML page, not an OpenAPI 3 document (a login page? check the URL)"
    return f"{name}{fault}"
