import gc
import gzip
import io
import logging
import os
import socket
import threading
import time
import warnings
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import attrs
import pytest

from connectapi import errors
from connectapi.http.address import Address
from connectapi.http.auth import ApiKeyAuth, NoAuth
from connectapi.http.transport import USER_AGENT, Transport
from connectapi.http.values import Headers, Request
from connectapi.types import Secret

REQUEST = Request(verb="GET", path="/v1/user")


def truncated(body=b"half", length=100):
    return b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%b" % (length, body)


def closed_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


# What is sent -----------------------------------------------------------------------------------


def test_a_call_carries_who_it_is_from_and_what_it_wants(scripted, transport, key):
    response = transport.send(REQUEST)

    (asked,) = scripted.asked
    assert (asked.verb, asked.path, asked.query, asked.body) == ("GET", "/__api__/v1/user", "", b"")
    assert asked.headers["Authorization"] == f"Key {key}"
    assert asked.headers["User-Agent"] == USER_AGENT
    assert asked.headers["Accept"] == "application/json"
    assert asked.headers["Accept-Encoding"] == "gzip"
    assert (response.status, response.reason, response.body) == (200, "OK", b"{}")


def test_the_query_is_encoded_in_its_order(scripted, transport):
    transport.send(Request(verb="GET", path="/v1/users", query=(("prefix", "a&b c"), ("x", "é"), ("x", "2"))))

    assert scripted.asked[0].query == "prefix=a%26b+c&x=%C3%A9&x=2"


def test_headers_of_the_request_win(scripted, transport):
    transport.send(Request(verb="GET", path="/v1/user", accept="text/csv", headers={"user-agent": "mine"}))

    assert scripted.asked[0].headers["User-Agent"] == "mine"
    assert scripted.asked[0].headers["Accept"] == "text/csv"


def test_each_call_has_a_correlation_id_of_its_own_or_the_one_given(scripted, transport):
    first, second = transport.send(REQUEST), transport.send(REQUEST)
    third = transport.send(Request(verb="GET", path="/v1/user", headers={"x-correlation-id": "mine"}))

    sent = [asked.headers["X-Correlation-Id"] for asked in scripted.asked]
    assert len(set(sent)) == 3
    assert len(sent[0]) == 36
    assert [each.correlation_id for each in (first, second, third)] == sent
    assert sent[2] == "mine"


def test_bytes_are_sent_with_their_media_type(scripted, transport):
    transport.send(Request(verb="POST", path="/v1/users", body=b'{"a": 1}', media="application/json"))

    (asked,) = scripted.asked
    assert asked.body == b'{"a": 1}'
    assert asked.headers["Content-Type"] == "application/json"
    assert asked.headers["Content-Length"] == "8"


def test_a_file_is_streamed_from_where_it_stands_with_its_length(scripted, transport, tmp_path):
    content = os.urandom(700_000)
    path = tmp_path / "bundle.tar.gz"
    path.write_bytes(b"skipped" + content)

    with path.open("rb") as file:
        file.seek(7)
        transport.send(Request(verb="POST", path="/v1/bundles", body=file))
        assert not file.closed

    (asked,) = scripted.asked
    assert asked.body == content
    assert asked.headers["Content-Length"] == "700000"
    assert "Transfer-Encoding" not in asked.headers


class OnlyRead:
    """A source that can't be rewound and has no length, such as a pipe."""

    def __init__(self, content):
        self._file = io.BytesIO(content)

    def read(self, size=-1, /):
        return self._file.read(size)


def test_a_source_of_unknown_length_is_sent_in_chunks(scripted, transport):
    content = os.urandom(600_000)

    transport.send(Request(verb="POST", path="/v1/bundles", body=OnlyRead(content)))

    (asked,) = scripted.asked
    assert asked.body == content
    assert asked.headers["Transfer-Encoding"] == "chunked"
    assert "Content-Length" not in asked.headers


def test_an_empty_file_is_sent_as_one(scripted, transport):
    transport.send(Request(verb="POST", path="/v1/bundles", body=io.BytesIO()))

    assert scripted.asked[0].headers["Content-Length"] == "0"


class Shrinking(io.BytesIO):
    def read(self, size=-1, /):
        self.truncate(3)
        return super().read(size)


class Broken(io.BytesIO):
    def read(self, size=-1, /):
        raise OSError(5, "Input/output error")


