"""API keys of a viewer, for the session token that Connect sends with each request of theirs."""

from __future__ import annotations

from collections.abc import Generator
from typing import TYPE_CHECKING, cast

from attrs import frozen

from connectapi.client.credentials import Credentials
from connectapi.client.exchange import Subject, exchanged
from connectapi.client.session_token import SessionToken, viewer_session_token
from connectapi.http.steps import Step
from connectapi.http.token import Token, TokenAuth
from connectapi.http.values import Response
from connectapi.types import Secret

if TYPE_CHECKING:
    from connectapi.client.client import Client

__all__ = ["ViewerSource", "viewer_auth"]


@frozen(eq=False)
class ViewerSource:
    """Exchanges a session token for an API key, as the content."""

    content: Client
    token: SessionToken
    audience: str | None

    def exchange(self) -> Generator[Step, Response, Token]:
        """Yield the exchange, and return the key."""
        subject = Subject(viewer_session_token(self.token), viewer=True)
        found = yield from exchanged(self.content, self.content._auth(), subject, "api_key", self.audience)
        credentials = cast("Credentials", found)
        return Token(credentials.token, credentials.expires)

    def secrets(self) -> list[Secret]:
        """Return the key that exchanges, and the session token."""
        own = [self.token] if isinstance(self.token, Secret) else []
        return [*self.content._auth().secrets(), *own]


def viewer_auth(content: Client, token: SessionToken, audience: str | None) -> TokenAuth:
    """Return how calls are made as the viewer that a session token stands for."""
    return TokenAuth(ViewerSource(content, token, audience), form="Key {}")
