"""Answers that are not what they should be: each ends in a typed error or in what is right, and soon."""

import gzip
import itertools
import zlib
from functools import cache, partial

import pytest

from connectapi import (
    Client,
    ConnectError,
    Content,
    DecodeError,
    TimeoutError,
    TooLargeError,
    TransportError,
    User,
)

GUID = "6fd8666d-12e6-45d1-95a0-552679a6d5f9"


def get(client):
    return Content.get_one(client, GUID)


def endless(piece, head=b"HTTP/1.1 200 OK\r\n\r\n"):
    """Send something again and again, for as long as somebody listens."""

    def script(connection, *_):
        connection.sendall(head)
        for _ in itertools.count():
            connection.sendall(piece)

    return script


# Lengths ----------------------------------------------------------------------------------------

BROKEN_OFF = {
    "before anything": b"",
    "in the status line": b"HTTP/1.1 20",
    "in the headers": b"HTTP/1.1 200 OK\r\nContent-Ty",
    "before the body": b"HTTP/1.1 200 OK\r\nContent-Length: 20\r\n\r\n",
    "in the body": b'HTTP/1.1 200 OK\r\nContent-Length: 20\r\n\r\n{"guid"',
    "in a chunk": b'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n20\r\n{"guid"',
    "between chunks": b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n",
    "in a packed body": b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 900\r\n\r\n"
    + gzip.compress(b"{}"),
}


@pytest.mark.parametrize("where", BROKEN_OFF)
def test_an_answer_that_breaks_off_is_asked_for_again(wire, client, answer, where):
    def script(connection, *_):
        connection.sendall(BROKEN_OFF[where])
        return False

    wire.plays(script, script, answer(b'{"guid": "g"}'))

    assert get(client).guid == "g"
    assert len(wire.heads) == 3


@pytest.mark.parametrize("where", BROKEN_OFF)
def test_an_answer_that_always_breaks_off_is_an_error(wire, client, where):
    def script(connection, *_):
        connection.sendall(BROKEN_OFF[where])
        return False

    wire.plays(script)

    with pytest.raises(TransportError, match="Tried 4 times"):
        get(client)


