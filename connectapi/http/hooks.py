"""What may be done about a call before it is sent and when it is answered."""

from __future__ import annotations

from typing import Protocol

from connectapi.http.values import Request, Response

__all__ = ["Hooks"]


class Hooks(Protocol):
    """Called once for each call, however often that is tried; it sees no credentials."""

    def before(self, request: Request) -> Request:
        """Return the request as it is to be sent."""
        ...

    def after(self, request: Request, response: Response) -> None:
        """Look at an answer of any status; that of a download has no body."""
        ...
