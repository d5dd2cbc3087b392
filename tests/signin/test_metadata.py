"""What a server says of itself is checked before anything is sent anywhere."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectapi import ConfigError, SignInError, UnsupportedError
from connectapi.signin.metadata import checked
from connectapi.signin.site import Site

SERVER = "https://connect.example.com"
ENDPOINTS = ["token", "authorization", "registration", "device_authorization", "revocation"]


def document(server=SERVER, **changes):
    usual = {"issuer": server, **{f"{name}_endpoint": f"{server}/oauth/{name}" for name in ENDPOINTS}}
    return json.dumps({name: value for name, value in {**usual, **changes}.items() if value is not None}).encode()


def test_the_endpoints_are_read():
    found = checked(document(), SERVER)

    assert found.token.path == "/oauth/token"
    assert found.device_authorization.path == "/oauth/device_authorization"
    assert checked(document(revocation_endpoint=None), SERVER).revocation is None


def test_an_endpoint_may_have_a_query():
    assert checked(document(token_endpoint=f"{SERVER}/t?of=a&b="), SERVER).token.query == (("of", "a"), ("b", ""))


@pytest.mark.parametrize("endpoint", [f"{name}_endpoint" for name in ENDPOINTS])
@pytest.mark.parametrize(
    "url",
    [
        "https://evil.example/token",
        "http://connect.example.com/token",
        "https://connect.example.com:8443/token",
        "https://connect.example.com@evil.example/token",
        "https://evil.example\\@connect.example.com/token",
        "https://connect.example.com.evil.example/token",
        "https://connect.example.com/a/../token",
        "https://connect.example.com/token#there",
        "//evil.example/token",
        "/token",
        "javascript:alert(1)",
        "https://[::1",
        "",
    ],
)
def test_metadata_that_leads_elsewhere_is_refused(endpoint, url):
    with pytest.raises(SignInError, match=f"has the {endpoint} .*not on this server"):
        checked(document(**{endpoint: url}), SERVER)


@given(
    st.sampled_from(["https", "http", "ftp", "HTTPS", ""]),
    st.sampled_from(["", "user@", "connect.example.com@", "connect.example.com\\@", "connect.example.com#@"]),
    st.sampled_from(
        ["connect.example.com", "evil.example", "connect.example.com.", "connect.example.comevil", "[::1]"]
    ),
    st.sampled_from(["", ":443", ":444", ":", ":x"]),
    st.text(alphabet="/.%2eE?#\\a \n", max_size=8),
)
def test_an_endpoint_is_on_the_server_or_refused(scheme, user, host, port, rest):
    url = f"{scheme}://{user}{host}{port}/{rest}"
    try:
        found = checked(document(token_endpoint=url), SERVER).token
    except SignInError:
        return
    assert scheme.lower() == "https"
    assert (user, host) == ("", "connect.example.com")
    assert port in {"", ":443", ":"}
    assert found.path.startswith("/")
    assert "/../" not in f"{found.path}/"


@pytest.mark.parametrize(
    "issuer",
    ["https://evil.example", f"{SERVER}/other", f"{SERVER}.evil.example", "http://connect.example.com", "", "x"],
)
def test_the_issuer_is_the_server_itself(issuer):
    with pytest.raises(SignInError, match="another issuer"):
        checked(document(issuer=issuer), SERVER)


def test_an_issuer_may_end_in_a_slash():
    assert checked(document(issuer=f"{SERVER}/"), SERVER).issuer == f"{SERVER}/"


@pytest.mark.parametrize("body", [b"", b"[]", b"{}", b'{"issuer": 7}', b"\xff", b"[" * 9000])
def test_what_is_no_metadata_is_named(body):
    with pytest.raises(SignInError, match=r"OAuth metadata can't be read"):
        checked(body, SERVER)


def test_a_server_without_s256_is_refused():
    with pytest.raises(SignInError, match="S256"):
        checked(document(code_challenge_methods_supported=["plain"]), SERVER)


@pytest.mark.parametrize("server", ["http://connect.example.com", "http://10.0.0.1:3939"])
def test_plain_http_to_another_machine_is_refused_before_any_request(server):
    with pytest.raises(ConfigError, match="plain HTTP"):
        Site(server)


def test_metadata_of_a_server_below_a_path(answers):
    server = f"{answers.url}/rsc"
    answers.on("GET /rsc/.well-known/oauth-authorization-server", document(server))

    with Site(server) as site:
        assert site.metadata.token.path == "/rsc/oauth/token"


def test_metadata_where_the_rfc_puts_it(answers):
    server = f"{answers.url}/rsc"
    answers.on("GET /.well-known/oauth-authorization-server/rsc", document(server))

    with Site(server) as site:
        assert site.metadata.issuer == server


@pytest.mark.parametrize(("told", "shown"), [({"version": "2026.05.0"}, "2026.05.0"), ({}, "older")])
@pytest.mark.parametrize("page", [b"<html>Connect</html>", None])
def test_an_older_server_says_so_and_what_to_do(answers, told, shown, page):
    answers.on("GET /server_settings", told)
    if page is not None:
        answers.on("GET /.well-known/oauth-authorization-server", page)

    with Site(answers.url) as site, pytest.raises(UnsupportedError, match=r"2026.06.0.*use an API key") as caught:
        site.metadata
    assert shown in str(caught.value)


def test_a_redirect_to_another_host_is_not_followed(answers):
    answers.on(
        "GET /.well-known/oauth-authorization-server", status=302, headers={"Location": "http://127.0.0.2:9/metadata"}
    )
    with Site(answers.url) as site, pytest.raises(Exception, match="redirects to"):
        site.metadata
    assert len(answers.asked) == 1
