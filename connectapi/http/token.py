"""Calls with a token that expires and is exchanged for a new one."""

from __future__ import annotations

import re
from collections.abc import Callable, Generator, Iterable
from datetime import datetime, timedelta, timezone
from typing import Final, Protocol, TypeAlias

from attrs import Attribute, field, frozen

from connectapi.errors import ConfigError, DecodeError
from connectapi.http.failure import answer_failure
from connectapi.http.renewal import MARGIN, Held, Renewal
from connectapi.http.steps import Step, TokenRequest
from connectapi.http.values import Headers, Request, Response
from connectapi.types import Secret

__all__ = ["FunctionSource", "Given", "Token", "TokenAnswer", "TokenAuth", "TokenSource", "expiry", "granted"]

#: What can't be in a header as part of a token.
_UNSENDABLE: Final = re.compile(r"[^\x21-\x7e\xa1-\xff]")

#: How many tokens of the past are kept, to be hidden where a server sends one back late.
_PAST: Final = 4

_UNAUTHORIZED: Final = 401


def _check(_token: Token, _attribute: Attribute[Secret], value: Secret) -> None:
    if not value.reveal() or _UNSENDABLE.search(value.reveal()):
        msg = "what should be a token is empty, or has a space, a line break or another character that no token has"
        raise ConfigError(msg)


def _as_secret(value: str | Secret) -> Secret:
    return Secret(value) if isinstance(value, str) else value


def _hidden(given: Given) -> Token | Secret:
    # Before it has a name in a frame that an error could come through.
    return Secret(given) if isinstance(given, str) else given


def _as_secret_text(_kind: type, found: object) -> Secret:
    if not isinstance(found, str):
        raise TypeError(f"Expected text, got {type(found).__name__}")
    return Secret(found)


def _as_utc(moment: datetime | None) -> datetime | None:
    if moment is None:
        return None
    return moment.replace(tzinfo=timezone.utc) if moment.tzinfo is None else moment.astimezone(timezone.utc)


@frozen(init=False)
class Token:
    """A token, which shows itself as `XXXXXXXX`.

    Args:
        value: the token.
        expires: when it is no longer good, in UTC; None if that is not known.

    Raises:
        ConfigError: it can't be a token; the message does not show it.
    """

    value: Secret = field(validator=_check)
    expires: datetime | None = field(converter=_as_utc)

    def __init__(self, value: str | Secret, expires: datetime | None = None) -> None:
        # First of all: a traceback that shows locals would show the text.
        value = _as_secret(value)
        self.__attrs_init__(value, expires)  # pyright: ignore[reportAttributeAccessIssue]  # attrs makes it

    @classmethod
    def of(cls, response: Response) -> Token:
        """Return the token that a token endpoint's answer has (RFC 6749, 5.1).

        Raises:
            DecodeError: there is none in it.
        """
        answer = TokenAnswer.read(response)
        return cls(answer.access_token, expiry(answer.expires_in))


@frozen(kw_only=True)
class TokenAnswer:
    """What a token endpoint answers (RFC 6749, 5.1), without the tokens in its repr; times are in seconds."""

    access_token: Secret
    token_type: str | None = None
    expires_in: float | None = None
    refresh_token: Secret | None = None
    scope: str | None = None
    issued_token_type: str | None = None

    @classmethod
    def read(cls, response: Response) -> TokenAnswer:
        """Return what an answer says.

        Raises:
            DecodeError: it is no such answer.
        """
        import msgspec  # loads with the first call anyway, and not where a token is merely named

        try:
            return msgspec.json.decode(response.body, type=cls, strict=False, dec_hook=_as_secret_text)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
            found = "an HTML page" if response.body.lstrip()[:1] == b"<" else str(error)
        raise DecodeError(resource="the token", path="", expected="a token endpoint's answer", found=found)


def expiry(seconds: float | None, since: datetime | None = None) -> datetime | None:
    """Return when a token expires that is good for so many seconds, as `expires_in` says; None for None."""
    if seconds is None:
        return None
    try:
        return (since or datetime.now(timezone.utc)) + timedelta(seconds=seconds)
    except OverflowError:  # longer than there are dates
        return None


