"""What a server says of itself as an authorization server (RFC 8414), checked before any of it is used."""

from __future__ import annotations

from typing import Final
from urllib.parse import SplitResult, parse_qsl, urlsplit

import msgspec
from attrs import frozen

from connectapi.errors import ConfigError, SignInError
from connectapi.http.address import Address
from connectapi.http.failure import one_line
from connectapi.http.proxy import is_loopback
from connectapi.http.values import Request

__all__ = ["CODE", "DEVICE", "EXCHANGE", "REFRESH", "Endpoint", "Metadata", "checked", "require_secure"]

# The kinds of grants, by OAuth's names.
CODE: Final = "authorization_code"
REFRESH: Final = "refresh_token"
DEVICE: Final = "urn:ietf:params:oauth:grant-type:device_code"
EXCHANGE: Final = "urn:ietf:params:oauth:grant-type:token-exchange"


@frozen
class Endpoint:
    """A place on the server: what follows its origin."""

    path: str
    query: tuple[tuple[str, str], ...] = ()


@frozen(kw_only=True)
class Metadata:
    """The endpoints of a server; None where it has none."""

    issuer: str
    token: Endpoint
    authorization: Endpoint | None = None
    registration: Endpoint | None = None
    device_authorization: Endpoint | None = None
    revocation: Endpoint | None = None
    grants: frozenset[str] | None = None
    names_issuer: bool = False

    def allows(self, grant: str) -> bool:
        """Whether the server takes a kind of grant; one that does not list them may."""
        return self.grants is None or grant in self.grants


@frozen(kw_only=True)
class _Document:
    issuer: str
    token_endpoint: str
    authorization_endpoint: str | None = None
    registration_endpoint: str | None = None
    device_authorization_endpoint: str | None = None
    revocation_endpoint: str | None = None
    grant_types_supported: list[str] | None = None
    code_challenge_methods_supported: list[str] | None = None
    authorization_response_iss_parameter_supported: bool = False


def require_secure(server: str) -> None:
    """Refuse a server whose answers others could read and change on the way.

    Raises:
        ConfigError: it is called over plain HTTP, and is another machine.
    """
    if not server.startswith("https:") and not is_loopback(urlsplit(server).hostname or ""):
        msg = (
            f"{server} is called over plain HTTP: whoever is on the way could take the tokens. "
            "Give its https:// URL, or use an API key: set CONNECT_API_KEY"
        )
        raise ConfigError(msg)


def checked(body: bytes, server: str) -> Metadata:
    """Read the metadata of a server.

    Args:
        body: the document, as it came.
        server: the server's URL, in its normal form.

    Raises:
        SignInError: it is no such document, is another server's, or leads to another server.
    """
    try:
        told = msgspec.json.decode(body, type=_Document)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise SignInError(server, f"its OAuth metadata can't be read: {error}. {_ADVICE}") from None
    if told.issuer.rstrip("/") != server and _normal(told.issuer) != server:
        reason = (
            f"its OAuth metadata is of another issuer, {one_line(told.issuer)!r}. Nothing was sent there. {_ADVICE}"
        )
        raise SignInError(server, reason)
    methods = told.code_challenge_methods_supported
    if told.authorization_endpoint is not None and methods is not None and "S256" not in methods:
        raise SignInError(server, f"it does not take PKCE's method S256, without which a code can be stolen. {_ADVICE}")
    return Metadata(
        issuer=told.issuer,
        token=_endpoint("token_endpoint", told.token_endpoint, server),
        authorization=_optional("authorization_endpoint", told.authorization_endpoint, server),
        registration=_optional("registration_endpoint", told.registration_endpoint, server),
        device_authorization=_optional("device_authorization_endpoint", told.device_authorization_endpoint, server),
        revocation=_optional("revocation_endpoint", told.revocation_endpoint, server),
        grants=None if told.grant_types_supported is None else frozenset(told.grant_types_supported),
        names_issuer=told.authorization_response_iss_parameter_supported,
    )


_ADVICE: Final = "Ask the server's administrator: its address, or a proxy before it, may be set up wrong"


def _normal(url: str) -> str | None:
    """Return a URL in the form that servers' URLs have; None if it can't have that."""
    try:
        return Address.parse(url).server
    except ConfigError:
        return None


def _optional(name: str, url: str | None, server: str) -> Endpoint | None:
    return None if url is None else _endpoint(name, url, server)


def _endpoint(name: str, url: str, server: str) -> Endpoint:
    where, _, query = url.partition("?")
    try:
        # What an endpoint may be is what a server's URL may be: no name and password in it, no backslash.
        if Address.parse(where).origin != Address.parse(server).origin or "#" in url:
            raise _elsewhere(name, url, server)
        parts = urlsplit(url)
        path = _path(parts)
        pairs = tuple(parse_qsl(query, keep_blank_values=True, strict_parsing=bool(query), max_num_fields=20))
    except (ConfigError, ValueError):
        raise _elsewhere(name, url, server) from None
    return Endpoint(path, pairs)


def _path(parts: SplitResult) -> str:
    path = parts.path or "/"
    Request(verb="POST", path=path)  # raises for what can't be a path, or steps up in it
    return path


def _elsewhere(name: str, url: str, server: str) -> SignInError:
    reason = (
        f"its OAuth metadata has the {name} {one_line(url)!r}, which is not on this server. Nothing was sent there. "
    )
    return SignInError(server, reason + _ADVICE)
