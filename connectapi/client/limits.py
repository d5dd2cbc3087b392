"""How the limits of a client's calls are changed: for some of them, or for the length of a block."""

from __future__ import annotations

import math
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from attrs import evolve

from connectapi.http.deadline import Deadline
from connectapi.http.options import Options
from connectapi.http.retry import Retries
from connectapi.types import UNSET, Unset

if TYPE_CHECKING:
    from typing_extensions import Self

__all__ = ["Limited"]


class Limited:
    """A client, as far as its limits go."""

    _options: Options
    _retries: int | Retries | None
    #: Whether it uses the connections of another client.
    _view: bool

    def with_options(
        self,
        *,
        connect_timeout: float | Unset = UNSET,
        read_timeout: float | Unset = UNSET,
        timeout: float | Unset | None = UNSET,
        retries: int | Retries | Unset = UNSET,
        max_body: int | Unset = UNSET,
    ) -> Self:
        """Return the same client with other limits, for one call or many; what is left out stays.

        It uses the connections of this one, and so needs no closing. Records that are read with it
        go on with its limits.

        Args:
            connect_timeout: the longest wait for a connection, in seconds.
            read_timeout: the longest wait for the next bytes of an answer, in seconds.
            timeout: the most that one request may take in all, in seconds; None for no limit.
            retries: how often what failed is tried again, or a policy; 0 for never.
            max_body: the longest answer that is read into memory, unpacked, in bytes.

        Raises:
            ValueError: a limit is not one.

        Example:
            >>> from connectapi import Client
            >>> client = Client("demo")
            >>> len(client.with_options(retries=0, timeout=30).content.get()) > 40
            True
        """
        given = {
            "connect_timeout": connect_timeout,
            "read_timeout": read_timeout,
            "timeout": timeout,
            "retries": retries,
            "max_body": max_body,
        }
        changed: dict[str, Any] = {name: value for name, value in given.items() if value is not UNSET}
        view = self._with(evolve(self._options, **changed))
        view._retries = changed.get("retries", self._retries)
        return view

    @contextmanager
    def deadline(self, seconds: float) -> Iterator[Self]:
        """Give, for the length of a `with` block, the same client with a deadline for all that it does.

        Whatever is called with it ends in time: all pages of a list, the log of a task, uploads and
        downloads, what is tried again; in whichever thread, and in generators too. Then it is a
        `TimeoutError`. After the block, the client it gave is without that deadline again, and so
        are the records that were read with it.

        Args:
            seconds: how long from now.

        Raises:
            ValueError: that is not a time.

        Example:
            >>> from connectapi import Client
            >>> with Client("demo") as client, client.deadline(30) as hurried:
            ...     len(hurried.content.get()) > 40
            True
        """
        deadline = Deadline.of_block(seconds, self._options.deadline)
        try:
            yield self._with(evolve(self._options, deadline=deadline))
        finally:
            deadline.lift()

    def time_left(self) -> float:
        """Return how many seconds are left until this client's deadline; infinity if it has none."""
        deadline = self._options.deadline
        return math.inf if deadline is None else deadline.left()

    def without_deadline(self) -> Self:
        """Return the same client without its deadline, to put things in order after that has passed."""
        return self._with(evolve(self._options, deadline=None))

    def _with(self, options: Options) -> Self:
        view = object.__new__(type(self))
        view.__dict__.update(self.__dict__, _options=options, _view=True)
        return view
