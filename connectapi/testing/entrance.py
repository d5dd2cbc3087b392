"""Signing in and out with a browser, and telling our own forms from those of others."""

from __future__ import annotations

import hashlib
import hmac
from http import HTTPStatus
from typing import Final

from werkzeug.utils import redirect
from werkzeug.wrappers import Request, Response

from connectapi.testing import pages
from connectapi.testing.identity import COOKIE, sign_in
from connectapi.testing.refusal import Refusal, denied
from connectapi.testing.world import World

__all__ = ["check_form", "check_origin", "enter", "form_token", "leave", "local_path"]

_UNKNOWN: Final = "This key is not known here."

#: What Sec-Fetch-Site says of requests that begin on a page of this server, or with the user alone.
_OWN: Final = frozenset({"same-origin", "none"})


def enter(world: World, request: Request, *, action: str = "/__login__") -> Response:
    """Sign in the one who sent the form with an API key, and go on to where the form says.

    Args:
        world: the server.
        request: the form.
        action: where the next form goes if the key is wrong.
    """
    check_origin(request)
    target = local_path(request.form.get("url", "/"))
    with world.store.reading() as records:
        try:
            cookie = sign_in(world, records, request.form.get("key", "").strip())
        except Refusal as refusal:
            wrong = _UNKNOWN if refusal.status == HTTPStatus.UNAUTHORIZED else refusal.message
            return pages.login(target, wrong=wrong, action=action)
    response = redirect(target, 303)
    response.set_cookie(COOKIE, cookie, httponly=True, samesite="Lax")
    return response


def leave(world: World, request: Request) -> Response:
    """End the visit of the one who sent the form."""
    check_form(world, request)
    world.sessions.pop(request.cookies.get(COOKIE, ""), None)
    response = redirect("/connect/", 303)
    response.delete_cookie(COOKIE, httponly=True, samesite="Lax")
    return response


def form_token(request: Request) -> str:
    """Return what forms carry to show that a page made for this visit sent them; empty if nobody signed in."""
    cookie = request.cookies.get(COOKIE, "")
    return hashlib.sha256(f"form of {cookie}".encode()).hexdigest() if cookie else ""


def check_form(world: World, request: Request) -> None:
    """Refuse a form that no page of this visit sent; from those who have not signed in, without reading it."""
    check_origin(request)
    if request.cookies.get(COOKIE, "") not in world.sessions:
        raise Refusal(401, "AuthRequired", "You have not signed in.")
    token, given = form_token(request), request.form.get("token", "")
    if not hmac.compare_digest(token.encode(), given.encode("utf-8", "surrogatepass")):
        raise denied("This form is not one that you were given: open the page anew, and try again.")


def check_origin(request: Request) -> None:
    """Refuse a form that a browser says another site sent."""
    origin = request.headers.get("Origin", "")
    elsewhere = bool(origin) and origin != request.host_url.rstrip("/")
    if elsewhere or request.headers.get("Sec-Fetch-Site", "none") not in _OWN:
        raise denied("This form came from another site.")


def local_path(target: str) -> str:
    """Return a path on this server: where a form sends people, nobody else may say."""
    fits = target.startswith("/") and not target.startswith(("//", "/\\")) and target.isprintable()
    return target if fits else "/"
