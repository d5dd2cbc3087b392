"""TLS over real sockets: whom a client trusts, and what it says of whom it does not."""

import datetime
import socket
import ssl
import threading
import warnings

import pytest
import trustme

from connectapi import Client, ConfigError, InsecureWarning, RetryPolicy, TimeoutError, TLSError, TransportError
from connectapi.client import settings

KEY = "s3cr3t-Key-0123456789"
VARIABLES = ("CONNECT_CA_CERTIFICATE", "SSL_CERT_FILE", "REQUESTS_CA_BUNDLE")


@pytest.fixture(autouse=True)
def nothing_set(monkeypatch):
    for name in (*VARIABLES, "HTTPS_PROXY", "https_proxy", "NO_PROXY", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(settings, "_warned", set())


@pytest.fixture
def server(authority, tls):
    with tls(authority.issue_cert("localhost")) as (url, heads):
        yield url, heads


def whoami(url, **more):
    with Client(url, KEY, retries=0, **more) as client:
        return client.users.whoami().guid


def test_an_authority_that_is_named_is_trusted(server, bundle):
    assert whoami(server[0], ca_certificate=bundle) == ""


@pytest.mark.parametrize("variable", VARIABLES)
def test_the_environment_can_name_it(server, bundle, monkeypatch, variable):
    monkeypatch.setenv(variable, str(bundle))

    assert whoami(server[0]) == ""


def test_connects_own_variable_is_the_strongest_and_an_argument_stronger(server, bundle, monkeypatch, tmp_path):
    other = tmp_path / "other.pem"
    trustme.CA().cert_pem.write_to_path(other)
    monkeypatch.setenv("SSL_CERT_FILE", str(other))
    monkeypatch.setenv("CONNECT_CA_CERTIFICATE", str(bundle))
    assert whoami(server[0]) == ""

    with pytest.raises(TLSError):
        whoami(server[0], ca_certificate=other)


def test_an_authority_that_nobody_named_is_not_trusted_and_the_certificate_is_described(server):
    with pytest.raises(TLSError) as caught:
        whoami(server[0])

    told = str(caught.value)
    assert f"the certificate of {server[0]} is not accepted: unable to get local issuer certificate" in told
    assert "It is for localhost, by 'The Authority', from " in told
    assert "set CONNECT_CA_CERTIFICATE or SSL_CERT_FILE to a file with the certificate of the authority" in told
    assert server[1] == []
    assert caught.value.unsent


def test_a_certificate_of_another_host_says_for_which(authority, bundle, tls):
    with tls(authority.issue_cert("connect.example.com")) as (url, heads):
        with pytest.raises(TLSError, match=r"It is for connect\.example\.com, .*must name the host as the certificate"):
            whoami(url, ca_certificate=bundle)
        assert heads == []


def test_a_certificate_that_has_run_out_says_when(authority, bundle, tls):
    ended = datetime.datetime(2020, 5, 17, tzinfo=datetime.timezone.utc)
    old = authority.issue_cert("localhost", not_before=ended - datetime.timedelta(days=9), not_after=ended)
    with tls(old) as (url, _), pytest.raises(TLSError, match=r"expired.* to May 17 .*2020.*renew it"):
        whoami(url, ca_certificate=bundle)


def test_a_client_can_show_a_certificate_of_its_own(authority, bundle, tmp_path, tls):
    mine = authority.issue_cert("robot@example.com", common_name="robot")
    both, certificate, key = (tmp_path / name for name in ("both.pem", "cert.pem", "key.pem"))
    mine.private_key_and_cert_chain_pem.write_to_path(both)
    mine.cert_chain_pems[0].write_to_path(certificate)
    mine.private_key_pem.write_to_path(key)

    with tls(authority.issue_cert("localhost"), verify=authority) as (url, _):
        assert whoami(url, ca_certificate=bundle, client_certificate=both) == "robot"
        assert whoami(url, ca_certificate=bundle, client_certificate=(certificate, str(key))) == "robot"


@pytest.mark.parametrize("content", [None, "", "not a certificate"])
@pytest.mark.parametrize("setting", [*VARIABLES, "ca_certificate", "client_certificate"])
def test_a_file_that_cant_be_used_is_named_with_who_named_it(server, monkeypatch, tmp_path, setting, content):
    path = tmp_path / "x.pem"
    if content is not None:
        path.write_text(content)
    arguments = {}
    if setting.isupper():
        monkeypatch.setenv(setting, str(path))
    else:
        arguments[setting] = path

    with pytest.raises(ConfigError, match=rf"{setting}: .*x\.pem can't be used: "):
        whoami(server[0], **arguments)
    assert server[1] == []


def test_insecure_calls_anyone_and_warns_of_it_once(authority, tls):
    with tls(authority.issue_cert("elsewhere")) as (url, _):
        with pytest.warns(InsecureWarning, match="its certificate is not checked") as caught:
            assert whoami(url, insecure=True) == ""
        assert [each.filename for each in caught] == [__file__]
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            assert whoami(url, insecure=True) == ""


@pytest.mark.parametrize("url", ["http://connect.example.com", "http://10.0.0.8:3939", "http://[2001:db8::1]"])
def test_a_key_in_the_clear_is_warned_of_once(url):
    with pytest.warns(InsecureWarning, match="it is called over plain HTTP: use an https:// URL") as caught:
        Client(url, KEY)
    assert [each.filename for each in caught] == [__file__]
    assert KEY not in str(caught[0].message)
    Client(url, KEY)  # a second warning would be an error here


@pytest.mark.parametrize(
    "url",
    ["http://localhost:3939", "http://127.0.0.1", "http://127.8.8.8", "http://[::1]:1", "https://connect.example.com"],
)
def test_a_key_that_nobody_else_sees_is_not_warned_of(url):
    Client(url, KEY)


def test_a_server_that_keeps_silent_in_the_handshake_was_sent_nothing(wire):
    wire.plays(b"")

    with pytest.raises(TimeoutError, match=r"no connection to .* within 0\.1 s") as caught:
        whoami(wire.url.replace("http:", "https:"), connect_timeout=0.1)
    assert caught.value.unsent


def test_a_server_that_ends_the_handshake_is_asked_again():
    with socket.create_server(("127.0.0.1", 0)) as listener:
        seen = []

        def accept():
            while len(seen) < 3:
                connection, _ = listener.accept()
                seen.append(connection.recv(1000))
                connection.close()

        accepting = threading.Thread(target=accept)
        accepting.start()
        client = Client(
            f"https://127.0.0.1:{listener.getsockname()[1]}", KEY, retries=RetryPolicy(times=2, first_delay=0)
        )
        with client, pytest.raises(TransportError, match="Tried 3 times"):
            client.users.whoami()
        accepting.join()
    assert KEY.encode() not in b"".join(seen)


def test_what_the_system_trusts_is_trusted():
    from connectapi.http.security import Security
    from connectapi.http.tls import context_of

    context = context_of(Security())
    assert context.verify_mode == ssl.CERT_REQUIRED


@pytest.mark.parametrize("platform", ["win32", "darwin"])
def test_the_store_of_another_system_is_truststore_s_business(monkeypatch, platform):
    import truststore

    from connectapi.http import tls as ours

    monkeypatch.setattr(ours.sys, "platform", platform)
    assert isinstance(ours.context_of(ours.Security()), truststore.SSLContext)
