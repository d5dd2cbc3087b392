"""Programs that sign people in to this server: what it tells them of itself, and how they register."""

from __future__ import annotations

import ipaddress
import json
from typing import Any, Final
from urllib.parse import urlsplit

from werkzeug.wrappers import Request, Response

from connectapi.testing import generic
from connectapi.testing.conditions import Order, equals
from connectapi.testing.credentials import secret_text
from connectapi.testing.oauth.messages import OAuthError, answer
from connectapi.testing.oauth.paths import BASE
from connectapi.testing.store import Document, Records
from connectapi.testing.world import World

__all__ = ["CODE", "DEVICE", "EXCHANGE", "REFRESH", "known_client", "leads_back", "metadata", "register"]

# The kinds of grants.
CODE: Final = "authorization_code"
REFRESH: Final = "refresh_token"
DEVICE: Final = "urn:ietf:params:oauth:grant-type:device_code"
EXCHANGE: Final = "urn:ietf:params:oauth:grant-type:token-exchange"

_GRANTS: Final = (CODE, REFRESH, DEVICE)

#: The most programs that registered and were never used; one more, and the first of them goes.
_UNUSED: Final = 1000
_LONGEST: Final = 2000
_MOST_URIS: Final = 20


def metadata(request: Request) -> Response:
    """Tell where the endpoints are and what they take (RFC 8414)."""
    own = request.host_url.rstrip("/")
    return answer(
        {
            "issuer": own,
            "authorization_endpoint": f"{own}{BASE}/authorize",
            "token_endpoint": f"{own}{BASE}/token",
            "registration_endpoint": f"{own}{BASE}/register",
            "device_authorization_endpoint": f"{own}{BASE}/device_authorization",
            "revocation_endpoint": f"{own}{BASE}/revoke",
            "response_types_supported": ["code"],
            "response_modes_supported": ["query"],
            "grant_types_supported": [*_GRANTS, EXCHANGE],
            "code_challenge_methods_supported": ["S256"],
            "token_endpoint_auth_methods_supported": ["none"],
            "revocation_endpoint_auth_methods_supported": ["none"],
            "authorization_response_iss_parameter_supported": True,
        }
    )


def register(world: World, request: Request) -> Response:
    """Register a program that asks to be (RFC 7591)."""
    asked = _asked(request)
    uris, grants = asked.get("redirect_uris", []), asked.get("grant_types", [CODE])
    if not isinstance(uris, list) or len(uris) > _MOST_URIS or not all(map(_is_loopback, uris)):
        raise OAuthError(
            "invalid_redirect_uri", "redirect_uris must be http addresses of this machine, such as http://127.0.0.1/x."
        )
    if not isinstance(grants, list) or not set(map(str, grants)) <= set(_GRANTS):
        raise OAuthError("invalid_client_metadata", f"grant_types are among {', '.join(_GRANTS)}.")
    if CODE in grants and not uris:
        raise OAuthError("invalid_redirect_uri", f"The grant {CODE} takes redirect_uris.")
    if asked.get("token_endpoint_auth_method", "none") != "none":
        raise OAuthError("invalid_client_metadata", "token_endpoint_auth_method must be none.")
    if set(map(str, asked.get("response_types") or ["code"])) != {"code"}:
        raise OAuthError("invalid_client_metadata", "response_types must be code.")
    name = asked.get("client_name")
    if name is not None and not (isinstance(name, str) and len(name) <= _LONGEST):
        raise OAuthError("invalid_client_metadata", "client_name must be text.")
    with world.store.writing() as records:
        client = _added(world, records, {"client_name": name, "redirect_uris": uris, "_grants": grants})
    told = {"client_id": client["client_id"], "client_id_issued_at": int(world.clock.now().timestamp())}
    kept = {"redirect_uris": uris, "grant_types": grants, "response_types": ["code"]}
    named = {"client_name": name} if name is not None else {}
    return answer({**told, **named, **kept, "token_endpoint_auth_method": "none"}, 201)


def known_client(records: Records, client_id: str, grant: str) -> Document:
    """Return a registered program that may use a kind of grant.

    Raises:
        OAuthError: it is not registered, or not for that.
    """
    client = records.get("OAuthClient", client_id) if client_id else None
    if client is None:
        raise OAuthError("invalid_client", "The client_id is not registered here; register anew.", 401)
    if grant not in client["_grants"]:
        raise OAuthError("unauthorized_client", "The program did not register for this kind of grant.")
    return client


def leads_back(client: Document, target: str) -> bool:
    """Whether an address is one that a program registered; the port is the program's own choice each time."""
    return _is_loopback(target) and any(_without_port(target) == _without_port(uri) for uri in client["redirect_uris"])


def _asked(request: Request) -> dict[str, Any]:
    try:
        asked = json.loads(request.get_data())
    except (ValueError, RecursionError):
        asked = None
    if not isinstance(asked, dict):
        raise OAuthError("invalid_client_metadata", "The body must be a JSON object.")
    return asked


def _added(world: World, records: Records, values: Document) -> Document:
    unused = records.find("OAuthClient", equals("last_used_at", None), order=[Order("place")])
    for client in unused[: max(0, len(unused) + 1 - _UNUSED)]:
        records.delete("OAuthClient", key=client["client_id"])
    values = {**values, "client_id": secret_text(24), "last_used_at": None}
    key, document = generic.complete(world, records, world.specs["OAuthClient"], values, {})
    return records.insert("OAuthClient", key, document)


def _is_loopback(uri: object) -> bool:
    """Whether an address is on this machine, plainly: nothing in it that could be read in two ways."""
    if not isinstance(uri, str) or not uri.isascii() or not uri.isprintable() or set(uri) & set(' \\<>"'):
        return False
    try:
        parts = urlsplit(uri)
        port, host = parts.port, parts.hostname or ""
    except ValueError:
        return False
    if parts.scheme != "http" or "#" in uri or "@" in parts.netloc or port == 0:
        return False
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _without_port(uri: str) -> tuple[str | None, str, str]:
    parts = urlsplit(uri)
    return parts.hostname, parts.path or "/", parts.query
