"""Calls that no credentials are added to."""

from __future__ import annotations

from collections.abc import Generator, Iterable

from attrs import define, field

from connectapi.http.values import Request, Response
from connectapi.types import Secret

__all__ = ["Unsigned"]


@define(eq=False)
class Unsigned:
    """Adds nothing to a call; what the call itself holds is shown by no message, also if the server sends it back."""

    said: Iterable[Secret] = field(default=(), repr=False)

    def flow(self, request: Request) -> Generator[Request, Response, None]:
        """Yield the request as it is."""
        yield request

    def secrets(self) -> Iterable[Secret]:
        """Return what the call holds."""
        return self.said
