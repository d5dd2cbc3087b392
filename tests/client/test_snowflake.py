"""A server that Snowflake hosts: a gateway before the embedded server, which wants Snowflake's token."""

import http.client
import pickle
import re
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

import pytest

from connectapi import AuthenticationError, Client, ConfigError, Secret, SnowflakeHosted, Token
from connectapi.profiles import own
from connectapi.profiles.profile import Profile

#: What of the connector is used.
CONNECTOR = """
opened, tokens, broken = [], ["good"], []

class DatabaseError(Exception):
    errno = 250001

class Rest:
    def _token_request(self, kind):
        assert kind == "ISSUE"
        token = tokens[min(len(opened), len(tokens)) - 1]
        return {"data": {"sessionToken": token, "validityInSecondsST": 3600}, "success": True}

class Connection:
    rest = Rest()
    is_open = True

    def close(self):
        self.is_open = False

def connect(**given):
    if broken:
        raise DatabaseError(f"s3cret in {given}")
    opened.append((given, Connection()))
    return opened[-1][1]
"""


class Gateway:
    """Lets calls with a token that is good through to a server, without the header the token came in."""

    def __init__(self, server):
        self.good = {"good"}
        self.seen = []
        there, gateway = urlsplit(server.url), self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self):
                gateway.seen.append(self.headers)
                found = re.fullmatch(r'Snowflake Token="(.*)"', self.headers.get("Authorization") or "")
                if found is None or found[1] not in gateway.good:
                    return self.reply(401, b'{"error": "no token of Snowflake"}')
                connection = http.client.HTTPConnection(there.hostname, there.port)
                headers = {name: value for name, value in self.headers.items() if name.lower() != "authorization"}
                connection.request("GET", self.path, headers=headers)
                answer = connection.getresponse()
                body = answer.read()
                connection.close()
                return self.reply(answer.status, body, answer.headers.get("Content-Encoding"))

            def reply(self, status, body, encoding=None):
                self.send_response(status)
                self.send_header("Content-Length", str(len(body)))
                if encoding:
                    self.send_header("Content-Encoding", encoding)
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_args):
                pass

        self._listener = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._listener.server_port}"
        self._thread = threading.Thread(target=self._listener.serve_forever, kwargs={"poll_interval": 0.01})
        self._thread.start()

    def close(self):
        self._listener.shutdown()
        self._listener.server_close()
        self._thread.join()


@pytest.fixture
def key(demo):
    return demo.connect_api_key.reveal()


@pytest.fixture
def gateway(demo):
    class Server:
        url = demo.connect_server

    made = Gateway(Server)
    yield made
    made.close()


@pytest.fixture
def connector(tmp_path, monkeypatch):
    """A stand-in for the package snowflake-connector-python, which can't be had without a Snowflake."""
    folder = tmp_path / "site" / "snowflake" / "connector"
    folder.mkdir(parents=True)
    (folder / "__init__.py").write_text(CONNECTOR)
    (folder.parent / "__init__.py").write_text("")
    monkeypatch.syspath_prepend(str(folder.parent.parent))
    yield lambda: sys.modules["snowflake.connector"]
    for name in [name for name in sys.modules if name.partition(".")[0] == "snowflake"]:
        del sys.modules[name]


def test_calls_carry_the_token_and_the_key_beside_it(gateway, key):
    with Client(gateway.url, key, plugins=[SnowflakeHosted(token="good")]) as client:
        assert client.users.whoami().username == "mara"

    (seen,) = gateway.seen
    assert seen["Authorization"] == 'Snowflake Token="good"'
    assert seen["X-RSC-Authorization"] == f"Key {key}"


def test_without_the_token_snowflake_lets_nobody_through(gateway, key):
    with Client(gateway.url, key) as client, pytest.raises(AuthenticationError, match="no token of Snowflake"):
        client.users.whoami()


def test_with_a_wrong_key_it_is_connect_that_refuses(gateway, key):
    wrong = "x" * len(key)
    with (
        Client(gateway.url, wrong, plugins=[SnowflakeHosted(token="good")]) as client,
        pytest.raises(AuthenticationError) as caught,
    ):
        client.users.whoami()

    assert "no token of Snowflake" not in str(caught.value)


def test_without_a_key_the_token_alone_is_sent(gateway, monkeypatch):
    monkeypatch.delenv("CONNECT_API_KEY", raising=False)
    with Client(gateway.url, plugins=[SnowflakeHosted(token="good")]) as client, pytest.raises(AuthenticationError):
        client.users.whoami()

    assert all("X-RSC-Authorization" not in seen for seen in gateway.seen)


