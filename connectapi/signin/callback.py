"""Where the browser brings the code: a listener on this machine alone, for one answer."""

from __future__ import annotations

import html
import queue
import socket
import threading
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import parse_qs

from connectapi.errors import SignInError
from connectapi.http.failure import one_line
from connectapi.signin.proof import same
from connectapi.types import Secret

if TYPE_CHECKING:
    from typing_extensions import Self

__all__ = ["Listener", "code_of"]

_PATH: Final = "/callback"

#: How long a connection may say nothing, in seconds: browsers open some in advance.
_SILENCE: Final = 10.0

#: The most parameters that an answer may have; OAuth's has five.
_MOST_FIELDS: Final = 20

_PAGE: Final = (
    "<!doctype html><html lang='en'><meta charset='utf-8'><title>{title}</title>"
    "<style>body{{font:1.1rem system-ui,sans-serif;max-width:36rem;margin:20vh auto;padding:0 1rem}}</style>"
    "<h1>{title}</h1><p>{text}</p></html>"
)


def code_of(query: Secret, server: str, state: Secret, issuer: str, *, names_issuer: bool) -> Secret:
    """Return the code that a browser brought, if it is the answer to what was asked.

    Args:
        query: what came.
        server: the server's URL, for messages.
        state: what must have come back as it went.
        issuer: whose answer it must be (RFC 9207).
        names_issuer: whether the server has said that it always names the issuer.

    Raises:
        SignInError: it is not, or the person or the server said no.
    """
    found = _fields(query, server)
    if not same(found.get("state", Secret("")), state):
        raise SignInError(server, "the browser came back with another state than it went with. Begin anew")
    iss = found.get("iss")
    if (iss is None and names_issuer) or (iss is not None and iss.reveal() != issuer):
        raise SignInError(server, "the browser came back from another server. Begin anew")
    if "error" in found:
        name = one_line(found["error"].reveal())
        if name == "access_denied":
            raise SignInError(server, "access was denied on the server's page", name)
        said = found.get("error_description")
        raise SignInError(server, f"it refused: {one_line(said.reveal()) if said else name} [{name}]", name)
    if "code" not in found:
        raise SignInError(server, "the browser came back without a code. Begin anew")
    return found["code"]


def _fields(query: Secret, server: str) -> dict[str, Secret]:
    try:
        found = {
            name: [Secret(each) for each in values]
            for name, values in parse_qs(query.reveal(), max_num_fields=_MOST_FIELDS, errors="strict").items()
        }
    except ValueError:
        found = {"": [Secret("")] * 2}
    if any(len(values) > 1 for values in found.values()):
        raise SignInError(server, "the browser came back with an answer that can be read in two ways. Begin anew")
    return {name: values[0] for name, values in found.items()}


class Listener:
    """Waits on 127.0.0.1 for one answer; what else comes is turned away.

    Args:
        judge: is given the query of the answer, and returns the code in it, or raises `SignInError`.
    """

    def __init__(self, judge: Callable[[Secret], Secret]) -> None:
        self._outcome: queue.SimpleQueue[Secret | SignInError] = queue.SimpleQueue()
        self._server = _Server(self._take)
        self._judge = judge
        self._lock = threading.Lock()
        self._done = False
        self._thread = threading.Thread(
            target=self._server.serve_forever, kwargs={"poll_interval": 0.1}, daemon=True, name="connectapi sign-in"
        )

    @property
    def address(self) -> str:
        """Where the browser is to come."""
        return f"http://127.0.0.1:{self._server.server_port}{_PATH}"

    def wait(self, seconds: float) -> Secret | None:
        """Return the code; None if none came in time.

        Raises:
            SignInError: what came is not the answer, or is a refusal.
        """
        try:
            outcome = self._outcome.get(timeout=seconds)
        except queue.Empty:
            return None
        if isinstance(outcome, SignInError):
            raise outcome
        return outcome

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._server.close()
        self._thread.join()

    def _take(self, handler: _Handler) -> None:
        if handler.path.partition("?")[0] != _PATH:
            handler.show(404, "Nothing here", "This address waits for one answer, which is another.")
            return
        with self._lock:
            first, self._done = not self._done, True
        if not first:
            handler.show(410, "Done already", "The answer has come before. You may close this page.")
            return
        outcome: Secret | SignInError
        try:
            outcome = self._judge(Secret(handler.path.partition("?")[2]))
        except SignInError as error:
            outcome = error
            handler.show(400, "Not signed in", f"{error}.")
        else:
            handler.show(200, "You can close this page", "The program goes on by itself.")
        self._outcome.put(outcome)


class _Server(ThreadingHTTPServer):
    daemon_threads = False  # closing waits for them, and leaves no socket open

    def __init__(self, take: Callable[[_Handler], None]) -> None:
        super().__init__(("127.0.0.1", 0), partial(_Handler, take))
        self._open: set[socket.socket] = set()

    def get_request(self) -> tuple[socket.socket, object]:
        connection, peer = super().get_request()
        self._open.add(connection)
        return connection, peer

    def shutdown_request(self, request: object) -> None:
        self._open.discard(request)
        super().shutdown_request(request)  # type: ignore[arg-type]

    def handle_error(self, request: object, client_address: object) -> None:
        """Say nothing: a browser that goes away is no fault."""

    def close(self) -> None:
        for connection in list(self._open):
            with suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)  # one that a browser opened in advance
        self.server_close()


class _Handler(BaseHTTPRequestHandler):
    timeout = _SILENCE

    def __init__(self, take: Callable[[_Handler], None], *of_the_server: Any) -> None:
        self._take = take  # first: the next line answers the request
        super().__init__(*of_the_server)

    def do_GET(self) -> None:
        self._take(self)

    def show(self, status: int, title: str, text: str) -> None:
        page = _PAGE.format(title=html.escape(title), text=html.escape(text)).encode()
        self.send_response(status)
        for name, value in {
            "Content-Type": "text/html; charset=utf-8",
            "Content-Length": str(len(page)),
            "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'",
            "Cache-Control": "no-store",
            "Referrer-Policy": "no-referrer",
            "Connection": "close",
        }.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(page)
        self.wfile.flush()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 -- the interface's word
        """Log nothing: what came may hold the code."""
