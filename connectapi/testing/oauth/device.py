"""Signing in on another screen (RFC 8628): a program shows a short code, and a person types it here."""

from __future__ import annotations

import secrets
from typing import Final

from werkzeug.wrappers import Request, Response

from connectapi.testing import pages
from connectapi.testing.entrance import check_form, form_token
from connectapi.testing.identity import Caller
from connectapi.testing.oauth import grants
from connectapi.testing.oauth.clients import DEVICE, known_client
from connectapi.testing.oauth.consent import signed_in
from connectapi.testing.oauth.messages import OAuthError, answer, form_of
from connectapi.testing.oauth.paths import BASE
from connectapi.testing.store import Document, Records
from connectapi.testing.world import World

__all__ = ["begin", "claimed", "decide", "show"]

#: How long the codes last, and how long a program waits between two questions, in seconds.
_LASTS: Final = 600
_INTERVAL: Final = 1
_SLOWER: Final = 5

#: No vowels, so that no words come of it, and nothing that looks like something else.
_ALPHABET: Final = "BCDFGHJKLMNPQRSTVWXZ"
_LENGTH: Final = 8


def begin(world: World, request: Request) -> Response:
    """Give a program two codes: one to show, and one to ask with whether a person has typed the other."""
    form = form_of(request)
    shown = "".join(secrets.choice(_ALPHABET) for _ in range(_LENGTH))
    with world.store.writing() as records:
        client = known_client(records, form.get("client_id", ""), DEVICE)
        details = {
            "client_id": client["client_id"],
            "interval": _INTERVAL,
            "asked": 0.0,
            "user_guid": "",
            "denied": False,
        }
        code = grants.promise(world, records, "device", _LASTS, **details)
        grants.promise(
            world,
            records,
            "user-code",
            _LASTS,
            shown,
            device=grants.key_of("device", code),
            client_id=client["client_id"],
        )
    page = f"{request.host_url.rstrip('/')}{BASE}/device"
    readable = f"{shown[:4]}-{shown[4:]}"
    return answer(
        {
            "device_code": code,
            "user_code": readable,
            "verification_uri": page,
            "verification_uri_complete": f"{page}?user_code={readable}",
            "expires_in": _LASTS,
            "interval": _INTERVAL,
        }
    )


def show(world: World, request: Request) -> Response:
    """Ask a person for the code, and then whether the program may act as them."""
    caller = signed_in(world, request)
    if caller is None:
        return pages.login(f"{request.path}?{request.query_string.decode('latin-1')}")
    given = request.args.get("user_code", "")
    if not given:
        return _form(request)
    with world.store.reading() as records:
        found = grants.look(world, records, "user-code", _plain(given))
        client = records.get("OAuthClient", found["client_id"]) if found else None
    return _form(request, wrong=True) if client is None else _page(request, client, caller, _plain(given))


def decide(world: World, request: Request) -> Response:
    """Note what the person decided; the program learns it when it next asks."""
    check_form(world, request)
    form = form_of(request)
    caller = signed_in(world, request)
    allowed = form.get("decision") == "allow"
    with world.store.writing() as records:
        found = grants.take(world, records, "user-code", _plain(form.get("user_code", ""))) if caller else None
        if found is not None and caller is not None:
            decided = {"user_guid": caller.guid} if allowed else {"denied": True}
            grants.change_kept(records, found["device"], **decided)
    if found is None:
        return pages.message(403, "Too late", "This code is unknown, used or too old: let the program show another.")
    if allowed:
        return pages.message(200, "Signed in", "The program is signed in now; you may close this page.")
    return pages.message(200, "Not signed in", "The program was told that you don't want that.")


def claimed(world: World, records: Records, code: str, client_id: str) -> Document | OAuthError:
    """Return what a program gets for its code: the decision of a person, or why there is none yet."""
    found = grants.look(world, records, "device", code)
    if found is None or found["client_id"] != client_id:
        return OAuthError("expired_token", "The device_code is unknown, used, or has expired.")
    if found["denied"]:
        return OAuthError("access_denied", "The person denied access.")
    if found["user_guid"]:
        return grants.take(world, records, "device", code) or found
    now = world.clock.now().timestamp()
    if now - found["asked"] < found["interval"]:
        grants.change(records, "device", code, asked=now, interval=found["interval"] + _SLOWER)
        return OAuthError("slow_down", f"Wait {found['interval'] + _SLOWER} seconds between two questions.")
    grants.change(records, "device", code, asked=now)
    return OAuthError("authorization_pending", "Nobody has typed the code yet.")


def _plain(code: str) -> str:
    return "".join(letter for letter in code.upper() if letter in _ALPHABET)


def _form(request: Request, *, wrong: bool = False) -> Response:
    return pages.render("oauth/device.html", 404 if wrong else 200, action=request.path, wrong=wrong)


def _page(request: Request, client: Document, caller: Caller, code: str) -> Response:
    return pages.render(
        "oauth/consent.html",
        name=client["client_name"] or "A program without a name",
        where="",
        username=caller.username,
        action=request.path,
        token=form_token(request),
        sealed="",
        code=f"{code[:4]}-{code[4:]}",
    )
