"""Credentials for services outside, from inside content that runs on Connect: `client.oauth`."""

from __future__ import annotations

from collections.abc import Generator
from typing import TYPE_CHECKING, Literal, cast, overload

from connectapi.client.credentials import AWSCredentials, Credentials, Kind
from connectapi.client.exchange import Subject, exchanged
from connectapi.client.session_token import SessionToken, content_session_token, hidden, viewer_session_token
from connectapi.http.renewal import Renewal
from connectapi.http.steps import Step
from connectapi.http.values import Response

if TYPE_CHECKING:
    from connectapi.client.client import Client

__all__ = ["OAuth"]


class OAuth:
    """What a client can get for the session tokens of content."""

    def __init__(self, client: Client, content: Client, viewer: SessionToken | None = None) -> None:
        self._client, self._content, self._viewer = client, content, viewer

    def __repr__(self) -> str:
        return f"<OAuth of {self._client.connect_server}>"

    @overload
    def credentials(
        self,
        viewer: SessionToken | None = None,
        *,
        audience: str | None = None,
        kind: Literal["access_token", "api_key"] = "access_token",
    ) -> Credentials: ...
    @overload
    def credentials(
        self, viewer: SessionToken | None = None, *, audience: str | None = None, kind: Literal["aws"]
    ) -> AWSCredentials: ...

    def credentials(
        self, viewer: SessionToken | None = None, *, audience: str | None = None, kind: Kind = "access_token"
    ) -> Credentials | AWSCredentials:
        """Return credentials for a service outside, through an OAuth integration that the content uses.

        They are kept until shortly before they expire. Of several threads that need them at once,
        one asks the server.

        Args:
            viewer: the viewer's session token, from the header `Posit-Connect-User-Session-Token` of
                the current request, or a function that returns it; left out, those are given that
                the content has of its own, by a service account.
            audience: the guid of the integration, where the content uses several.
            kind: an access token, an API key of Connect, or temporary AWS keys.

        Raises:
            APIError: the server refuses; the message says what to do.
            ConfigError: there is no session token, as the program does not run on Connect; or the
                integration gives another kind of credentials.
            UnsupportedError: the server is too old for this.

        Source: POST /v1/oauth/integrations/credentials
        """
        viewer = hidden(self._viewer if viewer is None else viewer)  # first of all: no local may hold the text
        token = None if viewer is None else viewer_session_token(viewer)
        content = self._content

        def fetch() -> Generator[Step, Response, Credentials | AWSCredentials]:
            subject = Subject(token or content_session_token(), viewer=token is not None)
            return exchanged(content, content._auth(), subject, kind, audience)

        key = (token, audience, kind)
        renewal = content._shared.credentials.get(key, lambda: Renewal(fetch, keep_unlimited=False))
        held = content._open().run(renewal.current(), self._client._options)
        return cast("Credentials | AWSCredentials", held.value)
