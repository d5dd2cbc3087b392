"""The proxy on the way to a server, if there is one."""

from __future__ import annotations

import base64
import ipaddress
from typing import Final
from urllib.parse import unquote, urlsplit, urlunsplit

from attrs import frozen

from connectapi.errors import ConfigError
from connectapi.types import Secret

__all__ = ["Proxy", "is_loopback", "proxy_for"]

_FORM: Final = "write it like 'http://proxy.example.com:3128'"


@frozen
class Proxy:
    """A proxy: its URL without a password, and who uses it."""

    url: str
    credentials: Secret | None = None

    @property
    def secrets(self) -> tuple[Secret, ...]:
        """What must not be shown: the password, alone and as the proxy is sent it."""
        if self.credentials is None:
            return ()
        packed = base64.b64encode(self.credentials.reveal().encode("latin-1", "replace")).decode()
        return Secret(self.credentials.reveal().partition(":")[2]), self.credentials, Secret(packed)


def is_loopback(host: str) -> bool:
    """Whether a host is this computer itself."""
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def proxy_for(origin: str, given: str | None = None) -> Proxy | None:
    """Return the proxy to an origin, or None.

    Args:
        origin: scheme, host and port.
        given: the URL of a proxy; empty for none, whatever the environment says. Left out, what
            `HTTPS_PROXY`, `HTTP_PROXY`, `ALL_PROXY` and `NO_PROXY` say, or the system's settings; never
            one to this computer itself.

    Raises:
        ConfigError: it is no URL of a proxy; the message does not show its password.
    """
    if given is not None:
        return _parsed("proxy", given) if given else None
    parts = urlsplit(origin)
    host = parts.hostname or ""
    if is_loopback(host):
        return None
    from urllib.request import getproxies, proxy_bypass  # takes as long to load as all of http.client

    if proxy_bypass(parts.netloc) or proxy_bypass(host):
        return None
    known = getproxies()
    for kind in (parts.scheme, "all"):
        if known.get(kind):
            return _parsed(f"{kind.upper()}_PROXY", known[kind])
    return None


def _parsed(setting: str, text: str) -> Proxy:
    url = text if "://" in text else f"http://{text}"
    try:
        parts = urlsplit(url)
        host = parts.hostname if parts.port != 0 else None
    except ValueError:
        parts, host = urlsplit(""), None
    if not host or parts.scheme not in {"http", "https"}:
        shown = f" ({parts.scheme}://…)" if host else ""
        raise ConfigError(f"{setting} is no URL of an HTTP proxy{shown}: {_FORM}")
    user = parts.username
    credentials = Secret(f"{unquote(user)}:{unquote(parts.password or '')}") if user is not None else None
    return Proxy(urlunsplit((parts.scheme, parts.netloc.rpartition("@")[2], "", "", "")), credentials)
