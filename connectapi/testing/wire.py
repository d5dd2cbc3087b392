"""The server's sockets: the standard library's threaded server, and werkzeug's WSGI, with connections kept open.

werkzeug's own handler closes the connection after each answer, since it can't tell where the next
request begins when a body was left unread. Here the body is counted, and what is left of it is read
away or, if that is much, the connection is closed so that the client still sees the answer. What
comes over a connection is bounded in time and size, and so is how many connections there are.
"""

from __future__ import annotations

import io
import json
import logging
import socket
import socketserver
import sys
import threading
import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final

from werkzeug.serving import WSGIRequestHandler

from connectapi.testing.body import ChunkedBody, CountedBody
from connectapi.testing.connections import Connections
from connectapi.testing.effects import Effect, Sending, effect_on
from connectapi.testing.head import BadHeadError, Head, read_head
from connectapi.testing.pacing import Incoming, Outgoing, Patience

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

__all__ = ["RequestHandler", "Server"]

_log: Final = logging.getLogger("connectapi.testing")

#: The most that is read of a body that nobody wants, to keep the connection, in bytes; and after the
#: answer, so that it is seen before the connection ends, in seconds.
_DRAINED: Final = 2**20
_LINGER: Final = 2.0

#: How long the server rests when the machine gives it no more sockets, in seconds.
_REST: Final = 0.05


class RequestHandler(WSGIRequestHandler):
    """Answers the requests of one connection, one after the other."""

    server: Server  # type: ignore[assignment]
    protocol_version = "HTTP/1.1"

    def setup(self) -> None:
        """Begin to read and write, within the limits of the server's patience."""
        self.connection = self.request
        self.connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, True)  # noqa: FBT003 -- its signature
        self._incoming = Incoming(self.connection)
        self.rfile = self._reader = io.BufferedReader(self._incoming, 2**16)
        # Buffered, so that the head of an answer travels with its body.
        self.wfile = io.BufferedWriter(Outgoing(self.connection, self.server.patience.answer), 2**16)

    @property
    def server_version(self) -> str:  # type: ignore[override]
        """The server's name."""
        return self.version_string()

    def version_string(self) -> str:
        """Return the server's name, with nothing about the Python it runs on."""
        return "connectapi.testing"

    def date_time_string(self, timestamp: float | None = None) -> str:
        """Return a moment as HTTP has it: the present one, if none is given."""
        return super().date_time_string(self.server.now() if timestamp is None else timestamp)

    def log(self, type: str, message: str, *args: Any) -> None:  # noqa: A002 -- werkzeug's name for it
        """Write nothing to stderr; `ConnectServer.requests` has the log."""
        _log.debug(message, *args)

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """As `log`."""

    def handle_one_request(self) -> None:
        """Wait for the next request of the connection, and answer it."""
        self.close_connection = True
        if not self._begun():
            return
        self.requestline, self.command, self.request_version = "", "", self.protocol_version
        try:
            head = read_head(self.rfile)
        except TimeoutError:
            self.send_error(408, "The head of the request came too slowly.")
        except BadHeadError as error:
            self.send_error(error.status, str(error))
        else:
            if head is not None:
                self._answer(head)

    def _begun(self) -> bool:
        """Wait until a request begins to come; False if none does."""
        connections, patience = self.server.connections, self.server.patience
        connections.idle(self.connection)
        self._incoming.allow(patience.idle)
        try:
            return bool(self._reader.peek(1))
        except OSError:
            return False
        finally:
            connections.busy(self.connection)
            self._incoming.allow(patience.head)

    def _answer(self, head: Head) -> None:
        self.command, self.path, self.request_version = head.verb, head.target, head.version
        self.headers, self.close_connection = head.headers, head.ends
        self._incoming.allow(self.server.patience.body, self.server.patience.rate)
        try:
            body = self._body()
        except BadHeadError as error:
            self.send_error(error.status, str(error))
            return
        environ = self.make_environ()
        environ["PATH_INFO"] = head.path
        environ["wsgi.input"] = body
        if isinstance(body, ChunkedBody):
            environ["wsgi.input_terminated"] = True
        self._run(environ, body)

    def _body(self) -> ChunkedBody | CountedBody:
        length, coding = self.headers.get("Content-Length"), self.headers.get("Transfer-Encoding")
        if coding is not None and (length is not None or coding.lower() != "chunked"):
            raise BadHeadError("Transfer-Encoding is not chunked alone.")
        if coding is not None and self.request_version == "HTTP/1.0":
            raise BadHeadError("HTTP/1.0 has no Transfer-Encoding.")
        if length is not None and not (length.isascii() and length.isdigit() and len(length) < 19):  # noqa: PLR2004
            raise BadHeadError("Content-Length is not a number of bytes.")
        if expected := self.headers.get("Expect"):
            if expected.lower() != "100-continue":
                raise BadHeadError("The header Expect asks for something else than 100-continue.", 417)
            self.wfile.write(b"HTTP/1.1 100 Continue\r\n\r\n")
            self.wfile.flush()
        return ChunkedBody(self.rfile) if coding is not None else CountedBody(self.rfile, int(length or 0))

    def _run(self, environ: WSGIEnvironment, body: ChunkedBody | CountedBody) -> None:
        status, headers = "500", list[tuple[str, str]]()

        def start_response(
            given: str, fields: list[tuple[str, str]], exc_info: Any = None
        ) -> Callable[[bytes], object]:
            nonlocal status, headers
            status, headers = given, fields
            return self.wfile.write

        chunks = self.server.app(environ, start_response)
        try:
            effect = effect_on(environ)
            if effect is None:
                self._send(status, headers, chunks)
            else:
                self._spoiled(effect, status, headers, chunks)
        except OSError:
            self.close_connection = True
        finally:
            close = getattr(chunks, "close", None)
            if close is not None:
                close()
        if not body.drain(_DRAINED):
            self._linger()

    def _spoiled(self, effect: Effect, status: str, headers: list[tuple[str, str]], chunks: Iterable[bytes]) -> None:
        """Send an answer that a fault has struck."""
        sending = Sending(headers, chunks, self.server.connections.wait)
        effect.spoil(sending)
        if not sending.lost:
            self._send(status, sending.headers, sending.chunks, piecemeal=sending.piecemeal)
        if sending.lost or sending.ends:
            self.close_connection = True
            self.connection.shutdown(socket.SHUT_WR)

    def _send(
        self, status: str, headers: list[tuple[str, str]], chunks: Iterable[bytes], *, piecemeal: bool = False
    ) -> None:
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
            if piecemeal:
                self.wfile.flush()
        self.wfile.flush()

    def _linger(self) -> None:
        """End the connection so that a client that still sends can see the answer."""
        self.close_connection = True
        with suppress(OSError):
            self.connection.shutdown(socket.SHUT_WR)
            self.connection.settimeout(_LINGER)
            ends = time.monotonic() + _LINGER
            while time.monotonic() < ends and self.connection.recv(2**16):
                pass

    def finish(self) -> None:
        """Let go of the connection, also when its client went before the whole answer was written."""
        with suppress(OSError):
            super().finish()
        self.rfile.close()

    def send_error(self, code: int, message: str | None = None, explain: str | None = None) -> None:
        """Refuse what is not HTTP as the API refuses everything: in JSON."""
        text = message or HTTPStatus(code).phrase
        body = json.dumps({"code": 2, "error": text, "payload": explain}).encode()
        self.request_version = self.protocol_version  # it may not have been understood; then there would be no head
        headers = [("Content-Type", "application/json"), ("Content-Length", str(len(body)))]
        self.close_connection = True
        with suppress(OSError):
            self._send(f"{code} {HTTPStatus(code).phrase}", headers, [body])
        self._linger()