@pytest.mark.parametrize(
    ("source", "kind", "said"),
    [
        (Shrinking(b"1234567890"), errors.TransportError, "ended after 3 of 10 bytes"),
        (Broken(b"1234567890"), errors.TransportError, "can't be read: .*Input/output error"),
        (io.StringIO("text"), TypeError, "mode 'rb'"),
    ],
)
def test_a_source_that_fails_is_not_taken_for_the_connection(transport, source, kind, said, keyless):
    with pytest.raises(kind, match=said) as caught:
        transport.send(Request(verb="POST", path="/v1/bundles", body=source))
    assert keyless(caught.value)


def test_a_source_that_grows_is_sent_as_long_as_it_was(scripted, transport, tmp_path):
    path = tmp_path / "log"
    path.write_bytes(b"12345")

    class Growing(io.FileIO):
        def read(self, size=-1, /):
            with path.open("ab") as file:
                file.write(b"more")
            return super().read(size)

    with Growing(path) as source:
        transport.send(Request(verb="POST", path="/v1/bundles", body=source))

    assert scripted.asked[0].body == b"12345"


# What comes back --------------------------------------------------------------------------------


def test_an_html_page_with_status_200_passes_through(scripted, transport):
    """The codec says what it is; some calls do return HTML."""
    scripted.say(200, b"<html>sign in</html>", {"Content-Type": "text/html"})

    response = transport.send(REQUEST)

    assert response.body == b"<html>sign in</html>"
    assert response.headers["content-type"] == "text/html"


def test_a_compressed_answer_is_unpacked(scripted, transport):
    scripted.say(200, gzip.compress(b"[1, 2]"), {"Content-Encoding": "gzip"})

    assert transport.send(REQUEST).json() == [1, 2]


def test_an_answer_that_is_not_compressed_as_it_says_is_a_transport_error(scripted, transport):
    scripted.say(200, b"not gzip", {"Content-Encoding": "gzip"})

    with pytest.raises(errors.TransportError, match="is damaged"):
        transport.send(REQUEST)


def test_an_answer_without_a_body_is_empty(scripted, transport):
    scripted.say(204, b"")

    assert transport.send(Request(verb="DELETE", path="/v1/content/abc")).body == b""


def test_headers_that_come_twice_are_joined(scripted, transport):
    scripted.say(raw=b"HTTP/1.1 200 OK\r\nLink: a\r\nlink: b\r\nContent-Length: 0\r\n\r\n")

    assert transport.send(REQUEST).headers["Link"] == "a, b"


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (400, errors.BadRequestError),
        (401, errors.AuthenticationError),
        (403, errors.PermissionDeniedError),
        (404, errors.NotFoundError),
        (409, errors.ConflictError),
        (418, errors.APIError),
        (429, errors.RateLimitError),
        (500, errors.ServerError),
        (503, errors.ServerError),
    ],
)
def test_a_status_of_400_or_more_is_raised(scripted, transport, status, kind):
    scripted.say(status, b'{"code": 22, "error": "No.", "payload": null}')

    with pytest.raises(errors.APIError, match="No") as caught:
        transport.send(REQUEST)

    assert type(caught.value) is kind
    assert caught.value.correlation_id == scripted.asked[0].headers["X-Correlation-Id"]
    assert caught.value.path == "/v1/user"


@pytest.mark.parametrize("call", [lambda it: it.send(REQUEST), lambda it: it.download(REQUEST, io.BytesIO())])
def test_a_redirect_is_not_followed(scripted, transport, call):
    location = "https://elsewhere.example.com/rsc/__api__/v1/user"
    scripted.say(307, b"", {"Location": location})

    with pytest.raises(errors.TransportError, match="Set CONNECT_SERVER to 'https://elsewhere"):
        call(transport)
    assert len(scripted.asked) == 1


def test_a_deprecated_call_warns_at_the_line_of_the_user(scripted, transport, tmp_path):
    scripted.say(headers={"X-Deprecated-Endpoint": "/v1/content"})

    with pytest.warns(DeprecationWarning, match="GET /v1/user is deprecated .*: use /v1/content instead") as caught:
        transport.send(REQUEST)
    assert [each.filename for each in caught] == [__file__]

    with pytest.warns(DeprecationWarning, match="deprecated") as caught, transport.stream(REQUEST):
        pass
    assert [each.filename for each in caught] == [__file__]

    with pytest.warns(DeprecationWarning, match="deprecated") as caught:
        transport.download(REQUEST, tmp_path / "x")
    assert [each.filename for each in caught] == [__file__]


