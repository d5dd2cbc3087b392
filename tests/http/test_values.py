import copy
import io
import pickle

import attrs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connectapi.errors import DecodeError
from connectapi.http.values import Headers, Request, Response, seconds

SECRET = "s3cr3t-Key-0123456789"


@pytest.mark.parametrize("name", ["Authorization", "x-rsc-authorization", "COOKIE", "Set-Cookie", "X-Api-Key"])
def test_a_secret_header_is_masked_in_every_repr(name):
    request = Request(verb="GET", path="/v1/user", headers={name: SECRET, "Accept": "text/plain"})
    response = Response(status=200, headers={name: SECRET})

    shown = f"{request!r} {request} {response!r} {request.headers} {request.headers.copy()!r} {response.headers!r}"

    assert SECRET not in shown
    assert "XXXXXXXX" in repr(request)
    assert "text/plain" in repr(request)


def test_a_body_is_not_shown():
    assert "pass" not in repr(Request(verb="POST", path="/v1/users", body=b'{"password": "x"}'))
    assert "<17 bytes>" in repr(Request(verb="POST", path="/v1/users", body=b'{"password": "x"}'))
    assert "<stream>" in repr(Request(verb="POST", path="/v1/users", body=io.BytesIO(b"x")))
    assert "body=None" in repr(Request(verb="GET", path="/v1/users"))
    assert "abc" not in repr(Response(status=200, body=b"abc"))


def test_a_pickle_or_a_deep_copy_leaves_secret_headers_out():
    request = Request(verb="GET", path="/v1/user", headers={"Authorization": SECRET, "Accept": "x/y"})

    assert SECRET.encode() not in pickle.dumps(request)
    assert pickle.loads(pickle.dumps(request)).headers == {"Accept": "x/y"}
    assert copy.deepcopy(request).headers == {"Accept": "x/y"}


@settings(max_examples=25, deadline=None)
@given(st.dictionaries(st.from_regex(r"[A-Za-z][A-Za-z0-9-]{0,8}", fullmatch=True), st.text(), max_size=5))
def test_the_case_of_a_header_does_not_matter(pairs):
    headers = Headers(pairs)
    assert len(headers) == len({name.lower() for name in pairs})
    for name in pairs:
        assert headers[name.upper()] == headers[name.lower()] == headers.get(name)
        assert name.swapcase() in headers
        headers[name.upper()] = "new"
        assert headers[name.lower()] == "new"
        assert headers.pop(name.lower()) == "new"
        assert name not in headers
        break


def test_headers_are_a_whole_mapping():
    headers = Headers({"accept": "a"})
    headers.update({"ACCEPT": "b", "X-One": "1"})
    headers.setdefault("accept", "c")
    del headers["x-one"]

    assert dict(headers) == {"Accept": "b"}
    assert headers == Headers({"ACCEPT": "b"})
    assert 1 not in headers
    changed = headers.copy()
    changed["accept"] = "d"
    assert headers["Accept"] == "b"


def test_headers_added_to_a_request_replace_those_of_the_same_name():
    request = Request(verb="get", path="/v1/user", headers={"accept": "a", "x-one": "1"})

    changed = request.with_headers(Headers({"ACCEPT": "b"}))

    assert changed.headers == {"Accept": "b", "X-One": "1"}
    assert request.headers["Accept"] == "a"
    assert str(changed) == "GET /v1/user"


@pytest.mark.parametrize("verb", ["", "GET /", "GE T", "GÉT", "GET\r\n"])
def test_a_verb_is_a_word(verb):
    with pytest.raises(ValueError, match="HTTP method"):
        Request(verb=verb, path="/v1/user")


@pytest.mark.parametrize(
    "path",
    [
        "",
        "v1/user",
        "https://evil.example.com/v1",
        "/v1/user?x=1",
        "/v1/user#x",
        "/v1/a b",
        "/v1/{guid}",
        "/v1/é",
        "/v1/%zz",
        "/v1/user\r\nX: y",
        "/v1/content/..",
        "/v1/content/../users",
        "/v1/content/%2e%2E/users",
        "/v1/./users",
        "/v1\\users",
    ],
)
def test_a_path_that_leads_elsewhere_is_refused_before_anything_is_sent(path):
    with pytest.raises(ValueError, match="percent-encoded path"):
        Request(verb="GET", path=path)


@pytest.mark.parametrize("path", ["/", "/v1/content/a%20b/x..y", "/v1/tags/1:2@3", "/v1/a/.hidden", "/v1/..."])
def test_a_percent_encoded_path_is_taken_as_it_is(path):
    assert Request(verb="GET", path=path).path == path


@pytest.mark.parametrize(
    "headers", [{"X-A": "a\r\nX-B: b"}, {"X-A": "a\n"}, {"X A": "a"}, {"": "a"}, {"X-A": "ключ"}, {"X-A": "\x00"}]
)
def test_a_header_that_http_cannot_carry_is_refused_without_its_value(headers):
    with pytest.raises(ValueError, match="can't carry") as caught:
        Request(verb="GET", path="/v1/user", headers=headers)
    assert not any(value and value in str(caught.value) for value in headers.values() if len(value) > 1)


@pytest.mark.parametrize("limit", [0, -1, float("nan"), float("inf"), 1e9])
def test_a_time_limit_that_no_socket_can_have_is_refused(limit):
    with pytest.raises(ValueError, match="number of seconds"):
        Request(verb="GET", path="/v1/user", timeout=limit)
    assert seconds("x", 0.5) == 0.5
    assert Request(verb="GET", path="/v1/user", timeout=5).timeout == 5


def test_requests_and_responses_are_frozen():
    with pytest.raises(attrs.exceptions.FrozenInstanceError):
        Request(verb="GET", path="/v1/user").path = "/x"
    with pytest.raises(attrs.exceptions.FrozenInstanceError):
        Response(status=200).status = 400


def test_a_response_knows_its_correlation_id():
    assert Response(status=200, headers={"x-correlation-id": "abc"}).correlation_id == "abc"
    assert Response(status=200).correlation_id is None


def test_json_is_read_on_request():
    assert Response(status=200, body=b'{"version": "2025.01.0"}').json() == {"version": "2025.01.0"}


@pytest.mark.parametrize(
    ("body", "found"),
    [
        (b"", "an empty body"),
        (b"  \n", "an empty body"),
        (b"\n<!DOCTYPE html><title>Sign in</title>", "login page"),
        (b"oops", "4 bytes that are not JSON"),
        (b'"\xff"', "3 bytes that are not JSON"),
        (b"[" * 200_000, "200000 bytes"),
    ],
)
def test_what_is_not_json_says_what_it_is(body, found):
    with pytest.raises(DecodeError, match=found):
        Response(status=200, body=body).json()
