"""What content gets for its session token: a token or a key for some time, or temporary AWS keys."""

from __future__ import annotations

import base64
import binascii
from datetime import datetime, timezone
from typing import Final, Literal, TypeAlias

import msgspec
from attrs import field, frozen

from connectapi.errors import DecodeError
from connectapi.types import Secret

__all__ = ["ISSUED", "AWSCredentials", "Credentials", "Kind", "unpacked"]

#: The kinds of credentials that Connect gives.
Kind: TypeAlias = Literal["access_token", "api_key", "aws"]

#: How OAuth names them.
ISSUED: Final[dict[Kind, str]] = {
    "access_token": "urn:ietf:params:oauth:token-type:access_token",
    "api_key": "urn:posit:connect:api-key",
    "aws": "urn:ietf:params:aws:token-type:credentials",
}


@frozen(kw_only=True)
class Credentials:
    """What lets content into a service for some time; `token.reveal()` is the token itself.

    Args:
        token: the access token, or the API key.
        token_type: how to send it, such as `Bearer`; None if the server does not say.
        kind: `access_token` or `api_key`.
        expires: until when it is good, in UTC; None if that is not known.
    """

    token: Secret
    token_type: str | None = None
    kind: Kind = "access_token"
    expires: datetime | None = None


@frozen(kw_only=True)
class AWSCredentials:
    """Temporary keys of AWS.

    Args:
        access_key_id: identifies the keys.
        secret_access_key: signs calls.
        session_token: goes with each call.
        expires: until when they are good, in UTC; None if that is not known.
    """

    access_key_id: str
    secret_access_key: Secret
    session_token: Secret
    expires: datetime | None = None


@frozen(kw_only=True)
class _Packed:
    accessKeyId: str  # noqa: N815 -- AWS's own names
    secretAccessKey: str = field(repr=False)  # noqa: N815
    sessionToken: str = field(repr=False)  # noqa: N815
    expiration: datetime | None = None


def unpacked(token: Secret) -> AWSCredentials:
    """Return the AWS keys that an answer holds in the place of a token, as base64 of JSON.

    Raises:
        DecodeError: there are none in it.
    """
    try:
        keys = msgspec.json.decode(base64.b64decode(token.reveal(), validate=True), type=_Packed)
    except (binascii.Error, ValueError) as error:  # msgspec's errors are of the second kind
        found = str(error) if isinstance(error, msgspec.ValidationError) else "something else"
    else:
        return AWSCredentials(
            access_key_id=keys.accessKeyId,
            secret_access_key=Secret(keys.secretAccessKey),
            session_token=Secret(keys.sessionToken),
            expires=_as_utc(keys.expiration),
        )
    raise DecodeError("AWSCredentials", "", "AWS keys as base64 of JSON", found)


def _as_utc(moment: datetime | None) -> datetime | None:
    if moment is None or moment.tzinfo is None:
        return moment and moment.replace(tzinfo=timezone.utc)
    return moment.astimezone(timezone.utc)
