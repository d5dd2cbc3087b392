"""What can go wrong on the way to the server and back."""

import io
import socket
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import attrs
import pytest

from connectapi import errors
from connectapi.http.address import Address
from connectapi.http.auth import ApiKeyAuth, NoAuth
from connectapi.http.options import Options
from connectapi.http.transport import Transport
from connectapi.http.values import Request
from connectapi.types import Secret

REQUEST = Request(verb="GET", path="/v1/user")


def truncated(body=b"half", length=100):
    return b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%b" % (length, body)


def closed_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


class OnlyRead:
    """A source that can't be rewound and has no length, such as a pipe."""

    def __init__(self, content):
        self._file = io.BytesIO(content)

    def read(self, size=-1, /):
        return self._file.read(size)


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
        Transport(scripted.address, ApiKeyAuth(Secret(key)), Options(**limits)) as transport,
        pytest.raises(errors.TimeoutError, match=r"sent nothing for 0\.05 s") as caught,
    ):
        transport.send(request)

    assert isinstance(caught.value, TimeoutError)
    assert keyless(caught.value)


def test_a_server_that_falls_silent_in_mid_answer_is_a_time_out(scripted, transport):
    """The limit holds for each silence, not only for the first byte."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        address = Address.parse(f"http://127.0.0.1:{listener.getsockname()[1]}")
        with Transport(address, NoAuth(), Options(read_timeout=0.05)) as slow, ThreadPoolExecutor(1) as pool:
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
            Transport(address, NoAuth(), Options(connect_timeout=0.1)) as transport,
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


def test_a_body_is_in_no_traceback(scripted, transport, shown):
    """Forms have tokens in them."""
    scripted.say(raw=b"")
    with pytest.raises(errors.TransportError) as caught:
        transport.send(Request(verb="POST", path="/v1/x", body=b"token=marked", media="text/plain"))
    assert "_opened" in shown(caught.value)
    assert "marked" not in shown(caught.value)


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
        Transport(scripted_tls.address, NoAuth(), Options(read_timeout=2)) as transport,
        pytest.raises(errors.TransportError, match=r"try an https:// URL|speaks TLS only"),
    ):
        transport.send(REQUEST)


def test_tls_to_a_plain_http_port_says_so(scripted):
    scripted.scheme = "https"
    with (
        Transport(scripted.address, NoAuth(), Options(read_timeout=2)) as transport,
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