@pytest.mark.parametrize("replacement", ["n/a", ""])
def test_a_deprecated_call_that_nothing_replaces_says_so(scripted, transport, replacement):
    scripted.say(404, headers={"X-Deprecated-Endpoint": replacement})

    with pytest.warns(DeprecationWarning, match="nothing replaces it"), pytest.raises(errors.NotFoundError):
        transport.send(REQUEST)


def test_a_call_warns_even_where_no_line_of_a_user_is_on_the_stack():
    code = "from connectapi.http.deprecation import warn_if_deprecated as warn; warn(request, headers)"
    names = {"__name__": "connectapi.cli", "request": REQUEST, "headers": Headers({"X-Deprecated-Endpoint": "n/a"})}
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        thread = threading.Thread(target=exec, args=(code, names))
        thread.start()
        thread.join()
    assert len(caught) == 1


# What can fail ----------------------------------------------------------------------------------


def test_a_refused_connection_says_what_to_check(key, keyless):
    address = Address.parse(f"http://127.0.0.1:{closed_port()}")

    with Transport(address, ApiKeyAuth(Secret(key))) as transport, pytest.raises(errors.TransportError) as caught:
        transport.send(REQUEST)

    assert f"nothing answers at {address.origin} (connection refused). Check CONNECT_SERVER" in str(caught.value)
    assert caught.value.__cause__ is not None
    assert keyless(caught.value)


@pytest.mark.parametrize("limits", [{"read_timeout": 0.05}, {}])
def test_a_silent_server_is_a_time_out(scripted, limits, key, keyless):
    scripted.say(silent=True)
    request = REQUEST if limits else attrs.evolve(REQUEST, timeout=0.05)

    with (
        Transport(scripted.address, ApiKeyAuth(Secret(key)), **limits) as transport,
        pytest.raises(errors.TimeoutError, match=r"sent nothing for 0\.05 s") as caught,
    ):
        transport.send(request)

    assert isinstance(caught.value, TimeoutError)
    assert keyless(caught.value)


