"""Nothing goes on for longer than it may."""

import io
import socket
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager

import pytest

from connectapi import RetryPolicy, errors
from connectapi.http.address import Address
from connectapi.http.auth import NoAuth
from connectapi.http.deadline import Deadline, earlier
from connectapi.http.options import Options
from connectapi.http.transport import Transport
from connectapi.http.values import Request

GET = Request(verb="GET", path="/v1/user")


@contextmanager
def serving(serve):
    """A server that does with each connection what `serve` does; it ends when the connection does."""
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def accept():
            while True:
                try:
                    connection, _ = listener.accept()
                except OSError:
                    return
                with connection:
                    try:
                        connection.recv(65536)
                        serve(connection)
                    except OSError:
                        pass

        thread = threading.Thread(target=accept)
        thread.start()
        try:
            yield Address.parse(f"http://127.0.0.1:{listener.getsockname()[1]}")
        finally:
            listener.shutdown(socket.SHUT_RDWR)
            thread.join()


def drip(text, head=b""):
    """Send a text a byte at a time, for as long as somebody listens."""

    def serve(connection):
        stopped = threading.Event()
        connection.sendall(head)
        for at in range(len(text)):
            connection.sendall(text[at : at + 1])
            stopped.wait(0.02)

    return serve


SLOW = {
    "status line": b"HTTP/1.1 200 " + b"O" * 9000,
    "headers": b"HTTP/1.1 200 OK\r\nX-Slow: " + b"x" * 9000,
    "body": b"HTTP/1.1 200 OK\r\nContent-Length: 9000\r\n\r\n" + b"x" * 9000,
    "chunks": b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + b"1\r\nx\r\n" * 9000,
    "body without a length": b"HTTP/1.1 200 OK\r\n\r\n" + b"x" * 9000,
    "interim answers": b"HTTP/1.1 100 Continue\r\n\r\n" * 900,
}


@pytest.mark.parametrize("part", SLOW)
def test_a_server_that_sends_a_byte_at_a_time_meets_the_deadline(part):
    options = Options(timeout=0.3, retries=0)
    with (
        serving(drip(SLOW[part])) as address,
        Transport(address, NoAuth(), options) as transport,
        pytest.raises(errors.TimeoutError, match=r"was not done within 0\.3 s \(timeout\)"),
    ):
        transport.send(GET)


def test_a_download_takes_as_long_as_it_takes_until_a_deadline():
    with serving(drip(b"x" * 20, b"HTTP/1.1 200 OK\r\nContent-Length: 20\r\n\r\n")) as address:
        with Transport(address, NoAuth(), Options(timeout=0.1, retries=0)) as transport:
            file = io.BytesIO()
            transport.download(GET, file)
            assert len(file.getvalue()) == 20
        options = Options(deadline=Deadline(0.2), retries=0)
        late = pytest.raises(errors.TimeoutError, match=r"0\.2 s \(client\.deadline\(\)\)")
        with Transport(address, NoAuth(), options) as transport, late:
            transport.download(GET, io.BytesIO())


def test_a_server_that_takes_little_in_meets_the_deadline():
    stopped = threading.Event()

    def serve(connection):
        while not stopped.wait(0.01):
            connection.recv(1000)

    body = io.BytesIO(bytes(60_000_000))
    options = Options(deadline=Deadline(0.3), retries=0)
    with serving(serve) as address, Transport(address, NoAuth(), options) as transport:
        try:
            with pytest.raises(errors.TimeoutError, match=r"was not done within 0\.3 s"):
                transport.send(Request(verb="POST", path="/v1/bundles", body=body))
        finally:
            stopped.set()


@contextmanager
def deaf(host="0.0.0.0", port=0):
    """A port where no connection is taken: those that wait for it are too many."""
    with socket.create_server((host, port), backlog=0) as listener, ExitStack() as waiting:
        port = listener.getsockname()[1]
        for _ in range(4):
            one = waiting.enter_context(socket.socket())
            one.settimeout(0.0)
            one.connect_ex((host, port))
        yield port


@pytest.fixture
def named(monkeypatch):
    """Have a name stand for some addresses."""

    def give(name, *addresses):
        usual = socket.getaddrinfo

        def found(host, port, *args, **kwargs):
            hosts = addresses if host == name else (host,)
            return [each for address in hosts for each in usual(address, port, *args, **kwargs)]

        monkeypatch.setattr(socket, "getaddrinfo", found)

    return give


linux = pytest.mark.skipif(sys.platform != "linux", reason="other systems have one address here, or drop no connection")


