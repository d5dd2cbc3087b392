"""Whether a call that failed is tried again, and when."""

from __future__ import annotations

from typing import Any, Final, Protocol, runtime_checkable

from attrs import Attribute, field, frozen

from connectapi.errors import APIError, ConnectError, TransportError
from connectapi.http.values import Request

__all__ = ["NO_RETRIES", "Failure", "Retries", "RetryPolicy", "as_retries", "retry_after"]

#: Statuses that a server or a proxy before it gives for a while.
_PASSING: Final = frozenset({408, 429, 500, 502, 503, 504})

#: Of these, those that say: nothing was done, come back later.
_COME_BACK: Final = frozenset({429, 503})


@frozen(kw_only=True)
class Failure:
    """A try at a call that failed.

    Args:
        request: what was sent.
        error: what the caller gets if there is no further try.
        number: which try it was, from 1.
    """

    request: Request
    error: ConnectError
    number: int

    @property
    def retry_after(self) -> float | None:
        """How long the server asked to wait, in seconds; None if it did not."""
        return self.error.retry_after if isinstance(self.error, APIError) else None

    @property
    def unsent(self) -> bool:
        """Whether the request surely did not reach the server."""
        return isinstance(self.error, TransportError) and self.error.unsent

    @property
    def refused(self) -> bool:
        """Whether the server said that it did nothing, and when to come back."""
        return isinstance(self.error, APIError) and self.error.status in _COME_BACK and self.retry_after is not None

    @property
    def safe(self) -> bool:
        """Whether a further try can't do a thing twice."""
        return self.request.idempotent or self.unsent or self.refused


@runtime_checkable
class Retries(Protocol):
    """A way to decide about further tries. Safe to share between threads."""

    @property
    def budget(self) -> float:
        """How many retries a client has in store for all of its calls."""
        ...

    def delay(self, failure: Failure) -> float | None:
        """Return how many seconds to wait before the next try, or None if there is to be none."""
        ...


def _not_negative(_policy: object, attribute: Attribute[Any], value: float) -> None:
    if not value >= 0:
        msg = f"{attribute.name} is 0 or more; not {value!r}"
        raise ValueError(msg)


@frozen(kw_only=True)
class RetryPolicy:
    """Tries again what may pass, where that can't do a thing twice.

    GET, HEAD, OPTIONS, PUT, DELETE, and calls declared `repeatable`, are tried again after a
    failed or broken connection, silence, or one of `statuses`; POST and PATCH only if the request
    surely did not arrive, or the server answered 429 or 503 with `Retry-After`.

    The waits double from `first_delay` to `longest_delay`, and each is cut at random to anything
    between nothing and the whole, so that clients that failed together do not come back together.

    Args:
        times: how often a call is tried again, at most.
        statuses: the answers that may pass.
        first_delay: the longest wait before the second try, in seconds.
        longest_delay: the longest wait before any later one, in seconds.
        longest_retry_after: the longest wait that a server may ask for, in seconds; if it asks for
            more, the call fails at once.
        budget: how many retries a client has in store for all of its calls; calls that end well
            fill it up again, one for five.

    Raises:
        ValueError: a number is less than 0.
    """

    times: int = field(default=3, validator=_not_negative)
    statuses: frozenset[int] = field(default=_PASSING, converter=frozenset)
    first_delay: float = field(default=0.25, validator=_not_negative)
    longest_delay: float = field(default=10.0, validator=_not_negative)
    longest_retry_after: float = field(default=60.0, validator=_not_negative)
    budget: float = field(default=20.0, validator=_not_negative)

    def delay(self, failure: Failure) -> float | None:
        """Return how many seconds to wait before the next try, or None if there is to be none."""
        if failure.number > self.times or not (failure.safe and self._passes(failure.error)):
            return None
        import random  # loads when something failed

        longest = min(self.first_delay * 2 ** (failure.number - 1), self.longest_delay)
        wait = random.uniform(0.0, longest)  # noqa: S311 -- no secret
        asked = failure.retry_after
        if asked is None:
            return wait
        return asked + wait if asked <= self.longest_retry_after else None

    def _passes(self, error: ConnectError) -> bool:
        if isinstance(error, APIError):
            return error.status in self.statuses
        return isinstance(error, TransportError) and error.passing


#: Never tries anything again.
NO_RETRIES: Final = RetryPolicy(times=0, budget=0)


def as_retries(given: int | Retries) -> Retries:
    """Return the policy that a number of retries stands for, or the policy itself.

    Raises:
        TypeError: it is neither.
        ValueError: the number is less than 0.
    """
    if isinstance(given, int) and not isinstance(given, bool):
        return RetryPolicy(times=given)
    if not isinstance(given, Retries):
        msg = f"retries is a number or a RetryPolicy; not {given!r}"
        raise TypeError(msg)
    return given


def retry_after(header: str | None) -> float | None:
    """Return how many seconds a server asks to wait; None if it does not, or not in a way that HTTP has."""
    if header is None:
        return None
    from urllib3 import Retry  # loads with the first call, and not where a policy is merely named
    from urllib3.exceptions import InvalidHeader

    try:
        return Retry(total=0).parse_retry_after(header)
    except (InvalidHeader, ValueError, OverflowError, IndexError, TypeError):  # what email.utils raises for some dates
        return None
