"""What travels over the sockets, also when it is no proper HTTP."""

import json
import logging
import socket
from contextlib import suppress

import pytest

from connectapi.testing.body import CountedBody
from connectapi.testing.wire import Server


class Socket:
    """A client that says exactly what it is told to say."""

    def __init__(self, server):
        self.socket = socket.create_connection(("127.0.0.1", int(server.url.rpartition(":")[2])), timeout=5)
        self.file = self.socket.makefile("rb")

    def say(self, *lines, body=b""):
        self.socket.sendall("\r\n".join([*lines, "", ""]).encode("latin-1") + body)
        return self

    def read(self):
        status = self.file.readline().split()
        if not status:
            return None
        headers = {}
        while line := self.file.readline().strip():
            name, _, value = line.decode().partition(": ")
            headers[name.lower()] = value
        body = self.file.read(int(headers.get("content-length", 0)))
        return int(status[1]), headers, body

    def close(self):
        self.file.close()
        self.socket.close()


@pytest.fixture
def raw(server):
    client = Socket(server)
    yield client
    client.close()


@pytest.fixture
def key(server):
    return f"Authorization: Key {server.api_key}"


GET = ("GET /__api__/v1/user HTTP/1.1", "Host: x")


def test_a_connection_is_kept_for_the_next_call(raw, key):
    for _ in range(3):
        status, headers, body = raw.say(*GET, key).read()
        assert (status, json.loads(body)["username"]) == (200, "mara")
        assert "connection" not in headers
    assert headers["server"] == "connectapi.testing"


def test_a_body_that_nobody_read_does_not_become_the_next_call(raw, key):
    post = ("POST /__api__/v1/user HTTP/1.1", "Host: x", "Content-Length: 50000")

    assert raw.say(*post, body=b"x" * 50_000).read()[0] == 405
    assert raw.say(*GET, key).read()[0] == 200


def test_much_of_a_body_that_nobody_wants_ends_the_connection_after_the_answer(raw, key):
    post = ("POST /__api__/v1/content HTTP/1.1", "Host: x", "Content-Length: 30000000", key)

    status, _, body = raw.say(*post, body=b"x" * 3_000_000).read()

    assert (status, json.loads(body)["code"]) == (413, 125)
    assert raw.read() is None


def test_the_client_may_say_when_to_end(raw, key):
    status, headers, _ = raw.say(*GET, key, "Connection: close").read()

    assert (status, headers["connection"], raw.read()) == (200, "close", None)


def test_a_chunked_body_is_read_and_a_broken_one_refused(raw, key):
    post = ("POST /__api__/v1/content HTTP/1.1", "Host: x", "Transfer-Encoding: chunked", key)
    assert raw.say(*post, body=b'10\r\n{"name": "chunky\r\n2\r\n"}\r\n0\r\n\r\n').read()[0] == 200
    assert raw.say(*GET, key).read()[0] == 200

    status, _, body = raw.say(*post, body=b"zz\r\nnonsense").read()
    assert (status, "can't be read" in json.loads(body)["error"]) == (400, True)
    assert raw.read() is None


def test_a_client_that_asks_first_is_told_to_go_on(raw, key):
    raw.say("POST /__api__/v1/content HTTP/1.1", "Host: x", "Content-Length: 20", "Expect: 100-continue", key)
    assert raw.file.readline() == b"HTTP/1.1 100 Continue\r\n"
    assert raw.file.readline() == b"\r\n"

    raw.socket.sendall(b'{"name": "patient"} ')

    assert raw.read()[0] == 200


@pytest.mark.parametrize(
    "lines",
    [
        ["NONSENSE"],
        ["GET / HTTP/9.9", "Host: x"],
        ["GET / HTTP/1.1", "Host: x", "Content-Length: -5"],
        ["GET / HTTP/1.1", "Host: x", "Content-Length: five"],
        ["GET / HTTP/1.1", "Host: x", "Content-Length: " + "9" * 30],
        ["POST / HTTP/1.1", "Host: x", "Transfer-Encoding: gzip"],
        ["POST / HTTP/1.1", "Host: x", "Transfer-Encoding: chunked", "Content-Length: 5"],
        ["GET /" + "x" * 70_000 + " HTTP/1.1", "Host: x"],
        ["GET / HTTP/1.1", *(f"X-{i}: y" for i in range(200))],
    ],
    ids=lambda lines: lines[-1][:40],
)
def test_what_is_no_proper_http_is_refused_in_json(raw, lines):
    status, headers, body = raw.say(*lines).read()

    assert status in {400, 414, 431, 505}
    assert headers["content-type"] == "application/json"
    assert json.loads(body)["code"] == 2
    assert b"Traceback" not in body


