"""Answers that are not read at once: streams, and downloads into files."""

import io
import os
import socket
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from connectapi import errors
from connectapi.http.address import Address
from connectapi.http.auth import NoAuth
from connectapi.http.options import Options
from connectapi.http.transport import Transport
from connectapi.http.values import Request

REQUEST = Request(verb="GET", path="/v1/user")


def truncated(body=b"half", length=100):
    return b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%b" % (length, body)


def test_a_stream_comes_in_pieces(scripted, transport):
    content = os.urandom(100_000)
    scripted.say(200, content, {"X-Kind": "bundle"}).say()

    with transport.stream(REQUEST) as stream:
        assert (stream.status, stream.headers["x-kind"]) == (200, "bundle")
        pieces = list(stream.chunks(1000))
        assert "GET /v1/user: 200" in repr(stream)

    assert b"".join(pieces) == content
    assert max(map(len, pieces)) <= 1000
    assert transport.send(REQUEST).status == 200
    assert len(scripted.connections) == 1


def test_a_piece_is_given_as_soon_as_it_is_there():
    """A log that grows is seen as it grows."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        address = Address.parse(f"http://127.0.0.1:{listener.getsockname()[1]}")
        first_seen = threading.Event()

        def serve():
            connection, _ = listener.accept()
            with connection:
                connection.recv(65536)
                connection.sendall(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nfirst\r\n")
                assert first_seen.wait(5)
                connection.sendall(b"6\r\nsecond\r\n0\r\n\r\n")

        with ThreadPoolExecutor(1) as pool, Transport(address, NoAuth(), Options(read_timeout=5)) as transport:
            served = pool.submit(serve)
            with transport.stream(REQUEST) as stream:
                pieces = stream.chunks()
                assert next(pieces) == b"first"
                first_seen.set()
                assert list(pieces) == [b"second"]
            served.result()


def test_a_stream_that_is_not_read_to_its_end_is_closed(scripted, transport):
    scripted.say(200, bytes(3_000_000)).say()

    with transport.stream(REQUEST) as stream:
        next(stream.chunks(10))

    with pytest.raises(errors.TransportError, match="inside its with block"):
        next(stream.chunks())
    assert transport.send(REQUEST).body == b"{}"
    assert len(scripted.connections) == 2


@pytest.mark.parametrize("size", [0, -1])
def test_a_piece_has_a_size(transport, size):
    with transport.stream(REQUEST) as stream, pytest.raises(ValueError, match="size"):
        next(stream.chunks(size))


def test_an_error_is_raised_where_the_stream_would_begin(scripted, transport):
    scripted.say(404, b'{"code": 4, "error": "gone"}' + b" " * 500_000).say()

    with pytest.raises(errors.NotFoundError, match="gone"), transport.stream(REQUEST):
        pytest.fail("there is nothing to read")
    assert transport.send(REQUEST).status == 200


@pytest.mark.parametrize("as_text", [True, False])
def test_a_download_puts_the_whole_file_in_its_place(scripted, transport, tmp_path, as_text):
    content = os.urandom(1_000_000)
    scripted.say(200, content)
    target = tmp_path / "größe.tar.gz"
    target.write_bytes(b"an older one")

    path = transport.download(REQUEST, str(target) if as_text else target)

    assert path == target
    assert target.read_bytes() == content
    assert list(tmp_path.iterdir()) == [target]


def test_a_downloaded_file_can_be_read_by_whom_any_new_file_can(transport, tmp_path):
    (tmp_path / "other").write_bytes(b"")
    path = transport.download(REQUEST, tmp_path / "x")

    assert path.stat().st_mode == (tmp_path / "other").stat().st_mode


def test_a_download_can_go_into_an_open_file(scripted, transport):
    scripted.say(200, b"content")
    file = io.BytesIO()

    assert transport.download(REQUEST, file) is None
    assert file.getvalue() == b"content"


@pytest.mark.parametrize(
    ("raw", "kind"),
    [
        (truncated(), errors.TransportError),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n64\r\nhalf", errors.TransportError),
        (b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n", errors.NotFoundError),
        (b"", errors.TransportError),
    ],
)
def test_a_download_that_fails_leaves_nothing(scripted, transport, tmp_path, raw, kind):
    scripted.say(raw=raw)

    with pytest.raises(kind):
        transport.download(REQUEST, tmp_path / "x")
    assert list(tmp_path.iterdir()) == []


def test_a_download_that_fails_leaves_the_older_file(scripted, transport, tmp_path):
    scripted.say(raw=truncated())
    (tmp_path / "x").write_bytes(b"older")

    with pytest.raises(errors.TransportError):
        transport.download(REQUEST, tmp_path / "x")
    assert [(path.name, path.read_bytes()) for path in tmp_path.iterdir()] == [("x", b"older")]


@pytest.mark.parametrize(
    ("name", "said"), [("no/such/x", "no such directory: make it first"), ("", "directory: name a file in it")]
)
def test_a_download_to_nowhere_fails_before_anything_is_sent(scripted, transport, tmp_path, name, said):
    with pytest.raises((FileNotFoundError, IsADirectoryError), match=said):
        transport.download(REQUEST, tmp_path / name)
    assert scripted.asked == []


def test_what_is_no_file_fails_before_anything_is_sent(scripted, transport):
    with pytest.raises(AttributeError, match="write"):
        transport.download(REQUEST, 1)
    assert scripted.asked == []
