"""The first administrator, made from this side: `connectapi.bootstrap` and the command line."""

import base64
import json
import pickle
import time
import traceback
from email.utils import formatdate

import pytest

from connectapi import AuthenticationError, BootstrapError, Client, ConfigError, Secret, TransportError, bootstrap
from connectapi.profiles.lookup import find
from connectapi.testing import ConnectServer, jwt

RAW = b"0123456789abcdef0123456789abcdef"
SECRET = base64.b64encode(RAW).decode()
OTHER = base64.b64encode(b"another key that has enough bytes").decode()
NONE = {"code": 4, "error": "The requested object does not exist."}


@pytest.fixture(autouse=True)
def settings(monkeypatch, tmp_path):
    monkeypatch.setenv("CONNECTAPI_CONFIG_DIR", str(tmp_path / "own"))
    for name in ("CONNECT_SERVER", "CONNECT_API_KEY", "CONNECT_BOOTSTRAP_SECRETKEY"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def bare():
    """A server that has no users."""
    with ConnectServer(bootstrap_secret=SECRET) as running:
        yield running


def test_the_first_administrator_is_made_once(bare):
    key = bootstrap(bare.url, secret=SECRET)

    assert isinstance(key, Secret)
    with Client(bare.url, key) as client:
        assert client.users.whoami().user_role == "administrator"
        with pytest.raises(BootstrapError, match=r"it has users already, .* once: use an API key .* \(403: There are"):
            bootstrap(bare.url, secret=SECRET)
        assert client.users.count() == 1


def test_the_secret_can_be_in_a_file_or_the_environment(bare, monkeypatch, tmp_path):
    (tmp_path / "secret").write_text(f"\n{SECRET}\n")
    monkeypatch.setenv("CONNECT_SERVER", bare.url)
    monkeypatch.setenv("CONNECT_BOOTSTRAP_SECRETKEY", OTHER)

    with pytest.raises(BootstrapError, match=r"its secret is another one: take .* CONNECT_BOOTSTRAP_SECRETKEY \(401"):
        bootstrap()
    assert bootstrap(secret_file=tmp_path / "secret").reveal()


def test_a_server_that_takes_none_says_how_it_would():
    with (
        ConnectServer(sample=False) as server,
        pytest.raises(BootstrapError, match="it takes no bootstrap: start it with CONNECT_BOOTSTRAP_ENABLED=true"),
    ):
        bootstrap(server.url, secret=SECRET)


def test_what_is_sent_is_a_token_of_fifteen_minutes_and_not_the_secret(answers):
    answers.on("POST /v1/bootstrap", {"api_key": "s3cret"})

    assert bootstrap(answers.url, secret=Secret(SECRET)).reveal() == "s3cret"

    (asked,) = answers.asked
    scheme, _, token = asked.headers["Authorization"].partition(" ")
    claims = jwt.verify(token, RAW, time.time())
    assert scheme == "Connect-Bootstrap"
    assert claims["exp"] - claims["iat"] == 900
    assert (claims["iss"], claims["aud"], claims["scope"]) == ("rsconnect-python", "rsconnect", "bootstrap")
    assert SECRET not in str(asked.headers) + repr(asked.body)


def test_a_key_of_the_environment_is_not_sent(answers, monkeypatch):
    monkeypatch.setenv("CONNECT_API_KEY", "s3cret")
    answers.on("POST /v1/bootstrap", {"api_key": "new"})

    bootstrap(answers.url, secret=SECRET)

    assert "s3cret" not in str(answers.asked[0].headers)


def test_an_older_server_is_asked_at_its_former_path(answers):
    answers.on("POST /v1/bootstrap", NONE, status=404).on("POST /v1/experimental/bootstrap", {"api_key": "new"})

    assert bootstrap(answers.url, secret=SECRET).reveal() == "new"


@pytest.mark.parametrize(("shift", "why"), [(-7200, "ahead of"), (7200, "behind")])
def test_a_clock_that_is_wrong_is_told(answers, shift, why):
    there = {"Date": formatdate(time.time() + shift, usegmt=True)}
    answers.on("POST /v1/bootstrap", {"code": 1, "error": "expired"}, status=401, headers=there)

    with pytest.raises(BootstrapError, match=rf"this machine's clock is 7[12]\d\d s {why} the server's") as caught:
        bootstrap(answers.url, secret=SECRET)

    assert isinstance(caught.value.__cause__, AuthenticationError)


@pytest.mark.parametrize(
    ("answer", "status", "why"),
    [
        ({"error": "down"}, 503, "made no first administrator: POST /v1/bootstrap: 503"),
        ({}, 200, "its answer has no API key"),
        ({"api_key": 5}, 200, "its answer has no API key"),
        (b"<html>", 200, "its answer has no API key"),
        (None, 401, "its secret is another one"),
    ],
)
def test_other_answers_are_told(answers, answer, status, why):
    answers.on("POST /v1/bootstrap", answer, status=status)

    with pytest.raises(BootstrapError, match=why):
        bootstrap(answers.url, secret=SECRET)

    assert answers.calls() == ["POST /v1/bootstrap"], "it is not tried again: the first may have made somebody"


def test_without_an_answer_it_is_the_error_of_any_call():
    with pytest.raises(TransportError, match="connection refused"):
        bootstrap("http://127.0.0.1:1", secret=SECRET)


@pytest.mark.parametrize(
    ("secret", "why"),
    [
        ("", "no bootstrap secret given: set CONNECT_BOOTSTRAP_SECRETKEY"),
        (None, "no bootstrap secret given: set CONNECT_BOOTSTRAP_SECRETKEY"),
        ("not base64 s3cret!", "the bootstrap secret is not base64"),
        ("s3cré", "the bootstrap secret is not base64"),
        ("czNjcmV0", "the bootstrap secret has 6 bytes; HS256 takes 32 or more"),
    ],
)
def test_a_secret_that_is_none_is_refused_before_anything_is_sent(answers, secret, why):
    with pytest.raises(ConfigError, match=why) as caught:
        bootstrap(answers.url, secret=secret)

    assert not secret or secret not in str(caught.value)
    assert answers.asked == []


@pytest.mark.parametrize(
    ("content", "why"),
    [(None, "No such file"), (b"\xff\xfe", "is not base64 text"), (b"c2hvcnQ=", "secret has 5 bytes")],
)
def test_a_file_that_holds_no_secret_is_named(tmp_path, content, why):
    path = tmp_path / "secret.key"
    if content is not None:
        path.write_bytes(content)

    with pytest.raises(ConfigError, match=rf"secret\.key.*{why}"):
        bootstrap("http://127.0.0.1:1", secret_file=path)


def test_nothing_shows_the_secret_or_the_token(answers):
    def echo(asked):
        return {"code": 1, "error": f"bad token {asked.headers['Authorization']} {SECRET}"}

    answers.on("POST /v1/bootstrap", echo, status=401)
    with pytest.raises(BootstrapError) as caught:
        bootstrap(answers.url, secret=Secret(SECRET))

    shown = traceback.TracebackException.from_exception(caught.value, capture_locals=True)
    text = "".join(shown.format()) + repr(caught.value) + repr(pickle.dumps(caught.value))
    token = answers.asked[0].headers["Authorization"].split()[1]
    ours = text.split("test_bootstrap.py")[0] + "".join(str(each) for each in (caught.value, caught.value.__cause__))
    assert SECRET not in ours
    assert token not in ours


def test_the_command_line_prints_the_key(bare, command_line, monkeypatch, tmp_path):
    (tmp_path / "secret").write_text(SECRET)

    done = command_line("--server", bare.url, "bootstrap", "administrator", "--secret-file", str(tmp_path / "secret"))

    assert (done.returncode, done.stderr) == (0, "")
    with Client(bare.url, done.stdout.strip()) as client:
        assert client.users.whoami().user_role == "administrator"


def test_the_command_line_can_keep_the_key_as_a_profile(bare, command_line, monkeypatch):
    monkeypatch.setenv("CONNECT_BOOTSTRAP_SECRETKEY", SECRET)
    monkeypatch.setenv("CONNECT_SERVER", bare.url)

    done = command_line("bootstrap", "administrator", "--keep", "new")
    again = command_line("bootstrap", "administrator", "--json")

    assert done.stdout == f"Kept new: {bare.url}, as its first administrator.\n"
    assert find("new").api_key.reveal() not in done.stdout
    with Client(profile="new") as client:
        assert client.users.whoami().user_role == "administrator"
    assert (again.returncode, "it has users already" in again.stderr) == (1, True)


def test_json_has_the_key(bare, command_line, monkeypatch):
    monkeypatch.setenv("CONNECT_BOOTSTRAP_SECRETKEY", SECRET)

    done = command_line("--server", bare.url, "bootstrap", "administrator", "--json")

    assert Client(bare.url, json.loads(done.stdout)["api_key"]).users.whoami().user_role == "administrator"


@pytest.mark.parametrize(
    ("words", "code", "why"),
    [
        (["--profile", "x", "bootstrap", "administrator"], 2, "has no profile yet: give --server"),
        (["bootstrap", "administrator"], 1, "set CONNECT_SERVER"),
        (["--server", "http://127.0.0.1:1", "bootstrap", "administrator"], 1, "no bootstrap secret given"),
        (["--server", "http://127.0.0.1:1", "bootstrap", "administrator", "--keep", "A/B"], 1, "can't be a profile's"),
    ],
)
def test_what_is_missing_is_told(command_line, words, code, why):
    done = command_line(*words)

    assert (done.returncode, why in done.stderr) == (code, True), done.stderr
