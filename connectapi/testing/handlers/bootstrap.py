"""The first administrator of a server that has no users, for who has the server's bootstrap secret."""

from __future__ import annotations

from typing import Final

from connectapi.testing import generic, jwt
from connectapi.testing.call import Answer, Call
from connectapi.testing.credentials import new_key
from connectapi.testing.refusal import Refusal, absent, denied
from connectapi.testing.registry import handles

__all__: list[str] = []

#: What the token must claim, as the official command line does.
_CLAIMS: Final = {"iss": "rsconnect-python", "aud": "rsconnect", "scope": "bootstrap"}


@handles("Bootstrap", "create", "create_experimental")
def bootstrap(call: Call) -> Answer:
    """Make an administrator and a key."""
    secret = call.world.trust.bootstrap
    if secret is None:
        raise absent("Without a bootstrap secret, this path")
    _check(call, secret)
    if call.records.count("User"):
        raise denied("There are users on this server already.", "ProhibitedBootstrap")
    values = {
        "username": "bootstrap-admin",
        "first_name": "Bootstrap",
        "last_name": "Administrator",
        "user_role": "administrator",
        "confirmed": True,
        "locked": False,
    }
    guid, user = generic.complete(call.world, call.records, call.world.specs["User"], values, {})
    call.records.insert("User", guid, user)
    return {"api_key": new_key(call.records, guid)}


def _check(call: Call, secret: bytes) -> None:
    scheme, _, token = call.request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "connect-bootstrap":
        raise Refusal(401, "AuthRequired", "This call takes the header Authorization: Connect-Bootstrap <token>.")
    try:
        claims = jwt.verify(token.strip(), secret, call.world.clock.now().timestamp())
    except jwt.TokenError as error:
        raise Refusal(401, "InvalidJWT", f"The token is refused: {error}.") from None
    for name, wanted in _CLAIMS.items():
        found = claims.get(name)
        if found != wanted and not (name == "aud" and isinstance(found, list) and wanted in found):
            raise Refusal(401, "InvalidJWT", f"The token is refused: its claim {name} is not {wanted!r}.")
