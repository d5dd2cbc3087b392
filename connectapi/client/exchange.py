"""The exchange of a session token for credentials, as steps that any flow can take."""

from __future__ import annotations

from collections.abc import Generator, Mapping
from typing import TYPE_CHECKING, Final

from attrs import frozen

from connectapi.client.credentials import ISSUED, AWSCredentials, Credentials, Kind, unpacked
from connectapi.errors import APIError, ConfigError, DecodeError
from connectapi.http.failure import answer_failure
from connectapi.http.steps import Step, answered
from connectapi.http.token import expiry
from connectapi.http.values import Response
from connectapi.query.call import Call
from connectapi.types import Secret

if TYPE_CHECKING:
    from connectapi.http.auth import Auth
    from connectapi.query.session import Session
    from connectapi.resource.catalog import Catalog

__all__ = ["Subject", "exchanged"]

#: How OAuth names what is exchanged.
_VIEWER: Final = "urn:posit:connect:user-session-token"
_CONTENT: Final = "urn:posit:connect:content-session-token"

#: Where a catalog keeps the declared call.
_EXCHANGE: Final = "OAuthIntegration.exchange"

_STALE: Final = "Take the session token of the current request: this one has expired, or is of other content."
_SIGN_IN: Final = "The viewer must sign in there first, or anew: Connect asks for it where they open the content."

#: What to do about each of Connect's errors.
_ADVICE: Final[Mapping[str | None, str]] = {
    "OAuthCredentialNoAssociations": "Let the content use an integration first: content.set_associations([…]).",
    "OAuthCredentialsInvalidAssociationCount": "Say which of the content's integrations, by its guid: audience=….",
    "OAuthCredentialsInvalidAudience": "audience= is the guid of an integration that the content uses.",
    "OAuthCredentialSubjectToken": _STALE,
    "OAuthInvalidContentSessionToken": _STALE,
    "OAuthSessionNotFound": _SIGN_IN,
    "OAuthInvalidRefreshToken": _SIGN_IN,
    "OAuthAccessTokenRefreshFailure": _SIGN_IN,
    "OAuthCredentialsInvalidSubjectRequestedCombination": "This integration gives another kind of credentials; "
    "its template says which.",
}

#: What to do where the integration is for the other kind of session token.
_WRONG_KIND: Final = frozenset(
    {"OAuthCredentialInvalidSubjectTokenTypeForAuthType", "OAuthAuthTypeMismatch", "OAuthAssociationAuthType"}
)


@frozen
class Subject:
    """Whose credentials are wanted: the viewer's whose session token this is, or the content's own."""

    token: Secret
    viewer: bool

    @property
    def type(self) -> str:
        """What OAuth calls its token."""
        return _VIEWER if self.viewer else _CONTENT


def exchanged(
    session: Session, auth: Auth, subject: Subject, kind: Kind, audience: str | None
) -> Generator[Step, Response, Credentials | AWSCredentials]:
    """Exchange a session token for credentials.

    Args:
        session: the client of the content.
        auth: how the content shows who it is.
        subject: the session token.
        kind: what is wanted.
        audience: the guid of the integration, where the content uses several.

    Raises:
        APIError: the server refuses; the message says what to do.
        DecodeError: what came is no such credentials.
        UnsupportedError: the server is too old for this.
    """
    call = _exchange(session.catalog)
    values: dict[str, object] = {"subject_token": subject.token, "subject_token_type": subject.type}
    if kind != "access_token":  # which is what comes anyway; older servers know no other
        values["requested_token_type"] = ISSUED[kind]
    if audience:
        values["audience"] = audience
    values = call.arguments.bind((), values)
    with call.request(values) as request:
        response = yield from answered(auth, request)
        failure = answer_failure(request, response, "", (*auth.secrets(), *request.secrets))
    if failure is not None:
        too_old = call.unsupported(session, values)
        if too_old is not None:
            raise too_old from failure
        if isinstance(failure, APIError):
            failure.advice = _advice(failure.code_name, subject)
        raise failure
    return _read(call, response, kind)


def _read(call: Call, response: Response, kind: Kind) -> Credentials | AWSCredentials:
    found = call.decoded(response, call.reader.read)
    issued: Kind | None = next((name for name, urn in ISSUED.items() if urn == found.issued_token_type), None)
    if issued is not None and issued != kind:
        raise ConfigError(
            f"the integration gives credentials of the kind {issued!r}, not {kind!r}: ask for kind={issued!r}"
        )
    if not found.access_token:
        raise DecodeError("OAuthCredentials", "$.access_token", "a token", "none", call.operation.call)
    if kind == "aws":
        return unpacked(Secret(found.access_token))
    expires = expiry(found.expires_in)
    return Credentials(token=Secret(found.access_token), token_type=found.token_type, kind=kind, expires=expires)


def _exchange(catalog: Catalog) -> Call:
    """Return the declared call, made once for each catalog."""
    found = catalog.derived.get(_EXCHANGE)
    if found is None:
        spec = catalog.spec("OAuthIntegration")
        found = catalog.derived.setdefault(_EXCHANGE, Call(catalog, spec, "exchange", spec.actions["exchange"]))
    call: Call = found
    return call


def _advice(code: str | None, subject: Subject) -> str:
    if code in _WRONG_KIND:
        if subject.viewer:
            return "This integration is a service account's, the same for all viewers: leave the viewer out."
        return "This integration gives each viewer their own credentials: give the viewer's session token."
    return _ADVICE.get(code, "")
