"""A CI's identity token, exchanged for an access token (RFC 8693); it is read anew each time."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any, Final, Literal
from urllib.parse import parse_qsl, urlsplit

from attrs import frozen

from connectapi.errors import APIError, ConfigError, DecodeError, SignInError
from connectapi.http.address import Address
from connectapi.http.options import Options
from connectapi.http.transport import Transport
from connectapi.http.values import Headers, Request
from connectapi.signin.metadata import EXCHANGE, require_secure
from connectapi.signin.oauth import OAuth, Steps
from connectapi.signin.tokens import Tokens
from connectapi.signin.unsigned import Unsigned
from connectapi.types import Secret

__all__ = ["Identity", "exchanged", "of_ci"]

#: The variables from which the official command line takes the token, too.
_FILE: Final = "CONNECT_IDENTITY_TOKEN_FILE"
_VARIABLE: Final = "CONNECT_IDENTITY_TOKEN"

#: Where a job of GitHub Actions asks for its token, and with what.
_GITHUB_URL: Final = "ACTIONS_ID_TOKEN_REQUEST_URL"
_GITHUB_TOKEN: Final = "ACTIONS_ID_TOKEN_REQUEST_TOKEN"  # noqa: S105 -- the variable's name

_ID_TOKEN: Final = "urn:ietf:params:oauth:token-type:id_token"  # noqa: S105 -- OAuth's name of a kind
_ACCESS_TOKEN: Final = "urn:ietf:params:oauth:token-type:access_token"  # noqa: S105 -- as above


@frozen
class Identity:
    """Where the token is read: a file, a variable of the environment, or what GitHub Actions answers."""

    kind: Literal["file", "variable", "github"]
    name: str = ""

    def read(self, audience: str) -> Secret:
        """Return the token as it is now.

        Args:
            audience: whom it is to be for, where that can be asked for.

        Raises:
            ConfigError: there is none, or it can't be read.
        """
        if self.kind == "github":
            return _from_github(audience)
        token = Secret(_file(self.name) if self.kind == "file" else os.environ.get(self.name, "").strip())
        if not token.reveal():
            msg = f"there is no identity token in {self.kind} {self.name}: have the CI put one there"
            raise ConfigError(msg)
        return token


def of_ci() -> Identity:
    """Return where the CI that this runs in has its identity token.

    Raises:
        ConfigError: nothing says so.
    """
    if path := os.environ.get(_FILE):
        return Identity("file", str(Path(path).absolute()))
    if os.environ.get(_VARIABLE):
        return Identity("variable", _VARIABLE)
    if os.environ.get(_GITHUB_URL) and os.environ.get(_GITHUB_TOKEN):
        return Identity("github")
    msg = (
        f"no identity token of a CI was found: set {_FILE} or {_VARIABLE} (GitLab: under id_tokens), "
        "or give a job of GitHub Actions the permission 'id-token: write'"
    )
    raise ConfigError(msg)


def exchanged(oauth: OAuth, identity: Identity) -> Steps[Tokens]:
    """Return an access token for a CI's identity token.

    Raises:
        ConfigError: there is no identity token.
        SignInError: the server takes none, or not this one.
    """
    metadata = yield from oauth.metadata()
    if not metadata.allows(EXCHANGE):
        raise SignInError(oauth.server, "it takes no identity tokens. Use an API key: set CONNECT_API_KEY")
    form: dict[str, str | Secret] = {
        "grant_type": EXCHANGE,
        "subject_token_type": _ID_TOKEN,
        "requested_token_type": _ACCESS_TOKEN,
        "subject_token": identity.read(oauth.server),
    }
    return (yield from oauth.tokens(form, "the identity token"))


def _file(path: str) -> str:
    try:
        return Path(path).read_text(encoding="ascii").strip()
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "it is no ASCII text"
        msg = f"the identity token can't be read from {path}: {reason}"
        raise ConfigError(msg) from None


def _from_github(audience: str) -> Secret:
    url, token = os.environ.get(_GITHUB_URL, ""), Secret(os.environ.get(_GITHUB_TOKEN, ""))
    require_secure(url)
    parts = urlsplit(url)
    origin = Address.parse(url.partition("?")[0]).origin
    query = (*parse_qsl(parts.query), ("audience", audience))
    with Transport(Address(origin, f"{origin}/v1"), Unsigned([token]), Options(timeout=60.0), connections=1) as way:
        try:
            headers = Headers({"Authorization": f"Bearer {token.reveal()}"})
            answer: Any = way.send(Request(verb="GET", path=parts.path, query=query, headers=headers)).json()
            return Secret(answer["value"])
        except (APIError, DecodeError, KeyError, TypeError) as error:
            msg = f"GitHub Actions gave no identity token: {error}. Does the job have the permission 'id-token: write'?"
            raise ConfigError(msg) from None
