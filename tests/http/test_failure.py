import http.client
import json
import socket
import ssl

import pytest
import urllib3.exceptions as wire
from hypothesis import given, settings
from hypothesis import strategies as st

from connectapi import errors
from connectapi.http.failure import Attempt, answer_failure, one_line, wire_failure, without_frames
from connectapi.http.options import Options
from connectapi.http.values import Request, Response
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


def certificate_error(number):
    error = ssl.SSLCertVerificationError(1, "failed")
    error.verify_code, error.verify_message = number, "certificate is so and so."
    return wire.SSLError(error)


def tls_error(reason):
    error = ssl.SSLError(1, "failed")
    error.reason = reason
    return wire.SSLError(error)


def because(error, cause):
    error.__cause__ = cause
    return error


@pytest.mark.parametrize(
    ("error", "kind", "said"),
    [
        (wire.NameResolutionError("host", None, socket.gaierror(-2, "?")), errors.TransportError, "no host 'host'"),
        (
            because(wire.NewConnectionError(None, "x"), ConnectionRefusedError(111, "Connection refused")),
            errors.TransportError,
            "nothing answers at https://host (connection refused)",
        ),
        (
            because(wire.NewConnectionError(None, "x"), OSError(101, "Network is unreachable")),
            errors.TransportError,
            "(Network is unreachable)",
        ),
        (wire.NewConnectionError(None, "x"), errors.TransportError, "no connection to https://host"),
        (wire.ConnectTimeoutError("x"), errors.TimeoutError, "within 10 s"),
        (wire.ReadTimeoutError(None, "/", "x"), errors.TimeoutError, "for 60 s"),
        (wire.ProtocolError("Connection aborted.", TimeoutError("x")), errors.TimeoutError, "took in nothing for 10 s"),
        (wire.ProtocolError("x", ConnectionResetError(104, "x")), errors.TransportError, "closed the connection"),
        (wire.ProtocolError("x", http.client.RemoteDisconnected("x")), errors.TransportError, "closed the connection"),
        (wire.ProtocolError("x", wire.IncompleteRead(3, 7)), errors.TransportError, "broke off, 7 bytes short"),
        (wire.ProtocolError("x", http.client.IncompleteRead(b"")), errors.TransportError, "broke off. Try again"),
        (wire.ProtocolError("x", http.client.BadStatusLine("SSH-2.0")), errors.TransportError, "does not speak HTTP"),
        (wire.ProtocolError("x", http.client.BadStatusLine("\x15\x03\x01")), errors.TLSError, "speaks TLS only"),
        (wire.ProtocolError("odd"), errors.TransportError, "failed (odd)"),
        (wire.DecodeError("x"), errors.TransportError, "is damaged"),
        (wire.ClosedPoolError(None, "x"), errors.TransportError, "closed meanwhile"),
        (certificate_error(10), errors.TLSError, "is not accepted: certificate is so and so. Ask the server's"),
        (certificate_error(9), errors.TLSError, "clock"),
        (certificate_error(62), errors.TLSError, "as the certificate does"),
        (certificate_error(99), errors.TLSError, "SSL_CERT_FILE"),
        (
            tls_error("WRONG_VERSION_NUMBER"),
            errors.TLSError,
            "does not speak TLS. Set CONNECT_SERVER to an http:// URL",
        ),
        (tls_error("NO_SHARED_CIPHER"), errors.TLSError, "the secure connection to https://host failed"),
        (tls_error(None), errors.TLSError, "the secure connection to https://host failed"),
        (wire.SSLError(), errors.TLSError, "the secure connection to https://host failed"),
        (wire.LocationParseError("odd"), errors.TransportError, "failed (Failed to parse: odd)"),
    ],
)
def test_what_the_wire_says_is_explained(error, kind, said):
    failure = wire_failure(error, ATTEMPT)

    assert type(failure) is kind
    assert str(failure).startswith("GET /v1/content/abc: ")
    assert said in str(failure)
    assert str(failure).endswith(".")
    assert ".." not in str(failure)


def test_a_time_out_is_pythons_too():
    assert isinstance(wire_failure(wire.ConnectTimeoutError("x"), ATTEMPT), TimeoutError)


def test_frames_are_cut_off_the_whole_chain_even_if_it_bites_its_tail():
    with pytest.raises(KeyError) as first:
        {}["first"]
    with pytest.raises(ValueError, match="invalid literal") as second:
        int("second")
    second.value.__cause__ = first.value
    first.value.__cause__ = second.value

    assert without_frames(second.value) is second.value
    assert second.value.__traceback__ is None
    assert first.value.__traceback__ is None


@given(st.text(max_size=400))
def test_one_line_is_one_short_printable_line(text):
    line = one_line(text)
    assert len(line) <= 200
    assert line.isprintable()
    assert line == one_line(line)
