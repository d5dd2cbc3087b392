"""A CI's identity token, exchanged for a key of the user that it stands for."""

import base64
from urllib.parse import urlencode

import pytest

from connectapi.errors import ConfigError
from connectapi.testing import ConnectServer, FakeClock, TrustedIssuer, jwt

KEY = b"a key that only the issuer and this server know"
ISSUER = "https://ci.example"
EXCHANGE = {
    "grant_type": "urn:ietf:params:oauth:grant-type:token-exchange",
    "subject_token_type": "urn:ietf:params:oauth:token-type:id_token",
}
FORM = {"Content-Type": "application/x-www-form-urlencoded"}


@pytest.fixture
def clock():
    return FakeClock()


@pytest.fixture
def server(clock):
    secret = base64.b64encode(KEY).decode()
    issuer = TrustedIssuer(issuer=ISSUER, key=secret, subjects={"repo:main": "robot", "repo:gone": "nobody-here"})
    with ConnectServer(sample=False, pace=0, clock=clock, trusted_issuers=[issuer]) as running:
        yield running


@pytest.fixture
def admin(server, connect):
    caller = connect(server.url, server.api_key)
    caller.post("/v1/users", {"username": "robot", "user_role": "publisher"})
    return caller


@pytest.fixture
def exchange(server, admin, connect, clock):
    """Exchange a token with some claims; `key` signs it."""

    def exchange(path="/__oauth__/token", *, key=KEY, form=(), **changes):
        now = clock.now().timestamp()
        claims = {"iss": ISSUER, "sub": "repo:main", "aud": server.url, "exp": now + 300, "iat": now, **changes}
        signed = jwt.sign({name: value for name, value in claims.items() if value is not None}, key)
        body = urlencode({**EXCHANGE, "subject_token": signed, **dict(form)})
        return connect(server.url).send("POST", path, body, FORM)

    return exchange


def test_it_gives_a_key_for_an_hour(server, connect, clock, exchange):
    answer = exchange()

    assert answer.status == 200, answer
    given = answer.json
    assert (given["token_type"], given["expires_in"]) == ("Bearer", 3600)
    assert given["issued_token_type"] == "urn:ietf:params:oauth:token-type:access_token"
    for scheme in ("Bearer", "Key"):
        headers = {"Authorization": f"{scheme} {given['access_token']}"}
        assert connect(server.url).get("/v1/user", headers=headers).json["username"] == "robot"
    assert connect(server.url, given["access_token"]).content(name="deployed")["name"] == "deployed"
    clock.advance(3601)
    assert connect(server.url, given["access_token"]).get("/v1/user").status == 401


def test_it_gives_an_api_key_where_content_gets_credentials(server, connect, exchange):
    path = "/__api__/v1/oauth/integrations/credentials"

    answer = exchange(path, form={"requested_token_type": "urn:posit:connect:api-key"})

    assert answer.json["token_type"] == "Key"
    assert answer.json["issued_token_type"] == "urn:posit:connect:api-key"
    assert connect(server.url, answer.json["access_token"]).get("/v1/user").json["username"] == "robot"
    assert exchange(path, key=b"x" * 32).refusal == (400, "OAuthCredentialIdTokenVerification")
    other = {"requested_token_type": "urn:ietf:params:aws:token-type:credentials"}
    assert exchange(path, form=other).refusal == (400, "OAuthCredentialRequestedTokenType")


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"key": b"another key that has enough bytes"}, "not verified"),
        ({"iss": "https://evil.example"}, "not verified"),
        ({"iss": None}, "not verified"),
        ({"exp": 1}, "not verified"),
        ({"aud": "https://elsewhere.example"}, "audience"),
        ({"aud": None}, "audience"),
        ({"sub": "repo:other"}, "No access"),
        ({"sub": None}, "No access"),
        ({"sub": "repo:gone"}, "No access"),
        ({"form": {"subject_token": "no.such"}}, "not verified"),
        ({"form": {"subject_token": ""}}, "not verified"),
    ],
)
def test_other_tokens_are_refused(exchange, change, why):
    answer = exchange(**change)

    assert (answer.status, answer.json["error"]) == (400, "invalid_grant")
    assert why in answer.json["error_description"]


@pytest.mark.parametrize(
    "change",
    [{"subject_token_type": "urn:other"}, {"requested_token_type": "urn:ietf:params:aws:token-type:credentials"}],
)
def test_what_is_asked_for_is_checked(exchange, change):
    assert exchange(form=change).json["error"] == "invalid_request"


def test_a_list_of_audiences_will_do(server, exchange):
    assert exchange(aud=["https://elsewhere.example", server.url]).status == 200


def test_a_locked_user_gets_none(admin, exchange):
    guid = next(each["guid"] for each in admin.get("/v1/users").json["results"] if each["username"] == "robot")
    admin.post(f"/v1/users/{guid}/lock", {"locked": True})

    assert exchange().json["error"] == "invalid_grant"


def test_a_server_that_trusts_nobody_refuses(connect):
    with ConnectServer(sample=False) as server:
        body = urlencode({**EXCHANGE, "subject_token": jwt.sign({"iss": ISSUER}, KEY)})
        answer = connect(server.url).send("POST", "/__oauth__/token", body, FORM)

    assert answer.json["error"] == "invalid_grant"


def test_an_issuer_s_key_must_be_one():
    with pytest.raises(ConfigError, match=r"the key of the issuer https://ci\.example can't be used"):
        TrustedIssuer(issuer=ISSUER, key="c2hvcnQ=", subjects={})


def test_the_key_is_not_shown(server):
    secret = base64.b64encode(KEY).decode()

    assert secret not in repr(server._trust)
    assert secret not in repr(server._running.world)