def test_a_server_that_falls_silent_in_mid_answer_is_a_time_out(scripted, transport):
    """The limit holds for each silence, not only for the first byte."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        address = Address.parse(f"http://127.0.0.1:{listener.getsockname()[1]}")
        with Transport(address, NoAuth(), read_timeout=0.05) as slow, ThreadPoolExecutor(1) as pool:
            call = pool.submit(slow.send, REQUEST)
            connection, _ = listener.accept()
            with connection:
                connection.sendall(truncated())
                with pytest.raises(errors.TimeoutError, match="sent nothing"):
                    call.result()


def test_a_server_that_takes_nothing_in_is_a_time_out():
    with socket.create_server(("127.0.0.1", 0)) as listener:
        address = Address.parse(f"http://127.0.0.1:{listener.getsockname()[1]}")
        body = OnlyRead(bytes(20_000_000))
        with (
            Transport(address, NoAuth(), connect_timeout=0.1) as transport,
            pytest.raises(errors.TimeoutError, match=r"took in nothing for 0\.1 s"),
        ):
            transport.send(Request(verb="POST", path="/v1/bundles", body=body))


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        (b"", "closed the connection"),
        (b"SSH-2.0-OpenSSH_9.6\r\n", "does not speak HTTP"),
        (truncated(), "broke off, 96 bytes short"),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n64\r\nhalf", "broke off"),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", "broke off|does not speak HTTP"),
    ],
)
def test_an_answer_that_breaks_off_is_a_transport_error(scripted, transport, raw, said, keyless):
    scripted.say(raw=raw)

    with pytest.raises(errors.TransportError, match=said) as caught:
        transport.send(REQUEST)
    assert keyless(caught.value)


def test_a_call_after_a_failed_one_works(scripted, transport):
    scripted.say(raw=truncated()).say()

    with pytest.raises(errors.TransportError):
        transport.send(REQUEST)
    assert transport.send(REQUEST).status == 200


def test_a_certificate_that_nobody_vouches_for_says_what_to_set(scripted_tls, key, keyless):
    with (
        Transport(scripted_tls.address, ApiKeyAuth(Secret(key))) as transport,
        pytest.raises(errors.TLSError, match=r"self.signed certificate.*SSL_CERT_FILE") as caught,
    ):
        transport.send(REQUEST)
    assert scripted_tls.origin in str(caught.value)
    assert scripted_tls.asked == []
    assert keyless(caught.value)


def test_a_trusted_certificate_is_accepted_for_its_host_alone(scripted_tls, monkeypatch):
    monkeypatch.setenv("SSL_CERT_FILE", str(Path(__file__).with_name("localhost.pem")))

    with Transport(scripted_tls.address, NoAuth()) as transport:
        assert transport.send(REQUEST).status == 200
    scripted_tls.host = "127.0.0.1"
    with (
        Transport(scripted_tls.address, NoAuth()) as transport,
        pytest.raises(errors.TLSError, match="must name the host as the certificate does"),
    ):
        transport.send(REQUEST)


def test_plain_http_to_a_tls_port_says_so(scripted_tls):
    scripted_tls.scheme = "http"
    with (
        Transport(scripted_tls.address, NoAuth(), read_timeout=2) as transport,
        pytest.raises(errors.TransportError, match=r"try an https:// URL|speaks TLS only"),
    ):
        transport.send(REQUEST)


def test_tls_to_a_plain_http_port_says_so(scripted):
    scripted.scheme = "https"
    with (
        Transport(scripted.address, NoAuth(), read_timeout=2) as transport,
        pytest.raises(errors.TLSError, match="Set CONNECT_SERVER to an http:// URL"),
    ):
        transport.send(REQUEST)


def test_an_interrupt_shows_no_key_either(transport, key, keyless):
    class Interrupting(io.BytesIO):
        def read(self, size=-1, /):
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt) as caught:
        transport.send(Request(verb="POST", path="/v1/bundles", body=Interrupting(b"x")))
    assert keyless(caught.value)
    assert transport.send(REQUEST).status == 200


# Auth -------------------------------------------------------------------------------------------


class Renewing:
    """Sends an old token, and a fresh one when the server does not take it."""

    def __init__(self, raising=None):
        self.seen = []
        self._raising = raising

    def flow(self, request):
        response = yield request.with_headers(Headers({"Authorization": "Bearer old"}))
        self.seen.append(response)
        if self._raising:
            raise self._raising
        if response.status == 401:
            self.seen.append((yield request.with_headers(Headers({"Authorization": "Bearer new"}))))

    def secrets(self):
        return [Secret("old"), Secret("new")]


def test_an_auth_may_send_again_with_a_fresh_token(scripted, tmp_path):
    scripted.say(401).say(200, b"yes").say(401).say(200, b"file")
    auth = Renewing()

    with Transport(scripted.address, auth) as transport:
        body = io.BytesIO(b"streamed twice")
        assert transport.send(Request(verb="POST", path="/v1/bundles", body=body)).body == b"yes"
        transport.download(REQUEST, tmp_path / "x")

    tokens = [asked.headers["Authorization"] for asked in scripted.asked]
    assert tokens == ["Bearer old", "Bearer new"] * 2
    assert [asked.body for asked in scripted.asked[:2]] == [b"streamed twice"] * 2
    ids = [asked.headers["X-Correlation-Id"] for asked in scripted.asked]
    assert ids[0] == ids[1] != ids[2] == ids[3]
    assert [each.status for each in auth.seen] == [401, 200, 401, 200]
    assert (tmp_path / "x").read_bytes() == b"file"


def test_what_can_be_sent_only_once_is_not_sent_again(scripted):
    scripted.say(401, b'{"error": "token expired"}').say()

    with Transport(scripted.address, Renewing()) as transport, pytest.raises(errors.AuthenticationError):
        transport.send(Request(verb="POST", path="/v1/bundles", body=OnlyRead(b"x")))
    assert len(scripted.asked) == 1


def test_an_auth_that_fails_leaves_no_stream_open(scripted):
    auth = Renewing(raising=ValueError("no token"))
    with Transport(scripted.address, auth) as transport, pytest.raises(ValueError, match="no token"):
        transport.download(REQUEST, io.BytesIO())


def test_an_auth_that_yields_nothing_sends_the_request_as_it_is(scripted):
    class Silent(NoAuth):
        def flow(self, request):
            yield from ()

    with Transport(scripted.address, Silent()) as transport:
        assert transport.send(REQUEST).status == 200


# Streams and downloads --------------------------------------------------------------------------


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

        with ThreadPoolExecutor(1) as pool, Transport(address, NoAuth(), read_timeout=5) as transport:
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


# Connections, threads, processes ----------------------------------------------------------------


def test_nothing_is_opened_until_the_first_call(scripted):
    transport = Transport(scripted.address, NoAuth())
    assert repr(transport) == f"<Transport to {scripted.origin}/__api__/v1>"
    time.sleep(0.02)
    assert scripted.connections == []
    transport.close()


def test_calls_share_a_connection(scripted, transport):
    for _ in range(5):
        transport.send(REQUEST)
    assert len(scripted.connections) == 1


def test_sixteen_threads_get_each_their_own_answer(scripted, transport, caplog):
    """And no warning of a full pool, though it keeps but eight."""

    def call(number):
        request = Request(verb="GET", path=f"/v1/content/{number}", headers={"X-Correlation-ID": str(number)})
        return transport.send(request).correlation_id

    with caplog.at_level(logging.WARNING), ThreadPoolExecutor(16) as pool:
        found = list(pool.map(call, range(96)))

    assert found == [str(number) for number in range(96)]
    assert sorted(asked.path for asked in scripted.asked) == sorted(f"/__api__/v1/content/{n}" for n in range(96))
    assert caplog.records == []


def test_more_streams_at_once_than_the_pool_keeps_are_no_trouble(scripted, caplog):
    scripted.say(200, b"x" * 1000)

    @contextmanager
    def nested(transport, depth):
        with transport.stream(REQUEST) as stream:
            if depth:
                with nested(transport, depth - 1):
                    yield
            else:
                yield
            assert b"".join(stream.chunks()) == b"x" * 1000

    with Transport(scripted.address, NoAuth(), pool_size=1) as transport, nested(transport, 3):
        assert len(scripted.connections) == 4
    assert not [record for record in caplog.records if record.levelno >= logging.WARNING]


def test_a_closed_transport_says_so(transport):
    transport.send(REQUEST)
    transport.close()
    transport.close()

    with pytest.raises(errors.TransportError, match="is closed: make a new one"):
        transport.send(REQUEST)


def test_a_transport_that_is_forgotten_leaves_no_socket_open(scripted):
    """`filterwarnings = error` turns a leaked socket into a failure here."""
    Transport(scripted.address, NoAuth()).send(REQUEST)
    gc.collect()


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork here")
@pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")
def test_a_forked_process_opens_connections_of_its_own(scripted, transport):
    transport.send(REQUEST)

    child = os.fork()
    if child == 0:
        try:
            transport.send(attrs.evolve(REQUEST, path="/v1/child"))
        except BaseException:  # noqa: BLE001 -- pytest must not go on in the child
            os._exit(1)
        os._exit(0)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    transport.send(REQUEST)

    assert [asked.path[-5:] for asked in scripted.asked] == ["/user", "child", "/user"]
    assert len(scripted.connections) == 2


@pytest.mark.parametrize("limits", [{"connect_timeout": 0}, {"read_timeout": -1}, {"read_timeout": float("nan")}])
def test_a_limit_that_is_no_time_is_refused(scripted, limits):
    with pytest.raises(ValueError, match="timeout is a number of seconds"):
        Transport(scripted.address, NoAuth(), **limits)


# What is shown ----------------------------------------------------------------------------------


def test_a_call_is_one_line_in_the_log_without_its_query(scripted, transport, caplog, key):
    scripted.say(200, b"12345", {"Set-Cookie": "s=hunter2"})
    request = Request(verb="POST", path="/v1/users", query=(("q", "hunter2"),), body=b"hunter2")

    with caplog.at_level(logging.DEBUG, logger="connectapi"):
        response = transport.send(request)

    (line,) = [record for record in caplog.records if record.name == "connectapi"]
    assert line.levelno == logging.DEBUG
    assert line.getMessage().startswith("POST /v1/users: 200, 5 bytes in ")
    assert response.correlation_id in line.getMessage()
    assert "hunter2" not in f"{line.__dict__} {line.getMessage()}"
    assert key not in f"{line.__dict__} {line.getMessage()}"


def test_a_download_is_one_line_and_a_failed_call_too(scripted, transport, caplog):
    scripted.say(200, b"12345").say(raw=b"")
    caplog.set_level(logging.DEBUG, logger="connectapi")

    transport.download(REQUEST, io.BytesIO())
    with pytest.raises(errors.TransportError):
        transport.send(REQUEST)

    first, second = [record.getMessage() for record in caplog.records if record.name == "connectapi"]
    assert first.startswith("GET /v1/user: 200, 5 bytes in ")
    assert second.startswith("GET /v1/user: TransportError in ")


def test_a_key_that_the_server_sends_back_is_nowhere(scripted, transport, key, keyless, caplog):
    caplog.set_level(logging.DEBUG)
    scripted.say(500, f'{{"error": "Key {key}", "payload": "{key}"}}'.encode(), {"X-Echo": key})

    with pytest.raises(errors.ServerError) as caught:
        transport.send(REQUEST)

    assert keyless(caught.value)
    assert key not in caplog.text
