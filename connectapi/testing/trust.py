"""Whose signatures a server believes beside its own: who may bootstrap it, and issuers of identity tokens."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from typing import Final

from attrs import field, frozen

from connectapi.errors import ConfigError
from connectapi.testing import jwt
from connectapi.testing.store import Store

__all__ = ["Trust", "TrustedIssuer", "own_secret"]

_TABLE: Final = "_Secret"


def _key(text: str, name: str) -> bytes:
    try:
        return jwt.decode_key(text)
    except ValueError as error:
        msg = f"{name} can't be used: {error}. Make one with: openssl rand -base64 32"
        raise ConfigError(msg) from None


def _bootstrap(text: str | None) -> bytes | None:
    return None if text is None else _key(text, "the bootstrap secret")


@frozen(kw_only=True)
class TrustedIssuer:
    """A service whose identity tokens can be exchanged for a key, such as that of a CI.

    Its tokens are signed with HS256 and one key that both sides know; a real issuer's RS256 would need
    cryptography that the embedded server does without.

    Args:
        issuer: what its tokens have as `iss`.
        key: the key in base64, 32 bytes or more.
        subjects: whom a token stands for: its `sub` → the name of a user of the server.
        audience: what its tokens must have as `aud`; the server's URL if left out.

    Raises:
        ConfigError: the key is not such a key.
    """

    issuer: str
    key: str = field(repr=False)
    subjects: Mapping[str, str]
    audience: str = ""

    def __attrs_post_init__(self) -> None:
        _key(self.key, f"the key of the issuer {self.issuer}")


@frozen(kw_only=True)
class Trust:
    """What a server was told to believe.

    Raises:
        ConfigError: the bootstrap secret is no key in base64.
    """

    bootstrap: bytes | None = field(default=None, repr=False, converter=_bootstrap)
    issuers: tuple[TrustedIssuer, ...] = ()


def own_secret(store: Store) -> bytes:
    """Return what a server signs its own tokens with; it is made once and lasts as long as the state."""
    with store.writing() as records:
        found = records.get(_TABLE, "own")
        if found is None:
            found = records.insert(_TABLE, "own", {"secret": secrets.token_hex(32)})
    return bytes.fromhex(found["secret"])
