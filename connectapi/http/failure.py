"""What an answer that is an error says, as the error that users see."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

import msgspec

from connectapi.codes import code_number
from connectapi.errors import APIError, TLSError, api_error
from connectapi.http.auth import masked
from connectapi.http.retry import retry_after
from connectapi.http.values import CORRELATION_ID, Request, Response
from connectapi.types import Secret

__all__ = ["SPEAKS_TLS", "answer_failure", "one_line"]

#: How much of an answer is looked at for its message, in bytes, and how much is shown, in characters.
_LOOKED_AT: Final = 16 * 1024
_SHOWN: Final = 200

_TITLE: Final = re.compile(r"<title[^>]*>([^<]*)", re.IGNORECASE)
_TAG: Final = re.compile(r"<(script|style)\b.*?</\1\s*>|<[^>]*>", re.IGNORECASE | re.DOTALL)
_SPOKE_HTTP_TO_TLS: Final = re.compile(rb"HTTP request (was sent )?to (an )?HTTPS", re.IGNORECASE)

#: What to do about a server that was called over plain HTTP.
SPEAKS_TLS: Final = "speaks TLS only. Set CONNECT_SERVER to an https:// URL"


def one_line(text: str) -> str:
    """Return a text on one line, free of control characters, at most 200 characters long."""
    line = " ".join("".join(char if char.isprintable() else " " for char in text).split())
    return line if len(line) <= _SHOWN else f"{line[: _SHOWN - 1]}…"


def answer_failure(
    request: Request, response: Response, origin: str, secrets: Iterable[Secret] = ()
) -> APIError | TLSError | None:
    """Return the error that an answer stands for, or None for a good one.

    What the server says is shown without `secrets`.
    """
    if response.status < 400:  # noqa: PLR2004 -- HTTP's own boundary; what leads elsewhere is the business of `redirect`
        return None
    if origin.startswith("http:") and _SPOKE_HTTP_TO_TLS.search(response.body[:_LOOKED_AT]):
        return TLSError(f"{request}: {origin} {SPEAKS_TLS}.")
    secrets = (*secrets, *response.secrets)
    code, message, payload = _said(response.body.decode("utf-8", "replace"), secrets)
    return api_error(response.status)(
        status=response.status,
        reason=one_line(masked(response.reason, secrets)),
        verb=request.verb,
        path=request.path,
        message=message,
        code=code,
        correlation_id=masked(response.correlation_id or request.headers.get(CORRELATION_ID, ""), secrets) or None,
        payload=payload,
        retry_after=retry_after(response.headers.get("Retry-After")),
    )


def _said(text: str, secrets: tuple[Secret, ...]) -> tuple[int | None, str, object]:
    """Return the code, the message and the payload of an error's body, whatever it is, without secrets."""
    try:
        # Once it is read: JSON can spell a text in many ways.
        found = _hidden(msgspec.json.decode(text), secrets)
    except (msgspec.DecodeError, UnicodeEncodeError, RecursionError):
        return None, _gist(masked(text, secrets)[:_LOOKED_AT], secrets), None
    if not isinstance(found, dict):
        return None, one_line(found if isinstance(found, str) else text), found
    parts = [found.get(key) for key in ("error", "error_description", "message")]  # the second: OAuth's
    message = ": ".join(part for part in parts if isinstance(part, str) and part)
    payload = found.get("payload") if "payload" in found or "code" in found else found
    return _code(found.get("code")), one_line(message or text), payload


def _hidden(found: object, secrets: tuple[Secret, ...]) -> object:
    if isinstance(found, str):
        return masked(found, secrets)
    if isinstance(found, list):
        return [_hidden(each, secrets) for each in found]
    if isinstance(found, dict):
        return {masked(f"{key}", secrets): _hidden(each, secrets) for key, each in found.items()}
    return found


def _code(found: object) -> int | None:
    if isinstance(found, int) and not isinstance(found, bool):
        return found
    if isinstance(found, str):
        try:
            return int(found) if found.isdecimal() else code_number(found)
        except ValueError:
            return None
    return None


def _gist(text: str, secrets: tuple[Secret, ...]) -> str:
    """Return what a page or a plain text says; an HTML page says its title."""
    if not text.lstrip().startswith("<"):
        return one_line(text)
    title = _TITLE.search(text)
    from html import unescape  # loads for a page that should not have come

    return one_line(masked(unescape(title[1] if title and title[1].strip() else _TAG.sub(" ", text)), secrets))
