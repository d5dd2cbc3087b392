"""Azure, by the libraries that take a `TokenCredential`: storage, key vault, Microsoft Graph and others."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Final, NamedTuple

from connectapi.client.session_token import hidden

if TYPE_CHECKING:
    from connectapi.client.client import Client
    from connectapi.client.session_token import SessionToken

__all__ = ["AccessToken", "TokenCredential"]

#: For how long a token is used that does not say when it expires, in seconds.
_UNKNOWN: Final = 60


class AccessToken(NamedTuple):
    """What Azure's libraries take for a token: the text, and when it expires in seconds since 1970."""

    token: str
    expires_on: int

    def __repr__(self) -> str:
        return f"AccessToken(token='XXXXXXXX', expires_on={self.expires_on})"


class TokenCredential:
    """Gives Azure's libraries tokens of an integration that the content uses.

    Args:
        client: a client of Connect.
        viewer: the viewer's session token, or a function that returns it; left out, the service
            account's credentials are used.
        audience: the guid of the integration, where the content uses several.
    """

    def __init__(self, client: Client, viewer: SessionToken | None = None, *, audience: str | None = None) -> None:
        viewer = hidden(viewer)  # first of all: no local may hold the text
        self._client, self._viewer, self._audience = client, viewer, audience

    def get_token(self, *scopes: str, **_options: object) -> AccessToken:
        """Return a token that lasts; its scopes are those of the integration."""
        found = self._client.oauth.credentials(self._viewer, audience=self._audience)
        ends = found.expires.timestamp() if found.expires is not None else time.time() + _UNKNOWN
        return AccessToken(found.token.reveal(), int(ends))
