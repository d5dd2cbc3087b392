"""Where OAuth lies on the server, outside of the API."""

from __future__ import annotations

from typing import Final

__all__ = ["BASE", "CALLBACK", "METADATA", "PROVIDER", "VISITS", "is_oauth"]

#: Signing in to this server.
METADATA: Final = "/.well-known/oauth-authorization-server"
BASE: Final = "/__oauth__"

#: Signing in to services outside, for integrations; and where these send people back to.
VISITS: Final = f"{BASE}/integrations/"
CALLBACK: Final = f"{VISITS}callback"

#: The service outside that is made up.
PROVIDER: Final = "/__provider__"


def is_oauth(path: str) -> bool:
    """Whether a path is one of these, if only by what it begins with."""
    return path.startswith((f"{BASE}/", f"{PROVIDER}/")) or path == METADATA
