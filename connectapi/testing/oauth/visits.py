"""Where people sign in to a service outside, for an integration, and out again: `/__oauth__/integrations/…`."""

from __future__ import annotations

import re
from typing import Final
from urllib.parse import quote

from werkzeug.utils import redirect
from werkzeug.wrappers import Request, Response

from connectapi.testing import generic, pages
from connectapi.testing.conditions import equals
from connectapi.testing.credentials import digest, secret_text
from connectapi.testing.entrance import check_form, form_token, local_path
from connectapi.testing.identity import COOKIE, Caller, visitor
from connectapi.testing.oauth import grants, outside_tokens
from connectapi.testing.oauth.messages import query_of, redirected, s256
from connectapi.testing.oauth.outside import OutsideError, reachable
from connectapi.testing.oauth.paths import CALLBACK, PROVIDER, VISITS
from connectapi.testing.store import Document, Records
from connectapi.testing.world import World

__all__ = ["Visits", "session_of"]

_PLACE: Final = re.compile(rf"{VISITS}([0-9a-f-]{{36}})/(login|logout)")

#: How long a person may take to sign in outside, in seconds.
_PATIENCE: Final = 600.0


class Visits:
    """Answers everything under `/__oauth__/integrations/`."""

    def __init__(self, world: World) -> None:
        self._world = world

    def answer(self, request: Request) -> Response:
        """Answer a browser."""
        place = _PLACE.fullmatch(request.path)
        with self._world.store.reading() as records:
            caller = visitor(self._world, records, request)
            found = records.get("OAuthIntegration", place[1]) if place else None
        back = request.path == CALLBACK
        if not back and (found is None or found["auth_type"] != "Viewer"):
            return pages.message(404, "Not found", "There is no integration here that one could sign in to.")
        if caller is None or caller.scopes is not None:
            return pages.login(f"{quote(request.path)}?{request.query_string.decode('latin-1')}")
        if back:
            return self._come_back(request, caller)
        assert place is not None  # noqa: S101 -- else nothing would have been found
        assert found is not None  # noqa: S101
        return (self._log_in if place[2] == "login" else self._log_out)(request, found, caller)

    def _log_in(self, request: Request, integration: Document, caller: Caller) -> Response:
        """Send a person to the service, which sends them back."""
        config = integration.get("config") or {}
        verifier = secret_text(64)
        with self._world.store.writing() as records:
            state = grants.promise(
                self._world,
                records,
                "integration-login",
                _PATIENCE,
                user_guid=caller.guid,
                visit=digest(request.cookies.get(COOKIE, "")),
                integration_guid=integration["guid"],
                verifier=verifier,
                target=local_path(request.args.get("redirect", "/connect/")),
            )
        asked = str(config.get("authorization_uri") or "")
        return redirected(
            asked if reachable(asked) else f"{request.host_url.rstrip('/')}{PROVIDER}/authorize",
            response_type="code",
            client_id=str(config.get("client_id") or integration["guid"]),
            redirect_uri=f"{request.host_url.rstrip('/')}{CALLBACK}",
            scope=str(config.get("scopes", "")),
            state=state,
            code_challenge=s256(verifier),
            code_challenge_method="S256",
            login_hint=caller.username,
        )

    def _come_back(self, request: Request, caller: Caller) -> Response:
        """Take the code that a person comes back with for tokens, and keep these."""
        given = query_of(request)
        with self._world.store.writing() as records:
            state = grants.take(self._world, records, "integration-login", given.get("state", ""))
            if state is not None:
                state["integration"] = records.get("OAuthIntegration", state["integration_guid"])
        # Both: the one who began, in the browser that began. Else someone could be made to sign in as another.
        begun = state is not None and state["user_guid"] == caller.guid
        if state is None or not begun or state["visit"] != digest(request.cookies.get(COOKIE, "")):
            return pages.message(400, "Not signed in", "This sign-in was not begun here, or too long ago. Try again.")
        if state["integration"] is None:
            return pages.message(404, "Not found", "The integration is no longer there.")
        if "code" not in given:
            return pages.message(403, "Not signed in", "The service says that access was denied.")
        form = {
            "code": given["code"],
            "redirect_uri": f"{request.host_url.rstrip('/')}{CALLBACK}",
            "code_verifier": state["verifier"],
        }
        try:
            tokens = outside_tokens.by_code(self._world, request, state["integration"], form)
        except OutsideError as error:
            return pages.message(502, "Not signed in", f"The service gave no tokens: {error}.")
        with self._world.store.writing() as records:
            _keep(self._world, records, caller.guid, state["integration_guid"], tokens)
        return redirect(state["target"], 303)

    def _log_out(self, request: Request, integration: Document, caller: Caller) -> Response:
        """Forget the tokens of a person, who has said so with a form."""
        if request.method != "POST":
            name = integration.get("name") or integration["guid"]
            return pages.render("oauth/log_out.html", name=name, token=form_token(request), action=request.path)
        check_form(self._world, request)
        with self._world.store.writing() as records:
            session = session_of(records, caller.guid, integration["guid"])
            if session is not None:
                generic.remove(self._world, records, "OAuthSession", session["guid"])
        return redirect(local_path(request.form.get("redirect", "/connect/")), 303)


def session_of(records: Records, user_guid: str, integration_guid: str) -> Document | None:
    """Return the session of a user with an integration: there is one at most."""
    mine = (equals("user_guid", user_guid), equals("oauth_integration_guid", integration_guid))
    found = records.find("OAuthSession", *mine, limit=1)
    return found[0] if found else None


def _keep(world: World, records: Records, user_guid: str, guid: str, tokens: outside_tokens.Tokens) -> None:
    values = {**tokens.document(), "has_refresh_token": bool(tokens.refresh)}
    session = session_of(records, user_guid, guid)
    if session is not None:
        records.change("OAuthSession", session["guid"], {**values, "updated_time": world.now()})
        return
    values.update(user_guid=user_guid, oauth_integration_guid=guid)
    key, document = generic.complete(world, records, world.specs["OAuthSession"], values, {})
    records.insert("OAuthSession", key, document)
