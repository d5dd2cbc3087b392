"""Where a Connect server and its API are."""

from __future__ import annotations

import re
from typing import Final
from urllib.parse import SplitResult, quote, urlsplit

from attrs import frozen

from connectapi.errors import ConfigError

__all__ = ["Address"]

_SCHEME: Final = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*)://")
_FORBIDDEN: Final = re.compile(r"[\s\x00-\x20\x7f-\xa0\\]")
_LABEL: Final = "[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?"
_HOST: Final = re.compile(rf"{_LABEL}(?:\.{_LABEL})*\.?|\[[0-9a-f:.]+\]")
_HOST_LIKE: Final = re.compile(r"(?=[^/]*[.:]|localhost\b)[A-Za-z0-9.:-]{1,64}(?:/[\w./-]{0,64})?", re.ASCII)
_STANDARD_PORTS: Final = {"http": 80, "https": 443}

#: What a path of Connect's API begins with, and what `api_endpoint` stands for.
_VERSION: Final = "/v1"
_ROOT: Final = "__api__"
_DASHBOARD: Final = "connect"

_SERVER_FORM: Final = "write it like 'https://connect.example.com' or 'https://example.com/rsc'"
_ENDPOINT_FORM: Final = "write it like 'https://example.com/rsc/__api__/v1' or 'http://127.0.0.1:4010/v1'"


@frozen
class Address:
    """Where calls go; `Address.parse` makes one from what a user has typed or pasted."""

    server: str
    api_endpoint: str

    @classmethod
    def parse(cls, connect_server: str | None, api_endpoint: str | None = None) -> Address:
        """Return the address of a server, in its one normal form.

        Args:
            connect_server: the server's URL; what follows it in the URL of its dashboard
                (`/connect/#/…`) or of its API (`/__api__/…`) is cut. A server that itself lies at
                `/connect` is given with its API: `https://example.com/connect/__api__`.
            api_endpoint: the URL that stands for `/v1`, where it is not `/__api__/v1` of the server.

        Raises:
            ConfigError: there is no URL, or it can't be one; the message shows the right form.
        """
        if not connect_server and not api_endpoint:
            msg = f"no Connect server is given: set CONNECT_SERVER, and {_SERVER_FORM}"
            raise ConfigError(msg)
        server = _server(connect_server) if connect_server else None
        if not api_endpoint:
            return cls(f"{server}", f"{server}/{_ROOT}{_VERSION}")
        endpoint = _endpoint(api_endpoint)
        return cls(server or _above(endpoint), endpoint)

    @property
    def origin(self) -> str:
        """Scheme, host and port that calls go to; a key is sent nowhere else."""
        return "/".join(self.api_endpoint.split("/", 3)[:3])

    @property
    def called(self) -> str:
        """The server that calls reach: the one that was given, unless the API lies at another origin."""
        given = "/".join(self.server.split("/", 3)[:3])
        return self.server if given == self.origin else _above(self.api_endpoint)

    def url(self, path: str) -> str:
        """Return the URL of a path of the API: `/v1/…` lies below `api_endpoint`, the rest beside it."""
        if path == _VERSION or path.startswith(f"{_VERSION}/"):
            return self.api_endpoint + path.removeprefix(_VERSION)
        return self.api_endpoint.rpartition("/")[0] + path


def _server(text: str) -> str:
    parts = _split(text, "CONNECT_SERVER", _SERVER_FORM)
    segments = _segments(parts)
    if _ROOT in segments:
        segments = segments[: segments.index(_ROOT)]
    elif segments and segments[-1] == _DASHBOARD:
        segments.pop()
    return "/".join([_origin(parts), *segments])


def _endpoint(text: str) -> str:
    parts = _split(text, "api_endpoint", _ENDPOINT_FORM)
    segments = _segments(parts)
    if not segments or segments[-1] == _ROOT or parts.fragment:
        msg = f"api_endpoint {_shown(text)} does not end in the version of the API: {_ENDPOINT_FORM}"
        raise ConfigError(msg)
    return "/".join([_origin(parts), *segments])


def _above(endpoint: str) -> str:
    """Return the server that an endpoint belongs to."""
    above = endpoint.rpartition("/")[0]
    return above.removesuffix(f"/{_ROOT}")


def _split(text: str, setting: str, form: str) -> SplitResult:
    """Take a URL apart, and raise what is wrong with it."""
    fault = None
    parts = SplitResult("", "", "", "", "")
    scheme = _SCHEME.match(text)
    if _FORBIDDEN.search(text):
        fault = "has a space, a line break, a backslash or a control character in it"
    elif scheme is None:
        fault = "has no scheme"
        form = f"write it as 'https://{text}'" if _HOST_LIKE.fullmatch(text) else form
    elif scheme[1].lower() not in _STANDARD_PORTS:
        fault = f"has the scheme {scheme[1]!r} instead of 'https' or 'http'"
    else:
        try:
            parts = urlsplit(text)
            fault = _fault(parts)
        except ValueError:  # what urlsplit, the port and the idna codec raise
            fault = "has no valid host or port"
    if fault is not None:
        msg = f"{setting} {_shown(text)} {fault}: {form}"
        raise ConfigError(msg)
    return parts


def _fault(parts: SplitResult) -> str | None:
    if "@" in parts.netloc:
        return "has a user name or a password in it, which does not belong there"
    if parts.query:
        return "has a query ('?…') in it"
    if not _HOST.fullmatch(_host(parts)):
        return "has no valid host"
    if parts.port == 0:
        return "has no valid port"
    return None


def _host(parts: SplitResult) -> str:
    host = (parts.hostname or "").lower()
    if host.isascii():
        return f"[{host}]" if ":" in host else host
    return host.encode("idna").decode()


def _origin(parts: SplitResult) -> str:
    port = "" if parts.port in {None, _STANDARD_PORTS[parts.scheme]} else f":{parts.port}"
    return f"{parts.scheme}://{_host(parts)}{port}"


def _segments(parts: SplitResult) -> list[str]:
    path = quote(parts.path, safe="/%:@!$&'()*+,;=~-._")
    return [segment for segment in path.split("/") if segment]


def _shown(text: str) -> str:
    """Return what a message may show of a faulty URL: no password, no query, and never a mere word.

    The word could be the API key, given in the place of the server.
    """
    if _SCHEME.match(text):
        scheme, _, rest = text.partition("://")
        rest = re.split(r"[?#]", rest.rpartition("@")[2])[0]
        return repr(f"{scheme}://{rest}")
    return repr(text) if _HOST_LIKE.fullmatch(text) else f"(a text of {len(text)} characters)"
