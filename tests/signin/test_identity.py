"""A CI signs in with its identity token, which is read anew each time."""

import pytest

from connectapi import Client, ConfigError, SignInError
from connectapi.signin import kept
from connectapi.signin.identity import Identity, of_ci
from connectapi.signin.signing import sign_in, sign_out
from connectapi.testing import jwt


@pytest.fixture
def token(server, clock, ci_key):
    """An identity token for the server, as its CI makes one."""

    def make(subject="repo:main", **more):
        ends = clock.now().timestamp() + 300
        claims = {"iss": "https://ci.example", "sub": subject, "aud": server.url, "exp": ends, **more}
        return jwt.sign(claims, ci_key)

    return make


def test_a_file_s_token_is_exchanged(server, token, tmp_path, monkeypatch):
    (tmp_path / "token").write_text(f"{token()}\n")
    monkeypatch.chdir(tmp_path)

    made = sign_in(server.url, id_token_file="token")

    assert (made.username, made.renewable) == ("admin", True)
    assert kept.load(server.url).identity == Identity("file", str(tmp_path / "token"))


def test_it_is_read_anew_when_the_access_token_has_ended(server, clock, token, tmp_path):
    path = tmp_path / "token"
    path.write_text(token())
    sign_in(server.url, id_token_file=path)
    _, tokens = kept.signed_in(server.url)
    clock.advance(3601)
    path.write_text(token())

    with Client(server.url) as client:
        assert client.users.whoami().username == "admin"
    assert kept.signed_in(server.url)[1] != tokens


def test_the_environment_s_token_is_exchanged(server, token, monkeypatch):
    monkeypatch.setenv("CONNECT_IDENTITY_TOKEN", token())

    assert sign_in(server.url, ci=True).username == "admin"


def test_the_environment_names_a_file(monkeypatch, tmp_path):
    monkeypatch.setenv("CONNECT_IDENTITY_TOKEN_FILE", str(tmp_path / "token"))
    monkeypatch.setenv("CONNECT_IDENTITY_TOKEN", "x")

    assert of_ci() == Identity("file", str(tmp_path / "token"))


def test_github_actions_is_asked_for_a_token_for_this_server(server, token, answers, monkeypatch):
    answers.on("GET /oidc", lambda asked: {"value": token(aud=asked.query["audience"])})
    monkeypatch.setenv("ACTIONS_ID_TOKEN_REQUEST_URL", f"{answers.url}/oidc?api-version=2.0")
    monkeypatch.setenv("ACTIONS_ID_TOKEN_REQUEST_TOKEN", "request-token")

    assert sign_in(server.url, ci=True).username == "admin"

    (asked,) = answers.asked
    assert asked.headers["Authorization"] == "Bearer request-token"
    assert asked.query == {"api-version": "2.0", "audience": server.url}


@pytest.mark.parametrize(("status", "answer"), [(200, {}), (200, b"<html>"), (403, {"message": "request-token"})])
def test_what_github_actions_refuses_is_told(server, answers, monkeypatch, status, answer):
    answers.on("GET /oidc", answer, status=status)
    monkeypatch.setenv("ACTIONS_ID_TOKEN_REQUEST_URL", f"{answers.url}/oidc")
    monkeypatch.setenv("ACTIONS_ID_TOKEN_REQUEST_TOKEN", "request-token")

    with pytest.raises(ConfigError, match="id-token: write") as caught:
        sign_in(server.url, ci=True)
    assert "request-token" not in str(caught.value)


def test_github_s_token_goes_over_no_plain_http(server, monkeypatch):
    monkeypatch.setenv("ACTIONS_ID_TOKEN_REQUEST_URL", "http://evil.example/oidc")
    monkeypatch.setenv("ACTIONS_ID_TOKEN_REQUEST_TOKEN", "request-token")

    with pytest.raises(ConfigError, match="plain HTTP"):
        sign_in(server.url, ci=True)


def test_without_any_token_it_says_where_one_can_be(server):
    with pytest.raises(ConfigError, match=r"CONNECT_IDENTITY_TOKEN_FILE.*GitHub Actions"):
        sign_in(server.url, ci=True)


@pytest.mark.parametrize("content", [None, b"", b" \n", b"\xff"])
def test_a_file_without_a_token_is_named(server, tmp_path, content):
    path = tmp_path / "token"
    if content is not None:
        path.write_bytes(content)

    with pytest.raises(ConfigError, match=str(path)):
        sign_in(server.url, id_token_file=path)


def test_a_subject_that_nobody_let_in_is_refused(server, token, tmp_path):
    (tmp_path / "token").write_text(token("repo:fork"))

    with pytest.raises(SignInError, match=r"refused the identity token: .*invalid_grant") as caught:
        sign_in(server.url, id_token_file=tmp_path / "token")
    assert (tmp_path / "token").read_text() not in str(caught.value)


def test_a_server_that_exchanges_nothing_says_so(answers, tmp_path):
    url = answers.url
    told = {"issuer": url, "token_endpoint": f"{url}/t", "grant_types_supported": ["authorization_code"]}
    answers.on("GET /.well-known/oauth-authorization-server", told)

    with pytest.raises(SignInError, match="takes no identity tokens"):
        sign_in(url, id_token_file=tmp_path / "none")


def test_signing_out_forgets_it(server, token, tmp_path):
    (tmp_path / "token").write_text(token())
    sign_in(server.url, id_token_file=tmp_path / "token")

    assert sign_out(server.url)
    assert kept.load(server.url).identity is None
