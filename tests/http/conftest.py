"""A server that answers as it is told, over real sockets on the loopback, and keeps what it was asked."""

from __future__ import annotations

import socket
import ssl
import threading
import traceback
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from attrs import field, frozen

from connectapi.http.address import Address
from connectapi.http.auth import ApiKeyAuth
from connectapi.http.options import Options
from connectapi.http.transport import Transport
from connectapi.types import Secret

LIMITS = Options(connect_timeout=2.0, read_timeout=2.0, retries=0)
KEY = "s3cr3t-Key-0123456789"


@frozen
class _Answer:
    status: int = 200
    body: bytes = b"{}"
    headers: dict[str, str] = field(factory=dict)
    raw: bytes | None = None
    silent: bool = False


@frozen
class Asked:
    """One request as it came."""

    verb: str
    path: str
    query: str
    headers: dict[str, str]
    body: bytes


class Scripted(ThreadingHTTPServer):
    """Gives the answers it was told, in order; the last one again and again."""

    daemon_threads = False  # so that closing waits for them, and leaves no socket open
    request_queue_size = 64

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.asked: list[Asked] = []
        self.scheme = "http"
        self.host = "127.0.0.1"
        self.connections: list[socket.socket] = []
        self.released = threading.Event()
        self._answers: deque[_Answer] = deque()

    @property
    def origin(self) -> str:
        return f"{self.scheme}://{self.host}:{self.server_address[1]}"

    @property
    def address(self) -> Address:
        return Address.parse(self.origin)

    def say(
        self,
        status: int = 200,
        body: bytes = b"{}",
        headers: dict[str, str] | None = None,
        *,
        raw: bytes | None = None,
        silent: bool = False,
    ) -> Scripted:
        """Add an answer: `raw` bytes as they are, or an HTTP answer, or, if `silent`, nothing at all."""
        self._answers.append(_Answer(status, body, headers or {}, raw, silent))
        return self

    def next_answer(self) -> _Answer:
        if not self._answers:
            return _Answer()
        return self._answers.popleft() if len(self._answers) > 1 else self._answers[0]

    def get_request(self) -> tuple[socket.socket, object]:
        connection, peer = super().get_request()
        self.connections.append(connection)
        return connection, peer

    def handle_error(self, request, client_address) -> None:
        pass  # a client that goes away in the middle is what some tests are about

    def speak_tls(self, certificate: Path) -> None:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate)
        self.socket = context.wrap_socket(self.socket, server_side=True)
        self.scheme, self.host = "https", "localhost"

    def stop(self) -> None:
        self.released.set()
        self.shutdown()
        for connection in self.connections:
            with suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)  # wakes the thread that waits for a next request
        self.server_close()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True  # else each answer's body waits 40 ms for the client's ACK
    server: Scripted

    def log_message(self, *_: object) -> None:
        pass

    def _answer(self) -> None:
        parts = urlsplit(self.path)
        asked = Asked(self.command, parts.path, parts.query, dict(self.headers.items()), self._body())
        self.server.asked.append(asked)
        answer = self.server.next_answer()
        if answer.silent:
            self.server.released.wait(10)
            self.close_connection = True
        elif answer.raw is not None:
            self.wfile.write(answer.raw)
            self.close_connection = True
        else:
            headers = {"X-Correlation-ID": self.headers.get("X-Correlation-ID", ""), **answer.headers}
            headers.setdefault("Content-Length", str(len(answer.body)))
            self.send_response(answer.status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(answer.body)

    do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = _answer

    def _body(self) -> bytes:
        if self.headers.get("Transfer-Encoding") != "chunked":
            return self.rfile.read(int(self.headers.get("Content-Length", 0)))
        pieces = []
        while size := int(self.rfile.readline(), 16):
            pieces.append(self.rfile.read(size))
            self.rfile.readline()
        self.rfile.readline()
        return b"".join(pieces)


def _running(server: Scripted) -> Iterator[Scripted]:
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.005})
    thread.start()
    yield server
    server.stop()
    thread.join()


@pytest.fixture
def scripted() -> Iterator[Scripted]:
    """A server that answers as it is told: `scripted.say(404).say(200, b"[]")`, the last again and again."""
    yield from _running(Scripted())


@pytest.fixture
def scripted_tls() -> Iterator[Scripted]:
    """The same over TLS, with a certificate for localhost that nobody trusts."""
    server = Scripted()
    server.speak_tls(Path(__file__).with_name("localhost.pem"))
    yield from _running(server)


@pytest.fixture(scope="session")
def shown() -> Callable[[BaseException], str]:
    """Everything a logger could show of an error; see `_shown`."""
    return _shown


@pytest.fixture
def keyless() -> Callable[[BaseException], bool]:
    """Whether the key is in nothing that a logger could show of an error."""
    return lambda error: KEY not in f"{error!r} {vars(error)} {_shown(error)}"


def _shown(error: BaseException) -> str:
    """Return the text of an error and of all behind it, each frame with its locals.

    The frames of the tests are left out; there the key stands as plain text.
    """
    captured = traceback.TracebackException.from_exception(error, capture_locals=True)
    pending: list[traceback.TracebackException | None] = [captured]
    while pending:
        each = pending.pop()
        if each is not None:
            each.stack[:] = [frame for frame in each.stack if "/tests/" not in frame.filename]
            pending += [each.__cause__, each.__context__]
    return "".join(captured.format())


@pytest.fixture
def key() -> str:
    return KEY


@pytest.fixture
def transport(scripted: Scripted) -> Iterator[Transport]:
    """A transport to the scripted server, with short limits, which tries nothing again."""
    with Transport(scripted.address, ApiKeyAuth(Secret(KEY)), LIMITS) as made:
        yield made
