"""A value that is fetched anew before it expires, by one thread for all that need it."""

from __future__ import annotations

import copy
import os
import time
from collections.abc import Callable, Generator
from datetime import datetime
from threading import Event, Lock
from typing import Final, Generic, Protocol, TypeVar

from connectapi.errors import ConnectError
from connectapi.http.steps import Step, Wait
from connectapi.http.values import Response

__all__ = ["MARGIN", "Expiring", "Held", "Renewal"]

#: How long before it expires a value is fetched anew, in seconds: a call with it must still arrive.
MARGIN: Final = 30.0


class Expiring(Protocol):
    """What is good for a while."""

    @property
    def expires(self) -> datetime | None:
        """When it is no longer good, in UTC; None if it does not say."""
        ...


V = TypeVar("V", bound=Expiring)


class Held(Generic[V]):
    """One value that was fetched; the next one is another `Held`, even if the same text came again."""

    __slots__ = ("_until", "value")

    def __init__(self, value: V, margin: float = MARGIN) -> None:
        self.value = value
        ends, now = value.expires, time.time()
        # Of a value that is good for less than the margin, half of its time is used.
        self._until = None if ends is None else ends.timestamp() - min(margin, max(ends.timestamp() - now, 0.0) / 2)

    def lasts(self) -> bool:
        """Whether it can still be used."""
        return self._until is None or time.time() < self._until


class _Flight(Generic[V]):
    """One fetching that is under way: who waits for it finds here what came of it."""

    __slots__ = ("done", "failure", "held")

    def __init__(self) -> None:
        self.done = Event()
        self.held: Held[V] | None = None
        self.failure: Exception | None = None


class _State(Generic[V]):
    """What one process knows."""

    __slots__ = ("flight", "held", "lock")

    def __init__(self, held: Held[V] | None) -> None:
        self.held = held
        self.flight: _Flight[V] | None = None
        self.lock = Lock()  # held for a few assignments, never while something is sent


class Renewal(Generic[V]):
    """A value that is fetched when it is first needed, and anew when it expires or was refused.

    However many threads need it at once, one of them fetches it and the others wait, each until its
    own deadline. If that fails, those who waited get the same failure; who comes later tries anew.
    If it ends because the one that fetches is interrupted or out of time, one of the others takes over.
    After a fork, both processes go on with the value, each on its own.

    Args:
        fetch: the steps that get a value.
        margin: how long before it expires it is fetched anew, in seconds.
        keep_unlimited: whether a value that does not say when it expires is used until it is refused; else it
            serves those who wait for it, and no other.
    """

    def __init__(
        self,
        fetch: Callable[[], Generator[Step, Response, V]],
        margin: float = MARGIN,
        *,
        keep_unlimited: bool = True,
    ) -> None:
        self._fetch = fetch
        self._margin = margin
        self._keep_unlimited = keep_unlimited
        self._by_process: dict[int, _State[V]] = {}

    def current(self, refused: Held[V] | None = None) -> Generator[Step, Response, Held[V]]:
        """Return a value that lasts, and is not the one that the server has refused."""
        state = self._state()
        while True:
            led: _Flight[V] | None = None
            try:
                with state.lock:
                    if state.held is refused:
                        state.held = None  # so that who comes now does not try it first
                    held = state.held
                    if held is not None and held.lasts():
                        return held
                    flight = state.flight
                    if flight is None or flight.done.is_set():
                        # In this order an interrupt leaves no flight that nobody ends.
                        led = flight = _Flight()
                        state.flight = flight
                if led is not None:
                    return (yield from self._lead(state, led))
            finally:
                if led is not None:
                    led.done.set()
            yield Wait(flight.done)
            if flight.held is not None:
                return flight.held
            if flight.failure is not None:
                raise _own(flight.failure)

    def _lead(self, state: _State[V], flight: _Flight[V]) -> Generator[Step, Response, Held[V]]:
        try:
            held = Held((yield from self._fetch()), self._margin)
        except Exception as error:
            # Not that it was closed or interrupted: then the others must not fail with it.
            flight.failure = error
            raise
        flight.held = held
        state.held = held if held.value.expires is not None or self._keep_unlimited else None
        return held

    def _state(self) -> _State[V]:
        process = os.getpid()
        state = self._by_process.get(process)
        if state is None:
            # No lock: a fork may copy it held. Of two threads that come at once, one wins.
            former = next(iter(self._by_process.values()), None)
            state = self._by_process.setdefault(process, _State(former.held if former else None))
            for other in set(self._by_process) - {process}:
                del self._by_process[other]
        return state


def _own(failure: Exception) -> Exception:
    """Return a failure for one more thread to raise: each adds its own frames to it."""
    return copy.copy(failure) if isinstance(failure, ConnectError) else failure
