"""Calls that fail when they are told to, to see what those who make them do then."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator, Mapping
from random import Random
from types import TracebackType
from typing import Any, Final

from attrs import define, field
from typing_extensions import Self, TypedDict, Unpack

from connectapi.codes import code_name, code_number
from connectapi.errors import did_you_mean
from connectapi.testing.effects import (
    Delayed,
    Dropped,
    Effect,
    Misdeclared,
    Redirected,
    Refused,
    Replaced,
    Slowed,
    Truncated,
)
from connectapi.testing.patterns import CallPattern
from connectapi.testing.refusal import Refusal
from connectapi.testing.routes import Route

__all__ = ["Fault", "Faults", "When"]

#: The code that Connect gives with a status, where the test doesn't say another.
_CODES: Final[Mapping[int, str]] = {
    401: "AuthRequired",
    403: "PermissionDenied",
    404: "ObjectDoesNotExist",
    409: "DuplicateName",
    429: "RateLimitExceeded",
}

_SIGN_IN: Final = (
    "<!DOCTYPE html>\n<title>Sign in</title>\n<h1>Sign in to continue</h1>\n<form><input name=user></form>\n"
)


class When(TypedDict, total=False):
    """Which of the calls that a fault is meant for it strikes: all, unless told otherwise.

    `skip` lets so many pass first; `times` is the most that it strikes. With `probability`, from 0 to 1,
    it strikes by chance, the same calls each time for the same `seed`.
    """

    times: int
    probability: float
    seed: int
    skip: int


@define(eq=False)
class Fault:
    """A fault in store for some calls. As a context manager it is removed when the block ends."""

    calls: CallPattern
    effect: Effect
    _faults: Faults
    times: int | None = None
    probability: float = 1.0
    seed: int = 0
    skip: int = 0
    #: How many calls it has struck.
    struck: int = field(default=0, init=False)
    _chance: Random = field(init=False)

    def __attrs_post_init__(self) -> None:
        if self.times is not None and self.times < 1:
            raise ValueError(f"times is 1 or more, not {self.times}")
        if not 0 <= self.probability <= 1:
            raise ValueError(f"probability is a number from 0 to 1, not {self.probability}")
        if self.skip < 0:
            raise ValueError(f"skip is 0 or more, not {self.skip}")
        self._chance = Random(self.seed)  # noqa: S311 -- it is to be the same each time

    @property
    def spent(self) -> bool:
        """Whether it has struck as often as it was to."""
        return self.times is not None and self.struck >= self.times

    def remove(self) -> None:
        """Take it out of store."""
        self._faults.remove(self)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.remove()

    def __repr__(self) -> str:
        most = "" if self.times is None else f" of {self.times}"
        return f"<Fault {self.calls}: {self.effect}, struck {self.struck}{most}>"

    def _strikes(self) -> bool:
        if self.skip:
            self.skip -= 1
            return False
        if self.probability < 1 and self._chance.random() >= self.probability:
            return False
        self.struck += 1
        return True


class Faults:
    """The faults that a server has in store, in a queue: of those meant for a call, the first one strikes.

    A call is told by its verb (`*` for any) and its path below `/__api__`: as it is declared, such as
    `/v1/content/{content_guid}`, or with wildcards: `*` within a part of it, `**` for any number of parts.
    Each method takes `times`, `probability`, `seed` and `skip` (see `When`), and raises ValueError for
    a call that is not declared.
    """

    def __init__(self, routes: Iterable[Route]) -> None:
        self._declared = [(route.operation.verb, route.operation.path) for route in routes]
        self._lock = threading.Lock()
        self._standing: list[Fault] = []

    def status(
        self,
        verb: str,
        path: str,
        status: int,
        *,
        code: str | int | None = None,
        message: str = "",
        headers: Mapping[str, str] | None = None,
        **when: Unpack[When],
    ) -> Fault:
        """Refuse calls, as Connect does.

        Args:
            verb: the verb.
            path: the path.
            status: 400 to 599.
            code: Connect's error code, by name or number; a usual one for the status if None.
            message: what the answer says.
            headers: more headers, such as `{"Retry-After": "2"}`.
            when: which calls.
        """
        if not 400 <= status <= 599:  # noqa: PLR2004 -- HTTP's errors
            raise ValueError(f"a call is refused with a status from 400 to 599, not {status}")
        name = _code(code if code is not None else _CODES.get(status) or _by_class(status))
        refusal = Refusal(status, name, message or f"The server was told to answer {status}.")
        return self._add(verb, path, Refused(refusal, headers or {}), when)

    def answer(
        self,
        verb: str,
        path: str,
        body: str | bytes,
        *,
        status: int = 200,
        media: str = "application/json",
        headers: Mapping[str, str] | None = None,
        **when: Unpack[When],
    ) -> Fault:
        """Answer something else, such as JSON that is none."""
        data = body.encode() if isinstance(body, str) else body
        return self._add(verb, path, Replaced(data, status, media, headers or {}), when)

    def html(self, verb: str, path: str, page: str = _SIGN_IN, *, status: int = 200, **when: Unpack[When]) -> Fault:
        """Answer an HTML page, as a proxy does that wants people to sign in."""
        return self._add(verb, path, Replaced(page.encode(), status, "text/html; charset=utf-8"), when)

    def redirect(
        self, verb: str, path: str, to: str | None = None, *, status: int = 302, **when: Unpack[When]
    ) -> Fault:
        """Send calls elsewhere: to a path on this server, a URL of another, or to themselves, which is a loop."""
        if status not in {301, 302, 303, 307, 308}:
            raise ValueError(f"a redirection has the status 301, 302, 303, 307 or 308, not {status}")
        return self._add(verb, path, Redirected(to, status), when)

    def delay(self, verb: str, path: str, seconds: float, **when: Unpack[When]) -> Fault:
        """Handle calls, and answer so many seconds later: real ones, whatever clock the server has."""
        return self._add(verb, path, Delayed(_positive("seconds", seconds)), when)

    def drop(self, verb: str, path: str, *, handled: bool = False, **when: Unpack[When]) -> Fault:
        """End the connection without an answer; with `handled`, after doing what was asked."""
        return self._add(verb, path, Dropped(handled), when)

    def truncate(self, verb: str, path: str, *, after: int | None = None, **when: Unpack[When]) -> Fault:
        """End the connection within the answer's body: after so many bytes of it, or in the middle."""
        if after is not None and after < 0:
            raise ValueError(f"after is 0 bytes or more, not {after}")
        return self._add(verb, path, Truncated(after), when)

    def length(self, verb: str, path: str, by: int, **when: Unpack[When]) -> Fault:
        """State a content length that is wrong by so many bytes: more than there are, or fewer.

        If it is more, the connection ends after the body. If it is less, the connection stays open, and
        the rest of the body lies where the next answer should begin.
        """
        if not by:
            raise ValueError("by is the number of bytes that the length is wrong by, and can't be 0")
        return self._add(verb, path, Misdeclared(by), when)

    def slow(self, verb: str, path: str, bytes_a_second: float, **when: Unpack[When]) -> Fault:
        """Send the answer's body a few bytes at a time."""
        return self._add(verb, path, Slowed(_positive("bytes_a_second", bytes_a_second)), when)

    def remove(self, fault: Fault) -> None:
        """Take a fault out of store; nothing happens if it is not there any more."""
        with self._lock:
            self._standing = [each for each in self._standing if each is not fault]

    def clear(self) -> None:
        """Take all faults out of store."""
        with self._lock:
            self._standing = []

    def strike(self, verb: str, path: str) -> Fault | None:
        """Return the fault that strikes a call, if one does."""
        if not self._standing:
            return None
        with self._lock:
            for fault in self._standing:
                if fault.calls.matches(verb, path) and fault._strikes():
                    if fault.spent:
                        self._standing = [each for each in self._standing if each is not fault]
                    return fault
        return None

    def __iter__(self) -> Iterator[Fault]:
        return iter(self._standing)

    def __len__(self) -> int:
        return len(self._standing)

    def __repr__(self) -> str:
        return f"Faults({self._standing!r})"

    def _add(self, verb: str, path: str, effect: Effect, when: Any) -> Fault:
        calls = CallPattern.of(verb, path)
        if not any(calls.matches(*declared) for declared in self._declared):
            known = [f"{verb} {path}" for verb, path in self._declared]
            raise ValueError(f"no declared call of this server is like {calls}{did_you_mean(str(calls), known)}")
        fault = Fault(calls, effect, self, **when)
        with self._lock:
            self._standing = [*self._standing, fault]
        return fault


def _by_class(status: int) -> str:
    return "InternalFailure" if status >= 500 else "BadRequest"  # noqa: PLR2004 -- HTTP's two kinds


def _code(code: str | int) -> str:
    name = code_name(code) if isinstance(code, int) else code
    try:
        code_number(name or "")
    except ValueError:
        raise ValueError(f"{code!r} is none of Connect's error codes") from None
    return name or ""


def _positive(name: str, value: float) -> float:
    if not value > 0:
        raise ValueError(f"{name} is more than 0, not {value}")
    return value
