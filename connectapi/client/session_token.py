"""The session tokens that Connect gives to the content it runs: a viewer's with each request, and the content's own."""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from pathlib import Path
from typing import Final, TypeAlias

from connectapi.errors import ConfigError
from connectapi.types import Secret

__all__ = ["HEADER", "SessionToken", "content_session_token", "hidden", "viewer_session_token"]

#: The header of a request to content that has its viewer's session token.
HEADER: Final = "Posit-Connect-User-Session-Token"

FILE: Final = "CONNECT_CONTENT_SESSION_TOKEN_FILE"
VARIABLE: Final = "CONNECT_CONTENT_SESSION_TOKEN"

_UNSENDABLE: Final = re.compile(r"[^\x21-\x7e]")

#: A session token, or a function that returns the one of the current request.
SessionToken: TypeAlias = str | Secret | Callable[[], str | Secret | None]


def hidden(given: SessionToken | None) -> SessionToken | None:
    """Return what was given for a session token, with the text hidden."""
    return Secret(given) if isinstance(given, str) else given


def viewer_session_token(given: SessionToken | None) -> Secret:
    """Return a viewer's session token, hidden.

    Raises:
        ConfigError: there is none, or it can't be one.
    """
    given = hidden(given)  # first of all: no local may hold the text
    found = hidden(given()) if callable(given) else given
    if not isinstance(found, Secret) or not found.reveal():
        msg = (
            f"there is no viewer's session token: Connect sends one in the header {HEADER} with each request to content "
            "that it runs, if the viewer has signed in; elsewhere there is none"
        )
        raise ConfigError(msg)
    return _checked(found)


def content_session_token() -> Secret:
    """Return the session token of the content that this process runs, read anew: Connect replaces it.

    Raises:
        ConfigError: there is none, or it can't be one.
    """
    file = os.environ.get(FILE)
    found = Secret("")
    if file:
        try:
            found = Secret(Path(file).read_text(encoding="utf-8").strip())
        except (OSError, UnicodeDecodeError):
            found = Secret("")  # the variable may have it still
    if not found.reveal():
        found = Secret(os.environ.get(VARIABLE, "").strip())
    if not found.reveal():
        unread = f" (set to {file!r}, which has none in it)" if file else ""
        msg = (
            f"there is no content session token: Connect sets {FILE}{unread} and {VARIABLE} where it runs content that "
            "uses an OAuth integration. Elsewhere, sign in to the service in another way"
        )
        raise ConfigError(msg)
    return _checked(found)


def _checked(token: Secret) -> Secret:
    if _UNSENDABLE.search(token.reveal()):
        msg = "what should be a session token has a space, a line break or another character that no token has"
        raise ConfigError(msg)
    return token
