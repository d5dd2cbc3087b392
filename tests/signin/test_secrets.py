"""Nothing that comes out of a sign-in that fails has a secret in it: no error, no traceback, no log."""

import logging
import traceback
from functools import partial
from http.client import HTTPConnection
from urllib.parse import urlsplit

import pytest

from connectapi import Client, ConnectError, SignInError, User
from connectapi.signin.callback import Listener, code_of
from connectapi.signin.device import Waiting, by_device
from connectapi.signin.identity import Identity, exchanged
from connectapi.signin.signing import sign_out
from connectapi.signin.site import Site
from connectapi.types import Secret

ACCESS, REFRESH, DEVICE, IDENTITY = "marked-access", "marked-refresh", "marked-device", "marked-identity"

BAD = {
    "of another type": {"access_token": ACCESS, "refresh_token": REFRESH, "token_type": "mac"},
    "without a type": {"access_token": ACCESS, "refresh_token": REFRESH},
    "with a wrong time": {"access_token": ACCESS, "token_type": "bearer", "expires_in": "soon"},
    "with a wrong refresh token": {"access_token": ACCESS, "token_type": "bearer", "refresh_token": 7},
    "that no header can carry": {"access_token": f"{ACCESS}\n", "token_type": "bearer"},
    "that is a list": [ACCESS],
    "that is no JSON": f"{{{ACCESS}".encode(),
}


def echoed(asked):
    """Some servers say what they were sent."""
    return {"error": "invalid_request", "error_description": f"What is {asked.body.decode()}?"}


def cut(asked):
    raise ConnectionResetError


REFUSALS = [
    *[pytest.param(200, answer, id=f"an answer {name}") for name, answer in BAD.items()],
    pytest.param(400, echoed, id="an error that says the form again"),
    pytest.param(500, echoed, id="a failure that says the form again"),
    pytest.param(200, cut, id="a connection that breaks"),
]


@pytest.fixture
def url(answers):
    """A server with OAuth endpoints."""
    told = {name: f"{answers.url}/{name[0]}" for name in ("token_endpoint", "device_authorization_endpoint")}
    told["revocation_endpoint"] = f"{answers.url}/r"
    answers.on("GET /.well-known/oauth-authorization-server", {"issuer": answers.url, **told})
    given = {"device_code": DEVICE, "user_code": "ABCD", "verification_uri": f"{answers.url}/device"}
    answers.on("POST /d", given)
    return answers.url


@pytest.fixture
def nothing_shown(caplog, capsys):
    """Check everything that came out of an error; the frames of the tests are left out, where it is plain text."""
    caplog.set_level(logging.DEBUG)

    def check(error):
        pending, frames = [error], []
        while pending:
            each = pending.pop()
            if each is None:
                continue
            shown = traceback.TracebackException.from_exception(each, capture_locals=True, compact=True)
            shown.stack[:] = [frame for frame in shown.stack if "/tests/" not in frame.filename]
            shown.__cause__ = shown.__context__ = None
            frames += [*shown.format(), repr(each), str(vars(each)) if hasattr(each, "__dict__") else ""]
            pending += [each.__cause__, each.__context__]
        text = "".join([*frames, caplog.text, *capsys.readouterr()])
        assert "marked-" not in text, text
        assert "connectapi" in text

    return check


@pytest.mark.parametrize(("status", "answer"), REFUSALS)
def test_while_a_token_is_renewed(answers, url, have, nothing_shown, status, answer):
    have(url, ACCESS, REFRESH, expires_at=1.0)
    answers.on("POST /t", answer, status=status)

    with Client(url) as client, pytest.raises(ConnectError) as caught:
        User.whoami(client)
    nothing_shown(caught.value)


@pytest.mark.parametrize(("status", "answer"), REFUSALS)
def test_while_a_code_is_waited_for(answers, url, nothing_shown, status, answer):
    answers.on("POST /t", answer, status=status)
    ticks = iter(range(0, 100, 9))

    with Site(url) as site, pytest.raises(ConnectError) as caught:
        by_device(site, "c", lambda _: None, timeout=30, waiting=Waiting(lambda _: None, lambda: next(ticks)))
    nothing_shown(caught.value)


@pytest.mark.parametrize(
    "query",
    [
        "code=marked-code&state=marked-other&iss=there",
        "code=marked-code&state=marked-state&iss=marked-issuer",
        "code=marked-code&code=marked-code&state=marked-state",
        "error=server_error&state=marked-state",
        "state=marked-state&x=%ff",
    ],
)
def test_while_a_browser_comes_back(url, nothing_shown, query):
    judge = partial(code_of, server=url, state=Secret("marked-state"), issuer=url, names_issuer=False)
    with Listener(judge) as listener:
        browser = HTTPConnection("127.0.0.1", urlsplit(listener.address).port, timeout=10)
        browser.request("GET", f"/callback?{query}")
        text = browser.getresponse().read().decode()
        browser.close()
        with pytest.raises(SignInError) as caught:
            listener.wait(5)
    nothing_shown(caught.value)
    assert "marked-" not in text


@pytest.mark.parametrize(("status", "answer"), REFUSALS)
def test_while_an_identity_token_is_exchanged(answers, url, tmp_path, nothing_shown, status, answer):
    (tmp_path / "token").write_text(IDENTITY)
    answers.on("POST /t", answer, status=status)

    with Site(url) as site, pytest.raises(ConnectError) as caught:
        site.run(exchanged(site.oauth, Identity("file", str(tmp_path / "token"))))
    nothing_shown(caught.value)


@pytest.mark.parametrize(("status", "answer"), [(400, echoed), (500, echoed), (200, cut)])
def test_while_a_sign_in_is_ended(answers, url, have, nothing_shown, status, answer):
    have(url, ACCESS, REFRESH)
    answers.on("POST /r", answer, status=status)

    with pytest.raises(ConnectError) as caught:
        sign_out(url)
    nothing_shown(caught.value)


@pytest.mark.parametrize("status", [400, 401, 500])
def test_a_call_that_fails(answers, url, have, nothing_shown, status):
    have(url, ACCESS, REFRESH)
    answers.on("GET /v1/user", lambda asked: {"error": f"{asked.headers['Authorization']} {REFRESH}"}, status=status)
    answers.on("POST /t", echoed, status=400)

    with Client(url, retries=0) as client, pytest.raises(ConnectError) as caught:
        User.whoami(client)
    nothing_shown(caught.value)
