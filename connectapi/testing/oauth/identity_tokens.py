"""Identity tokens of issuers that the server trusts, such as a CI's, exchanged for a key of one of its users."""

from __future__ import annotations

from typing import Any, Final

from werkzeug.wrappers import Request

from connectapi.testing import jwt
from connectapi.testing.conditions import equals
from connectapi.testing.credentials import Credential, issue
from connectapi.testing.oauth.messages import OAuthError
from connectapi.testing.store import Document, Records
from connectapi.testing.trust import TrustedIssuer
from connectapi.testing.world import World

__all__ = ["exchanged"]

#: How long the key lasts, in seconds.
_LASTS: Final = 3600


def exchanged(world: World, request: Request, token: str) -> dict[str, Any]:
    """Return a key, good for a while, of the user whom an identity token stands for.

    Raises:
        OAuthError: no trusted issuer signed the token, it is for somebody else, or stands for no user here.
    """
    claims, issuer = _verified(world, request, token)
    username = issuer.subjects.get(str(claims.get("sub")))
    with world.store.writing() as records:
        user = _user(records, username) if username is not None else None
        if user is None:
            raise OAuthError("invalid_grant", "No access is granted to the subject of the identity token.")
        ends = world.clock.now().timestamp() + _LASTS
        credential = Credential(user_guid=user["guid"], schemes=("key", "bearer"), ends=ends, grant="identity")
        return {"access_token": issue(records, credential), "expires_in": _LASTS}


def _verified(world: World, request: Request, token: str) -> tuple[jwt.Claims, TrustedIssuer]:
    unknown = OAuthError("invalid_grant", "The identity token is not verified: no trusted issuer signed it.")
    try:
        named = jwt.unverified(token).get("iss")
    except jwt.TokenError as error:
        raise OAuthError("invalid_grant", f"The identity token is not verified: {error}.") from None
    issuer = next((each for each in world.trust.issuers if each.issuer == named), None)
    if issuer is None:
        raise unknown
    try:
        claims = jwt.verify(token, jwt.decode_key(issuer.key), world.clock.now().timestamp())
    except jwt.TokenError as error:
        raise OAuthError("invalid_grant", f"The identity token is not verified: {error}.") from None
    wanted = issuer.audience or request.host_url.rstrip("/")
    given = claims.get("aud")
    if wanted not in (given if isinstance(given, list) else [given]):
        raise OAuthError("invalid_grant", f"The identity token is for another audience than {wanted}.")
    return claims, issuer


def _user(records: Records, username: str) -> Document | None:
    found = records.find("User", equals("username", username), limit=1)
    return found[0] if found and not found[0].get("locked") else None
