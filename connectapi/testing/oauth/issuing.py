"""The token endpoint: access tokens for codes, refresh tokens and what a trusted issuer says; and their end."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final
from uuid import uuid4

from werkzeug.wrappers import Request, Response

from connectapi.testing.credentials import Credential, digest, issue, revoke
from connectapi.testing.oauth import device, grants
from connectapi.testing.oauth.clients import CODE, DEVICE, EXCHANGE, REFRESH, known_client
from connectapi.testing.oauth.identity_tokens import exchanged
from connectapi.testing.oauth.messages import Form, OAuthError, answer, form_of, proves
from connectapi.testing.store import Document, Records
from connectapi.testing.world import World

__all__ = ["end_client", "give", "revoked"]

#: How long they last, in seconds.
_ACCESS: Final = 3600
_REFRESH: Final = 30 * 86400

#: What a CI's token is, and what it can be exchanged for.
_IDENTITY: Final = "urn:ietf:params:oauth:token-type:id_token"
_BEARER: Final = "urn:ietf:params:oauth:token-type:access_token"
_KEY: Final = "urn:posit:connect:api-key"

Given = Mapping[str, Any]


def give(world: World, request: Request) -> Response:
    """Answer a program that asks for tokens."""
    form = form_of(request)
    kind = form.get("grant_type", "")
    if kind == EXCHANGE:
        return answer(_for_identity(world, request, form))
    kinds: dict[str, Callable[[World, Records, Form], Given | OAuthError]] = {
        CODE: _for_code,
        REFRESH: _for_refresh_token,
        DEVICE: _for_device,
    }
    if kind not in kinds:
        raise OAuthError("unsupported_grant_type", f"grant_type is one of {', '.join([*kinds, EXCHANGE])}.")
    with world.store.writing() as records:
        client = known_client(records, form.get("client_id", ""), kind)
        given = kinds[kind](world, records, form)
        if not isinstance(given, OAuthError):
            records.change("OAuthClient", client["client_id"], {"last_used_at": world.now()})
    if isinstance(given, OAuthError):  # now that what was tried is used up for good
        raise given
    return answer(given)


def revoked(world: World, request: Request) -> Response:
    """Make a token worthless, and with a refresh token all that came of the same sign-in (RFC 7009)."""
    form = form_of(request)
    token, client_id = form.get("token", ""), form.get("client_id", "")
    if not token:
        raise OAuthError("invalid_request", "The token is missing.")
    with world.store.writing() as records:
        if records.get("OAuthClient", client_id) is None:
            raise OAuthError("invalid_client", "The client_id is not registered here; register anew.", 401)
        found = grants.look(world, records, "refresh", token)
        if found is not None and found["client_id"] == client_id:
            _end(records, found["family"])
        held = records.get("_Credential", digest(token))
        if held is not None and held["client_id"] == client_id:
            revoke(records, "digest", digest(token))
    return Response(status=200)


def end_client(records: Records, client_id: str) -> None:
    """Make worthless whatever a program was given."""
    revoke(records, "client_id", client_id)
    for what in ("code", "refresh", "device", "user-code"):
        grants.withdraw(records, what, "client_id", client_id)


def _for_code(world: World, records: Records, form: Form) -> Given | OAuthError:
    code = form.get("code", "")
    found = grants.look(world, records, "code", code)
    if found is None or found["client_id"] != form.get("client_id"):
        return OAuthError("invalid_grant", "The code is unknown, has expired, or is another program's.")
    if found.get("family"):  # somebody has it who should not: then nobody keeps what came of it
        _end(records, found["family"])
        return OAuthError("invalid_grant", "The code was used before; all that came of it is worthless now.")
    family = str(uuid4())
    grants.change(records, "code", code, family=family)
    if found["redirect_uri"] != form.get("redirect_uri"):
        return OAuthError("invalid_grant", "redirect_uri is not the one that the code was asked for with.")
    if not proves(form.get("code_verifier", ""), found["challenge"]):
        return OAuthError("invalid_grant", "The code_verifier is not the one of the code_challenge.")
    return _pair(world, records, found, family)


def _for_refresh_token(world: World, records: Records, form: Form) -> Given | OAuthError:
    token = form.get("refresh_token", "")
    found = grants.look(world, records, "refresh", token)
    if found is None or found["client_id"] != form.get("client_id"):
        return OAuthError("invalid_grant", "The refresh_token is unknown, has expired, or is another program's.")
    if found["used"]:
        _end(records, found["family"])
        return OAuthError("invalid_grant", "The refresh_token was used before; sign in anew.")
    grants.change(records, "refresh", token, used=True)
    revoke(records, "grant", found["family"])
    return _pair(world, records, found, found["family"])


def _for_device(world: World, records: Records, form: Form) -> Given | OAuthError:
    found = device.claimed(world, records, form.get("device_code", ""), form.get("client_id", ""))
    return found if isinstance(found, OAuthError) else _pair(world, records, found, str(uuid4()))


def _pair(world: World, records: Records, found: Document, family: str) -> Given | OAuthError:
    user = records.get("User", found["user_guid"])
    if user is None or user.get("locked"):
        return OAuthError("invalid_grant", "The user is no longer there, or is locked.")
    client_id, now = found["client_id"], world.clock.now().timestamp()
    credential = Credential(
        user_guid=user["guid"], schemes=("bearer",), ends=now + _ACCESS, client_id=client_id, grant=family
    )
    details = {"client_id": client_id, "user_guid": user["guid"], "family": family, "used": False}
    return {
        "access_token": issue(records, credential, length=48),
        "token_type": "Bearer",
        "expires_in": _ACCESS,
        "refresh_token": grants.promise(world, records, "refresh", _REFRESH, **details),
    }


def _for_identity(world: World, request: Request, form: Form) -> Given:
    if form.get("subject_token_type") != _IDENTITY:
        raise OAuthError("invalid_request", f"subject_token_type must be {_IDENTITY}.")
    wanted = form.get("requested_token_type", _BEARER)
    if wanted not in {_BEARER, _KEY}:
        raise OAuthError("invalid_request", f"requested_token_type is {_BEARER} or {_KEY}.")
    given = exchanged(world, request, form.get("subject_token", ""))
    return {**given, "issued_token_type": wanted, "token_type": "Bearer" if wanted == _BEARER else "Key"}


def _end(records: Records, family: str) -> None:
    revoke(records, "grant", family)
    grants.withdraw(records, "refresh", "family", family)
