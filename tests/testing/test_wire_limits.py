"""Clients that take too long, too much, or all there is: others are served meanwhile."""

import json
import socket
import threading
from contextlib import ExitStack, contextmanager

import pytest

from connectapi.testing.connections import Connections
from connectapi.testing.pacing import Patience
from connectapi.testing.wire import Server

GET = b"GET / HTTP/1.1\r\nHost: x\r\n\r\n"


def echo(environ, start_response):
    """Answer with the body; at /wait when told to, at /much with more than any socket holds."""
    if environ["PATH_INFO"] == "/wait":
        echo.arrived.release()
        assert echo.go_on.wait(20)
    data = b"x" * 50_000_000 if environ["PATH_INFO"] == "/much" else environ["wsgi.input"].read() or b"hello"
    start_response("200 OK", [("Content-Length", str(len(data)))])
    return [data]


@contextmanager
def serving(*, most=256, silent=1.0, **patience):
    echo.go_on, echo.arrived = threading.Event(), threading.Semaphore(0)
    with socket.create_server(("127.0.0.1", 0), backlog=1024) as listening:
        server = Server(listening, echo, Patience(**patience), Connections(most, silent))
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    try:
        yield server
    finally:
        echo.go_on.set()
        server.shutdown()
        thread.join()
        server.connections.end(5)
        server.server_close()


def wait_until_idle(server, count):
    """Wait until the server has noted that so many connections are silent: it does that after it has answered."""
    connections = server.connections
    with connections._changed:
        assert connections._changed.wait_for(lambda: len(connections._idle) == count, 20)


class Peer:
    def __init__(self, server):
        self.socket = socket.create_connection(("127.0.0.1", server.port), timeout=20)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.socket.close()

    def send(self, data):
        self.socket.sendall(data)
        return self

    def read(self):
        """Return status and body of one answer."""
        raw = b""
        while b"\r\n\r\n" not in raw:
            data = self.socket.recv(2**16)
            if not data:
                return None
            raw += data
        head, _, body = raw.partition(b"\r\n\r\n")
        length = int(head.lower().partition(b"content-length: ")[2].partition(b"\r\n")[0])
        while len(body) < length:
            body += self.socket.recv(2**16)
        return int(head.split()[1]), body

    @property
    def ended(self):
        try:
            return self.socket.recv(2**16) == b""
        except ConnectionError:
            return True


def refusal(answer):
    status, body = answer
    return status, json.loads(body)["error"]


def test_a_client_that_says_nothing_is_let_go_and_others_are_served():
    with serving(idle=0.3) as server, Peer(server) as silent:
        with Peer(server) as other:
            assert other.send(GET).read() == (200, b"hello")
        assert silent.ended


def drip(peer, data):
    """Send a byte at a time until the server has had enough."""
    peer.socket.settimeout(0.02)
    for byte in data:
        try:
            peer.send(bytes([byte]))
            if peer.socket.recv(1, socket.MSG_PEEK):
                break
        except TimeoutError:
            continue
    else:
        pytest.fail("it took it all")
    peer.socket.settimeout(20)


def test_a_head_that_comes_byte_by_byte_is_cut_off():
    with serving(head=0.3) as server, Peer(server) as slow:
        drip(slow, b"GET / HTTP/1.1\r\nX: " + b"y" * 10_000)

        assert refusal(slow.read()) == (408, "The head of the request came too slowly.")
        assert slow.ended


@pytest.mark.parametrize("head", [b"Content-Length: 10000\r\n\r\n", b"Transfer-Encoding: chunked\r\n\r\n2710\r\n"])
def test_a_body_that_comes_byte_by_byte_is_cut_off(head, server, admin):
    running = server._running.server
    usual, running.patience = running.patience, Patience(body=0.3)
    try:
        with Peer(running) as slow:
            key = f"Authorization: Key {admin.key}\r\n".encode()
            slow.send(b"POST /__api__/v1/content HTTP/1.1\r\nHost: x\r\n" + key + head)
            drip(slow, b"{" + b" " * 9_999)

            assert refusal(slow.read()) == (408, "The body came too slowly.")
            assert slow.ended
    finally:
        running.patience = usual


