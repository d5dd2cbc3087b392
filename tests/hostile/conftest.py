"""A server that keeps every byte of each connection, and says no to whatever it is asked."""

import queue
import re
import socket
import threading
from contextlib import suppress
from urllib.parse import parse_qsl

import attrs
import pytest

KEY = "s3cr3t-Key-0123456789"

#: An answer that ends each call: no retry, no second page, and a connection that ends.
NO = b'{"code": 22, "error": "No."}'
REFUSAL = (
    b"HTTP/1.1 403 Forbidden\r\nContent-Type: application/json\r\nConnection: close\r\n"
    b"Content-Length: %d\r\n\r\n%s" % (len(NO), NO)
)

_FIRST = re.compile(rb"([A-Z]+) ([!-~]+) HTTP/1\.1")
_FIELD = re.compile(rb"([!#$%&'*+.^_`|~0-9A-Za-z-]+): ([^\r\n\x00]*)")


@attrs.frozen
class Arrived:
    """One request, read from the bytes by the letter of RFC 9112."""

    verb: str
    path: str
    query: list
    headers: list
    body: bytes

    def header(self, name):
        (value,) = [value for each, value in self.headers if each == name.lower()]
        return value

    @property
    def names(self):
        return [name for name, _ in self.headers]


class Recorder:
    """Keeps what came over each connection, from its first byte to its last."""

    def __init__(self):
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=128)
        self.port = self._listener.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"
        self._connections = queue.Queue()
        self._thread = threading.Thread(target=self._accept)
        self._thread.start()

    def _accept(self):
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            with connection, suppress(OSError):
                self._connections.put(self._all_of(connection))

    def _all_of(self, connection):
        connection.settimeout(10)
        data = b""
        while not _whole(data) and (piece := connection.recv(65536)):
            data += piece
        connection.sendall(REFUSAL)
        connection.shutdown(socket.SHUT_WR)
        while piece := connection.recv(65536):  # whatever else was sent belongs to it, too
            data += piece
        return data

    def arrived(self):
        """Return the one request that came since the last time."""
        found = _read(self._connections.get(timeout=10))
        assert self.silent()
        return found

    def silent(self):
        """Whether nothing came."""
        return self._connections.empty()

    def forget(self):
        while not self.silent():
            self._connections.get()

    def close(self):
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._thread.join()


def _parts(data):
    head, _, rest = data.partition(b"\r\n\r\n")
    first, *lines = head.split(b"\r\n")
    return first, lines, rest


def _whole(data):
    if b"\r\n\r\n" not in data:
        return False
    _, lines, rest = _parts(data)
    for line in lines:
        if line.lower().startswith(b"content-length: "):
            return len(rest) >= int(line[16:])
        if line.lower() == b"transfer-encoding: chunked":
            return rest.endswith(b"0\r\n\r\n")
    return True


def _read(data):
    """Read the bytes of a connection as one request, with nothing before, in between or after it."""
    first, lines, rest = _parts(data)
    match = _FIRST.fullmatch(first)
    assert match, first
    fields = [_FIELD.fullmatch(line) for line in lines]
    assert all(fields), lines
    headers = [(field[1].decode().lower(), field[2].decode("latin-1")) for field in fields]
    framing = [(name, value) for name, value in headers if name in {"content-length", "transfer-encoding"}]
    if not framing:
        assert rest == b""
    elif framing[0][0] == "content-length":
        assert len(framing) == 1
        assert len(rest) == int(framing[0][1])
    else:
        assert framing == [("transfer-encoding", "chunked")]
        body = b""
        while True:
            size, _, rest = rest.partition(b"\r\n")
            body, rest = body + rest[: int(size, 16)], rest[int(size, 16) :]
            assert rest.startswith(b"\r\n")
            rest = rest[2:]
            if int(size, 16) == 0:
                break
        assert rest == b""
        rest = body
    path, _, query = match[2].decode().partition("?")
    pairs = parse_qsl(query, keep_blank_values=True, strict_parsing=bool(query), errors="strict")
    return Arrived(match[1].decode(), path, pairs, headers, rest)


@pytest.fixture(scope="session")
def listening():
    made = Recorder()
    yield made
    made.close()


@pytest.fixture
def recorder(listening):
    """That server, with nothing in it of the test before."""
    listening.forget()
    return listening