ENDLESS = {
    "headers": endless(b"X-A: b\r\n", b"HTTP/1.1 200 OK\r\n"),
    "one header": endless(b"x" * 10_000, b"HTTP/1.1 200 OK\r\nX-A: "),
    "status line": endless(b"x" * 10_000, b"HTTP/1.1 200 "),
    "body": endless(b"x" * 100_000),
    "chunks": endless(
        b"10000\r\n" + b"x" * 0x10000 + b"\r\n", b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
    ),
    "length of a chunk": endless(b"0" * 10_000, b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"),
    "interim answers": endless(b"HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n", b""),
    "trailers": endless(b"X-A: b\r\n", b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n"),
}


@pytest.mark.parametrize("part", ENDLESS)
def test_an_answer_without_end_ends(wire, client, part):
    wire.plays(ENDLESS[part])

    with pytest.raises((TransportError, DecodeError)):
        get(client.with_options(retries=0, timeout=1.0))


def test_a_body_that_is_longer_than_declared_does_not_leak_into_the_next_answer(wire, client, answer):
    wire.plays(answer(b'{"guid": "a"}') + answer(b'{"guid": "stale"}'), answer(b'{"guid": "b"}'))

    assert [get(client).guid, get(client).guid] == ["a", "b"]


@pytest.mark.parametrize("length", [b"-5", b"abc", b"1e3", b"", b"0x10", b"9" * 30])
def test_a_length_that_is_none_is_no_length(wire, client, length):
    def script(connection, *_):
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: " + length + b'\r\n\r\n{"guid": "a"}')
        return False

    wire.plays(script)

    try:
        assert get(client).guid == "a"
    except ConnectError as error:
        assert isinstance(error, (TransportError, DecodeError))


def test_two_lengths_are_an_error(wire, client):
    wire.plays(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\n{}\n")

    with pytest.raises(TransportError):
        get(client)


# Size -------------------------------------------------------------------------------------------


@cache
def bomb(wrap=31):
    """A hundred megabytes of nothing in a hundred kilobytes; 31 is gzip, 15 is zlib."""
    packer = zlib.compressobj(6, zlib.DEFLATED, wrap)
    return b"".join(packer.compress(bytes(10_000_000)) for _ in range(10)) + packer.flush()


@pytest.mark.parametrize(
    ("encoding", "packed"),
    [(b"gzip", bomb), (b"deflate", partial(bomb, 15)), (b"x-gzip", bomb)],
    ids=["gzip", "deflate", "x-gzip"],
)
def test_a_small_answer_that_unpacks_to_much_is_too_large(wire, client, answer, encoding, packed):
    wire.plays(answer(packed(), b"200 OK", b"Content-Encoding: " + encoding))

    with pytest.raises(TooLargeError, match="longer than 1000000 bytes; at most 1000000 are read into memory"):
        get(client)
    assert len(wire.heads) == 1


@pytest.mark.parametrize("encoding", [b"zstd", b"br", b"gzip, gzip", b"compress", b"aes128gcm", b"gzip;q=1"])
def test_a_packing_that_nobody_asked_for_is_refused(wire, client, answer, encoding):
    wire.plays(answer(bomb()[:100], b"200 OK", b"Content-Encoding: " + encoding))

    with pytest.raises(TransportError, match="which nobody asked for"):
        get(client)


def test_an_answer_that_says_it_is_too_long_is_not_read(wire, client):
    wire.plays(endless(b" " * 100_000, b"HTTP/1.1 200 OK\r\nContent-Length: 100000000000\r\n\r\n"))

    with pytest.raises(TooLargeError, match="is 100000000000 bytes long"):
        get(client)


@pytest.mark.parametrize("encoding", [b"gzip", b"deflate", b"zstd", b"br", b"gzip, gzip"])
def test_an_error_that_unpacks_to_much_is_cut(wire, client, answer, encoding):
    packed = bomb(15) if encoding == b"deflate" else bomb()
    wire.plays(answer(packed, b"400 Bad Request", b"Content-Encoding: " + encoding))

    with pytest.raises((TooLargeError, TransportError)) as caught:
        get(client)
    assert len(str(caught.value)) < 500
    assert len(wire.heads) == 1


@pytest.mark.parametrize(("encoding", "wrap"), [(b"gzip", 31), (b"deflate", 15)])
def test_a_download_that_comes_packed_unpacks_to_no_more_than_an_answer_may(
    wire, client, answer, tmp_path, encoding, wrap
):
    """None asks for it to be packed; a proxy may do it, and a server that is out to fill the disk."""
    wire.plays(answer(bomb(wrap), b"200 OK", b"Content-Encoding: " + encoding))
    bundle = client.catalog.record("Bundle")

    with pytest.raises(TooLargeError, match="unpacks to more than 1000000 bytes"):
        bundle(id="1", content_guid=GUID).bind(client).download(to=tmp_path / "b.tar.gz")
    assert list(tmp_path.iterdir()) == []
    assert len(wire.heads) == 1


def test_a_download_that_comes_packed_and_is_small_is_unpacked(wire, client, answer, tmp_path):
    wire.plays(answer(gzip.compress(b"whole"), b"200 OK", b"Content-Encoding: gzip"))
    bundle = client.catalog.record("Bundle")

    path = bundle(id="1", content_guid=GUID).bind(client).download(to=tmp_path / "b.tar.gz")
    assert path.read_bytes() == b"whole"


def test_an_answer_of_the_largest_size_is_read(wire, client, answer):
    text = b'{"guid": "a"}'
    wire.plays(answer(text + b" " * (1_000_000 - len(text))))

    assert get(client).guid == "a"


@pytest.mark.parametrize("packed", [True, False])
def test_175_000_hits_fit_into_the_default(packed):
    """As many as a busy server has in a month, in one page."""
    from connectapi.http.options import MAX_BODY

    hit = (
        b'{"id": 123456789, "user_guid": "6fd8666d-12e6-45d1-95a0-552679a6d5f9", "content_guid": '
        b'"6fd8666d-12e6-45d1-95a0-552679a6d5f9", "timestamp": "2024-05-01T00:00:00.000000Z", '
        b'"data": {"path": "/some/longer/path/of/a/page.html", "user_agent": "' + b"Mozilla/5.0 " * 10 + b'"}},'
    )
    assert 175_000 * len(hit) < MAX_BODY


# What it says -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b"<!DOCTYPE html><html><title>Sign in</title></html>", "an HTML page titled 'Sign in'"),
        (b"", "an empty answer"),
        (b'{"guid": "', "not JSON"),
        (b"[" * 100_000, "nested too deeply|not JSON"),
        (b'{"a":' * 100_000 + b"1" + b"}" * 100_000, "nested too deeply|not JSON"),
        ('{"title": "größe"}'.encode("latin-1"), "not JSON"),
        ('{"title": "x"}'.encode("utf-16"), "not JSON"),
        (b'{"title": "\xff\xfe"}', "not JSON"),
        (b'{"guid": "a"} {"guid": "b"}', "not JSON"),
        (b'{"guid": NaN}', "not JSON"),
        (b'{"guid": "a", "unknown": ' + b"[" * 100_000 + b"]" * 100_000 + b"}", "nested too deeply"),
        (b"\x00" * 100, "not JSON"),
        (b'"just text"', "expected"),
        (b"[]", "expected"),
        (b"null", "expected"),
        (b'{"min_processes": 1e999}', "can't read Content"),
        (b'{"min_processes": ' + b"9" * 5000 + b"}", "can't read Content"),
        (b'{"created_time": "0000-99-99T99:99:99Z"}', "can't read Content"),
        (b'{"guid": {"nested": [1]}}', "can't read Content"),
    ],
)
def test_what_cant_be_read_says_what_came(wire, client, answer, body, said):
    wire.plays(answer(body))

    with pytest.raises(DecodeError, match=said) as caught:
        get(client)
    assert len(str(caught.value)) < 1000


@pytest.mark.parametrize(
    ("media", "body", "said"),
    [
        (b"text/html; charset=utf-8", b"<!DOCTYPE html><title>Sign in</title>", "an HTML page titled 'Sign in'"),
        (b"application/json", b'{"guid": "a', "not JSON"),
    ],
)
def test_a_call_that_returns_nothing_is_not_done_by_just_any_answer(wire, client, answer, media, body, said):
    head = b"HTTP/1.1 200 OK\r\nContent-Type: " + media + b"\r\nContent-Length: %d\r\n\r\n" % len(body)
    wire.plays(head + body)

    with pytest.raises(DecodeError, match=rf"DELETE .*: can't read Content\.delete: .*{said}"):
        client.content.delete(GUID)


@pytest.mark.parametrize("body", [b"", b"{}", b"null"])
def test_a_call_that_returns_nothing_may_be_answered_by_something(wire, client, answer, body):
    wire.plays(answer(body))

    assert client.content.delete(GUID) is None


def test_of_a_key_that_comes_twice_the_last_one_counts(wire, client, answer):
    wire.plays(answer(b'{"guid": "a", "title": "one", "title": "two"}'))

    assert get(client).title == "two"


def test_a_number_that_is_larger_than_any_integer_of_a_machine_is_itself_or_an_error(wire, client, answer):
    wire.plays(answer(b'{"guid": "a", "max_processes": 99999999999999999999999}'))

    try:
        assert get(client).max_processes == 99999999999999999999999
    except DecodeError as error:
        assert "max_processes" in str(error)


# Interim answers --------------------------------------------------------------------------------


@pytest.mark.parametrize("status", [b"100 Continue", b"102 Processing", b"103 Early Hints", b"199 Whatever"])
def test_interim_answers_are_skipped(wire, client, answer, status):
    interim = b"HTTP/1.1 " + status + b"\r\nLink: </x>\r\n\r\n"
    wire.plays(interim * 3 + answer(b'{"guid": "a"}'), answer(b'{"guid": "b"}'))

    assert [get(client).guid, get(client).guid] == ["a", "b"]


def test_another_protocol_is_no_answer(wire, client):
    wire.plays(b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nContent-Length: 0\r\n\r\n")

    with pytest.raises(TransportError, match="answers 101 Switching Protocols, which is no answer to a call"):
        get(client)


@pytest.mark.parametrize(
    "text", [b"SSH-2.0-OpenSSH_9.6\r\n", b"\x15\x03\x01\x00\x02\x02F", b"220 mail ESMTP\r\n", b"\x00" * 999]
)
def test_what_is_no_http_is_an_error(wire, client, text):
    wire.plays(text)

    with pytest.raises(TransportError):
        get(client)
    assert len(wire.heads) == 1


# Answers in the wrong place ---------------------------------------------------------------------


def test_an_answer_that_comes_before_the_body_was_sent_counts(wire, client, answer, tmp_path):
    """A server that refuses an upload does not read it first."""

    def script(connection, *_):
        connection.sendall(
            answer(b'{"code": 22, "error": "The bundle is too large."}', b"413 Too Large", b"Connection: close")
        )
        return False

    wire.plays(script)
    with pytest.raises(ConnectError, match=r"too large|closed the connection"):
        client.with_options(retries=0).bundles.create(content_guid=GUID, archive=b"x" * 3_000_000)


def test_a_server_that_answers_the_next_call_before_it_comes_is_not_believed(wire, client, answer):
    """Two answers to one request: the second belongs to nobody."""

    def script(connection, *_):
        connection.sendall(answer(b'{"guid": "a"}'))
        connection.sendall(answer(b'{"guid": "stale"}'))
        return True

    wire.plays(script, answer(b'{"guid": "b"}'))
    get(client)
    wire.ending.wait(0.05)  # the second answer lies in the socket when the next call comes

    assert get(client).guid == "b"


def test_users_that_never_end_end_with_the_deadline(wire, client, answer):
    """Each page names a next one, forever."""
    numbers = itertools.count()

    def script(connection, *_):
        records = b",".join(b'{"guid": "u%d"}' % next(numbers) for _ in range(2))
        connection.sendall(answer(b'{"results": [%s], "current_page": 1, "total": 1000000000}' % records))
        return True

    wire.plays(script)
    with client.deadline(0.5) as hurried, pytest.raises(TimeoutError, match=r"0\.5 s"):
        User.get(hurried)


def test_a_client_is_as_good_as_new_after_all_of_this(wire, client, answer):
    for script in (*BROKEN_OFF.values(), b"SSH-2.0\r\n", answer(bomb(), b"200 OK", b"Content-Encoding: gzip")):
        wire.scripts[:] = [script]
        with pytest.raises(ConnectError):
            get(client.with_options(retries=0, read_timeout=0.2))
    wire.scripts[:] = [answer(b'{"guid": "a"}')]

    assert get(client).guid == "a"
    transport = client._shared.transport
    assert repr(transport._connections.pool().slots) == "<Slots: 16 of 16 free>"
    assert isinstance(client, Client)
