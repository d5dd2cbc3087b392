"""What urllib3 raises, and what users are told of it."""

import http.client
import socket
import ssl

import pytest
import urllib3.exceptions as wire

from connectapi import errors
from connectapi.http.options import Options
from connectapi.http.values import Request
from connectapi.http.wire import Attempt, bare, wire_failure

ORIGIN = "https://host"
REQUEST = Request(verb="GET", path="/v1/content/abc", headers={"X-Correlation-ID": "sent-id"})
ATTEMPT = Attempt(REQUEST, ORIGIN, Options())


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

    assert bare(second.value) is second.value
    assert second.value.__traceback__ is None
    assert first.value.__traceback__ is None
