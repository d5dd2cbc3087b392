"""What an auth flow can ask for beside sending the call itself: a request of its own, and to wait."""

from __future__ import annotations

from collections.abc import Generator
from threading import Event
from typing import TYPE_CHECKING, TypeAlias

from connectapi.http.values import Request, Response

if TYPE_CHECKING:
    from connectapi.http.auth import Auth

__all__ = ["Step", "TokenRequest", "Wait", "answered"]


class TokenRequest:
    """A request for credentials, made on the way of a call.

    It goes to the same server over the same connections, within the call's deadline and with its
    retries. Its answer, whole and of whatever status, is given to the flow and to nobody else:
    plugins don't see it. If none comes, the flow is thrown the `TransportError`.

    Args:
        request: what to send.
    """

    __slots__ = ("request",)

    def __init__(self, request: Request) -> None:
        self.request = request

    def __repr__(self) -> str:
        return f"TokenRequest({self.request})"


class Wait:
    """A wait until another thread has set an event; if the call's deadline comes first, the call ends with it.

    Args:
        until: the event.
    """

    __slots__ = ("until",)

    def __init__(self, until: Event) -> None:
        self.until = until

    def __repr__(self) -> str:
        return "Wait()"


#: What a flow may yield. It is sent the answer, or nothing after a `Wait`.
Step: TypeAlias = Request | TokenRequest | Wait


def answered(auth: Auth, request: Request) -> Generator[Step, Response, Response]:
    """Send a request as an auth has it, from within another one's flow, and return the answer that counts."""
    flow = auth.flow(request)
    response: Response | None = None
    try:
        step = next(flow)
        while True:
            if isinstance(step, Request):
                given = response = yield TokenRequest(step)
            else:
                try:
                    given = yield step
                except Exception as error:  # noqa: BLE001 -- what the flow asked for failed: it is the one to know
                    step = flow.throw(error)
                    continue
            step = flow.send(given)
    except StopIteration:
        if response is None:
            raise RuntimeError(f"{type(auth).__name__}.flow sent nothing") from None
        return response
    finally:
        flow.close()
