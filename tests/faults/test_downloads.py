"""Downloads that break off, over real sockets: gone on with, begun again, or an error; never half a file."""

import base64
import hashlib
import io
import random
import socket
import threading
import tracemalloc
from contextlib import contextmanager

import pytest

from connectapi import APIError, Client, DecodeError, TransportError
from connectapi.http import place

KEY = "s3cr3t-Key-0123456789"
GUID = "6fd8666d-12e6-45d1-95a0-552679a6d5f9"
CONTENT = random.Random(7).randbytes(300_000)


@pytest.fixture
def fetch(client, tmp_path):
    def call(to=None, **options):
        asking = client.with_options(**options) if options else client
        return asking.bundles.download("1", content_guid=GUID, to=to if to is not None else tmp_path / "x.tar.gz")

    return call


class Serving:
    """Serves a content, and breaks off after so many bytes of it, each time."""

    def __init__(self, wire, content, *breaks, tag=b'"v1"', ranges=True, headers=()):
        self.content, self.breaks, self.tag, self.ranges = content, list(breaks), tag, ranges
        self.headers = list(headers)
        self.asked = []
        wire.plays(self.answer)

    def answer(self, connection, head, _body):
        lines = dict(line.split(": ", 1) for line in head.decode().split("\r\n")[1:])
        wanted, condition = lines.get("Range"), lines.get("If-Range")
        self.asked.append((wanted, condition))
        start, status, more = 0, b"200 OK", list(self.headers)
        if self.tag:
            more.append(b"ETag: " + self.tag)
        if wanted and self.ranges and condition == self.tag.decode():
            start = int(wanted.removeprefix("bytes=").removesuffix("-"))
            status = b"206 Partial Content"
            more.append(b"Content-Range: bytes %d-%d/%d" % (start, len(self.content) - 1, len(self.content)))
        rest = self.content[start:]
        length = b"Content-Length: %d" % len(rest)
        connection.sendall(b"\r\n".join([b"HTTP/1.1 " + status, length, *more]) + b"\r\n\r\n")
        cut = self.breaks.pop(0) if self.breaks else None
        connection.sendall(rest[:cut])
        return cut is None


def left(tmp_path):
    return sorted(path.name for path in tmp_path.iterdir())


def test_what_broke_off_is_gone_on_with(wire, fetch, tmp_path):
    served = Serving(wire, CONTENT, 100_000, 50_000)

    path = fetch()

    assert path.read_bytes() == CONTENT
    assert left(tmp_path) == ["x.tar.gz"]
    assert served.asked == [(None, None), ("bytes=100000-", '"v1"'), ("bytes=150000-", '"v1"')]


def test_it_goes_on_in_an_open_file_too(wire, fetch):
    Serving(wire, CONTENT, 100_000)
    file = io.BytesIO()

    fetch(file)

    assert file.getvalue() == CONTENT


@pytest.mark.parametrize("how", [{"tag": b""}, {"tag": b'W/"v1"'}, {"ranges": False}])
def test_where_the_server_knows_no_parts_it_is_begun_again(wire, fetch, tmp_path, how):
    served = Serving(wire, CONTENT, 100_000, **how)

    assert fetch().read_bytes() == CONTENT
    assert len(served.asked) == 2


def test_a_date_tells_the_content_as_well(wire, fetch):
    stamp = b"Sat, 17 May 2025 10:00:00 GMT"
    served = Serving(wire, CONTENT, 100_000, tag=stamp)
    served.headers = [b"Last-Modified: " + stamp]

    assert fetch().read_bytes() == CONTENT
    assert served.asked[1] == ("bytes=100000-", stamp.decode())


def test_content_that_was_changed_meanwhile_is_begun_again(wire, fetch):
    served = Serving(wire, CONTENT, 100_000)
    other = random.Random(8).randbytes(200_000)

    def changed(connection, head, body):
        served.content, served.tag = other, b'"v2"'
        return served.answer(connection, head, body)

    wire.scripts[:] = [served.answer, changed]

    assert fetch().read_bytes() == other


