"""What ties a code to the program that asked for it: PKCE's verifier (RFC 7636), and the state."""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets

from attrs import field, frozen

from connectapi.types import Secret

__all__ = ["Proof", "same"]


def _random(size: int) -> Secret:
    return Secret(secrets.token_urlsafe(size))


@frozen
class Proof:
    """What one sign-in knows and nobody else does."""

    verifier: Secret = field(factory=lambda: _random(64))
    state: Secret = field(factory=lambda: _random(32))

    @property
    def challenge(self) -> str:
        """What the server can know the verifier by, of the method S256."""
        digest = hashlib.sha256(self.verifier.reveal().encode("ascii")).digest()
        return base64.urlsafe_b64encode(digest).rstrip(b"=").decode("ascii")


def same(one: Secret, other: Secret) -> bool:
    """Whether two secrets are the same, in a time that tells nothing of where they differ."""
    return hmac.compare_digest(one.reveal().encode(), other.reveal().encode())
