"""Databricks, by its SDK and by its SQL connector."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from connectapi.client.client import Client
    from connectapi.client.session_token import SessionToken

__all__ = ["CredentialsStrategy"]


class CredentialsStrategy:
    """Shows Databricks who is calling, by an integration that the content uses.

    It is what `databricks.sdk.core.Config(credentials_strategy=…)` and
    `databricks.sql.connect(credentials_provider=…)` take. Each call has a token that lasts.

    Args:
        client: a client of Connect.
        viewer: the viewer's session token, or a function that returns it; left out, the service
            account's credentials are used.
        audience: the guid of the integration, where the content uses several.
    """

    def __init__(self, client: Client, viewer: SessionToken | None = None, *, audience: str | None = None) -> None:
        from connectapi.client.session_token import hidden

        viewer = hidden(viewer)  # first of all: no local may hold the text
        self._client, self._viewer, self._audience = client, viewer, audience

    def auth_type(self) -> str:
        """Return what the SDK calls this."""
        return "connect-oauth-integration"

    def __call__(self, config: object = None) -> Callable[[], dict[str, str]]:
        """Return what gives the headers of a call; the SDK gives its settings."""
        return self._headers

    def _headers(self) -> dict[str, str]:
        found = self._client.oauth.credentials(self._viewer, audience=self._audience)
        return {"Authorization": f"Bearer {found.token.reveal()}"}
