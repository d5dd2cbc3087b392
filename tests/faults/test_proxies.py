"""A real little proxy on the way: by CONNECT for TLS, by the whole URL for plain HTTP."""

import base64
import logging
import pickle
import socket
import threading
import traceback
from contextlib import suppress

import pytest

from connectapi import Client, ConfigError, TransportError
from connectapi.http.proxy import is_loopback, proxy_for

KEY = "s3cr3t-Key-0123456789"
PASSWORD = "pr0xy-passw0rd"


class Proxy:
    """Makes tunnels for who shows the right name and password, and forwards plain HTTP; notes what it was told."""

    def __init__(self, listener, refusal=None):
        self.url = f"http://127.0.0.1:{listener.getsockname()[1]}"
        self.told = []
        self.refusal = refusal
        self._listener = listener
        self._sockets = []
        self._threads = [threading.Thread(target=self._accept)]
        self._threads[0].start()

    def _accept(self):
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            self._sockets.append(connection)
            self._start(self._serve, connection)

    def _start(self, work, *arguments):
        thread = threading.Thread(target=work, args=arguments)
        self._threads.append(thread)
        thread.start()

    def _serve(self, connection):
        with connection, suppress(OSError):
            head = connection.recv(65536)
            self.told.append(head.decode("latin-1"))
            verb, target, _ = head.split(b" ", 2)
            if self.refusal is not None:
                connection.sendall(b"HTTP/1.1 " + self.refusal + b"\r\nContent-Length: 0\r\n\r\n")
                return
            place = target if verb == b"CONNECT" else target.split(b"/")[2]
            port = int(place.rpartition(b":")[2])
            with socket.create_connection(("127.0.0.1", port)) as onward:
                self._sockets.append(onward)
                if verb == b"CONNECT":
                    connection.sendall(b"HTTP/1.1 200 Connection established\r\n\r\n")
                else:
                    onward.sendall(head)
                self._start(self._pump, onward, connection)
                self._pump(connection, onward)

    def _pump(self, source, sink):
        with suppress(OSError):
            while data := source.recv(65536):
                sink.sendall(data)
            sink.shutdown(socket.SHUT_WR)

    def close(self):
        self._listener.shutdown(socket.SHUT_RDWR)
        for each in self._sockets:
            with suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)
        for thread in self._threads:
            thread.join()


@pytest.fixture
def proxy():
    with socket.create_server(("127.0.0.1", 0)) as listener:
        made = Proxy(listener)
        yield made
        made.close()


@pytest.fixture(autouse=True)
def nothing_set(monkeypatch):
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)


def test_tls_goes_through_a_tunnel_and_the_proxy_sees_no_key(tls, authority, bundle, proxy):
    with (
        tls(authority.issue_cert("localhost")) as (url, heads),
        Client(url, KEY, ca_certificate=bundle, proxy=proxy.url) as client,
    ):
        client.users.whoami()
        client.users.whoami()
    assert [each.partition(" HTTP/")[0] for each in proxy.told] == [f"CONNECT {url[8:]}"]
    assert KEY not in "".join(proxy.told)
    assert len(heads) == 2
    assert b"GET /__api__/v1/user HTTP/1.1" in heads[0]


def test_a_certificate_is_checked_and_described_behind_a_proxy_too(tls, authority, proxy):
    with (
        tls(authority.issue_cert("localhost")) as (url, heads),
        Client(url, KEY, proxy=proxy.url, retries=0) as client,
        pytest.raises(TransportError, match="It is for localhost, by 'The Authority'"),
    ):
        client.users.whoami()
    assert heads == []


def test_plain_http_goes_to_the_proxy_as_a_whole_url(wire, answer, proxy):
    wire.plays(answer(b'{"guid": "g"}'))
    with Client(wire.url, KEY, proxy=proxy.url) as client:
        assert client.users.whoami().guid == "g"
    assert proxy.told[0].startswith(f"GET {wire.url}/__api__/v1/user HTTP/1.1\r\nHost: {wire.url[7:]}\r\n")


def test_a_name_and_a_password_are_shown_to_the_proxy_and_to_nobody_else(tls, authority, bundle, proxy, caplog):
    url = proxy.url.replace("//", f"//me:{PASSWORD}%21@")
    with (
        tls(authority.issue_cert("localhost")) as (server, heads),
        caplog.at_level(logging.DEBUG),
        Client(server, KEY, ca_certificate=bundle, proxy=url) as client,
    ):
        client.users.whoami()
        shown = f"{client!r} {client} {vars(client)} {pickle.dumps(client)}"
    sent = base64.b64encode(f"me:{PASSWORD}!".encode()).decode()
    assert f"proxy-authorization: basic {sent}".lower() in proxy.told[0].lower()
    assert sent.encode() not in b"".join(heads)
    assert PASSWORD not in shown + caplog.text
    assert sent not in shown + caplog.text


