"""What is not the API: published content under its guid or its own path, the dashboard, and signing in."""

from __future__ import annotations

from functools import cached_property
from http import HTTPStatus
from typing import TYPE_CHECKING, Final

from werkzeug.wrappers import Request, Response

from connectapi.testing import pages
from connectapi.testing.entrance import enter
from connectapi.testing.identity import Caller, app_role, visitor
from connectapi.testing.oauth.paths import is_oauth
from connectapi.testing.published import Place, find_place, query_of, show
from connectapi.testing.refusal import Refusal
from connectapi.testing.routes import Routes
from connectapi.testing.usage import record_hit
from connectapi.testing.world import World

if TYPE_CHECKING:
    from connectapi.testing.dashboard import Dashboard
    from connectapi.testing.oauth.site import OAuthSite

__all__ = ["Site"]

_LOGIN: Final = "/__login__"
_VERBS: Final = frozenset({"GET", "HEAD"})


class Site:
    """Answers everything outside of `/__api__`."""

    def __init__(self, world: World, routes: Routes) -> None:
        self._world = world
        self._routes = routes

    @cached_property
    def _dashboard(self) -> Dashboard:
        from connectapi.testing.dashboard import Dashboard  # which most servers are never asked for

        return Dashboard(self._world, self._routes)

    @cached_property
    def _oauth(self) -> OAuthSite:
        from connectapi.testing.oauth.site import OAuthSite  # as the dashboard

        return OAuthSite(self._world)

    def answer(self, request: Request) -> Response:
        """Answer a request of a browser."""
        if self._dashboard.has(request.path):
            return self._dashboard.answer(request)
        if is_oauth(request.path):
            return self._oauth.answer(request)
        if request.path == _LOGIN:
            posted = request.method == "POST"
            return enter(self._world, request) if posted else pages.login(request.args.get("url", "/"))
        return self._published(request)

    def _published(self, request: Request) -> Response:
        if request.method not in _VERBS:
            return pages.message(405, "Not possible", f"{request.method} is not possible here.")
        if request.path == "/__ping__":
            return Response("{}", mimetype="application/json")
        with self._world.store.reading() as records:
            caller = visitor(self._world, records, request)
            place = find_place(records, request.path, caller)
            role = app_role(records, place.content, caller) if place else "none"
        if place is None:
            return pages.message(404, "Not found", "There is nothing at this address.")
        return _closed(request, caller) if role == "none" else self._opened(request, place, caller)

    def _opened(self, request: Request, place: Place, caller: Caller | None) -> Response:
        response = show(self._world, request, place)
        if response.status_code == HTTPStatus.OK and response.mimetype == "text/html" and place.below is not None:
            record_hit(self._world, place, caller, request)
        return response


def _closed(request: Request, caller: Caller | None) -> Response:
    if caller is not None:
        return pages.message(403, "Not shared", "This content is not shared with you.")
    if "text/html" in request.headers.get("Accept", ""):
        return pages.login(f"{request.path}{query_of(request)}")
    raise Refusal(401, "AuthRequired", "This content needs an API key.")
