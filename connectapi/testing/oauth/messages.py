"""What OAuth's endpoints take and give: forms with each parameter once, JSON that nobody keeps, errors by name."""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
import re
from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import unquote_plus, urlencode, urlsplit

from attrs import frozen
from werkzeug.wrappers import Request, Response

from connectapi.testing import jwt

__all__ = [
    "Form",
    "OAuthError",
    "answer",
    "client_of",
    "form_of",
    "proves",
    "query_of",
    "redirected",
    "refused",
    "s256",
    "sealed",
    "unsealed",
]

Form = Mapping[str, str]

#: What an application proves itself with, as RFC 7636 has it.
_VERIFIER: Final = re.compile(r"[A-Za-z0-9._~-]{43,128}")

#: How long a page may stand open before its form is sent, in seconds.
_OPEN: Final = 600.0


class OAuthError(Exception):
    """An endpoint refuses; `error` is one of OAuth's names, the description has no secret in it."""

    def __init__(self, error: str, description: str, status: int = 400) -> None:
        super().__init__(description)
        self.error = error
        self.description = description
        self.status = status


@frozen
class _Client:
    client_id: str
    secret: str


def form_of(request: Request) -> Form:
    """Return the parameters of a form; each can be there once, and an empty one is not there."""
    if request.mimetype != "application/x-www-form-urlencoded":
        raise OAuthError("invalid_request", "The body must be a form (application/x-www-form-urlencoded).")
    return _once(request.form.to_dict(flat=False))


def query_of(request: Request) -> Form:
    """Return the parameters of the query; as `form_of`."""
    return _once(request.args.to_dict(flat=False))


def _once(given: Mapping[str, list[str]]) -> Form:
    for name, values in given.items():
        if len(values) > 1:
            raise OAuthError("invalid_request", f"The parameter {name[:40]} is there more than once.")
    return {name: values[0] for name, values in given.items() if values[0]}


def client_of(request: Request, form: Form) -> _Client:
    """Return how a program names itself, in the form or in `Authorization: Basic`; an empty secret is none."""
    scheme, _, given = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "basic":
        return _Client(form.get("client_id", ""), form.get("client_secret", ""))
    try:
        name, _, secret = base64.b64decode(given, validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        raise OAuthError("invalid_client", "The header Authorization can't be read.", 401) from None
    return _Client(unquote_plus(name), unquote_plus(secret))


def answer(document: Mapping[str, Any], status: int = 200) -> Response:
    """Return a JSON answer that no cache keeps."""
    response = Response(json.dumps(document), status=status, mimetype="application/json")
    response.headers["Cache-Control"] = "no-store"
    return response


def refused(error: OAuthError) -> Response:
    """Return the answer of an endpoint that refuses."""
    response = answer({"error": error.error, "error_description": error.description}, error.status)
    if error.status == 401:  # noqa: PLR2004
        response.headers["WWW-Authenticate"] = 'Basic realm="oauth"'
    return response


def redirected(target: str, **values: str) -> Response:
    """Send a browser back to where it came from, with what came of it."""
    joint = "&" if urlsplit(target).query else "?"
    response = Response(status=302)
    # As the program gave it: to put it together anew could make another address of it.
    response.headers["Location"] = f"{target}{joint}{urlencode({name: text for name, text in values.items() if text})}"
    response.headers["Cache-Control"] = "no-store"
    response.headers["Referrer-Policy"] = "no-referrer"
    response.autocorrect_location_header = False
    return response


# Proof of possession -------------------------------------------------------------------------


def s256(verifier: str) -> str:
    """Return the challenge to a verifier."""
    return jwt.encoded(hashlib.sha256(verifier.encode()).digest())


def proves(verifier: str, challenge: str) -> bool:
    """Whether a verifier is the one that a challenge was made from."""
    return bool(_VERIFIER.fullmatch(verifier)) and jwt.same(s256(verifier), challenge)


# Forms that come back as they went out ---------------------------------------------------------


def sealed(values: Mapping[str, Any], purpose: str, key: bytes, now: float) -> str:
    """Return values as a form carries them: nobody can change them on their way, or use them elsewhere."""
    return jwt.sign({"for": purpose, "values": dict(values), "exp": now + _OPEN}, key)


def unsealed(text: str, purpose: str, key: bytes, now: float) -> dict[str, Any]:
    """Return the values of a form; raises `OAuthError` if they were changed, or the page stood open too long."""
    try:
        claims = jwt.verify(text, key, now)
    except jwt.TokenError as error:
        msg = f"This form can't be taken: {error}. Go back to where you came from, and begin anew."
        raise OAuthError("invalid_request", msg) from None
    if claims.get("for") != purpose:
        raise OAuthError("invalid_request", "This form is for another page.")
    values: dict[str, Any] = claims["values"]
    return values
