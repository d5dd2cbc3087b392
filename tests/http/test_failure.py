import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connectapi import errors
from connectapi.http.failure import answer_failure, one_line
from connectapi.http.options import Options
from connectapi.http.values import Request, Response
from connectapi.http.wire import Attempt
from connectapi.types import Secret

ORIGIN = "https://host"
REQUEST = Request(verb="GET", path="/v1/content/abc", headers={"X-Correlation-ID": "sent-id"})
ATTEMPT = Attempt(REQUEST, ORIGIN, Options())


def failure_of(body=b"", status=400, secrets=(), **headers):
    return answer_failure(REQUEST, Response(status=status, reason="Oh", headers=headers, body=body), ORIGIN, secrets)


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (400, errors.BadRequestError),
        (401, errors.AuthenticationError),
        (402, errors.APIError),
        (403, errors.PermissionDeniedError),
        (404, errors.NotFoundError),
        (405, errors.APIError),
        (409, errors.ConflictError),
        (422, errors.APIError),
        (429, errors.RateLimitError),
        (500, errors.ServerError),
        (502, errors.ServerError),
        (503, errors.ServerError),
        (599, errors.ServerError),
    ],
)
def test_each_status_has_its_error(status, kind):
    failure = failure_of(b'{"code": 4, "error": "No such item", "payload": {"x": 1}}', status)

    assert type(failure) is kind
    assert (failure.status, failure.reason, failure.verb, failure.path) == (status, "Oh", "GET", "/v1/content/abc")
    assert (failure.code, failure.code_name) == (4, "ObjectDoesNotExist")
    assert (failure.message, failure.payload) == ("No such item", {"x": 1})
    assert f"GET /v1/content/abc: {status} Oh: No such item [ObjectDoesNotExist, code 4]" in str(failure)


@pytest.mark.parametrize("status", [200, 201, 202, 204, 304])
def test_a_good_answer_is_no_failure(status):
    assert failure_of(b"<html>", status) is None


def test_the_correlation_id_is_the_servers_or_else_the_one_that_was_sent():
    assert failure_of(**{"X-Correlation-ID": "its-id"}).correlation_id == "its-id"
    assert failure_of().correlation_id == "sent-id"
    assert "correlation id sent-id" in str(failure_of())


@pytest.mark.parametrize(
    ("code", "number"),
    [
        (4, 4),
        ("4", 4),
        ("ObjectDoesNotExist", 4),
        ("nonsense", None),
        (True, None),
        (None, None),
        (4.5, None),
        ([], None),
    ],
)
def test_a_code_may_be_a_number_a_text_or_anything(code, number):
    assert failure_of(json.dumps({"code": code, "error": "x"}).encode()).code == number


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (b"", ""),
        (b" \r\n ", ""),
        (b"plain\r\ntext\x1b[31m here", "plain text [31m here"),
        (b"<!DOCTYPE html>\n<head><TITLE lang='en'>502 Bad\n Gateway &amp; more</title>", "502 Bad Gateway & more"),
        (b"<title> </title><style>p {x}</style><h1>Not <b>here</b></h1>", "Not here"),
        (b"\xff\xfe\x00broken", "\ufffd\ufffd broken"),
        (b'"a JSON string"', "a JSON string"),
        (b"[1, 2]", "[1, 2]"),
        (b"{}", "{}"),
        (b'{"message": "hm"}', "hm"),
        (b'{"error": "invalid_grant", "error_description": "too old"}', "invalid_grant: too old"),
        (b'{"error": {"deep": 1}, "code": 3}', '{"error": {"deep": 1}, "code": 3}'),
        (b'{"error": "a\\nb"}', "a b"),
        (b'{"error": "\xff"}', "\ufffd"),
        (b"[" * 9999, "[" * 199 + "…"),
        (b"x" * 1000, "x" * 199 + "…"),
    ],
)
def test_whatever_the_body_is_the_message_is_one_short_line(body, message):
    assert failure_of(body).message == message


def test_the_payload_is_what_else_the_server_said():
    assert failure_of(b'{"code": 1, "error": "x"}').payload is None
    assert failure_of(b'{"error": "invalid_client", "hint": 1}').payload == {"error": "invalid_client", "hint": 1}
    assert failure_of(b"[1]").payload == [1]
    assert failure_of(b"oops").payload is None


@settings(max_examples=30, deadline=None)
@given(
    st.binary(max_size=80)
    | st.recursive(
        st.none() | st.text(), lambda x: st.dictionaries(st.sampled_from(["code", "error", "payload"]), x)
    ).map(lambda x: json.dumps(x).encode()),
    st.integers(400, 599),
)
def test_any_body_makes_an_error_that_can_be_shown(body, status):
    failure = failure_of(body, status)

    assert failure.status == status
    assert len(failure.message) <= 200
    assert failure.message.isprintable()
    assert "\n" not in str(failure)


def test_a_key_that_the_server_sends_back_is_masked_in_the_error():
    body = json.dumps({"error": "unknown key K-12345", "payload": {"sent": ["Key K-12345"]}}).encode()

    failure = failure_of(body, 401, secrets=[Secret("K-12345")])

    assert failure.message == "unknown key XXXXXXXX"
    assert "K-12345" not in f"{failure} {failure!r} {vars(failure)}"


@pytest.mark.parametrize(
    "body",
    [
        b"Client sent an HTTP request to an HTTPS server.\n",
        b"<title>400 The plain HTTP request was sent to HTTPS port</title>",
    ],
)
def test_a_tls_server_that_understands_plain_http_is_a_tls_error(body):
    failure = answer_failure(REQUEST, Response(status=400, body=body), "http://host")

    assert type(failure) is errors.TLSError
    assert "https://" in str(failure)
    assert type(failure_of(body)) is errors.BadRequestError


@given(st.text(max_size=400))
def test_one_line_is_one_short_printable_line(text):
    line = one_line(text)
    assert len(line) <= 200
    assert line.isprintable()
    assert line == one_line(line)
