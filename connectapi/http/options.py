"""How calls are made: their limits, and what is tried again."""

from __future__ import annotations

from typing import Any, Final

from attrs import Attribute, field, frozen

from connectapi.http.deadline import Deadline
from connectapi.http.retry import Retries, RetryPolicy, as_retries
from connectapi.http.values import seconds

__all__ = ["CONNECTIONS", "MAX_BODY", "TIMEOUT", "Options"]

#: How many connections a client has at most.
CONNECTIONS: Final = 16

#: The most that one call may take in all, in seconds.
TIMEOUT: Final = 600.0

#: The longest answer that is read into memory, unpacked, in bytes: four times one of 175,000 hits.
MAX_BODY: Final = 256 * 2**20


def _time(_options: object, attribute: Attribute[Any], value: float) -> None:
    seconds(attribute.name, value)


def _time_or_none(_options: object, attribute: Attribute[Any], value: float | None) -> None:
    if value is not None:
        seconds(attribute.name, value)


def _size(_options: object, attribute: Attribute[Any], value: int) -> None:
    if not value >= 1:
        msg = f"{attribute.name} is a number of bytes, 1 or more; not {value!r}"
        raise ValueError(msg)


@frozen(kw_only=True)
class Options:
    """How calls are made.

    Args:
        connect_timeout: the longest wait for a connection, in seconds.
        read_timeout: the longest silence of the server during a call, in seconds.
        timeout: the most that one call may take in all, with what is tried again, in seconds; None
            for no limit. Uploads and downloads take as long as they take.
        max_body: the longest answer that is read into memory, unpacked, in bytes.
        retries: what is tried again: how often, or a policy.
        deadline: when all calls must be done, uploads and downloads too.

    Raises:
        TypeError: `retries` is no policy.
        ValueError: a limit is not one.
    """

    connect_timeout: float = field(default=10.0, validator=_time)
    read_timeout: float = field(default=60.0, validator=_time)
    timeout: float | None = field(default=TIMEOUT, validator=_time_or_none)
    max_body: int = field(default=MAX_BODY, validator=_size)
    retries: Retries = field(factory=RetryPolicy, converter=as_retries)
    deadline: Deadline | None = None
