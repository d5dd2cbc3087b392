"""Tokens, as a server gives them and as they are kept; no traceback that shows locals shows one."""

from __future__ import annotations

import re
import time
from typing import Final

import msgspec
from attrs import field, frozen

from connectapi.errors import SignInError
from connectapi.http.values import Response
from connectapi.private.document import as_secret
from connectapi.types import Secret

__all__ = ["Tokens", "read_tokens"]

#: What can stand in `Authorization: Bearer …` (RFC 6750).
_SENDABLE: Final = re.compile(r"[A-Za-z0-9._~+/-]+=*")

#: How long before its end a token is renewed: so many seconds, or that part of its life if that is less.
_BEFORE: Final = 30.0
_PART: Final = 0.1


@frozen(kw_only=True)
class Tokens:
    """What shows who is calling, until when, and what it is renewed with.

    The times are seconds since 1970; `expires_at` is None where the server does not tell.
    """

    access_token: Secret
    refresh_token: Secret | None = None
    issued_at: float = field(factory=time.time)
    expires_at: float | None = None

    def is_due(self, now: float) -> bool:
        """Whether the access token is at its end, or so near that a call might come too late."""
        if self.expires_at is None:
            return False
        return now >= self.expires_at - min(_BEFORE, _PART * (self.expires_at - self.issued_at))


@frozen(kw_only=True)
class _Answer:
    access_token: Secret
    token_type: str
    expires_in: float | None = None
    refresh_token: Secret | None = None


def read_tokens(response: Response, server: str) -> Tokens:
    """Read the answer of a token endpoint.

    Raises:
        SignInError: it is no such answer, or has a token that can't be sent.
    """
    try:
        told = msgspec.json.decode(response.body, type=_Answer, dec_hook=as_secret)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise SignInError(server, f"its answer with the tokens can't be read: {error}") from None
    if told.token_type.lower() != "bearer":
        raise SignInError(server, f"it gave a token of the type {told.token_type[:40]!r}; expected 'Bearer'")
    if not _SENDABLE.fullmatch(told.access_token.reveal()):
        raise SignInError(server, "it gave an access token that has characters no header can carry")
    issued, lasts = time.time(), told.expires_in
    return Tokens(
        access_token=told.access_token,
        refresh_token=told.refresh_token,
        issued_at=issued,
        expires_at=None if lasts is None else issued + max(0.0, lasts),
    )
