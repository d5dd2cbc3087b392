"""Credentials for content: session tokens exchanged for tokens of a service outside, AWS keys or API keys."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from typing import Any, Final

from attrs import frozen

from connectapi.spec.model import Role
from connectapi.testing.call import Answer, Call, Reply
from connectapi.testing.credentials import Credential, issue
from connectapi.testing.identity import Caller, identify, user_of_key
from connectapi.testing.oauth import outside_tokens
from connectapi.testing.oauth.identity_tokens import exchanged
from connectapi.testing.oauth.messages import OAuthError
from connectapi.testing.oauth.outside import OutsideError
from connectapi.testing.oauth.outside_tokens import Tokens
from connectapi.testing.oauth.tokens import read_session
from connectapi.testing.oauth.visits import session_of
from connectapi.testing.refusal import Refusal, absent, bad, denied
from connectapi.testing.registry import handles
from connectapi.testing.shape import Shape
from connectapi.testing.store import Document

__all__ = ["may_use"]

# What can be given, as a URN …
_USER: Final = "urn:posit:connect:user-session-token"
_CONTENT: Final = "urn:posit:connect:content-session-token"
_KEY: Final = "urn:posit:connect:api-key"
_IDENTITY: Final = "urn:ietf:params:oauth:token-type:id_token"

# … and what can be got for it, beside an API key.
_ACCESS: Final = "urn:ietf:params:oauth:token-type:access_token"
_AWS: Final = "urn:ietf:params:aws:token-type:credentials"

#: What the kind of an integration takes.
_TAKES: Final[dict[str, tuple[str, ...]]] = {
    "Viewer": (_USER, _KEY),
    "Service Account": (_CONTENT,),
    "Visitor API Key": (_USER,),
}

#: The most that a visitor's key allows, in the words of the template.
_ROLES: Final[dict[str, Role]] = {"Viewer": "viewer", "Publisher": "publisher", "Admin": "administrator"}

#: How long a visitor's key lasts, in seconds.
_VISIT: Final = 3600


@frozen
class _Subject:
    """For whom credentials are wanted: content that runs, and the user that it runs for."""

    kind: str
    content: Document | None
    user: Document | None


@handles("OAuthIntegration", "exchange", alone=True)
def exchange(call: Call) -> Answer:
    """Give credentials for a session token, or an API key for what another issuer says."""
    form = call.request.form
    if form.get("subject_token_type") == _IDENTITY:
        return _by_identity(call)
    with call.world.store.reading() as records:
        call.records, call.caller = records, identify(call.world, records, call.request)
        _ = call.user  # refuses who came without a key
        body = call.body
        subject = _subject(call, body["subject_token_type"], body["subject_token"])
        integration = _integration(call, subject, body.get("audience", ""))
        give = _giver(integration, subject, body.get("requested_token_type", ""))
    return Shape(call, secrets=True).fields("OAuthCredentials", give(call, integration, subject))


def may_use(integration: Document, caller: Caller) -> bool:
    """Whether a user may use an integration in content: everyone, if nobody is named."""
    permissions = integration.get("permissions") or []
    named = {each.get("user_guid") or each.get("group_guid") for each in permissions}
    return not named or caller.is_administrator or bool(named & {caller.guid, *caller.groups})


# What was asked for ------------------------------------------------------------------------------


def _subject(call: Call, kind: str, token: str) -> _Subject:
    if kind == _KEY:
        if user_of_key(call.world, call.records, token).guid != call.user.guid:
            raise denied("The API key in subject_token must be of the user who calls.")
        return _Subject(kind, None, call.item("User", call.user.guid))
    if kind not in {_USER, _CONTENT}:
        raise bad(f"subject_token_type is one of {_USER}, {_CONTENT}, {_KEY}.", "OAuthCredentialSubjectTokenType")
    session = read_session(call.world, call.records, token, "user" if kind == _USER else "content")
    if session.content.get("owner_guid") != call.user.guid:
        raise denied("Only the content itself can ask for its credentials, with the key of its owner.")
    return _Subject(kind, session.content, session.user)


def _integration(call: Call, subject: _Subject, audience: str) -> Document:
    if subject.content is None:
        return _chosen(call, audience)
    ties = subject.content.get("_associations", {})
    if not ties:
        raise bad("The content uses no OAuth integration.", "OAuthCredentialNoAssociations")
    if not audience and len(ties) > 1:
        raise bad(
            "The content uses several OAuth integrations: name one by its guid in audience.",
            "OAuthCredentialsInvalidAssociationCount",
        )
    if audience and audience not in ties:
        raise bad("audience is the guid of no integration that the content uses.", "OAuthCredentialsInvalidAudience")
    return _chosen(call, audience or next(iter(ties)))


def _chosen(call: Call, guid: str) -> Document:
    integration = call.records.get("OAuthIntegration", guid)
    if integration is None:
        raise bad("audience must be the guid of an OAuth integration.", "OAuthCredentialsInvalidAudience")
    if not may_use(integration, call.user):
        raise denied("You don't have permission to use this OAuth integration.")
    return integration


Giver = Callable[[Call, Document, _Subject], dict[str, Any]]


def _giver(integration: Document, subject: _Subject, wanted: str) -> Giver:
    kind, template = integration["auth_type"], integration["template"]
    if subject.kind not in _TAKES[kind]:
        message = f"An integration of the kind {kind} takes the subject_token_type {' or '.join(_TAKES[kind])}."
        raise bad(message, "OAuthCredentialInvalidSubjectTokenTypeForAuthType")
    if wanted and wanted not in {_ACCESS, _AWS, _KEY}:
        raise bad(f"requested_token_type is one of {_ACCESS}, {_AWS}, {_KEY}.", "OAuthCredentialRequestedTokenType")
    gives = {"connect": _KEY, "aws": _AWS}.get(template, _ACCESS)
    if (wanted or gives) != gives:
        message = f"An integration made from the template {template} gives {gives}."
        raise bad(message, "OAuthCredentialsInvalidSubjectRequestedCombination")
    givers: dict[str, Giver] = {_KEY: _visitor_key, _AWS: _aws_keys, _ACCESS: _access_token}
    return givers[gives]


# What is given -----------------------------------------------------------------------------------


def _visitor_key(call: Call, integration: Document, subject: _Subject) -> dict[str, Any]:
    role = _ROLES.get(str((integration.get("config") or {}).get("max_role")))
    if role is None:
        raise bad("The integration does not say max_role.", "VisitorApiKeyExchangeScopeUndefined")
    assert subject.user is not None  # noqa: S101 -- it takes the token of a user
    ends = call.world.clock.now().timestamp() + _VISIT
    credential = Credential(user_guid=subject.user["guid"], role=role, ends=ends, grant=integration["guid"])
    with call.world.store.writing() as records:
        key = issue(records, credential)
    return {"access_token": key, "issued_token_type": _KEY, "token_type": "Key", "expires_in": _VISIT}


def _access_token(call: Call, integration: Document, subject: _Subject) -> dict[str, Any]:
    tokens = _tokens(call, integration, subject)
    left = int(tokens.ends - call.world.clock.now().timestamp())
    return {
        "access_token": tokens.access,
        "issued_token_type": _ACCESS,
        "token_type": "Bearer",
        "expires_in": left,
    }


def _aws_keys(call: Call, integration: Document, subject: _Subject) -> dict[str, Any]:
    tokens = _tokens(call, integration, subject)
    try:
        keys = outside_tokens.aws_keys(call.request, integration, tokens)
    except OutsideError as error:
        raise bad(f"There are no AWS keys: {error}.", "AwsCredentialsExchangeFailed") from None
    packed = base64.b64encode(json.dumps(dict(keys)).encode()).decode()
    return {"access_token": packed, "issued_token_type": _AWS, "token_type": "aws_credentials"}


def _tokens(call: Call, integration: Document, subject: _Subject) -> Tokens:
    # One at a time: a refresh token is good once, and who comes second finds what the first one got.
    with call.world.renewing:
        if subject.kind == _CONTENT:
            return service_tokens(call, integration)
        assert subject.user is not None  # noqa: S101 -- all else runs for somebody
        return _viewer_tokens(call, integration, subject.user)


def service_tokens(call: Call, integration: Document, *, anew: bool = False) -> Tokens:
    """Return the tokens of an integration's own account."""
    now, found = call.world.clock.now().timestamp(), outside_tokens.kept(integration)
    with call.world.store.reading() as records:
        found = outside_tokens.kept(records.get("OAuthIntegration", integration["guid"]) or {})
    if found is not None and found.lasts(now) and not anew:
        return found
    try:
        tokens = outside_tokens.by_secret(call.world, call.request, integration)
    except OutsideError as error:
        raise bad(f"The service gave no token: {error}.", "OAuthUnableToRetrieveToken") from None
    with call.world.store.writing() as records:
        records.change("OAuthIntegration", integration["guid"], tokens.document())
    return tokens


