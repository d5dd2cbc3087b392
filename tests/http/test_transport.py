import gzip
import io
import logging
import os
import threading
import warnings

import pytest

from connectapi import errors
from connectapi.http.auth import NoAuth
from connectapi.http.transport import USER_AGENT, Transport
from connectapi.http.values import Headers, Request
from connectapi.types import Secret

REQUEST = Request(verb="GET", path="/v1/user")


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
