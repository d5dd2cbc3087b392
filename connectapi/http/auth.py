"""Who is calling: how a request shows it, without any I/O."""

from __future__ import annotations

import re
from collections.abc import Callable, Generator, Iterable
from functools import partial
from typing import Final, Protocol

from attrs import Attribute, field, frozen

from connectapi.errors import ConfigError
from connectapi.http.steps import Step
from connectapi.http.values import Headers, Request, Response
from connectapi.types import MASK, Secret

__all__ = ["ApiKeyAuth", "Auth", "NoAuth", "masked", "masked_quote"]

#: What no encoding writes in another way.
_SPELT_ALIKE: Final = re.compile(r"[A-Za-z0-9._~-]+")

#: The shortest beginning of a secret that is one, in characters.
_RECOGNISED: Final = 6

_UNSENDABLE: Final = re.compile(r"[^\x21-\x7e\xa1-\xff]")


class Auth(Protocol):
    """A way to show who is calling. Safe to share between threads."""

    def flow(self, request: Request) -> Generator[Step, Response, None]:
        """Yield the request as it is to be sent, and be sent the answer.

        It may then yield once more, such as the same request with a fresh token; what is yielded
        last gets the answer that the caller sees. It does no I/O of its own: for a request of its
        own it yields a `TokenRequest`, and to wait for another thread a `Wait`.
        """
        ...

    def secrets(self) -> Iterable[Secret]:
        """Return what must not be shown, even where the server sends it back."""
        ...


def _check_key(_auth: ApiKeyAuth, _attribute: Attribute[Secret], key: Secret) -> None:
    if not key.reveal():
        msg = "the API key is empty: set CONNECT_API_KEY"
        raise ConfigError(msg)
    if _UNSENDABLE.search(key.reveal()):
        msg = (
            "the API key has a space, a line break or another character that no key has: "
            "copy it again into CONNECT_API_KEY; if it is read from a file, strip the line's end"
        )
        raise ConfigError(msg)


@frozen
class ApiKeyAuth:
    """Calls with an API key, in `Authorization: Key …`.

    Raises:
        ConfigError: it can't be a key; the message does not show it.
    """

    key: Secret = field(validator=_check_key)

    def flow(self, request: Request) -> Generator[Request, Response, None]:
        """Yield the request with the key; one that brings its own `Authorization` goes as it is."""
        if "Authorization" in request.headers:
            yield request
        else:
            # No local may hold the text: a traceback that shows locals would show it.
            yield request.with_headers(Headers({"Authorization": f"Key {self.key.reveal()}"}))

    def secrets(self) -> tuple[Secret, ...]:
        """Return the key."""
        return (self.key,)


@frozen
class NoAuth:
    """Calls that don't show who is calling."""

    def flow(self, request: Request) -> Generator[Request, Response, None]:
        """Yield the request as it is."""
        yield request

    def secrets(self) -> tuple[Secret, ...]:
        """Return nothing."""
        return ()


def masked(text: str, secrets: Iterable[Secret]) -> str:
    """Return a text with every secret in it replaced by `XXXXXXXX`, however the place it came from spells it."""
    for secret in secrets:
        if _SPELT_ALIKE.fullmatch(secret.reveal()):
            text = text.replace(secret.reveal(), MASK)
        else:
            for spelling in _spellings(secret):
                text = text.replace(spelling.reveal(), MASK)
    return text


def masked_quote(text: str, secrets: Iterable[Secret]) -> str:
    """Return a text that quotes another, without secrets: those, too, of which the quote has the beginning alone."""
    secrets = tuple(secrets)
    text = masked(text, secrets)
    for secret in secrets:
        for length in range(len(secret.reveal()) - 1, _RECOGNISED - 1, -1):
            for end in ("'", '"', "…"):
                text = text.replace(f"{secret.reveal()[:length]}{end}", f"{MASK}{end}")
    return text


def _spellings(secret: Secret) -> Iterable[Secret]:
    """Return a secret as it may stand in a text: itself, percent-encoded, as a form, JSON or HTML has it."""
    if not secret.reveal():
        return ()
    import html  # for a secret with a special character in it
    import json
    from urllib.parse import quote, quote_plus

    ways: tuple[Callable[[str], str], ...] = (
        str,
        quote,
        partial(quote, safe=""),
        quote_plus,
        html.escape,
        partial(html.escape, quote=False),
        lambda text: json.dumps(text)[1:-1],
        lambda text: json.dumps(text, ensure_ascii=False)[1:-1],
        lambda text: text.encode("utf-8", "replace").decode("latin-1"),  # by a server that takes it for that
    )
    # Twice: what was sent as JSON may come back in a URL or a page.
    once = {Secret(way(secret.reveal())) for way in ways}
    twice = {Secret(way(each.reveal())) for each in once for way in ways}
    # However often it was spelt in another way: its longer parts without special characters are in it.
    parts = {Secret(part) for part in _SPELT_ALIKE.findall(secret.reveal()) if len(part) >= _RECOGNISED}
    return sorted(twice | parts, key=lambda each: -len(each.reveal()))
