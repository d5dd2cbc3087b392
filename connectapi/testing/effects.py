"""What can go wrong with an answer: another one is given, or it is spoiled on its way."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Final

from attrs import define, field, frozen
from werkzeug.wrappers import Request, Response

from connectapi.testing.refusal import Refusal

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

__all__ = [
    "Delayed",
    "Dropped",
    "Effect",
    "Misdeclared",
    "Redirected",
    "Refused",
    "Replaced",
    "Sending",
    "Slowed",
    "Truncated",
    "effect_on",
    "put_effect",
]

_KEY: Final = "connectapi.effect"

#: How many pieces a second a slow answer comes in.
_PIECES: Final = 20


@define
class Sending:
    """An answer on its way to the socket.

    `wait` sleeps for some seconds and says whether the server goes on. With `ends` the connection is
    closed after the answer, though nothing in it says so; with `lost`, in place of it.
    """

    headers: list[tuple[str, str]]
    chunks: Iterable[bytes]
    wait: Callable[[float], bool]
    ends: bool = False
    lost: bool = False
    piecemeal: bool = False

    def whole(self) -> bytes:
        """Take the body in one piece."""
        return b"".join(self.chunks)

    def declare(self, length: int) -> None:
        """Say how long the body is."""
        kept = [(name, value) for name, value in self.headers if name.lower() != "content-length"]
        self.headers = [*kept, ("Content-Length", str(length))]


class Effect:
    """What a fault does to a call that it strikes."""

    __slots__ = ()

    def instead(self, request: Request) -> Response | None:
        """Return what is answered without handling the call; None to handle it. Status 0 is no answer at all."""
        return None

    def spoil(self, sending: Sending) -> None:
        """Do something to the answer before it is sent."""


@frozen
class Refused(Effect):
    """The call is refused."""

    refusal: Refusal
    headers: Mapping[str, str] = field(factory=dict)

    def instead(self, request: Request) -> Response:
        """Return Connect's words for it."""
        body = json.dumps(self.refusal.document())
        return Response(body, self.refusal.status, dict(self.headers), mimetype="application/json")

    def __str__(self) -> str:
        return f"status {self.refusal.status}"


@frozen
class Replaced(Effect):
    """Something else is answered."""

    body: bytes
    status: int
    media: str
    headers: Mapping[str, str] = field(factory=dict)

    def instead(self, request: Request) -> Response:
        """Return the other answer."""
        return Response(self.body, self.status, dict(self.headers), content_type=self.media)

    def __str__(self) -> str:
        return f"{len(self.body)} bytes of {self.media} with status {self.status}"


@frozen
class Redirected(Effect):
    """The call is sent elsewhere; with no target, to where it came from."""

    to: str | None
    status: int

    def instead(self, request: Request) -> Response:
        """Return the redirection."""
        return Response(status=self.status, headers={"Location": request.url if self.to is None else self.to})

    def __str__(self) -> str:
        return f"redirected ({self.status}) to {self.to or 'itself'}"


@frozen
class Delayed(Effect):
    """The call is handled, its answer waits."""

    seconds: float

    def spoil(self, sending: Sending) -> None:
        """Wait."""
        sending.wait(self.seconds)

    def __str__(self) -> str:
        return f"delayed by {self.seconds} s"


@frozen
class Dropped(Effect):
    """The connection ends without an answer; `handled` says whether the call was done nevertheless."""

    handled: bool

    def instead(self, request: Request) -> Response | None:
        """Leave the call alone, if it is not to be done."""
        return None if self.handled else Response(status=0)

    def spoil(self, sending: Sending) -> None:
        """Lose the answer."""
        sending.lost = True

    def __str__(self) -> str:
        return "handled, then dropped" if self.handled else "dropped"


@frozen
class Truncated(Effect):
    """The connection ends within the body: after so many bytes, or in the middle. Without a body it is dropped."""

    after: int | None

    def spoil(self, sending: Sending) -> None:
        """Cut off the end."""
        body = sending.whole()
        kept = len(body) // 2 if self.after is None else min(self.after, len(body) - 1)
        sending.lost, sending.ends = not body, True
        sending.chunks = [body[:kept]]
        sending.declare(len(body))

    def __str__(self) -> str:
        return "truncated" if self.after is None else f"truncated after {self.after} bytes"


@frozen
class Misdeclared(Effect):
    """The length that the answer's head states is wrong by so many bytes."""

    by: int

    def spoil(self, sending: Sending) -> None:
        """State another length. If that is more than there is, the connection ends; else the rest lies around."""
        body = sending.whole()
        sending.chunks = [body]
        sending.ends = self.by > 0
        sending.declare(max(0, len(body) + self.by))

    def __str__(self) -> str:
        return f"content length wrong by {self.by:+}"


@frozen
class Slowed(Effect):
    """The body comes a few bytes at a time."""

    rate: float

    def spoil(self, sending: Sending) -> None:
        """Slow it down."""
        sending.piecemeal = True
        sending.chunks = self._pieces(sending.whole(), sending.wait)

    def _pieces(self, body: bytes, wait: Callable[[float], bool]) -> Iterator[bytes]:
        size = max(1, int(self.rate / _PIECES))
        for start in range(0, len(body), size):
            yield body[start : start + size]
            if not wait(size / self.rate):
                return

    def __str__(self) -> str:
        return f"slowed to {self.rate} bytes a second"


def put_effect(environ: WSGIEnvironment, effect: Effect) -> None:
    """Have the answer to a request spoiled when it is sent."""
    environ[_KEY] = effect


def effect_on(environ: WSGIEnvironment) -> Effect | None:
    """Return what spoils the answer to a request, if anything does."""
    effect: Effect | None = environ.get(_KEY)
    return effect