@linux
def test_all_addresses_of_a_host_share_the_time_for_a_connection(named):
    named("many.example.com", *(f"127.0.0.{number}" for number in range(2, 42)))
    options = Options(connect_timeout=0.4, retries=0)
    with deaf() as port, Transport(Address.parse(f"http://many.example.com:{port}"), NoAuth(), options) as transport:
        with pytest.raises(errors.TimeoutError, match=r"no connection to .* within 0\.4 s") as caught:
            transport.send(GET)
        assert caught.value.unsent
        assert caught.value.attempts[0].took < 4  # 40 times 0.4 s are 16


@linux
def test_an_address_that_does_not_answer_leaves_time_for_the_next_one(named, scripted):
    named("both.example.com", "127.0.0.2", "127.0.0.1")
    port = int(scripted.origin.rpartition(":")[2])
    address = Address.parse(f"http://both.example.com:{port}")
    with deaf("127.0.0.2", port), Transport(address, NoAuth(), Options(connect_timeout=0.6, retries=0)) as transport:
        assert transport.send(GET).status == 200
        assert transport.send(GET).status == 200
    assert len(scripted.connections) == 1


def test_no_retry_begins_that_could_not_end_in_time(scripted):
    scripted.say(503, headers={"Retry-After": "30"})
    options = Options(timeout=5.0)
    with (
        Transport(scripted.address, NoAuth(), options) as transport,
        pytest.raises(errors.ServerError, match="asks to wait 30 s"),
    ):
        transport.send(GET)
    assert len(scripted.asked) == 1


def test_retries_end_with_the_deadline(scripted):
    scripted.say(silent=True)
    options = Options(timeout=0.3, read_timeout=0.1, retries=RetryPolicy(times=100, first_delay=0.001))
    with Transport(scripted.address, NoAuth(), options) as transport, pytest.raises(errors.TimeoutError) as caught:
        transport.send(GET)
    assert 2 <= len(caught.value.attempts) <= 4


def test_a_connection_of_a_call_in_a_hurry_is_as_good_as_any_other():
    """What was left of one call's time must not become the limit of the next one on that connection."""
    body = bytes(20_000_000)

    def serve(connection):
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
        threading.Event().wait(0.3)  # longer than the first call had, and the second one's body waits for it
        left = len(body)
        while left > 0:
            left -= len(connection.recv(1_000_000))
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}")

    with serving(serve) as address, Transport(address, NoAuth(), Options(retries=0)) as transport:
        transport.send(GET, Options(timeout=0.2))
        assert transport.send(Request(verb="POST", path="/v1/x", body=body)).body == b"{}"


def test_who_waits_for_a_connection_keeps_the_deadline(scripted):
    scripted.say(200, b"x" * 1000)
    with (
        Transport(scripted.address, NoAuth(), connections=1) as transport,
        transport.stream(GET),
        pytest.raises(errors.TimeoutError, match=r"all 1 connections .* in use for 0\.1 s \(timeout\)"),
    ):
        transport.send(GET, Options(timeout=0.1))


def test_the_first_of_nested_deadlines_holds_until_it_is_lifted():
    outer = Deadline(100.0)
    inner = Deadline(5.0, outer=outer)
    later = Deadline(500.0, outer=outer)

    assert inner.left() <= 5
    assert (str(inner), str(later)) == ("5 s (client.deadline())", "100 s (client.deadline())")
    inner.lift()
    assert 5 < inner.left() <= 100
    assert str(inner) == "100 s (client.deadline())"
    outer.lift()
    assert inner.left() == float("inf")
    assert "inf s left" in repr(inner)


def test_the_earlier_of_two_deadlines():
    soon, late = Deadline(1.0), Deadline(2.0)

    assert earlier(soon, late) is earlier(late, soon) is earlier(soon, None) is earlier(None, soon) is soon
    assert earlier(None, None) is None


@pytest.mark.parametrize("length", [0, -1, float("nan"), float("inf")])
def test_a_deadline_is_a_time(length):
    with pytest.raises(ValueError, match="a deadline is a number of seconds"):
        Deadline.of_block(length, None)


@pytest.mark.parametrize(
    "limits", [{"timeout": 0}, {"timeout": float("inf")}, {"connect_timeout": -1}, {"max_body": 0}, {"read_timeout": 0}]
)
def test_a_limit_that_is_none_is_refused(limits):
    with pytest.raises(ValueError, match="is a number of"):
        Options(**limits)


def test_threads_share_a_deadline_that_is_passed_to_them(scripted):
    scripted.say(silent=True)
    options = Options(deadline=Deadline(0.2), retries=0)
    with Transport(scripted.address, NoAuth()) as transport, ThreadPoolExecutor(4) as pool:
        calls = [pool.submit(transport.send, GET, options) for _ in range(4)]
        for each in calls:
            with pytest.raises(errors.TimeoutError, match=r"0\.2 s"):
                each.result()
