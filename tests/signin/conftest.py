"""People with browsers, who let in whoever asks; and servers that they sign in to."""

import base64
import re
import threading
from urllib.parse import urlencode

import pytest
import urllib3

from connectapi.signin import kept
from connectapi.signin.tokens import Tokens
from connectapi.testing import ConnectServer, FakeClock, TrustedIssuer
from connectapi.types import Secret

FORM = {"Content-Type": "application/x-www-form-urlencoded"}
CI_KEY = b"a key that only the CI and the server know"


class Person:
    """Somebody with a browser, signed in on the server's pages."""

    def __init__(self, url, key, *, decision="allow"):
        self.base, self.decision, self.back = url, decision, None
        entered = self._go("POST", f"{url}/__login__", urlencode({"key": key, "url": "/"}), FORM)
        self.cookie = {"Cookie": entered.headers["Set-Cookie"].partition(";")[0]}

    def _go(self, verb, url, body=None, headers=None):
        with urllib3.PoolManager(retries=False) as pool:
            return pool.request(verb, url, body=body, headers=headers, redirect=False)

    def decide(self, url):
        """Read the page, decide, and return where that leads: nowhere, or back to the program."""
        page = self._go("GET", url, headers=self.cookie).data.decode()
        fields = dict(re.findall(r'name="(\w+)" value="([^"]*)"', page))
        action = re.search('<form method="post" action="([^"]+)"', page)[1]
        body = urlencode({**fields, "decision": self.decision})
        return self._go("POST", self.base + action, body, {**FORM, **self.cookie}).headers.get("Location")

    def visit(self, url):
        """Decide, and go where that leads."""
        back = self.decide(url)
        self.back = self._go("GET", back) if back is not None else None

    def tell(self, prompt):
        """As `tell` of a sign-in: a browser is another program, so this goes on beside it."""
        self.url = prompt.url
        self.thread = threading.Thread(target=self.visit, args=(prompt.url,))
        self.thread.start()

    def page(self):
        """What the page says that the browser ended at."""
        self.thread.join()
        return self.back.status, self.back.data.decode()


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    """Where sign-ins are kept."""
    monkeypatch.setenv("CONNECTAPI_CONFIG_DIR", str(tmp_path / "settings"))
    for name in ("CONNECT_SERVER", "CONNECT_API_KEY", "CONNECT_IDENTITY_TOKEN", "CONNECT_IDENTITY_TOKEN_FILE"):
        monkeypatch.delenv(name, raising=False)
    return tmp_path / "settings" / "sign-in"


@pytest.fixture
def clock():
    return FakeClock()


@pytest.fixture
def server(clock):
    """A server with an administrator, and a CI that it trusts."""
    issuer = TrustedIssuer(
        issuer="https://ci.example", key=base64.b64encode(CI_KEY).decode(), subjects={"repo:main": "admin"}
    )
    with ConnectServer(sample=False, pace=0, clock=clock, trusted_issuers=[issuer]) as running:
        yield running


@pytest.fixture
def person(server):
    """Make somebody with a browser who decides so."""
    return lambda decision="allow": Person(server.url, server.api_key, decision=decision)


@pytest.fixture
def posts(server):
    """The OAuth endpoints that were called, the latest last."""
    return lambda: [
        each.path.rpartition("/")[2]
        for each in server.requests
        if each.verb == "POST" and each.path in {f"/__oauth__/{n}" for n in ("token", "register", "revoke")}
    ]


@pytest.fixture
def have():
    """Keep tokens of a server as a sign-in would."""

    def keep(server, access="acc", refresh="ref", *, expires_at=None, issued_at=0.0, **more):
        tokens = Tokens(
            access_token=Secret(access),
            refresh_token=None if refresh is None else Secret(refresh),
            issued_at=issued_at,
            expires_at=expires_at,
        )
        with kept.locked(server):
            kept.change(kept.Kept(server=server, client_id="c", tokens=tokens, **more))
        return tokens

    return keep


@pytest.fixture
def ci_key():
    return CI_KEY
