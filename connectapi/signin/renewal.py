"""Where a sign-in's access tokens come from: what is kept of it, and the server when that has ended."""

from __future__ import annotations

import datetime
import threading
import time
from typing import Final

from attrs import define, evolve, field

from connectapi.errors import SignInError
from connectapi.http.steps import Wait
from connectapi.http.token import Token, TokenAuth
from connectapi.signin.identity import exchanged
from connectapi.signin.kept import Kept, Lock, change, signed_in
from connectapi.signin.metadata import REFRESH
from connectapi.signin.oauth import OAuth, Steps
from connectapi.signin.tokens import Tokens
from connectapi.types import Secret

__all__ = ["SignedIn", "auth_of"]

#: How long to wait between two looks at a lock that another process has, in seconds.
_GLANCE: Final = 0.05


def auth_of(server: str) -> TokenAuth | None:
    """Return how to call a server that somebody is signed in to; None if nobody is.

    Raises:
        ConfigError: what is kept of the sign-in can't be read.
    """
    return None if signed_in(server) is None else TokenAuth(SignedIn(server))


@define(eq=False)
class SignedIn:
    """The access tokens of the sign-in to one server.

    One thread of one process renews them while all others wait for what comes of it: a refresh
    token that comes twice ends the sign-in.
    """

    server: str
    _given: Tokens | None = field(default=None, init=False, repr=False)
    _oauth: OAuth | None = field(default=None, init=False, repr=False)

    def __reduce__(self) -> tuple[type[SignedIn], tuple[str]]:
        return SignedIn, (self.server,)

    def secrets(self) -> list[Secret]:
        """Return what access tokens are renewed with, and what was sent for that."""
        kept = [self._given.refresh_token] if self._given is not None and self._given.refresh_token else []
        return [*kept, *(self._oauth.said if self._oauth is not None else ())]

    def exchange(self) -> Steps[Token]:
        """Return an access token other than the one before, which has ended or was refused.

        Raises:
            ConfigError: what is kept can't be read or changed, or there is no identity token.
            SignInError: the sign-in has ended.
            TransportError: no answer came.
        """
        _, tokens = self._kept()
        if not self._is_new(tokens):
            tokens = yield from self._renewed()
        self._given = tokens
        ends = tokens.expires_at
        until = None if ends is None else datetime.datetime.fromtimestamp(ends, datetime.timezone.utc)
        return Token(tokens.access_token, until)

    def _renewed(self) -> Steps[Tokens]:
        lock = Lock(self.server)
        try:
            while not lock.take():
                pause = threading.Event()
                timer = threading.Timer(_GLANCE, pause.set)
                timer.daemon = True
                timer.start()
                yield Wait(pause)  # no longer than the call has time
            kept, tokens = self._kept()
            if self._is_new(tokens):
                return tokens  # another process has renewed them meanwhile
            fresh = yield from self._fresh(kept, tokens)
            change(evolve(kept, tokens=fresh))
            return fresh
        finally:
            lock.leave()

    def _kept(self) -> tuple[Kept, Tokens]:
        found = signed_in(self.server)
        if found is None:
            raise SignInError(self.server, f"nobody is signed in any more. {self._again}")
        return found

    def _is_new(self, tokens: Tokens) -> bool:
        given = None if self._given is None else self._given.access_token
        return tokens.access_token != given and not tokens.is_due(time.time())

    def _fresh(self, kept: Kept, tokens: Tokens) -> Steps[Tokens]:
        if self._oauth is None:
            self._oauth = OAuth(self.server)
        if kept.identity is not None:
            return (yield from exchanged(self._oauth, kept.identity))
        if tokens.refresh_token is None or kept.client_id is None:
            reason = f"the access token has ended, and there is none to renew it with. {self._again}"
            raise SignInError(self.server, reason)
        form: dict[str, str | Secret] = {
            "grant_type": REFRESH,
            "client_id": kept.client_id,
            "refresh_token": tokens.refresh_token,
        }
        try:
            fresh = yield from self._oauth.tokens(form, "to renew the access token")
        except SignInError as error:
            if error.error not in {"invalid_grant", "invalid_client"}:
                raise
            # It will never be good again. An id that the server forgot is no use for the next sign-in either.
            client_id = None if error.error == "invalid_client" else kept.client_id
            change(evolve(kept, tokens=None, username=None, client_id=client_id))
            raise SignInError(self.server, f"the sign-in has ended. {self._again}", error.error) from None
        return fresh if fresh.refresh_token is not None else evolve(fresh, refresh_token=tokens.refresh_token)

    @property
    def _again(self) -> str:
        return f"Sign in anew: connectapi login {self.server}"
