"""A server that sends what it is told, byte for byte, over real sockets on the loopback."""

import socket
import ssl
import threading
from contextlib import contextmanager, suppress

import pytest
import trustme

from connectapi import Client, RetryPolicy

KEY = "s3cr3t-Key-0123456789"

#: Tries again at once, so that a test of what comes after three tries waits for nothing.
SOON = RetryPolicy(first_delay=0.001, longest_delay=0.002)


class Wire:
    """Answers each request by the next of its scripts, and with the last of them again and again.

    A script is bytes, or a function of the connection and of the request's head and body; the
    connection is kept if the script ends and the bytes say how long they are.
    """

    def __init__(self, listener):
        self._listener = listener
        self.url = f"http://127.0.0.1:{listener.getsockname()[1]}"
        self.scripts = []
        self.heads = []
        self.connections = 0
        self.ending = threading.Event()
        self._open = []
        self._lock = threading.Lock()
        self._threads = [threading.Thread(target=self._accept)]
        self._threads[0].start()

    def plays(self, *scripts):
        self.scripts.extend(scripts)
        return self

    def _accept(self):
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            self.connections += 1
            self._open.append(connection)
            thread = threading.Thread(target=self._serve, args=(connection,))
            self._threads.append(thread)
            thread.start()

    def _serve(self, connection):
        with connection, suppress(OSError):
            while self._one(connection):
                pass

    def _one(self, connection):
        text = b""
        while b"\r\n\r\n" not in text:
            found = connection.recv(65536)
            if not found:
                return False
            text += found
        head, _, body = text.partition(b"\r\n\r\n")
        length = next((int(line[15:]) for line in head.lower().splitlines() if line.startswith(b"content-length:")), 0)
        while len(body) < length:
            found = connection.recv(65536)
            if not found:
                return False
            body += found
        with self._lock:
            self.heads.append(head.decode("latin-1"))
            script = self.scripts.pop(0) if len(self.scripts) > 1 else self.scripts[0]
        if callable(script):
            return script(connection, head, body)
        connection.sendall(script)
        return b"content-length" in script.lower() or b"chunked" in script.lower()

    def close(self):
        self.ending.set()
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for connection in self._open:
            with suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
        for thread in self._threads:
            thread.join()


@pytest.fixture
def wire():
    with socket.create_server(("127.0.0.1", 0), backlog=128) as listener:
        served = Wire(listener)
        yield served
        served.close()


@pytest.fixture
def client(wire):
    """A client of that server, which tries again at once and gives up on silence soon."""
    with Client(wire.url, KEY, retries=SOON, read_timeout=2.0, timeout=10.0, max_body=1_000_000) as made:
        yield made


def answer(body=b"{}", status=b"200 OK", *headers):
    """Return a whole answer, its length declared as it is."""
    lines = [b"HTTP/1.1 " + status, b"Content-Type: application/json", *headers, b"Content-Length: %d" % len(body)]
    return b"\r\n".join(lines) + b"\r\n\r\n" + body


@pytest.fixture(scope="session", name="answer")
def answer_fixture():
    return answer


# TLS --------------------------------------------------------------------------------------------


@pytest.fixture(scope="session")
def authority():
    return trustme.CA(organization_name="The Authority")


@pytest.fixture(scope="session")
def bundle(authority, tmp_path_factory):
    path = tmp_path_factory.mktemp("authority") / "ca.pem"
    authority.cert_pem.write_to_path(path)
    return path


@contextmanager
def _tls(certificate, verify=None):
    """A server over TLS that answers each request with who asks, by the client's certificate."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    certificate.configure_cert(context)
    if verify is not None:
        context.verify_mode = ssl.CERT_REQUIRED
        verify.configure_trust(context)
    heads = []

    def answer(connection):
        with suppress(OSError), context.wrap_socket(connection, server_side=True) as secured:
            while head := secured.recv(65536):
                heads.append(head)
                peer = secured.getpeercert() or {}
                names = [value for part in peer.get("subject", ()) for key, value in part if key == "commonName"]
                body = b'{"guid": "%s"}' % "".join(names).encode()
                secured.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(body) + body)

    with socket.create_server(("127.0.0.1", 0)) as listener:
        threads = []

        def accept():
            while True:
                try:
                    connection, _ = listener.accept()
                except OSError:
                    return
                threads.append(threading.Thread(target=answer, args=(connection,)))
                threads[-1].start()

        accepting = threading.Thread(target=accept)
        accepting.start()
        try:
            yield f"https://localhost:{listener.getsockname()[1]}", heads
        finally:
            listener.shutdown(socket.SHUT_RDWR)
            accepting.join()
            for thread in threads:
                thread.join()


@pytest.fixture(scope="session")
def tls():
    """A server over TLS: `with tls(certificate) as (url, heads)`."""
    return _tls
