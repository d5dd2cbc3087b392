"""A server that answers what a test says, over a real socket, and remembers what it was asked."""

import io
import json
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

import attrs
import pytest
from hypothesis import HealthCheck, settings

# A test asserts what is so, never how long it took: the machine may be busy.
settings.register_profile("connectapi", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("connectapi")


class Asked:
    """One request as it arrived."""

    def __init__(self, verb, target, headers, body):
        parts = urlsplit(target)
        self.verb, self.target, self.path = verb, target, parts.path
        self.query = {name: values[0] for name, values in parse_qs(parts.query, keep_blank_values=True).items()}
        self.headers, self.body = headers, body

    @property
    def json(self):
        return json.loads(self.body)

    def __repr__(self):
        return f"{self.verb} {self.target}"


class Answers:
    """Says what is answered to which call; the last answer of a call is given again and again."""

    def __init__(self):
        self.asked = []
        self._answers = {}

    def on(self, call, *answers, status=200, headers=None):
        """Give these answers to a call such as `GET /v1/x`: plain data, bytes, or a function of `Asked`."""
        self._answers.setdefault(call, []).extend((status, headers or {}, answer) for answer in answers or (None,))
        return self

    def calls(self):
        return [f"{each.verb} {each.path.removeprefix('/__api__')}" for each in self.asked]

    def answer(self, asked):
        self.asked.append(asked)
        known = self._answers.get(f"{asked.verb} {asked.path.removeprefix('/__api__')}")
        if not known:
            return 404, {}, {"code": 4, "error": "The requested object does not exist."}
        status, headers, answer = known.pop(0) if len(known) > 1 else known[0]
        return status, headers, answer(asked) if callable(answer) else answer


def _handler(answers):
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def handle_any(self):
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            status, headers, answer = answers.answer(Asked(self.command, self.path, self.headers, body))
            content = answer if isinstance(answer, bytes) else b"" if answer is None else json.dumps(answer).encode()
            (self.send_response_only if "Date" in headers else self.send_response)(status)
            for name, value in {"Content-Length": str(len(content)), **headers}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(content)

        do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = handle_any

        def log_message(self, *_args):
            pass

    return Handler


@pytest.fixture(autouse=True, scope="session")
def own_settings(tmp_path_factory):
    """No test sees, or changes, what the person who runs it is signed in to, or has profiles of."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CONNECTAPI_CONFIG_DIR", str(tmp_path_factory.mktemp("settings")))
        patch.setenv("PYTHON_KEYRING_BACKEND", "keyring.backends.fail.Keyring")
        patch.delenv("CONNECT_PROFILE", raising=False)
        yield


@pytest.fixture
def answers():
    scripted = Answers()
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(scripted))
    scripted.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    yield scripted
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture(scope="session")
def demo():
    """A client of an embedded server with its sample, shared by the tests that leave it as it was."""
    from connectapi import Client
    from connectapi.testing import ConnectServer

    with ConnectServer() as server, Client(server.url, server.api_key) as client:
        yield client


@pytest.fixture
def fresh():
    """A client of an embedded server of its own."""
    from connectapi import Client
    from connectapi.testing import ConnectServer

    with ConnectServer() as server, Client(server.url, server.api_key) as client:
        client.embedded = server
        yield client


@attrs.frozen
class Done:
    """How a run of the command line ended."""

    returncode: int
    stdout: str
    stderr: str


@pytest.fixture
def command_line(monkeypatch, capsys):
    """Run the command line in this process, by its entry point."""
    from connectapi.cli import main

    def call(*arguments, answer=None):
        monkeypatch.setattr(sys, "argv", ["connectapi", *arguments])
        monkeypatch.setattr(sys, "stdin", io.StringIO(answer or ""))
        with pytest.raises(SystemExit) as ended:
            main.run()
        return Done(ended.value.code, *capsys.readouterr())

    return call