@pytest.mark.parametrize(
    ("refusal", "tried", "said"),
    [
        (b"407 Proxy Authentication Required", 1, r"407 .*It wants a name and a password: http://name:password@proxy"),
        (b"403 Forbidden", 1, "the proxy refuses to connect \\(403 Forbidden\\)"),
        (b"502 Bad Gateway", 4, "502 Bad Gateway"),
    ],
)
def test_a_proxy_that_refuses_says_so_and_nothing_was_sent(refusal, tried, said):
    from connectapi import RetryPolicy

    with socket.create_server(("127.0.0.1", 0)) as listener:
        proxy = Proxy(listener, refusal)
        url = proxy.url.replace("//", f"//me:{PASSWORD}@")
        client = Client("https://connect.invalid", KEY, proxy=url, retries=RetryPolicy(first_delay=0))
        with client, pytest.raises(TransportError, match=said) as caught:
            client.users.set_lock("g", locked=True)
        proxy.close()
    told = "".join(traceback.TracebackException.from_exception(caught.value, capture_locals=True).format())
    assert caught.value.unsent
    assert len(proxy.told) == tried
    assert "NO_PROXY" in str(caught.value)
    assert KEY not in "".join(proxy.told)
    assert PASSWORD not in str(caught.value)
    assert PASSWORD not in told.replace(url, "")


def test_a_proxy_that_is_not_there_says_so():
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{unused.getsockname()[1]}"
        unreachable = pytest.raises(
            TransportError, match="no way to https://connect\\.invalid: the proxy can't be reached"
        )
        with Client("https://connect.invalid", KEY, proxy=url, retries=0) as client, unreachable as caught:
            client.users.whoami()
    assert caught.value.unsent


# What the environment says ----------------------------------------------------------------------

SERVER = "https://connect.example.com:3939"


@pytest.mark.parametrize(
    ("environment", "origin", "expected"),
    [
        ({}, SERVER, None),
        ({"HTTPS_PROXY": "http://proxy:1"}, SERVER, "http://proxy:1"),
        ({"https_proxy": "proxy:1"}, SERVER, "http://proxy:1"),
        ({"HTTP_PROXY": "http://proxy:1"}, SERVER, None),
        ({"HTTP_PROXY": "http://proxy:1"}, "http://connect.example.com", "http://proxy:1"),
        ({"ALL_PROXY": "http://proxy:1"}, SERVER, "http://proxy:1"),
        ({"HTTPS_PROXY": "http://proxy:1", "NO_PROXY": "example.com"}, SERVER, None),
        ({"HTTPS_PROXY": "http://proxy:1", "NO_PROXY": "connect.example.com:3939"}, SERVER, None),
        ({"HTTPS_PROXY": "http://proxy:1", "NO_PROXY": "*"}, SERVER, None),
        ({"HTTPS_PROXY": "http://proxy:1", "NO_PROXY": "other.com"}, SERVER, "http://proxy:1"),
        ({"HTTP_PROXY": "http://proxy:1"}, "http://127.0.0.1:8000", None),
        ({"HTTP_PROXY": "http://proxy:1"}, "http://localhost:8000", None),
        ({"HTTP_PROXY": "http://proxy:1"}, "http://[::1]:8000", None),
    ],
)
def test_the_environment_says_which_proxy(monkeypatch, environment, origin, expected):
    for name, value in environment.items():
        monkeypatch.setenv(name, value)

    found = proxy_for(origin)
    assert (found.url if found else None) == expected


def test_what_is_given_wins_over_the_environment(monkeypatch):
    monkeypatch.setenv("HTTPS_PROXY", "http://proxy:1")

    assert proxy_for(SERVER, "http://mine:2").url == "http://mine:2"
    assert proxy_for(SERVER, "") is None


@pytest.mark.parametrize(
    "text", ["socks5://proxy:1", "http://", "http://proxy:x", "http://[::1", "ftp://me:hush@proxy"]
)
def test_what_is_no_proxy_is_refused_without_its_password(monkeypatch, text):
    monkeypatch.setenv("HTTPS_PROXY", text)

    with pytest.raises(
        ConfigError, match=r"HTTPS_PROXY is no URL of an HTTP proxy.*http://proxy\.example\.com:3128"
    ) as caught:
        proxy_for(SERVER)
    assert "hush" not in str(caught.value)


@pytest.mark.parametrize(
    ("host", "here"), [("127.9.9.9", True), ("::1", True), ("app.localhost", True), ("10.0.0.1", False)]
)
def test_this_computer_is_known(host, here):
    assert is_loopback(host) is here