class Server(socketserver.ThreadingTCPServer):
    """Listens, and answers each connection in a thread of its own.

    `multithread` and so on are what werkzeug's handler asks its server for.

    Args:
        listening: the socket; the server has a copy of it.
        app: the WSGI application.
        patience: how long it waits for its clients.
        connections: bounds how many there are.
        now: what time it is, in seconds since the epoch.
    """

    multithread = True
    multiprocess = False
    ssl_context = None

    def __init__(
        self,
        listening: socket.socket,
        app: Any,
        patience: Patience | None = None,
        connections: Connections | None = None,
        now: Callable[[], float] = time.time,
    ) -> None:
        self.app = app
        self.patience = patience or Patience()
        self.connections = connections or Connections()
        self.now = now
        # werkzeug's own server looks itself up among the installed packages, which takes as long as the first answer.
        super().__init__(listening.getsockname()[:2], RequestHandler, bind_and_activate=False)
        self.socket.close()
        self.socket = listening.dup()

    @property
    def port(self) -> int:
        """Where it listens."""
        port: int = self.server_address[1]
        return port

    def serve_forever(self, poll_interval: float = 0.5) -> None:
        """Listen until `shutdown`."""
        try:
            super().serve_forever(poll_interval)
        finally:
            self.server_close()

    def get_request(self) -> tuple[socket.socket, Any]:
        """Take the next connection."""
        try:
            return super().get_request()
        except OSError:
            # When there are no more sockets to have, the one that waits still does: asking on would only keep busy.
            time.sleep(_REST)
            raise

    def process_request(self, request: Any, client_address: Any) -> None:
        """Begin to answer a new connection, when there is room for it."""
        thread = threading.Thread(
            target=self.process_request_thread,
            args=(request, client_address),
            name="connectapi-server-call",
            daemon=True,
        )
        if self.connections.admit(request, thread):
            thread.start()
        else:
            self.shutdown_request(request)

    def shutdown_request(self, request: Any) -> None:
        """End a connection."""
        self.connections.leave(request)
        super().shutdown_request(request)

    def shutdown(self) -> None:
        """Stop to listen; the connections that are open stay so."""
        self.connections.close()
        super().shutdown()

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Log what went wrong in a connection, unless it just ended."""
        if not isinstance(sys.exc_info()[1], OSError):
            _log.exception("a connection from %s failed", client_address)
