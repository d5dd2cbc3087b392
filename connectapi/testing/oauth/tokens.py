"""Session tokens: what the server gives to running content to say for whom it runs, and takes back for credentials."""

from __future__ import annotations

from typing import Final, Literal
from uuid import uuid4

from attrs import frozen

from connectapi.testing import jwt
from connectapi.testing.refusal import Refusal, bad
from connectapi.testing.store import Document, Records
from connectapi.testing.world import World

__all__ = ["Session", "read_session", "session_token"]

#: Who says so.
_ISSUER: Final = "posit-connect"

Kind = Literal["user", "content"]


@frozen
class Session:
    """A content item that runs, and the user who looks at it, if it runs for one."""

    content: Document
    user: Document | None


def session_token(world: World, content_guid: str, user_guid: str | None, seconds: float) -> str:
    """Return what running content gets to say for whom it runs, or that it runs."""
    now = world.clock.now().timestamp()
    claims = {
        "iss": _ISSUER,
        "sub": user_guid or content_guid,
        "aud": content_guid,
        "for": "content" if user_guid is None else "user",
        "iat": int(now),
        "exp": now + seconds,
        "jti": str(uuid4()),
    }
    return jwt.sign(claims, world.secret)


def read_session(world: World, records: Records, token: str, kind: Kind) -> Session:
    """Return what a session token says.

    Raises:
        Refusal: it is none of this server's, not of this kind, has expired, or is of what is gone.
    """
    code = "OAuthCredentialSubjectToken" if kind == "user" else "OAuthInvalidContentSessionToken"
    try:
        claims = jwt.verify(token, world.secret, world.clock.now().timestamp())
    except jwt.TokenError as error:
        raise bad(f"The subject_token can't be taken: {error}.", code) from None
    if claims.get("iss") != _ISSUER:
        raise bad("The subject_token was not issued by this server.", "OAuthCredentialIssClaim")
    if claims.get("for") != kind:
        raise bad("The subject_token is of another kind than its subject_token_type says.", code)
    content = records.get("Content", str(claims.get("aud")))
    user = records.get("User", str(claims.get("sub"))) if kind == "user" else None
    if content is None or (kind == "user" and user is None):
        raise bad("The subject_token is about what is no longer there.", "OAuthCredentialSubClaim")
    if user is not None and user.get("locked"):
        raise Refusal(403, "UserLocked", "The account of this visitor is locked.")
    return Session(content, user)