def test_a_part_that_is_there_no_longer_is_begun_again(wire, fetch, answer):
    served = Serving(wire, CONTENT, 100_000)
    wire.scripts[:] = [served.answer, answer(b"{}", b"416 Range Not Satisfiable"), served.answer]

    assert fetch().read_bytes() == CONTENT


def test_another_part_than_was_asked_for_is_an_error(wire, fetch, tmp_path):
    served = Serving(wire, CONTENT, 100_000)
    wrong = b"HTTP/1.1 206 Partial Content\r\nContent-Range: bytes 5-9/300000\r\nContent-Length: 5\r\n\r\nwrong"
    wire.scripts[:] = [served.answer, wrong]

    with pytest.raises(TransportError, match="another part of the file"):
        fetch()
    assert left(tmp_path) == []


class OnlyWrite:
    """A file that can't go back, such as a pipe."""

    def __init__(self):
        self.content = b""

    def write(self, data):
        self.content += data


def test_a_file_that_cant_be_rewound_is_gone_on_with_or_an_error(wire, fetch):
    Serving(wire, CONTENT, 100_000)
    pipe = OnlyWrite()
    fetch(pipe)
    assert pipe.content == CONTENT

    wire.scripts.clear()
    Serving(wire, CONTENT, 100_000, tag=b"")
    with pytest.raises(TransportError, match="broke off"):
        fetch(OnlyWrite())


def test_a_download_that_always_breaks_off_is_an_error_and_leaves_nothing(wire, fetch, tmp_path):
    served = Serving(wire, CONTENT, *[10] * 50)
    (tmp_path / "x.tar.gz").write_bytes(b"older")

    with pytest.raises(TransportError, match="Tried 4 times"):
        fetch()
    assert len(served.asked) == 4
    assert left(tmp_path) == ["x.tar.gz"]
    assert (tmp_path / "x.tar.gz").read_bytes() == b"older"


def test_a_download_without_retries_is_not_gone_on_with(wire, fetch, tmp_path):
    served = Serving(wire, CONTENT, 100_000)

    with pytest.raises(TransportError, match="broke off, 200000 bytes short"):
        fetch(retries=0)
    assert len(served.asked) == 1
    assert left(tmp_path) == []


def digest(content, kind="md5"):
    return base64.b64encode(hashlib.new(kind, content).digest())


@pytest.mark.parametrize(
    "header",
    [
        b"X-Content-Checksum: " + digest(CONTENT),
        b"Content-MD5: " + digest(CONTENT),
        b"Repr-Digest: md5=:x:, sha-256=:" + digest(CONTENT, "sha256") + b":",
    ],
)
def test_a_digest_that_the_server_tells_is_checked_over_all_parts(wire, fetch, tmp_path, header):
    Serving(wire, CONTENT, 100_000, headers=[header])
    assert fetch().read_bytes() == CONTENT

    wire.scripts.clear()
    damaged = CONTENT[:-1] + bytes([CONTENT[-1] ^ 1])
    served = Serving(wire, damaged, headers=[header])
    with pytest.raises(TransportError, match=r"is not what .* says that it is: its (md5|sha256) digest is another"):
        fetch(tmp_path / "y")
    assert len(served.asked) == 4
    assert left(tmp_path) == ["x.tar.gz"]


@pytest.mark.parametrize("header", [b"Content-MD5: nonsense!", b"Content-MD5: AAAA", b"Repr-Digest: sha-512=:AAAA:"])
def test_a_digest_that_is_none_is_not_checked(wire, fetch, header):
    Serving(wire, CONTENT, headers=[header])

    assert fetch().read_bytes() == CONTENT


def test_no_compression_is_asked_for(wire, fetch):
    Serving(wire, CONTENT)
    fetch()

    assert "Accept-Encoding: identity" in wire.heads[0]