def granted(request: Request, secrets: Iterable[Secret] = ()) -> Generator[Step, Response, Response]:
    """Send a request for credentials, from within a flow or a source, and return its good answer.

    Args:
        request: what to send.
        secrets: what no message about it may show.

    Raises:
        APIError: the answer has status 400 or more.
    """
    response = yield TokenRequest(request)
    failure = answer_failure(request, response, "", secrets)
    if failure is not None:
        raise failure
    return response


class TokenSource(Protocol):
    """Where tokens come from. One thread at a time asks it, in each process."""

    def exchange(self) -> Generator[Step, Response, Token]:
        """Yield a `TokenRequest`, be sent its answer, and return the token.

        It may yield several, and raises what went wrong, a `ConnectError`; then the call that
        needed the token ends with that. `granted` does this for one request.
        """
        ...

    def secrets(self) -> Iterable[Secret]:
        """Return what must not be shown, even where the server sends it back."""
        ...


#: What a function can return for a token.
Given: TypeAlias = Token | Secret | str


@frozen
class FunctionSource:
    """Tokens that a function gets, by whatever means of its own.

    Args:
        function: returns the token; it is called again when that has expired or was refused.
    """

    function: Callable[[], Given]

    def exchange(self) -> Generator[Step, Response, Token]:
        """Call the function."""
        yield from ()
        given = _hidden(self.function())
        return given if isinstance(given, Token) else Token(given)

    def secrets(self) -> tuple[Secret, ...]:
        """Return nothing: the function keeps its own."""
        return ()


class TokenAuth:
    """Calls with a token that is exchanged for a new one when it expires, and once when it is refused.

    Of any number of threads that find it expired, one makes the exchange and the others wait, each
    until its own deadline; see `Renewal`. A call that is answered with 401 is sent once more with
    the next token; what comes then is what the caller gets. A token that several calls found refused
    is exchanged once for all of them. Pickles leave the tokens behind.

    Args:
        source: where tokens come from, or a function that returns one.
        header: the header that the token goes in; a request that has it already goes as it is.
        form: how it stands there, with `{}` for the token.
        margin: how long before it expires a token is exchanged, in seconds.
    """

    def __init__(
        self,
        source: TokenSource | Callable[[], Given],
        *,
        header: str = "Authorization",
        form: str = "Bearer {}",
        margin: float = MARGIN,
    ) -> None:
        self._source: TokenSource = FunctionSource(source) if callable(source) else source
        self._header, self._form, self._margin = header, form, margin
        self._past: tuple[Secret, ...] = ()
        self._renewal = Renewal(self._exchange, margin)

    def __repr__(self) -> str:
        return f"<TokenAuth by {type(self._source).__name__}>"

    def __reduce__(self) -> tuple[Callable[..., TokenAuth], tuple[object, ...]]:
        return _unpickled, (self._source, self._header, self._form, self._margin)

    def flow(self, request: Request) -> Generator[Step, Response, None]:
        """Yield the request with the token, and once more with the next one if that was refused."""
        if self._header in request.headers:
            yield request
            return
        held = yield from self._renewal.current()
        response = yield self._with(request, held)
        if response.status == _UNAUTHORIZED:
            held = yield from self._renewal.current(refused=held)
            yield self._with(request, held)

    def secrets(self) -> list[Secret]:
        """Return the token, those before it, and what the source uses."""
        return [*self._past, *self._source.secrets()]

    def _exchange(self) -> Generator[Step, Response, Token]:
        token = yield from self._source.exchange()
        self._past = (*self._past, token.value)[-_PAST:]
        return token

    def _with(self, request: Request, held: Held[Token]) -> Request:
        # No local may hold the text: a traceback that shows locals would show it.
        return request.with_headers(Headers({self._header: self._form.format(held.value.value.reveal())}))


def _unpickled(source: TokenSource, header: str, form: str, margin: float) -> TokenAuth:
    return TokenAuth(source, header=header, form=form, margin=margin)
