"""What is not the API: published content under its guid or its own path, and the server's few pages."""

from __future__ import annotations

import secrets
from http import HTTPStatus
from typing import Final

from werkzeug.utils import redirect
from werkzeug.wrappers import Request, Response

from connectapi.testing import pages
from connectapi.testing.conditions import Order
from connectapi.testing.identity import COOKIE, Caller, app_role, user_of_key, visible, visitor
from connectapi.testing.published import Place, find_place, query_of, show
from connectapi.testing.refusal import Refusal
from connectapi.testing.store import Records
from connectapi.testing.usage import record_hit
from connectapi.testing.world import World

__all__ = ["Site"]

_LOGIN: Final = "/__login__"
_FRONT: Final = frozenset({"/", "/connect", "/connect/"})
_VERBS: Final = frozenset({"GET", "HEAD"})

#: How many visitors can be signed in; the one who came first goes first.
_VISITORS: Final = 1000


class Site:
    """Answers everything outside of `/__api__`."""

    def __init__(self, world: World) -> None:
        self._world = world

    def answer(self, request: Request) -> Response:
        """Answer a request of a browser."""
        if request.path == _LOGIN:
            return self._sign_in(request)
        if request.method not in _VERBS:
            return pages.message(405, "Not possible", f"{request.method} is not possible here.")
        if request.path == "/__ping__":
            return Response("{}", mimetype="application/json")
        with self._world.store.reading() as records:
            caller = visitor(self._world, records, request)
            if request.path in _FRONT:
                return self._front(records, caller)
            place = find_place(records, request.path, caller)
            role = app_role(records, place.content, caller) if place else "none"
        if place is None:
            return pages.message(404, "Not found", "There is nothing at this address.")
        return _closed(request, caller) if role == "none" else self._opened(request, place, caller)

    def _opened(self, request: Request, place: Place, caller: Caller | None) -> Response:
        response = show(self._world, request, place)
        if response.status_code == HTTPStatus.OK and response.mimetype == "text/html" and place.below is not None:
            record_hit(self._world, place.content, caller, request, place.below)
        return response

    # Pages -----------------------------------------------------------------------------------

    def _front(self, records: Records, caller: Caller | None) -> Response:
        owners = {user["guid"]: user["username"] for user in records.find("User")}
        found = records.find("Content", *visible(caller), order=[Order("last_deployed_time", ascending=False)])
        items = [
            pages.Item(
                guid=content["guid"],
                title=content.get("title") or content["name"],
                kind=content["app_mode"],
                owner=owners.get(content["owner_guid"], ""),
                time=content["last_deployed_time"],
            )
            for content in found
        ]
        return pages.front(items, caller.username if caller else None)

    def _sign_in(self, request: Request) -> Response:
        if request.method != "POST":
            return pages.login(request.args.get("url", "/"))
        target = request.form.get("url", "/")
        with self._world.store.reading() as records:
            try:
                user = user_of_key(self._world, records, request.form.get("key", "").strip())
            except Refusal:
                return pages.login(target, wrong=True)
        cookie = secrets.token_urlsafe(32)
        sessions = self._world.sessions
        while len(sessions) >= _VISITORS:
            sessions.pop(next(iter(sessions)), None)
        sessions[cookie] = user.guid
        response = redirect(_local(target), 303)
        response.set_cookie(COOKIE, cookie, httponly=True, samesite="Lax")
        return response


def _closed(request: Request, caller: Caller | None) -> Response:
    if caller is not None:
        return pages.message(403, "Not shared", "This content is not shared with you.")
    if "text/html" in request.headers.get("Accept", ""):
        return pages.login(f"{request.path}{query_of(request)}")
    raise Refusal(401, "AuthRequired", "This content needs an API key.")


def _local(target: str) -> str:
    """Return a path on this server: where a form sends people, nobody else may say."""
    fits = target.startswith("/") and not target.startswith(("//", "/\\")) and target.isprintable()
    return target if fits else "/"
