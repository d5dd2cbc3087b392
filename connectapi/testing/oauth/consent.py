"""The page where a person lets a program act as them, and what the program gets for that: a code."""

from __future__ import annotations

from typing import Final
from urllib.parse import urlsplit

from werkzeug.wrappers import Request, Response

from connectapi.testing import pages
from connectapi.testing.entrance import check_form, form_token
from connectapi.testing.identity import Caller, visitor
from connectapi.testing.oauth import grants
from connectapi.testing.oauth.clients import CODE, known_client, leads_back
from connectapi.testing.oauth.messages import Form, OAuthError, form_of, query_of, redirected, sealed, unsealed
from connectapi.testing.store import Document
from connectapi.testing.world import World

__all__ = ["ask", "decide", "signed_in"]

#: How long a code is good for, in seconds.
_CODE_LASTS: Final = 60.0

#: The length of a challenge of the method S256.
_CHALLENGE: Final = 43


def ask(world: World, request: Request) -> Response:
    """Ask a person whether a program may act as them."""
    asked = query_of(request)
    with world.store.reading() as records:
        client = known_client(records, asked.get("client_id", ""), CODE)
        caller = signed_in(world, request)
    target = asked.get("redirect_uri", "")
    if not leads_back(client, target):
        raise OAuthError("invalid_request", "redirect_uri is not one that the program registered.")
    own = request.host_url.rstrip("/")
    if (wrong := _wrong(asked)) is not None:
        text = wrong.description
        return redirected(target, error=wrong.error, error_description=text, state=asked.get("state", ""), iss=own)
    if caller is None:
        return pages.login(f"{request.path}?{request.query_string.decode('latin-1')}")
    values = {
        "client_id": client["client_id"],
        "redirect_uri": target,
        "challenge": asked["code_challenge"],
        "state": asked.get("state", ""),
    }
    return _page(world, request, client, caller, values)


def decide(world: World, request: Request) -> Response:
    """Send the person back with a code, or with the word that access was denied."""
    check_form(world, request)
    form = form_of(request)
    asked = unsealed(form.get("sealed", ""), "consent", world.secret, world.clock.now().timestamp())
    caller = signed_in(world, request)
    if caller is None:
        return pages.message(403, "Signed out", "Sign in, and begin anew.")
    state, own = asked["state"], request.host_url.rstrip("/")
    if form.get("decision") != "allow":
        return redirected(asked["redirect_uri"], error="access_denied", state=state, iss=own)
    with world.store.writing() as records:
        known_client(records, asked["client_id"], CODE)
        names = ("client_id", "redirect_uri", "challenge")
        details = {name: asked[name] for name in names}
        code = grants.promise(world, records, "code", _CODE_LASTS, user_guid=caller.guid, **details)
    return redirected(asked["redirect_uri"], code=code, state=state, iss=own)


def signed_in(world: World, request: Request) -> Caller | None:
    """Return the person who signed in with this browser: a key or a token that came along counts for nothing."""
    if request.headers.get("Authorization") or request.headers.get("X-RSC-Authorization"):
        return None
    with world.store.reading() as records:
        return visitor(world, records, request)


def _wrong(asked: Form) -> OAuthError | None:
    if asked.get("response_type") != "code":
        return OAuthError("unsupported_response_type", "response_type must be code.")
    if asked.get("code_challenge_method") != "S256" or len(asked.get("code_challenge", "")) != _CHALLENGE:
        return OAuthError("invalid_request", "It takes PKCE: a code_challenge of the code_challenge_method S256.")
    return None


def _page(world: World, request: Request, client: Document, caller: Caller, values: Document) -> Response:
    back = urlsplit(values["redirect_uri"])
    return pages.render(
        "oauth/consent.html",
        # Browsers hold the redirect after a form to this too.
        forms_to=f"'self' {back.scheme}://{back.netloc}",
        name=client["client_name"] or "A program without a name",
        where=f"{back.scheme}://{back.netloc}",
        username=caller.username,
        action=request.path,
        token=form_token(request),
        sealed=sealed(values, "consent", world.secret, world.clock.now().timestamp()),
        code="",
    )
