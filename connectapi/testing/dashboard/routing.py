"""From the path of a request below `/connect/` to the page that answers it."""

from __future__ import annotations

import threading
from collections.abc import Callable
from http import HTTPStatus
from typing import Final, TypeAlias

from attrs import frozen
from werkzeug.exceptions import HTTPException
from werkzeug.routing import Map, RequestRedirect, Rule
from werkzeug.utils import redirect
from werkzeug.wrappers import Request, Response

from connectapi.testing import pages
from connectapi.testing.dashboard import actions, content, front, job, resources, tags, usage
from connectapi.testing.dashboard.visit import Visit
from connectapi.testing.entrance import check_form, enter, leave
from connectapi.testing.identity import visitor
from connectapi.testing.refusal import Refusal
from connectapi.testing.routes import Routes
from connectapi.testing.world import World

__all__ = ["Dashboard"]

Page: TypeAlias = Callable[..., Response]

_ROOT: Final = "/connect"


@frozen
class _Leaf:
    """What answers at a path: to look at, or to send a form to."""

    path: str
    page: Page
    form: bool = False


#: Names with a hyphen can't be collections, so that no plugin's resource is hidden by a page of ours.
_LEAVES: Final = (
    _Leaf("/", front.show),
    _Leaf("/content/<guid>/", content.show),
    _Leaf("/content/<guid>/deploy", actions.deploy, form=True),
    _Leaf("/content/<guid>/lock", actions.lock, form=True),
    _Leaf("/content/<guid>/upload", actions.upload, form=True),
    _Leaf("/bundles/<guid>/<bundle_id>/download", content.download),
    _Leaf("/jobs/<guid>/<key>/", job.show),
    _Leaf("/jobs/<guid>/<key>/download", job.download),
    _Leaf("/tasks/<task_id>/", job.task),
    _Leaf("/tags/", tags.show),
    _Leaf("/content-usage/", usage.show),
    _Leaf("/all-resources/", resources.index),
    _Leaf("/<collection>/", resources.show),
    _Leaf("/<collection>/<path:keys>/", resources.show),
)


class Dashboard:
    """Answers everything below `/connect/`."""

    def __init__(self, world: World, routes: Routes) -> None:
        self._world = world
        self._routes = routes
        self._map: Map | None = None
        self._lock = threading.Lock()

    def has(self, path: str) -> bool:
        """Whether a path is one of the dashboard's."""
        return path in {"/", _ROOT} or path.startswith(f"{_ROOT}/")

    def answer(self, request: Request) -> Response:
        """Answer a request of a browser."""
        try:
            return self._answer(request)
        except Refusal as refusal:
            return _refused(request, refusal)

    def _answer(self, request: Request) -> Response:
        _check_use(request)
        path = request.path.removeprefix(_ROOT) or "/"
        if request.method == "POST" and path == "/":
            return enter(self._world, request, action="")
        if request.method == "POST" and path == "/sign-out":
            return leave(self._world, request)
        try:
            leaf, values = self._match(request, path)
        except RequestRedirect as error:
            return redirect(error.new_url, 308)
        except HTTPException as error:
            status = error.code or HTTPStatus.NOT_FOUND
            return pages.message(status, HTTPStatus(status).phrase, "There is nothing at this address.")
        if leaf.form:
            request.max_content_length = self._world.limits.bundle
            check_form(self._world, request)
        with self._world.store.reading() as records:
            visit = Visit(self._world, self._routes, request, visitor(self._world, records, request), records)
            try:
                return leaf.page(visit, **values)
            except Refusal as refusal:
                if visit.caller is None:
                    raise
                title = HTTPStatus(refusal.status).phrase
                return visit.render("message.html", title=title, status=refusal.status, text=refusal.message)

    def _match(self, request: Request, path: str) -> tuple[_Leaf, dict[str, str]]:
        with self._lock:
            if self._map is None:
                rules = [
                    Rule(f"{_ROOT}{leaf.path}", endpoint=leaf, methods=["POST" if leaf.form else "GET"])
                    for leaf in _LEAVES
                ]
                self._map = Map(rules, merge_slashes=False)
            adapter = self._map.bind_to_environ(request.environ)
        leaf, values = adapter.match(f"{_ROOT}{path}", request.method)
        return leaf, {name: str(value) for name, value in values.items()}


def _check_use(request: Request) -> None:
    """Refuse what does not want a page to show it: published content has this origin too, and its scripts could read on.

    Browsers say what a request is for; programs that are none do not.
    """
    mode = request.headers.get("Sec-Fetch-Mode", "navigate")
    wanted = request.headers.get("Sec-Fetch-Dest", "document")
    if mode != "navigate" or wanted != "document":
        raise Refusal(403, "PermissionDenied", "The dashboard is for people: no script and no frame gets its pages.")


def _refused(request: Request, refusal: Refusal) -> Response:
    if refusal.status == HTTPStatus.UNAUTHORIZED:
        query = f"?{request.query_string.decode('latin-1')}" if request.query_string else ""
        return pages.login(f"{request.path}{query}" if request.method == "GET" else "/connect/")
    return pages.message(refusal.status, HTTPStatus(refusal.status).phrase, refusal.message)
