"""What plugins do about the calls of a client; a client that no plugin cares for has none of this."""

from __future__ import annotations

from typing import cast
from uuid import uuid4

from attrs import frozen

from connectapi.http.options import Options
from connectapi.http.values import CORRELATION_ID, Headers, Request, Response
from connectapi.plugins.hookspecs import Send
from connectapi.plugins.implementation import Implementation, naming

__all__ = ["Progress", "RequestHooks", "wrapped"]


@frozen
class RequestHooks:
    """The hooks before a request and after its answer, of all plugins that have them."""

    server: str
    _before: tuple[Implementation, ...]
    _after: tuple[Implementation, ...]

    def before(self, request: Request) -> Request:
        """Return the request as the plugins want it sent."""
        if CORRELATION_ID not in request.headers:
            request = request.with_headers(Headers({CORRELATION_ID: str(uuid4())}))
        for hook in self._before:
            found = hook(server=self.server, request=request)
            if found is not None:
                if not isinstance(found, Request):
                    raise hook.unfit(found, "a Request or None")
                request = found
        return request

    def after(self, request: Request, response: Response) -> None:
        """Show the plugins an answer."""
        for hook in self._after:
            hook(server=self.server, request=request, response=response)


@frozen
class Progress:
    """The hooks that are told how tasks go on."""

    server: str
    _hooks: tuple[Implementation, ...]

    def __call__(self, task: object, lines: list[str]) -> None:
        """Tell the plugins what is new in the log of a task."""
        for hook in self._hooks:
            hook(server=self.server, task=task, lines=lines)


@frozen
class _Layer:
    """What one plugin has wrapped around a `send`."""

    plugin: str
    _send: Send
    _hook: Implementation

    def __call__(self, request: Request, options: Options) -> Response:
        with naming(self.plugin, "wrap_send", _sent.__code__):
            found = self._send(request, options)
        if not isinstance(found, Response):
            raise self._hook.unfit(found, "a function that returns a Response")
        return found


def _sent(send: Send, request: Request, options: Options) -> Response:
    # A frame of its own: an error that came through it is none of a plugin's.
    return send(request, options)


def wrapped(hooks: tuple[Implementation, ...], server: str, send: Send) -> Send | None:
    """Return what the plugins have wrapped around a `send`, the first of them outermost; None if nothing."""
    layers: Send | None = None

    def innermost(request: Request, options: Options) -> Response:
        return _sent(send, request, options)

    for hook in reversed(hooks):
        own = hook(server=server, send=layers or innermost)
        if own is not None:
            if not callable(own):
                raise hook.unfit(own, "a function that sends, or None")
            layers = _Layer(hook.plugin, cast("Send", own), hook)
    return layers