def test_a_token_that_is_refused_is_renewed_once_for_all_threads(gateway, key):
    given, asked = iter(["old", "good"]), []

    def token():
        asked.append(1)
        return Token(Secret(next(given)))

    with Client(gateway.url, key, plugins=[SnowflakeHosted(token=token)]) as client:
        gateway.good.add("old")
        client.users.whoami()
        gateway.good.remove("old")
        threads = [threading.Thread(target=client.users.whoami) for _ in range(8)]
        for each in threads:
            each.start()
        for each in threads:
            each.join()

    assert len(asked) == 2


def test_a_connection_of_snowflake_gives_the_tokens(gateway, key, connector):
    with Client(gateway.url, key, plugins=[SnowflakeHosted("dev")]) as client:
        assert "snowflake.connector" not in sys.modules
        assert client.users.whoami().username == "mara"
        client.users.whoami()

    ((given, connection),) = connector().opened
    assert given["connection_name"] == "dev"
    assert given["server_session_keep_alive"], "else the token ends with the connection"
    assert not connection.is_open
    assert given["session_parameters"] == {"PYTHON_CONNECTOR_QUERY_RESULT_FORMAT": "json"}


def test_the_default_connection_has_no_name(gateway, key, connector):
    with Client(gateway.url, key, plugins=[SnowflakeHosted("")]) as client:
        client.users.whoami()

    assert "connection_name" not in connector().opened[0][0]


def test_a_token_that_is_refused_is_issued_anew(gateway, key, connector):
    with Client(gateway.url, key, plugins=[SnowflakeHosted("dev")]) as client:
        client.users.whoami()
        gateway.good = {"better"}
        connector().tokens.append("better")

        assert client.users.whoami().username == "mara"

    assert len(connector().opened) == 2


def test_what_snowflake_refuses_is_told_without_what_was_sent(gateway, key, connector):
    import snowflake.connector

    snowflake.connector.broken.append(1)
    with (
        Client(gateway.url, key, plugins=[SnowflakeHosted("dev")]) as client,
        pytest.raises(ConfigError, match="Snowflake's connection 'dev' gives no token: DatabaseError 250001") as caught,
    ):
        client.users.whoami()

    assert "s3cret" not in str(caught.value)
    assert gateway.seen == []


def test_without_the_connector_the_package_is_named(gateway, key, monkeypatch):
    monkeypatch.setitem(sys.modules, "snowflake", None)
    with (
        Client(gateway.url, key, plugins=[SnowflakeHosted("dev")]) as client,
        pytest.raises(ConfigError, match="pip install snowflake-connector-python"),
    ):
        client.users.whoami()


@pytest.mark.parametrize("given", [{}, {"connection": "dev", "token": "t"}])
def test_a_connection_or_a_token_is_needed(given):
    with pytest.raises(ValueError, match="expected a connection or a token"):
        SnowflakeHosted(**given)


def test_a_profile_with_a_connection_of_snowflake_uses_it(gateway, key, connector, monkeypatch, tmp_path):
    monkeypatch.setenv("CONNECTAPI_CONFIG_DIR", str(tmp_path / "own"))
    kept = Profile(name="snow", server=gateway.url, place="file", api_key=Secret(key), snowflake_connection="dev")
    own.save(kept)

    with Client(profile="snow") as client:
        assert client.users.whoami().username == "mara"
        pickled = pickle.dumps(client)
    with pickle.loads(pickled) as again:
        assert again.users.whoami().username == "mara"
    with Client(profile="snow", plugins=[SnowflakeHosted(token="good")]) as other:
        assert other.users.whoami().username == "mara"

    assert [given["connection_name"] for given, _ in connector().opened] == ["dev", "dev"]


def test_a_profile_is_checked_through_snowflake_before_it_is_kept(
    gateway, key, connector, monkeypatch, tmp_path, command_line
):
    monkeypatch.setenv("CONNECTAPI_CONFIG_DIR", str(tmp_path / "own"))

    done = command_line("profiles", "add", "snow", "--server", gateway.url, "--snowflake-connection", "dev", answer=key)

    assert done.stdout.startswith(f"Kept snow: {gateway.url} for mara (administrator)"), done.stderr
    assert own.load("snow").snowflake_connection == "dev"


def test_nothing_shows_the_token_or_the_key(answers):
    def echo(asked):
        return {"code": 1, "error": f"{asked.headers['Authorization']} {asked.headers['X-RSC-Authorization']}"}

    answers.on("GET /v1/user", echo, status=401)
    plugin = SnowflakeHosted(token="s3cret-token")
    with Client(answers.url, "s3cret-key", plugins=[plugin]) as client, pytest.raises(AuthenticationError) as caught:
        client.users.whoami()

    assert "s3cret" not in str(caught.value) + repr(plugin) + repr(client) + repr(vars(caught.value))
    with pytest.raises(TypeError, match="a secret can't be pickled"):
        pickle.dumps(client)
