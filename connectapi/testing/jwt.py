"""JSON web tokens signed with HS256, which is all that this server takes: `sign` and `verify`."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import json
from collections.abc import Mapping
from typing import Any, Final

__all__ = ["Claims", "TokenError", "decode_key", "encoded", "same", "sign", "unverified", "verify"]

Claims = dict[str, Any]

_HEADER: Final = {"alg": "HS256", "typ": "JWT"}

#: How far a clock elsewhere may be ahead of this one, in seconds.
_LEEWAY: Final = 60.0

#: What the key of HS256 has at least, in bytes; RFC 7518, 3.2.
_SHORTEST: Final = 32


class TokenError(Exception):
    """A token can't be believed; the message says why and has nothing of the token in it."""


def decode_key(text: str) -> bytes:
    """Return a key that is given in base64.

    Raises:
        ValueError: it is no base64, or too short.
    """
    try:
        key = base64.b64decode(text.strip(), validate=True)
    except (binascii.Error, ValueError):
        msg = "it is not base64"
        raise ValueError(msg) from None
    if len(key) < _SHORTEST:
        msg = f"it has {len(key)} bytes; HS256 takes {_SHORTEST} or more"
        raise ValueError(msg)
    return key


def sign(claims: Mapping[str, Any], key: bytes) -> str:
    """Return a token with these claims."""
    signed = f"{_packed(_HEADER)}.{_packed(claims)}"
    return f"{signed}.{encoded(_signature(signed, key))}"


def verify(token: str, key: bytes, now: float) -> Claims:
    """Return the claims of a token.

    Args:
        token: the token.
        key: what it must be signed with.
        now: the present moment, in seconds since the epoch.

    Raises:
        TokenError: it is no such token, its signature is another, or its time is over or yet to come.
    """
    first, second, signature = _parts(token)
    signed, header = f"{first}.{second}", _unpacked(first)
    if header.get("alg") != "HS256" or "crit" in header:
        msg = "it is not signed with HS256"
        raise TokenError(msg)
    if not same(encoded(_signature(signed, key)), signature):
        msg = "its signature is not right"
        raise TokenError(msg)
    claims = _unpacked(second)
    if _moment(claims, "exp") <= now:
        msg = "it has expired"
        raise TokenError(msg)
    if any(name in claims and _moment(claims, name) > now + _LEEWAY for name in ("nbf", "iat")):
        msg = "its time is yet to come"
        raise TokenError(msg)
    return claims


def unverified(token: str) -> Claims:
    """Return what a token claims, to find out with which key to verify it; raises `TokenError` if it is none."""
    return _unpacked(_parts(token)[1])


def _parts(token: str) -> tuple[str, str, str]:
    parts = token.split(".")
    if len(parts) != 3:  # noqa: PLR2004 -- header, claims, signature
        msg = "it is no JSON web token"
        raise TokenError(msg)
    return parts[0], parts[1], parts[2]


def same(one: str, other: str) -> bool:
    """Whether two texts are equal; how long that takes says nothing of where they differ."""
    return hmac.compare_digest(one.encode("utf-8", "surrogatepass"), other.encode("utf-8", "surrogatepass"))


def _moment(claims: Claims, name: str) -> float:
    value = claims.get(name)
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        msg = f"its claim {name} is not a moment in seconds"
        raise TokenError(msg)
    return float(value)


def _signature(signed: str, key: bytes) -> bytes:
    return hmac.digest(key, signed.encode("utf-8", "replace"), hashlib.sha256)


def _packed(value: Mapping[str, Any]) -> str:
    return encoded(json.dumps(value, separators=(",", ":")).encode())


def encoded(data: bytes) -> str:
    """Return bytes in the base64 of URLs, without padding."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def _unpacked(text: str) -> Claims:
    try:
        value = json.loads(base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True))
    except (ValueError, RecursionError):
        value = None
    if not isinstance(value, dict):
        msg = "it is no JSON web token"
        raise TokenError(msg)
    return value