def test_an_error_is_an_error_and_no_file(wire, fetch, tmp_path, answer):
    wire.plays(answer(b'{"code": 4, "error": "gone"}', b"404 Not Found"))

    with pytest.raises(APIError, match="gone"):
        fetch()
    assert left(tmp_path) == []


@pytest.fixture
def files(tmp_path, monkeypatch):
    """Have the files that are opened in that folder be of another class."""

    def put(kind):
        usual = place.Path.open

        def opened(path, mode="r", *args, **options):
            return kind(path, mode) if path.parent == tmp_path else usual(path, mode, *args, **options)

        monkeypatch.setattr(place.Path, "open", opened)

    return put


def test_an_interrupt_in_the_middle_leaves_no_file(wire, fetch, tmp_path, files):
    Serving(wire, CONTENT)

    class Interrupted(io.FileIO):
        def write(self, data):
            raise KeyboardInterrupt

    files(Interrupted)
    with pytest.raises(KeyboardInterrupt):
        fetch()
    assert left(tmp_path) == []


def test_a_full_disk_leaves_no_file(wire, fetch, tmp_path, files):
    Serving(wire, CONTENT)

    class Full(io.FileIO):
        def write(self, data):
            raise OSError(28, "No space left on device")

    files(Full)
    with pytest.raises(OSError, match="No space left"):
        fetch()
    assert left(tmp_path) == []


def page(*headers):
    body = b"<!DOCTYPE html><title>Sign in</title>"
    lines = [b"HTTP/1.1 200 OK", b"Content-Type: text/html; charset=utf-8", *headers, b"Content-Length: %d" % len(body)]
    return b"\r\n".join(lines) + b"\r\n\r\n" + body


def test_a_page_to_sign_in_is_no_file(wire, fetch, tmp_path):
    wire.plays(page())

    with pytest.raises(DecodeError, match=r"GET .*/download: can't read the file: .* an HTML page \(a login page\?"):
        fetch()
    assert left(tmp_path) == []


def test_a_file_of_html_is_one(wire, fetch):
    wire.plays(page(b'Content-Disposition: attachment; filename="x.html"'))

    assert fetch().read_bytes().startswith(b"<!DOCTYPE html>")


# Memory -----------------------------------------------------------------------------------------

SIZE = 300_000_000


@contextmanager
def little_memory():
    """A block that never has more than 20 MB in Python's objects at once."""
    tracemalloc.start()
    try:
        yield
        assert tracemalloc.get_traced_memory()[1] < 20_000_000
    finally:
        tracemalloc.stop()


def test_hundreds_of_megabytes_pass_through_little_memory(wire, client, tmp_path):
    piece = bytes(1_000_000)

    def down(connection, *_):
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % SIZE)
        for _ in range(SIZE // len(piece)):
            connection.sendall(piece)
        return True

    class Sink:
        size = 0

        def write(self, data):
            self.size += len(data)

    wire.plays(down)
    sink = Sink()
    with little_memory():
        client.bundles.download("1", content_guid=GUID, to=sink)

    assert sink.size == SIZE


class Endless:
    """So many bytes, made as they are read."""

    def __init__(self, size):
        self.left = size

    def read(self, size=-1, /):
        count = min(self.left, size if size >= 0 else self.left)
        self.left -= count
        return bytes(count)


def test_an_upload_of_hundreds_of_megabytes_needs_little_memory(answer):
    with socket.create_server(("127.0.0.1", 0)) as listener:
        taken = []

        def serve():
            connection, _ = listener.accept()
            with connection:
                last, count = b"", 0
                while not last.endswith(b"0\r\n\r\n"):
                    data = connection.recv(2**20)
                    count += len(data)
                    last = (last + data)[-10:]
                taken.append(count)
                connection.sendall(answer(b'{"id": "1"}'))

        thread = threading.Thread(target=serve)
        thread.start()
        with little_memory(), Client(f"http://127.0.0.1:{listener.getsockname()[1]}", KEY) as client:
            client.bundles.create(Endless(SIZE), content_guid=GUID)
        thread.join()

    assert taken[0] > SIZE