@pytest.mark.parametrize("host", ["", "Host: a b", "Host: evil.example/x", "Host: \xe9"])
def test_a_strange_host_breaks_nothing(raw, key, host):
    answer = raw.say(
        "GET /__api__/v1/content/241fe2cd-6eba-4a79-9aa3-6e6fe28c5714 HTTP/1.1", host or "X: y", key
    ).read()

    assert answer[0] in {200, 400}


def test_an_answer_of_the_old_kind_ends_the_connection(raw, key):
    status, headers, _ = raw.say("GET /__api__/v1/user HTTP/1.0", key).read()

    assert (status, headers["connection"], raw.read()) == (200, "close", None)


def test_a_client_that_leaves_in_the_middle_harms_nobody(server, key, raw):
    post = ("POST /__api__/v1/content HTTP/1.1", "Host: x", "Content-Length: 100", key)
    gone = Socket(server).say(*post, body=b'{"name"')
    gone.close()

    assert raw.say(*GET, key).read()[0] == 200


def test_a_body_that_ends_too_soon_is_refused(raw, key):
    raw.say("POST /__api__/v1/content HTTP/1.1", "Host: x", "Content-Length: 100", key, body=b'{"name"')
    raw.socket.shutdown(socket.SHUT_WR)

    status, _, body = raw.read()

    assert (status, json.loads(body)["code"]) == (400, 125)


def test_every_answer_has_a_correlation_id(admin):
    assert admin.get("/v1/user", headers={"X-Correlation-ID": "mine-1"}).headers["X-Correlation-ID"] == "mine-1"
    made = [admin.get("/v1/nothing").headers["X-Correlation-ID"] for _ in range(2)]
    assert len(set(made)) == 2


def test_what_goes_wrong_is_logged_and_answered(server, admin, monkeypatch, caplog):
    from connectapi.testing.store import Records

    def fail(*_args, **_more):
        raise ZeroDivisionError("of the server's own making")

    monkeypatch.setattr(Records, "find", fail)
    with caplog.at_level(logging.ERROR, "connectapi.testing"):
        answer = admin.get("/v1/tags")

    assert answer.refusal == (500, "InternalFailure")
    assert "own making" not in answer.text
    assert "own making" in caplog.text


def test_nothing_is_written_to_stderr(admin, capfd):
    admin.get("/v1/user")
    admin.get("/v1/nothing")

    assert capfd.readouterr().err == ""


def test_an_answer_of_unknown_length_ends_the_connection(server, raw, key, monkeypatch):
    def endless(_environ, start_response):
        start_response("200 OK", [("Content-Type", "text/plain")])
        return [b"some ", b"text"]

    monkeypatch.setattr(server._running.server, "app", endless)
    raw.say(*GET)

    assert raw.file.read().endswith(b"Connection: close\r\n\r\nsome text")


def test_a_failing_connection_is_logged_unless_it_just_ended(caplog):
    class Bare(Server):
        def __init__(self):
            pass

    for error in (ConnectionResetError(), ValueError("odd")):
        with suppress(type(error)):
            try:
                raise error
            finally:
                Bare().handle_error(None, ("127.0.0.1", 1))

    assert [record.message for record in caplog.records] == ["a connection from ('127.0.0.1', 1) failed"]


def test_a_body_is_read_no_further_than_it_goes():
    import io

    source = io.BytesIO(b"0123456789")
    body = CountedBody(source, 4)

    assert (body.readable(), body.read(), body.read(1), source.read(1)) == (True, b"0123", b"", b"4")
    assert CountedBody(io.BytesIO(b"x" * 200_000), 200_000).drain(10) is False