def test_a_large_body_may_take_its_time_as_long_as_it_comes():
    with serving(body=0.2, rate=1000) as server, Peer(server) as steady:
        steady.send(b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 5000\r\n\r\n")
        for _ in range(10):
            steady.send(b"z" * 500)
            threading.Event().wait(0.05)

        assert steady.read() == (200, b"z" * 5000)


def test_a_client_that_does_not_take_its_answer_is_let_go():
    with serving(answer=0.3) as server, Peer(server) as lazy:
        lazy.send(b"GET /much HTTP/1.1\r\nHost: x\r\n\r\n")
        with Peer(server) as other:
            assert other.send(GET).read() == (200, b"hello")
        for thread in list(server.connections._threads.values()):
            thread.join(20)
            assert not thread.is_alive()


@pytest.mark.parametrize(
    ("head", "expected"),
    [
        (b"X: " + b"y" * 1_000_000 + b"\r\n\r\n", (431, "headers are too large: 65536 bytes")),
        (b"X: " + b"y" * 1_000_000, (431, "headers are too large: 65536 bytes")),
        (b"X: y\r\n" * 10_000 + b"\r\n", (431, "too many headers: 100")),
        (b"X: y\r\n" * 101 + b"\r\n", (431, "too many headers: 100")),
    ],
    ids=["a megabyte", "without an end", "ten thousand", "one too many"],
)
def test_too_much_of_a_head_is_refused_and_the_answer_arrives(head, expected):
    with serving() as server, Peer(server) as peer:
        status, error = refusal(peer.send(b"GET / HTTP/1.1\r\nHost: x\r\n" + head).read())

        assert (status, expected[1] in error) == (expected[0], True)


def test_a_very_long_url_is_refused_and_the_answer_arrives():
    with serving() as server, Peer(server) as peer:
        answer = peer.send(b"GET /" + b"x" * 1_000_000 + b" HTTP/1.1\r\nHost: x\r\n\r\n").read()

        assert refusal(answer) == (414, "The request's first line is too long: 65536 bytes is the most.")


def test_five_hundred_connections_are_served_by_a_bounded_number_of_threads():
    with serving(most=32, silent=0.05) as server, ExitStack() as stack:
        peers = [stack.enter_context(Peer(server)) for _ in range(500)]
        seen = []
        for peer in peers:
            answer = asked(peer)
            while answer is None:  # it said nothing for long, and made room; it comes again, as every client does
                answer = asked(stack.enter_context(Peer(server)))
            assert answer == (200, b"hello")
            seen.append(len(server.connections._threads))
        assert max(seen) <= 32


def asked(peer):
    try:
        return peer.send(GET).read()
    except ConnectionError:
        return None


def test_when_all_are_at_work_the_next_one_waits_and_is_answered():
    with serving(most=3) as server, ExitStack() as stack:
        busy = [stack.enter_context(Peer(server)).send(GET.replace(b"/ ", b"/wait ", 1)) for _ in range(3)]
        for _ in busy:
            assert echo.arrived.acquire(timeout=20)
        late = stack.enter_context(Peer(server)).send(GET)
        late.socket.settimeout(0.2)
        with pytest.raises(TimeoutError):
            late.read()

        echo.go_on.set()
        late.socket.settimeout(20)
        assert late.read() == (200, b"hello")
        assert [peer.read() for peer in busy] == [(200, b"hello")] * 3


def test_the_one_that_was_silent_for_longest_makes_room():
    with serving(most=2, silent=0.1) as server, Peer(server) as first, Peer(server) as second:
        assert first.send(GET).read() == second.send(GET).read() == (200, b"hello")
        wait_until_idle(server, 2)
        assert first.send(GET).read() == (200, b"hello")
        wait_until_idle(server, 2)
        with Peer(server) as third:
            assert third.send(GET).read() == (200, b"hello")
            assert second.ended
            assert first.send(GET).read() == (200, b"hello")


def test_for_one_that_waits_no_more_than_one_is_ended():
    """Also if another one turns silent before that has left; it may be about to send its next request."""
    connections, thread = Connections(most=2, silent=0.0), threading.current_thread()
    with ExitStack() as opened:
        opened.callback(connections.close)
        pairs = [[opened.enter_context(each) for each in socket.socketpair()] for _ in range(3)]
        (ended, _), (other, peer), (third, _) = pairs
        for each in (ended, other):
            assert connections.admit(each, thread)
        waiting = threading.Thread(target=connections.admit, args=(third, thread))
        waiting.start()
        assert ended.recv(1) == b""
        connections.idle(other)  # the one that waits looks again
        other.settimeout(0.2)
        with pytest.raises(TimeoutError):
            other.recv(1)
        connections.leave(ended)
        waiting.join()
        peer.sendall(b"x")
        assert other.recv(1) == b"x"


def test_a_server_that_is_full_can_be_closed():
    with serving(most=1) as server, Peer(server) as busy:
        busy.send(GET.replace(b"/ ", b"/wait ", 1))
        assert echo.arrived.acquire(timeout=20)
        with Peer(server) as waiting:
            waiting.send(GET)
            server.connections.close()
            assert waiting.ended
            echo.go_on.set()
            assert busy.read() == (200, b"hello")
