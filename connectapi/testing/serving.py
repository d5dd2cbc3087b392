"""What is not the API: published content under its guid or its own path, and the server's few pages."""

from __future__ import annotations

import secrets
from http import HTTPStatus
from pathlib import Path
from typing import Final
from urllib.parse import quote

from attrs import frozen
from werkzeug.security import safe_join
from werkzeug.utils import redirect, send_file
from werkzeug.wrappers import Request, Response

from connectapi.testing import pages
from connectapi.testing.conditions import Order
from connectapi.testing.identity import COOKIE, Caller, app_role, user_of_key, visible, visitor
from connectapi.testing.publishing import thumbnail_path, unpacked_path
from connectapi.testing.refusal import Refusal
from connectapi.testing.store import Document, Records
from connectapi.testing.usage import record_hit
from connectapi.testing.world import World

__all__ = ["Site"]

_CONTENT: Final = "/content/"
_LOGIN: Final = "/__login__"
_FRONT: Final = frozenset({"/", "/connect", "/connect/"})
_VERBS: Final = frozenset({"GET", "HEAD"})

#: How many visitors can be signed in; the one who came first goes first.
_VISITORS: Final = 1000


@frozen
class _Place:
    """A content item, and the path below its address; None if the address lacks its last slash."""

    content: Document
    below: str | None


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
            place = _find(records, request.path)
            role = app_role(records, place.content, caller) if place else "none"
        if place is None:
            return pages.message(404, "Not found", "There is nothing at this address.")
        return _closed(request, caller) if role == "none" else self._opened(request, place, caller)

    def _opened(self, request: Request, place: _Place, caller: Caller | None) -> Response:
        if place.below is None:
            return redirect(f"{quote(request.path)}/{_query(request)}", 301)
        response = self._content(request, place.content, place.below)
        if response.status_code == HTTPStatus.OK and response.mimetype == "text/html":
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

    # Content ---------------------------------------------------------------------------------

    def _content(self, request: Request, content: Document, below: str) -> Response:
        if below == "__thumbnail__":
            return self._thumbnail(request, content)
        if content.get("locked"):
            text = content.get("locked_message") or "Its owner has locked this content."
            return pages.message(403, "Locked", text)
        if not content.get("bundle_id"):
            return pages.message(404, "Not deployed", "This content was not deployed yet.")
        if content["app_mode"] != "static":
            text = f"This is content of the kind {content['app_mode']}, and this server serves static content only."
            return pages.message(501, "Not run here", text)
        if not below and "/" in content["_page"]:
            return redirect(f"{quote(request.path)}{quote(content['_page'])}", 302)
        root = unpacked_path(self._world, content["guid"], content["bundle_id"])
        return _file(request, root, below or content["_page"])

    def _thumbnail(self, request: Request, content: Document) -> Response:
        path = thumbnail_path(self._world, content["guid"])
        if not path.is_file():
            return Response(status=204)
        kind = "image/png" if path.read_bytes()[:4] == b"\x89PNG" else "image/jpeg"
        return send_file(path, request.environ, mimetype=kind)


def _find(records: Records, path: str) -> _Place | None:
    """Find what is published at an address."""
    if path.startswith(_CONTENT):
        guid, slash, rest = path.removeprefix(_CONTENT).partition("/")
        content = records.get("Content", guid)
        return _Place(content, rest if slash else None) if content else None
    for vanity in records.find("Vanity"):
        if path.startswith(vanity["path"]) or f"{path}/" == vanity["path"]:
            content = records.get("Content", vanity["content_guid"])
            below = path.removeprefix(vanity["path"]) if path.startswith(vanity["path"]) else None
            return _Place(content, below) if content else None
    return None


def _file(request: Request, root: Path, below: str) -> Response:
    joined = None if "\0" in below else safe_join(str(root), below)
    path = Path(joined) if joined else root / "missing"
    if path.is_dir():
        if not below.endswith("/"):
            return redirect(f"{quote(request.path)}/{_query(request)}", 301)
        path /= "index.html"
    # The unpacked files have no links among them; that they still lie where they should costs little to see.
    if not path.is_file() or not path.resolve().is_relative_to(root.resolve()):
        return pages.message(404, "Not found", "This content has no such page.")
    return send_file(path, request.environ, conditional=True)


def _closed(request: Request, caller: Caller | None) -> Response:
    if caller is not None:
        return pages.message(403, "Not shared", "This content is not shared with you.")
    if "text/html" in request.headers.get("Accept", ""):
        return pages.login(f"{request.path}{_query(request)}")
    raise Refusal(401, "AuthRequired", "This content needs an API key.")


def _query(request: Request) -> str:
    text = request.query_string.decode("latin-1")
    return f"?{text}" if text else ""


def _local(target: str) -> str:
    """Return a path on this server: where a form sends people, nobody else may say."""
    fits = target.startswith("/") and not target.startswith(("//", "/\\")) and target.isprintable()
    return target if fits else "/"
