"""The paths of OAuth outside of the API, each with what answers it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial

from werkzeug.wrappers import Request, Response

from connectapi.testing import pages
from connectapi.testing.identity import SIGN_IN
from connectapi.testing.oauth import clients, consent, device, issuing
from connectapi.testing.oauth.messages import OAuthError, refused
from connectapi.testing.oauth.paths import BASE, METADATA, VISITS
from connectapi.testing.oauth.provider import Provider
from connectapi.testing.oauth.visits import Visits
from connectapi.testing.refusal import Refusal
from connectapi.testing.world import World

__all__ = ["OAuthSite"]


Answering = Callable[[Request], Response]


class OAuthSite:
    """Answers what OAuth needs beside the API: signing in here, and the service outside that is made up."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._visits = Visits(world)
        own: Mapping[tuple[str, str], Answering] = {
            ("GET", METADATA): clients.metadata,
            ("POST", f"{BASE}/register"): partial(clients.register, world),
            ("GET", f"{BASE}/authorize"): partial(consent.ask, world),
            ("POST", f"{BASE}/authorize"): partial(consent.decide, world),
            ("POST", f"{BASE}/device_authorization"): partial(device.begin, world),
            ("GET", f"{BASE}/device"): partial(device.show, world),
            ("POST", f"{BASE}/device"): partial(device.decide, world),
            ("POST", f"{BASE}/token"): partial(issuing.give, world),
            ("POST", f"{BASE}/revoke"): partial(issuing.revoked, world),
        }
        self._routes = {**Provider(world).routes, **(own if world.has(SIGN_IN) else {})}

    def answer(self, request: Request) -> Response:
        """Answer a browser or a program."""
        page = "text/html" in request.headers.get("Accept", "")
        try:
            return self._answer(request)
        except OAuthError as error:
            return pages.message(error.status, "That did not work", error.description) if page else refused(error)
        except Refusal as refusal:
            if not page:
                raise
            return pages.message(refusal.status, "That did not work", refusal.message)

    def _answer(self, request: Request) -> Response:
        if request.path.startswith(VISITS):
            return self._visits.answer(request)
        verb = "GET" if request.method == "HEAD" else request.method
        answering = self._routes.get((verb, request.path))
        if answering is not None:
            return answering(request)
        known = any(path == request.path for _, path in self._routes)
        text = f"{request.method} is not possible here." if known else "There is nothing at this address."
        raise OAuthError("invalid_request", text, 405 if known else 404)
