"""The first administrator of a server without users, by a token that only its operator can sign."""

import base64
import hashlib
import hmac
import json
import time

import pytest

from connectapi.errors import ConfigError
from connectapi.testing import ConnectServer

SECRET = base64.b64encode(b"0123456789abcdef0123456789abcdef").decode()
OTHER = base64.b64encode(b"another key that has enough bytes").decode()


def token(secret=SECRET, header=None, **changes):
    """Sign as the official command line does."""
    now = int(time.time())
    claims = {"exp": now + 900, "iss": "rsconnect-python", "aud": "rsconnect", "iat": now, "scope": "bootstrap"}
    claims = {name: value for name, value in {**claims, **changes}.items() if value is not None}
    parts = [header or {"alg": "HS256", "typ": "JWT"}, claims]
    signed = b".".join(base64.urlsafe_b64encode(json.dumps(each).encode()).rstrip(b"=") for each in parts)
    signature = hmac.digest(base64.b64decode(secret), signed, hashlib.sha256)
    return f"{signed.decode()}.{base64.urlsafe_b64encode(signature).rstrip(b'=').decode()}"


def bootstrap(caller, bearer, path="/v1/bootstrap"):
    return caller.post(path, headers={"Authorization": f"Connect-Bootstrap {bearer}"})


@pytest.fixture
def bare():
    """A server that has no users."""
    with ConnectServer(bootstrap_secret=SECRET) as running:
        yield running


@pytest.mark.parametrize("path", ["/v1/bootstrap", "/v1/experimental/bootstrap"])
def test_the_first_administrator_is_made_once(bare, connect, path):
    nobody = connect(bare.url)

    made = bootstrap(nobody, token(), path)

    admin = connect(bare.url, made.json["api_key"])
    assert (made.status, list(made.json)) == (200, ["api_key"])
    assert admin.get("/v1/user").json["user_role"] == "administrator"
    assert admin.get("/v1/users").json["total"] == 1
    assert admin.get("/v1/content").json == []
    assert bootstrap(nobody, token(), path).refusal == (403, "ProhibitedBootstrap")
    assert admin.get("/v1/users").json["total"] == 1


def test_there_is_no_key_before(bare, connect):
    with pytest.raises(RuntimeError, match="no user yet"):
        _ = bare.api_key

    bootstrap(connect(bare.url), token())

    assert connect(bare.url, bare.api_key).get("/v1/user").json["username"] == "bootstrap-admin"


@pytest.mark.parametrize(
    ("bearer", "why"),
    [
        (lambda: token(OTHER), "signature"),
        (lambda: token(exp=int(time.time()) - 1), "expired"),
        (lambda: token(exp=None), "exp"),
        (lambda: token(exp="tomorrow"), "exp"),
        (lambda: token(iat=int(time.time()) + 3600), "yet to come"),
        (lambda: token(iss="someone"), "iss"),
        (lambda: token(aud="elsewhere"), "aud"),
        (lambda: token(scope="everything"), "scope"),
        (lambda: token(scope=None), "scope"),
        (lambda: token(header={"alg": "none"}), "HS256"),
        (lambda: token(header={"alg": "HS512"}), "HS256"),
        (lambda: token(header={"alg": "HS256", "crit": ["exp"]}), "HS256"),
        (lambda: token().rpartition(".")[0] + ".", "signature"),
        (lambda: token().replace(".", "..", 1), "no JSON web token"),
        (lambda: "x.y.z", "no JSON web token"),
        (lambda: "", "no JSON web token"),
        (lambda: "é.é.é", "no JSON web token"),
        (lambda: base64.urlsafe_b64encode(b"[" * 9000).decode() + ".e30.x", "no JSON web token"),
    ],
)
def test_other_tokens_are_refused(bare, connect, bearer, why):
    nobody = connect(bare.url)

    answer = bootstrap(nobody, bearer())

    assert answer.refusal == (401, "InvalidJWT")
    assert why in answer.json["error"]
    assert bootstrap(nobody, token()).status == 200, "and the right one still works"


def test_another_header_is_refused(bare, connect):
    assert connect(bare.url).post("/v1/bootstrap").refusal == (401, "AuthRequired")
    assert connect(bare.url, token()).post("/v1/bootstrap").refusal == (401, "AuthRequired")


def test_a_server_that_has_users_keeps_them(tmp_path, connect):
    with ConnectServer(data=tmp_path / "data", sample=False) as first:
        key = first.api_key

    with ConnectServer(data=tmp_path / "data", bootstrap_secret=SECRET) as again:
        assert connect(again.url, key).get("/v1/user").json["username"] == "admin"
        assert bootstrap(connect(again.url), token()).refusal == (403, "ProhibitedBootstrap")
        assert bootstrap(connect(again.url), token(OTHER)).refusal == (401, "InvalidJWT")


def test_a_bootstrapped_server_goes_on(tmp_path, connect):
    with ConnectServer(data=tmp_path / "data", bootstrap_secret=SECRET) as first:
        key = bootstrap(connect(first.url), token()).json["api_key"]

    with ConnectServer(data=tmp_path / "data", bootstrap_secret=SECRET) as again:
        assert connect(again.url, key).get("/v1/users").json["total"] == 1
        assert connect(again.url, again.api_key).get("/v1/users").json["total"] == 1


@pytest.mark.parametrize(("secret", "why"), [("not base64!", "not base64"), ("c2hvcnQ=", "5 bytes")])
def test_a_secret_that_is_no_key_is_refused(secret, why):
    with pytest.raises(ConfigError, match=why) as caught:
        ConnectServer(bootstrap_secret=secret)

    assert secret not in str(caught.value)


def test_the_secret_is_not_shown(bare):
    assert SECRET not in repr(bare)
    assert "0123456789abcdef" not in repr(bare._running.world)
