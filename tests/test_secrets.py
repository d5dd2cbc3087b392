"""No secret comes out: whatever a server does, whoever calls, and whoever looks."""

import base64
import io
import json
import logging
import pickle
import sys
import threading
import traceback
import warnings
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import quote, quote_plus, urlsplit

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connectapi import Client, ConnectError, RetryPolicy, Token, TokenAuth, granted, hookimpl
from connectapi.cli import main
from connectapi.client.snowflake import SnowflakeHosted
from connectapi.http.values import Request

#: What every secret has in it.
MARK = "S3cr3tM4rk"

#: Where a credential travels.
CARRIERS = {"authorization", "proxy-authorization", "x-rsc-authorization"}


class Hostile(ThreadingHTTPServer):
    """Gives tokens, does as it is told with calls, and sends back what it was sent."""

    daemon_threads = True

    def __init__(self):
        super().__init__(("127.0.0.1", 0), _Hostile)
        self.asked, self.deeds, self.given, self.elsewhere = [], [], 0, ""

    @property
    def url(self):
        return f"http://127.0.0.1:{self.server_address[1]}"

    def handle_error(self, request, client_address):
        pass


class _Hostile(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def log_message(self, *_):
        pass

    def answer(self):
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode("latin-1")
        self.server.asked.append((self.path, list(self.headers.items())))
        sent = [value for name, value in self.headers.items() if name.lower() in CARRIERS]
        sent += [each.partition(" ")[2] for each in sent]
        for each in [*sent]:
            if each.startswith("b") and len(each) % 4 == 0:
                sent.append(base64.b64decode(each + "==").decode("latin-1"))
        echo = " ".join([*sent, body, *self.server.known])
        path = urlsplit(self.path).path
        if path.endswith(("/credentials", "/token")) and not (
            self.server.deeds and self.server.deeds[0] == "refuse exchange"
        ):
            self.server.given += 1
            self.say(
                200, {"access_token": f"{MARK}-given-{self.server.given}", "issued_token_type": None, "expires_in": 60}
            )
            return
        deed = self.server.deeds.pop(0) if self.server.deeds else "fine"
        self.do(deed, echo)

    do_GET = do_POST = do_PUT = do_DELETE = answer

    def do(self, deed, echo):
        answer = ANSWERS.get(deed)
        if answer is not None:
            self.say(*answer(echo, self.server.elsewhere))
            return
        self.wfile.write(RAW[deed](echo).encode("latin-1"))
        self.close_connection = True

    def say(self, status, body, headers=None, reason=None):
        content = body if isinstance(body, bytes) else b"" if body is None else json.dumps(body).encode()
        self.send_response(status, reason)
        for name, value in {"Content-Length": str(len(content)), **(headers or {})}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(content)


#: What the server can do with a call: status, body, headers and reason, by what it sends back and its companion.
ANSWERS = {
    "fine": lambda echo, _: (200, {"guid": "g", "username": "u"}),
    "wrong types": lambda echo, _: (200, {"guid": "g", "created_time": echo, "confirmed": echo, "email": [echo]}),
    "page": lambda echo, _: (200, f"<html><title>{echo}</title>{echo}</html>".encode()),
    "refusing page": lambda echo, _: (502, f"<html><title>{quote(echo)} {echo}</title></html>".encode()),
    "refuse exchange": lambda echo, _: (400, {"code": 4, "error": echo, "payload": [quote(echo), quote_plus(echo)]}),
    "error": lambda echo, _: (400, {"code": 4, "error": echo, "payload": {echo: echo}}),
    "unknown": lambda echo, _: (401, {"code": 30, "error": f"don't know {echo}"}),
    "escaped": lambda echo, _: (
        403,
        f'{{"error": "{"".join(f"{chr(92)}u{ord(char):04x}" for char in echo)}"}}'.encode(),
    ),
    "heads": lambda echo, _: (
        500,
        {},
        {"X-Correlation-ID": echo[:200], "X-Deprecated-Endpoint": echo[:200]},
        echo[:200],
    ),
    "elsewhere": lambda echo, other: (302, None, {"Location": f"{other}/?key={quote(echo)}"}),
    "here": lambda echo, _: (307, None, {"Location": f"/__api__/v1/other/{quote(echo, safe='')}"}),
}

#: What it can send in the place of an answer.
RAW = {
    "cut": lambda echo: f"HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n{echo[:50]}",
    "no http": lambda echo: f"{echo}\r\n\r\n",
    "hang up": lambda echo: "",
}

DEEDS = [*ANSWERS, *RAW]


@contextmanager
def running(server):
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.005}, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@pytest.fixture(scope="module")
def hostile():
    with running(Hostile()) as server, running(Hostile()) as other:
        server.elsewhere, server.other = other.url, other
        yield server


class Exchanged:
    def exchange(self):
        return Token.of((yield from granted(Request(verb="POST", path="/v1/token", repeatable=True))))

    def secrets(self):
        return ()


class ByToken:
    @hookimpl
    def choose_auth(self):
        return TokenAuth(Exchanged())