def _viewer_tokens(call: Call, integration: Document, user: Document) -> Tokens:
    with call.world.store.reading() as records:
        session = session_of(records, user["guid"], integration["guid"])
    tokens = outside_tokens.kept(session) if session else None
    if session is None or tokens is None:
        path = f"/__oauth__/integrations/{integration['guid']}/login"
        raise bad(f"The viewer has not signed in there; {call.url(path)} is where.", "OAuthSessionNotFound")
    if tokens.lasts(call.world.clock.now().timestamp()):
        return tokens
    if not tokens.refresh:
        raise bad("The token has expired, and nothing renews it: sign in anew.", "OAuthInvalidRefreshToken")
    try:
        tokens = outside_tokens.renewed(call.world, call.request, integration, tokens)
    except OutsideError as error:
        message = f"The token has expired and can't be renewed: {error}. Sign in anew."
        raise bad(message, "OAuthAccessTokenRefreshFailure") from None
    with call.world.store.writing() as records:
        if records.get("OAuthSession", session["guid"]) is not None:
            values = {**tokens.document(), "has_refresh_token": bool(tokens.refresh)}
            records.change("OAuthSession", session["guid"], {**values, "updated_time": call.world.now()})
    return tokens


# Beside content ----------------------------------------------------------------------------------


@handles("OAuthIntegration", "verify", alone=True)
def verify(call: Call) -> Answer:
    """Try whether a service account gets a token, and give nobody the token."""
    with call.world.store.reading() as records:
        integration = records.get("OAuthIntegration", call.key)
    if integration is None:
        raise absent()
    if integration["auth_type"] != "Service Account":
        raise bad(
            "Only integrations of the kind Service Account can be tested.", "OAuthServiceAccountTestInvalidAuthType"
        )
    with call.world.renewing:
        service_tokens(call, integration, anew=True)
    return Reply(call.operation.status[0])


def _by_identity(call: Call) -> Answer:
    body = call.body
    if body.get("requested_token_type", _KEY) != _KEY:
        raise bad(f"For an id_token there is the requested_token_type {_KEY}.", "OAuthCredentialRequestedTokenType")
    try:
        given = exchanged(call.world, call.request, body["subject_token"])
    except OAuthError as error:
        raise Refusal(400, "OAuthCredentialIdTokenVerification", error.description) from None
    return Shape(call, secrets=True).fields(
        "OAuthCredentials", {**given, "issued_token_type": _KEY, "token_type": "Key"}
    )
