"""Where a redirect may lead: elsewhere on the same server, for a call that only reads."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final
from urllib.parse import SplitResult, urljoin, urlsplit

from connectapi.errors import RedirectError
from connectapi.http.auth import masked
from connectapi.http.failure import one_line
from connectapi.http.values import Request, Response
from connectapi.types import Secret

__all__ = ["Redirects"]

#: The statuses that name another place for the same call. 300 offers a choice, 304 leads nowhere.
_STATUSES: Final = frozenset({301, 302, 303, 307, 308})

#: How many redirects one call follows.
_MOST: Final = 5

_SET_UP_WRONG: Final = "The server, or a proxy before it, is set up wrong"
_FOLLOWED: Final = frozenset({"GET", "HEAD"})
_PORTS: Final = {"http": 80, "https": 443}
_TARGET: Final = re.compile(r"/[!-\[\]^-~]*")


class Redirects:
    """The redirects that one call follows; the key goes nowhere but to its own server.

    Args:
        request: the call.
        origin: the server's scheme, host and port.
        target: where the call went at first: path and query.
        secrets: what no message may show.
    """

    def __init__(self, request: Request, origin: str, target: str, secrets: Iterable[Secret] = ()) -> None:
        self._request = request
        self._origin = origin
        self._seen = [target]
        self._secrets = secrets

    def next(self, response: Response) -> str | None:
        """Return where the call goes on, path and query; None if the answer leads nowhere.

        Raises:
            RedirectError: it leads to another server, in a circle or too far, or the call may not be repeated.
        """
        location = response.headers.get("Location")
        if not 300 <= response.status < 400 or response.status == 304:  # noqa: PLR2004 -- Not Modified
            return None
        if response.status not in _STATUSES or location is None:
            raise self._refused(response, "nowhere", _SET_UP_WRONG)
        try:
            parts = urlsplit(urljoin(self._origin + self._seen[-1], location))
            same = _origin(parts) == _origin(urlsplit(self._origin))
        except ValueError:
            raise self._refused(response, "what is no URL", _SET_UP_WRONG) from None
        # Without the query: it may hold a ticket, or the key.
        place = one_line(parts._replace(query="", fragment="", netloc=parts.netloc.rpartition("@")[2]).geturl())
        if not same:
            raise self._refused(response, place, _elsewhere(place, self._origin), ", where no key is sent")
        if self._request.verb not in _FOLLOWED:
            advice = f"A {self._request.verb} is not sent a second time elsewhere: send it there in the first place"
            raise self._refused(response, place, advice)
        target = parts._replace(scheme="", netloc="", fragment="").geturl() or "/"
        if not _TARGET.fullmatch(target):
            raise self._refused(response, "what is no URL", _SET_UP_WRONG)
        if target in self._seen:
            raise self._refused(response, place, f"That is a circle. {_SET_UP_WRONG}")
        if len(self._seen) > _MOST:
            raise self._refused(response, place, f"That is one redirect too many in a row. {_SET_UP_WRONG}")
        self._seen.append(target)
        return target

    def _refused(self, response: Response, place: str, advice: str, aside: str = "") -> RedirectError:
        text = f"{self._request}: {self._origin} redirects to {place} ({response.status}){aside}. {advice}."
        return RedirectError(masked(text, self._secrets))


def _origin(parts: SplitResult) -> tuple[str, str, int | None]:
    if "@" in parts.netloc:
        return ("", "", None)  # a name and a password belong to no server
    return parts.scheme, parts.hostname or "", parts.port or _PORTS.get(parts.scheme)


def _elsewhere(place: str, origin: str) -> str:
    """Return what to do about a redirect to another server."""
    if place.startswith("http:") and origin.startswith("https:"):
        return f"It would not be encrypted there. {_SET_UP_WRONG}"
    moved, _, rest = place.partition("/__api__")
    if rest:
        return f"Set CONNECT_SERVER to {moved!r}, if that is your server"
    return "Is there a login page or a proxy before the server? Set CONNECT_SERVER to the server itself"
