"""Google, by the libraries that take credentials of google-auth: BigQuery, Vertex AI, Drive, Sheets."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from importlib import import_module
from typing import TYPE_CHECKING, Any

from connectapi.client.session_token import hidden
from connectapi.errors import ConfigError

if TYPE_CHECKING:
    from connectapi.client.client import Client
    from connectapi.client.session_token import SessionToken

__all__ = ["credentials"]


def credentials(client: Client, viewer: SessionToken | None = None, *, audience: str | None = None) -> Any:
    """Return `google.oauth2.credentials.Credentials`, which are renewed when they expire.

    Args:
        client: a client of Connect.
        viewer: the viewer's session token, or a function that returns it; left out, the service
            account's credentials are used.
        audience: the guid of the integration, where the content uses several.

    Raises:
        ConfigError: google-auth is not installed.
    """
    viewer = hidden(viewer)  # first of all: no local may hold the text
    try:
        oauth2: Any = import_module("google.oauth2.credentials")  # for those who use Google
    except ImportError:
        raise ConfigError("google-auth is not installed: pip install google-auth") from None

    def renew(_request: object, scopes: object) -> tuple[str, datetime]:
        found = client.oauth.credentials(viewer, audience=audience)
        ends = found.expires or datetime.now(timezone.utc) + timedelta(minutes=1)
        return found.token.reveal(), ends.replace(tzinfo=None)  # google-auth has times in UTC without saying so

    return oauth2.Credentials(None, refresh_handler=renew)
