"""Signing in on another screen (RFC 8628): a program shows a code, and a person lets it in with any browser."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Final

import msgspec
from attrs import field, frozen

from connectapi.errors import ConfigError, RateLimitError, ServerError, SignInError, TransportError
from connectapi.http.address import Address
from connectapi.http.failure import one_line
from connectapi.private.document import as_secret
from connectapi.signin.metadata import DEVICE
from connectapi.signin.prompt import Prompt
from connectapi.signin.site import Site
from connectapi.signin.tokens import Tokens
from connectapi.types import Secret

__all__ = ["by_device"]

#: How long to wait between two questions where the server does not say, and how much longer when it says so.
_INTERVAL: Final = 5.0
_SLOWER: Final = 5.0

#: The longest wait between two questions, in seconds, and the longest time that a code is waited for.
_LONGEST_INTERVAL: Final = 60.0
_LONGEST: Final = 1800.0


@frozen(kw_only=True)
class _Answer:
    device_code: Secret
    user_code: str
    verification_uri: str
    verification_uri_complete: str | None = None
    expires_in: float = _LONGEST
    interval: float | None = None


@frozen
class Waiting:
    """How the time goes by between two questions."""

    sleep: Callable[[float], object] = time.sleep
    now: Callable[[], float] = field(default=time.monotonic)


def by_device(
    site: Site,
    client_id: str,
    tell: Callable[[Prompt], object],
    *,
    timeout: float = 300.0,
    waiting: Waiting | None = None,
) -> Tokens:
    """Show a person a code, wait until it was let in, and return what came of it.

    Args:
        site: the server.
        client_id: as what we are registered there.
        tell: is told the page and the code.
        timeout: how long the person has, in seconds; the server may set a shorter time.
        waiting: how the time goes by.

    Raises:
        SignInError: the person or the server said no, or the time was up.
    """
    endpoint = site.metadata.device_authorization
    if endpoint is None or not site.metadata.allows(DEVICE):
        raise SignInError(site.server, "it lets nobody sign in by a code. Sign in by a browser, or use an API key")
    answer = site.post(endpoint, {"client_id": client_id}, "to give a code")
    try:
        told = msgspec.json.decode(answer.body, type=_Answer, dec_hook=as_secret)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise SignInError(site.server, f"its answer with the code can't be read: {error}") from None
    lasts = min(max(told.expires_in, 1.0), timeout, _LONGEST)
    tell(Prompt(url=_page(site, told), code=one_line(told.user_code), expires_in=lasts))
    return _polled(site, client_id, told, lasts, waiting or Waiting())


def _polled(site: Site, client_id: str, told: _Answer, lasts: float, waiting: Waiting) -> Tokens:
    interval = min(max(told.interval or _INTERVAL, 1.0), _LONGEST_INTERVAL)
    form: dict[str, str | Secret] = {"grant_type": DEVICE, "client_id": client_id, "device_code": told.device_code}
    end = waiting.now() + lasts
    while waiting.now() + interval <= end:
        waiting.sleep(interval)
        try:
            return site.tokens(form, "the code")
        except SignInError as error:
            if error.error == "slow_down":
                interval = min(interval + _SLOWER, _LONGEST_INTERVAL)
            elif error.error == "access_denied":
                raise SignInError(site.server, "access was denied on the server's page", error.error) from None
            elif error.error == "expired_token":
                break
            elif error.error != "authorization_pending":
                raise
        except (TransportError, ServerError, RateLimitError):
            interval = min(interval * 2, _LONGEST_INTERVAL)  # it may pass before the code does
    raise SignInError(site.server, "nobody typed the code in time. Begin anew", "expired_token")


def _page(site: Site, told: _Answer) -> str:
    """Return the page to go to, which must be the server's own: people sign in there."""
    url = told.verification_uri_complete or told.verification_uri
    try:
        own = Address.parse(url.partition("?")[0]).origin == site.address.origin
    except ConfigError:
        own = False
    if not (own and url.isascii() and url.isprintable()):
        raise SignInError(site.server, f"it sends people to {one_line(url)!r}, which is not on it. Don't go there")
    return url
