"""A server on a clock that the test moves, people with browsers, and programs that sign them in."""

import base64
import hashlib
import html
import json
import re
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest

from connectapi.testing import ConnectServer, FakeClock

FORM = {"Content-Type": "application/x-www-form-urlencoded"}
VERIFIER = "a-verifier-that-is-long-enough-to-be-one-of-them"
CHALLENGE = base64.urlsafe_b64encode(hashlib.sha256(VERIFIER.encode()).digest()).rstrip(b"=").decode()
BACK = "http://127.0.0.1:4567/callback"


class Browser:
    """Somebody with a browser, who has signed in if there is a key; it follows redirects on the server itself."""

    def __init__(self, caller, key=None):
        self.caller, self.cookie, self.page = caller, "", None
        if key is not None:
            self.post("/__login__", key=key, url="/__ping__")

    def see(self, path, **headers):
        return self._go("GET", path, None, headers)

    def post(self, path, headers=None, **fields):
        return self._go("POST", path, urlencode(fields), {**FORM, **(headers or {})})

    def fields(self):
        """What is in the form of the page, with which it came."""
        found = re.findall(r'<input[^>]* name="(\w+)"[^>]*? value="([^"]*)"', self.page.text)
        return {name: html.unescape(value) for name, value in found}

    def submit(self, headers=None, **fields):
        action = re.search(r'<form[^>]* method="(post|get)" action="([^"]*)"', self.page.text)
        values = {**self.fields(), **fields}
        if action[1] == "get":
            return self.see(f"{action[2]}?{urlencode(values)}")
        return self.post(html.unescape(action[2]), headers, **values)

    def _go(self, verb, path, body, headers):
        sent = {"Cookie": self.cookie, "Accept": "text/html", **headers}
        self.page = self.caller.send(verb, path, body, headers=sent)
        if "Set-Cookie" in self.page.headers:
            self.cookie = self.page.headers["Set-Cookie"].partition(";")[0]
        where = self.page.headers.get("Location", "")
        if where.startswith((self.caller.url, "/")):
            return self._go("GET", where.removeprefix(self.caller.url), None, {})
        return self.page


def told(answer):
    """What a redirect brings back."""
    assert answer.status == 302, answer
    return {name: values[0] for name, values in parse_qs(urlsplit(answer.headers["Location"]).query).items()}


class Program:
    """A program that people let in; it knows of the server what the server's metadata tells."""

    def __init__(self, caller, **asked):
        self.caller = caller
        self.metadata = caller.send("GET", "/.well-known/oauth-authorization-server").json
        grants = ["authorization_code", "refresh_token", "urn:ietf:params:oauth:grant-type:device_code"]
        given = {"client_name": "A program", "redirect_uris": ["http://127.0.0.1/callback"], "grant_types": grants}
        made = self.send("registration_endpoint", json.dumps({**given, **asked}))
        assert made.status == 201, made
        self.client_id = made.json["client_id"]

    def send(self, endpoint, body, **headers):
        return self.caller.send("POST", urlsplit(self.metadata[endpoint]).path, body, headers=headers)

    def form(self, endpoint, **fields):
        return self.send(endpoint, urlencode({"client_id": self.client_id, **fields}), **FORM)

    def address(self, **asked):
        """Where a person is sent to sign in."""
        usual = {"response_type": "code", "client_id": self.client_id, "redirect_uri": BACK, "state": "of-mine"}
        proof = {"code_challenge": CHALLENGE, "code_challenge_method": "S256"}
        values = {name: value for name, value in {**usual, **proof, **asked}.items() if value is not None}
        return f"{urlsplit(self.metadata['authorization_endpoint']).path}?{urlencode(values)}"

    def code(self, browser, **asked):
        browser.see(self.address(**asked))
        return told(browser.submit(decision="allow"))["code"]

    def tokens(self, of, **changes):
        usual = {"grant_type": "authorization_code", "code": of, "redirect_uri": BACK, "code_verifier": VERIFIER}
        return self.form("token_endpoint", **{**usual, **changes})

    def refresh(self, token, **changes):
        return self.form("token_endpoint", **{"grant_type": "refresh_token", "refresh_token": token, **changes})

    def error(self, answer):
        """Status and name of what was refused."""
        assert answer.headers["Cache-Control"] == "no-store"
        return answer.status, answer.json["error"]


@pytest.fixture
def clock():
    return FakeClock()


@pytest.fixture
def server(clock):
    """A server with an administrator (admin), a publisher (pat) and two viewers (vic, val)."""
    with ConnectServer(sample=False, pace=0, clock=clock) as running:
        yield running


@pytest.fixture
def admin(server, connect):
    caller = connect(server.url, server.api_key)
    for username, role in {"pat": "publisher", "vic": "viewer", "val": "viewer"}.items():
        assert caller.post("/v1/users", {"username": username, "user_role": role}).status == 200
    return caller


@pytest.fixture
def caller(server, admin, connect):
    return lambda username: connect(server.url, server.key_for(username))


@pytest.fixture
def browser(server, admin, connect):
    """Make somebody with a browser: `browser("vic")` has signed in, `browser()` has not."""
    return lambda username=None: Browser(connect(server.url), server.key_for(username) if username else None)


@pytest.fixture
def program(server, admin, connect):
    """Register a program."""
    return lambda **asked: Program(connect(server.url), **asked)


@pytest.fixture(scope="session")
def person_with():
    """Make somebody with a browser from a caller and a key."""
    return Browser


@pytest.fixture(scope="session")
def program_at():
    """Register a program at the server of a caller."""
    return Program