KEYS = st.builds(lambda tail: MARK + tail, st.text("abcXYZ019._~-", max_size=12))
PASSWORDS = st.builds(lambda tail: MARK + tail, st.text("ab01 &<>\"'\\/%+=é", max_size=8))
CALLERS = st.sampled_from(["key", "viewer", "viewer by function", "token", "snowflake", "proxy"])
CALLS = {
    "request": lambda client, _: client.request("GET", "/v1/anything", params={"a": "b"}),
    "who": lambda client, _: client.users.whoami(),
    "list": lambda client, _: client.content.get(),
    "create": lambda client, password: client.users.create(username="u", password=password),
    "credentials": lambda client, _: client.oauth.credentials("session-" + MARK),
    "aws": lambda client, _: client.oauth.credentials("session-" + MARK, kind="aws"),
    "download": lambda client, _: client.bundles.download("7", content_guid="g", to=io.BytesIO()),
    "upload": lambda client, _: client.request(
        "POST", "/v1/content/g/bundles", body=b"bundle", media="application/gzip"
    ),
}


def opened(hostile, caller, key, password):
    options = {"retries": RetryPolicy(times=1, first_delay=0.0), "timeout": 20}
    if caller == "proxy":
        # The hostile server is the proxy too, and sees what is for the other one.
        proxy = f"http://user:{quote(password, safe='')}@{hostile.url.removeprefix('http://')}"
        return Client("http://connect.example.invalid", key, proxy=proxy, **options)
    plugins = {"token": [ByToken()], "snowflake": [SnowflakeHosted(token=f"{MARK}-snowflake")]}.get(caller, [])
    client = Client(hostile.url, key, plugins=plugins, **options)
    if caller == "viewer":
        return client.as_viewer(f"viewer-{key}")
    return client.as_viewer(lambda: f"viewer-{key}") if caller == "viewer by function" else client


class Everything(logging.Handler):
    """All that came out, as text."""

    def __init__(self):
        super().__init__(logging.DEBUG)
        self.texts = []

    def emit(self, record):
        self.texts += [self.format(record), repr(vars(record))]

    def error(self, error):
        shown = traceback.TracebackException.from_exception(error, capture_locals=True)
        pending = [shown]
        while pending:
            each = pending.pop()
            if each is not None:
                each.stack[:] = [frame for frame in each.stack if frame.filename != __file__]
                pending += [each.__cause__, each.__context__]
        self.texts += ["".join(shown.format()), str(error), repr(error), repr(vars(error)), repr(error.args)]
        self.pickle(error)

    def pickle(self, thing):
        try:
            self.texts.append(pickle.dumps(thing).decode("latin-1"))
        except (TypeError, AttributeError, pickle.PicklingError) as refusal:
            self.texts.append(str(refusal))

    def found(self, *secrets):
        """Return where a secret is."""
        spelt = {MARK, MARK.lower(), MARK.upper()}
        spelt |= {base64.b64encode(each.encode("latin-1", "replace")).decode().rstrip("=") for each in secrets}
        lines = [line for text in self.texts for line in text.splitlines()]
        return [line[:600] for line in lines if any(each in line for each in spelt)]


@contextmanager
def everything():
    seen, root = Everything(), logging.getLogger()
    level = root.level
    root.addHandler(seen)
    root.setLevel(logging.DEBUG)
    out = io.StringIO()
    try:
        with warnings.catch_warnings(record=True) as warned, redirect_stdout(out), redirect_stderr(out):
            warnings.simplefilter("always")
            yield seen
    finally:
        root.removeHandler(seen)
        root.setLevel(level)
    seen.texts += [out.getvalue(), *(str(each.message) for each in warned)]


@settings(max_examples=80, deadline=None)
@given(
    CALLERS,
    KEYS,
    PASSWORDS,
    st.lists(st.sampled_from(sorted(CALLS)), min_size=1, max_size=3),
    st.lists(st.sampled_from(DEEDS), max_size=8),
)
def test_no_secret_comes_out_of_calls(hostile, caller, key, password, calls, deeds):
    hostile.asked, hostile.deeds, hostile.given, hostile.other.asked = [], [*deeds], 0, []
    hostile.known = []
    with everything() as seen, opened(hostile, caller, key, password) as client:
        for name in calls:
            try:
                found = CALLS[name](client, password)
            except ConnectError as error:
                seen.error(error)
            else:
                if name in {"credentials", "aws"}:
                    seen.texts += [repr(found), str(found)]
                    seen.pickle(found)
        seen.texts += [repr(client), str(client), repr(vars(client)), repr(client._shared), repr(client._open())]
        seen.pickle(client)

    assert seen.found(key, f"user:{password}") == []
    assert hostile.other.asked == []
    for path, headers in hostile.asked:
        assert MARK not in path or "/other/" in path  # there the server itself has sent the call
        assert not any(MARK in value for name, value in headers if name.lower() not in CARRIERS)


@settings(max_examples=40, deadline=None)
@given(
    KEYS,
    st.lists(st.sampled_from(DEEDS), max_size=4),
    st.sampled_from(["content list", "users whoami", "--json content list", "content get-one g"]),
)
def test_no_secret_comes_out_of_the_command_line(hostile, key, deeds, words):
    hostile.asked, hostile.deeds, hostile.known, hostile.other.asked = [], [*deeds], [], []
    with everything() as seen, pytest.MonkeyPatch.context() as patch:
        patch.setenv("CONNECT_SERVER", hostile.url)
        patch.setenv("CONNECT_API_KEY", key)
        patch.setattr(sys, "argv", ["connectapi", *words.split()])
        with pytest.raises(SystemExit):
            main.run()

    assert seen.found(key) == []
    assert hostile.other.asked == []
