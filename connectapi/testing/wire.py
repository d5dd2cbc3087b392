"""The server's sockets: werkzeug's threaded server, with connections that are kept open.

werkzeug's own handler closes the connection after each answer, since it can't tell where the next
request begins when a body was left unread. Here the body is counted, and what is left of it is read
away or, if that is much, the connection is closed so that the client still sees the answer.
"""

from __future__ import annotations

import json
import logging
import socket
import sys
import threading
import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final

from werkzeug.serving import DechunkedInput, ThreadedWSGIServer, WSGIRequestHandler

from connectapi.testing.body import CountedBody

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

__all__ = ["RequestHandler", "Server"]

_log: Final = logging.getLogger("connectapi.testing")

#: The most that is read of a body that nobody wants, to keep the connection, in bytes; and after the
#: answer, so that it is seen before the connection ends, in seconds.
_DRAINED: Final = 2**20
_LINGER: Final = 2.0


class RequestHandler(WSGIRequestHandler):
    """Answers the requests of one connection, one after the other."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    timeout = 75
    wbufsize = 2**16  # so that the head of an answer travels with its body

    def version_string(self) -> str:
        """Return the server's name, with nothing about the Python it runs on."""
        return "connectapi.testing"

    def log(self, type: str, message: str, *args: Any) -> None:  # noqa: A002 -- werkzeug's name for it
        """Write nothing to stderr; `ConnectServer.requests` has the log."""
        _log.debug(message, *args)

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """As `log`."""

    def handle_expect_100(self) -> bool:
        """Tell a client that waits for it to send the body."""
        going_on = super().handle_expect_100()
        self.wfile.flush()
        return going_on

    def run_wsgi(self) -> None:
        """Answer one request."""
        environ = self.make_environ()
        body = self._body(environ)
        if body is None:
            return
        status, headers = "500", list[tuple[str, str]]()

        def start_response(
            given: str, fields: list[tuple[str, str]], exc_info: Any = None
        ) -> Callable[[bytes], object]:
            nonlocal status, headers
            status, headers = given, fields
            return self.wfile.write

        chunks = self.server.app(environ, start_response)
        try:
            self._send(status, headers, chunks)
        except OSError:
            self.close_connection = True
        finally:
            close = getattr(chunks, "close", None)
            if close is not None:
                close()
        self._leave(body)

    def _body(self, environ: WSGIEnvironment) -> CountedBody | None:
        """Return the request's body; None if it has none that can be read, and was told so."""
        chunked = isinstance(environ["wsgi.input"], DechunkedInput)
        length = self.headers.get("Content-Length")
        if self.headers.get("Transfer-Encoding") and (not chunked or length is not None):
            self.send_error(400, "Transfer-Encoding is not chunked alone.")
            return None
        if length is not None and not (length.isascii() and length.isdigit() and len(length) < 19):  # noqa: PLR2004
            self.send_error(400, "Content-Length is not a number of bytes.")
            return None
        body = CountedBody(environ["wsgi.input"], None if chunked else int(length or 0))
        environ["wsgi.input"] = body
        return body

    def _send(self, status: str, headers: list[tuple[str, str]], chunks: Iterable[bytes]) -> None:
        code, _, reason = status.partition(" ")
        self.send_response(int(code), reason)
        for name, value in headers:
            self.send_header(name, value)
        sized = any(name.lower() == "content-length" for name, _ in headers)
        endless = not sized and int(code) not in {HTTPStatus.NO_CONTENT, HTTPStatus.NOT_MODIFIED}
        if endless or self.close_connection:
            self.send_header("Connection", "close")
        self.end_headers()
        for chunk in chunks:
            self.wfile.write(chunk)
        self.wfile.flush()

    def _leave(self, body: CountedBody) -> None:
        """Come to the end of the request's body."""
        try:
            if body.drain(_DRAINED):
                return
            self.close_connection = True
            self.connection.shutdown(socket.SHUT_WR)
            self.connection.settimeout(_LINGER)
            ends = time.monotonic() + _LINGER
            while time.monotonic() < ends and self.connection.recv(2**16):
                pass
        except OSError:
            self.close_connection = True

    def send_error(self, code: int, message: str | None = None, explain: str | None = None) -> None:
        """Refuse what is not HTTP as the API refuses everything: in JSON."""
        text = message or HTTPStatus(code).phrase
        body = json.dumps({"code": 2, "error": text, "payload": explain}).encode()
        self.close_connection = True
        self.request_version = self.protocol_version  # it may not have been understood; then there would be no head
        self.send_response(code, HTTPStatus(code).phrase)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Connection", "close")
        self.end_headers()
        self.wfile.write(body)
        self.wfile.flush()


class Server(ThreadedWSGIServer):
    """Listens, and answers each connection in a thread of its own."""

    def __init__(self, listening: socket.socket, app: Any) -> None:
        host, port = listening.getsockname()[:2]
        self._lock = threading.Lock()
        self._connections: dict[socket.socket, threading.Thread] = {}
        super().__init__(host, port, app, handler=RequestHandler, fd=listening.fileno())

    def process_request(self, request: Any, client_address: Any) -> None:
        """Begin to answer a new connection."""
        thread = threading.Thread(
            target=self.process_request_thread,
            args=(request, client_address),
            name="connectapi-server-call",
            daemon=True,
        )
        with self._lock:
            self._connections[request] = thread
        thread.start()

    def shutdown_request(self, request: Any) -> None:
        """End a connection."""
        with self._lock:
            self._connections.pop(request, None)
        super().shutdown_request(request)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Log what went wrong in a connection, unless it just ended."""
        if not isinstance(sys.exc_info()[1], OSError):
            _log.exception("a connection from %s failed", client_address)

    def end_connections(self, timeout: float) -> None:
        """Let the calls that are being answered end, then all connections.

        Args:
            timeout: the longest wait in all, in seconds.
        """
        ends = time.monotonic() + timeout
        # With the reading side shut, those that wait for a call end, and those that answer one can still do so.
        for how, until in ((socket.SHUT_RD, ends - timeout / 2), (socket.SHUT_RDWR, ends)):
            with self._lock:
                open_now = dict(self._connections)
            for connection in open_now:
                with suppress(OSError):  # it may have ended by itself
                    connection.shutdown(how)
            for thread in open_now.values():
                thread.join(max(0.0, until - time.monotonic()))
