"""Calls as the viewer of content, and credentials for services outside, on the embedded server."""

import base64
import copy
import pickle
import threading
import traceback
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta, timezone
from uuid import uuid4

import pytest

from connectapi import (
    AuthenticationError,
    BadRequestError,
    Client,
    ConfigError,
    DecodeError,
    PermissionDeniedError,
    Secret,
    UnsupportedError,
    hookimpl,
)
from connectapi.testing import ConnectServer, FakeClock

EXCHANGE = "POST /v1/oauth/integrations/credentials"


@pytest.fixture(scope="module")
def server():
    clock = FakeClock(datetime.now(timezone.utc))
    with ConnectServer(clock=clock) as started:
        started.clock = clock
        yield started


@pytest.fixture
def world(server):
    """A client as content of the administrator's has it, and what else it is about."""
    with Client(server.url, server.api_key) as client:
        client.embedded, client.clock = server, server.clock
        content = client.content.create(name=f"app-{uuid4()}")
        client.content_guid = content.guid
        server.requests.clear()
        yield client
        server.faults.clear()
        content.delete()


def integrate(client, template="connect", auth_type="Visitor API Key", **config):
    kind = {"auth_type": auth_type, **config}
    if template != "connect":
        kind |= {"client_id": "us", "client_secret": "known-to-us-and-them"}
    made = client.oauth_integrations.create(name=f"{template}-{uuid4()}", template=template, config=kind)
    content = client.content.get_one(client.content_guid)
    known = [{"oauth_integration_guid": each.oauth_integration_guid} for each in content.list_associations()]
    content.set_associations([*known, {"oauth_integration_guid": made.guid}])
    return made


@pytest.fixture
def visited(world):
    """The same, where the content may call Connect as its viewers."""
    integrate(world, max_role="Publisher")
    return world


def session(client, username="omar", **more):
    return client.embedded.session_token(client.content_guid, username, **more)


def exchanges(client):
    return client.embedded.requests.find(*EXCHANGE.split())


def test_calls_are_made_as_the_viewer(visited):
    viewer = visited.as_viewer(session(visited))

    assert viewer.users.whoami().username == "omar"
    assert visited.users.whoami().username != "omar"
    assert viewer.connect_server == visited.connect_server


def test_the_key_is_kept_for_the_client_and_the_token(visited):
    token = session(visited)
    for given in (token, Secret(token), token):
        visited.as_viewer(given).users.whoami()
    visited.with_options(timeout=20).as_viewer(token).users.whoami()
    visited.as_viewer("other-token-that-is-none")  # nothing is sent before the first call

    assert len(exchanges(visited)) == 1
    visited.as_viewer(session(visited, "omar", lasts=60)).users.whoami()
    assert len(exchanges(visited)) == 2


def test_a_hundred_requests_of_one_viewer_make_one_exchange(visited):
    token, start = session(visited), threading.Barrier(100)

    def serve(_number):
        start.wait()
        return visited.as_viewer(token).users.whoami().username

    with ThreadPoolExecutor(100) as threads:
        assert set(threads.map(serve, range(100))) == {"omar"}
    assert len(exchanges(visited)) == 1


def test_a_key_that_is_refused_is_exchanged_for_once(visited):
    viewer = visited.as_viewer(session(visited, lasts=1e6))
    viewer.users.whoami()
    visited.clock.advance(timedelta(hours=2))  # the server's time: for it, the key has expired

    assert viewer.users.whoami().username == "omar"
    assert len(exchanges(visited)) == 2


def test_what_is_refused_again_is_the_error(visited):
    viewer = visited.as_viewer(session(visited))
    visited.embedded.faults.status("GET", "/v1/user", 401, times=5)
    with pytest.raises(AuthenticationError):
        viewer.users.whoami()

    assert len(exchanges(visited)) == 2


def test_a_function_is_asked_for_the_token_of_the_moment(visited):
    asked = []

    def token():
        asked.append(session(visited))
        return asked[-1]

    viewer = visited.as_viewer(token)
    assert asked == []
    viewer.users.whoami()
    viewer.users.whoami()
    assert len(asked) == 1


def test_a_viewer_s_client_has_limits_and_views_as_any_other(visited):
    viewer = visited.as_viewer(session(visited)).with_options(retries=0)
    with viewer.deadline(30) as hurried:
        assert hurried.users.whoami().username == "omar"
    assert viewer.as_viewer(session(visited, "priya")).users.whoami().username == "priya"
    viewer.close()  # closes nothing: the connections are the other client's
    assert visited.users.whoami().username != "omar"


def test_a_viewer_s_client_goes_on_after_the_other_was_closed_and_opened_again(visited):
    viewer = visited.as_viewer(session(visited))
    viewer.users.whoami()
    visited.close()

    assert viewer.users.whoami().username == "omar"
    assert len(exchanges(visited)) == 1


def test_connections_are_shared(visited):
    with Client(visited.connect_server, visited.connect_api_key, connections=1) as narrow:
        narrow.users.whoami()
        assert narrow.as_viewer(session(visited)).users.whoami().username == "omar"
        assert narrow._open()._connections is narrow.as_viewer(session(visited))._open()._connections


@pytest.mark.parametrize("given", [None, "", Secret("")])
def test_where_connect_sends_no_token_the_error_says_so(visited, given):
    with pytest.raises(ConfigError, match=r"no viewer's session token.*Posit-Connect-User-Session-Token"):
        visited.as_viewer(given)
    with pytest.raises(ConfigError, match="no viewer's session token"):
        visited.as_viewer(lambda: given).users.whoami()


def test_what_can_be_no_token_is_refused_and_not_shown(visited):
    with pytest.raises(ConfigError, match="what should be a session token has a space") as caught:
        visited.as_viewer("s3cr3t token")
    assert "s3cr3t" not in str(caught.value)


def test_a_viewer_s_client_is_not_pickled_and_shows_no_key(visited):
    token = session(visited)
    viewer = visited.as_viewer(token)
    viewer.users.whoami()

    for attempt in (pickle.dumps, copy.copy):
        with pytest.raises(TypeError, match="viewer can't be pickled"):
            attempt(viewer)
    assert "connect_api_key=None" in repr(viewer)
    assert token not in f"{viewer!r} {viewer._shared!r} {viewer._shared.auth!r} {vars(viewer)}"
    assert pickle.dumps(visited)


def test_plugins_see_the_viewer_s_calls_and_no_exchange(visited):
    seen = []

    class Watch:
        @hookimpl
        def before_request(self, request):
            seen.append(request.path)

    with Client(visited.connect_server, visited.connect_api_key, plugins=[Watch()]) as client:
        client.as_viewer(session(visited)).users.whoami()
    assert seen == ["/v1/user"]


# Errors that say what to do -------------------------------------------------------------------------


def test_content_without_an_integration(world):
    with pytest.raises(BadRequestError, match=r"uses no OAuth integration.*set_associations"):
        world.as_viewer(session(world)).users.whoami()


def test_content_with_several(visited):
    other = integrate(visited, "databricks", "Service Account")
    with pytest.raises(BadRequestError, match=r"several.*audience="):
        visited.as_viewer(session(visited)).users.whoami()
    with pytest.raises(BadRequestError, match=r"service account's.*leave the viewer out"):
        visited.as_viewer(session(visited), audience=other.guid).users.whoami()
    with pytest.raises(BadRequestError, match=r"audience= is the guid of an integration that the content uses"):
        visited.as_viewer(session(visited), audience="no-such-guid").users.whoami()


def test_a_viewer_where_only_a_service_account_is(world):
    integrate(world, "databricks", "Service Account")
    with pytest.raises(BadRequestError, match="leave the viewer out"):
        world.oauth.credentials(session(world))


def test_no_viewer_where_each_has_their_own(world, monkeypatch):
    integrate(world, "github", "Viewer")
    monkeypatch.setenv("CONNECT_CONTENT_SESSION_TOKEN", world.embedded.content_session_token(world.content_guid))
    with pytest.raises(BadRequestError, match="give the viewer's session token"):
        world.oauth.credentials()
    with pytest.raises(BadRequestError, match=r"OAuthSessionNotFound.*must sign in there first"):
        world.oauth.credentials(session(world))


def test_content_of_somebody_else(visited):
    with (
        Client(visited.connect_server, visited.embedded.key_for("priya")) as other,
        pytest.raises(PermissionDeniedError),
    ):
        other.as_viewer(session(visited)).users.whoami()


@pytest.mark.parametrize(("version", "needs"), [("2024.05.0", "2025.01.0"), ("2024.09.0", "2025.01.0")])
def test_a_server_that_is_too_old(version, needs):
    with ConnectServer(version=version) as server, Client(server.url, server.api_key) as client:
        content = client.content.create(name="app")
        viewer = client.as_viewer(server.session_token(content.guid, "omar"))
        with pytest.raises(UnsupportedError, match=rf"requested_token_type=.*needs Connect {needs}.*is {version}"):
            viewer.users.whoami()


# Credentials ---------------------------------------------------------------------------------------


@pytest.fixture
def content_token(world, tmp_path, monkeypatch):
    """A file with the content's session token, which Connect would replace from time to time."""
    file = tmp_path / "token"
    monkeypatch.setenv("CONNECT_CONTENT_SESSION_TOKEN_FILE", str(file))

    def write(**more):
        file.write_text(world.embedded.content_session_token(world.content_guid, **more) + "\n")

    write()
    return write


def test_a_service_account_s_token(world, content_token):
    integrate(world, "databricks", "Service Account")
    given = world.oauth.credentials()

    assert (given.kind, given.token_type) == ("access_token", "Bearer")
    assert given.expires.tzinfo is timezone.utc
    assert given.token.reveal() not in f"{given!r} {given}"
    assert world.oauth.credentials() is given
    assert len(exchanges(world)) == 1


def test_the_session_token_is_read_anew_each_time(world, content_token):
    first, second = integrate(world, "databricks", "Service Account"), integrate(world, "snowflake", "Service Account")
    content_token(lasts=1)
    world.clock.advance(timedelta(seconds=2))
    with pytest.raises(BadRequestError):
        world.oauth.credentials(audience=first.guid)
    content_token()

    assert world.oauth.credentials(audience=first.guid) != world.oauth.credentials(audience=second.guid)


def test_without_a_file_the_variable_counts(world, monkeypatch, tmp_path):
    integrate(world, "databricks", "Service Account")
    monkeypatch.setenv("CONNECT_CONTENT_SESSION_TOKEN_FILE", str(tmp_path / "nothing"))
    with pytest.raises(ConfigError, match=r"no content session token.*where it runs content.*OAuth integration"):
        world.oauth.credentials()
    monkeypatch.setenv("CONNECT_CONTENT_SESSION_TOKEN", world.embedded.content_session_token(world.content_guid))
    assert world.oauth.credentials().kind == "access_token"


def test_aws_keys(world, content_token):
    integrate(world, "aws", "Service Account", sts_region="eu-west-1", assume_role_arn="arn:aws:iam::1:role/reader")
    given = world.oauth.credentials(kind="aws")

    assert given.access_key_id
    assert given.expires > datetime.now(timezone.utc)
    for hidden in (given.secret_access_key, given.session_token):
        assert hidden.reveal()
        assert hidden.reveal() not in f"{given!r}"
    assert world.oauth.credentials(kind="aws") is given


def test_an_integration_that_gives_another_kind(world, content_token):
    integrate(world, "aws", "Service Account", sts_region="eu-west-1", assume_role_arn="arn:aws:iam::1:role/reader")
    with pytest.raises(
        ConfigError, match=r"gives credentials of the kind 'aws', not 'access_token': ask for kind='aws'"
    ):
        world.oauth.credentials()


def test_a_viewer_s_api_key(visited):
    given = visited.oauth.credentials(session(visited), kind="api_key")

    with Client(visited.connect_server, given.token) as viewer:
        assert viewer.users.whoami().username == "omar"
    assert given.kind == "api_key"


def test_a_viewer_s_client_asks_for_the_viewer_s_credentials(visited):
    """By the content's key and the viewer's token: with the viewer's own key, Connect would refuse."""
    viewer = visited.as_viewer(session(visited))

    assert viewer.oauth.credentials(kind="api_key").kind == "api_key"


@pytest.mark.parametrize(
    ("packed", "found"),
    [
        ("s3cr3t!", "something else"),
        (base64.b64encode(b"s3cr3t").decode(), "something else"),
        (base64.b64encode(b'{"accessKeyId": "a", "secretAccessKey": "s3cr3t"}').decode(), "missing required field"),
        (
            base64.b64encode(b'{"accessKeyId": "a", "secretAccessKey": "s3cr3t", "sessionToken": 1}').decode(),
            "got `int`",
        ),
    ],
)
def test_what_are_no_packed_aws_keys_is_refused_and_not_shown(answers, monkeypatch, packed, found):
    monkeypatch.setenv("CONNECT_CONTENT_SESSION_TOKEN", "session")
    answers.on(EXCHANGE, {"access_token": packed, "issued_token_type": None})
    with Client(answers.url, "key") as client, pytest.raises(DecodeError) as caught:
        client.oauth.credentials(kind="aws")
    shown = traceback.TracebackException.from_exception(caught.value, capture_locals=True)
    shown.stack[:] = [frame for frame in shown.stack if "/tests/" not in frame.filename]

    assert found in str(caught.value)
    assert "s3cr3t" not in "".join(shown.format())
    assert packed not in "".join(shown.format())


def test_credentials_without_an_end_are_not_kept(answers, monkeypatch):
    monkeypatch.setenv("CONNECT_CONTENT_SESSION_TOKEN", "session")
    answers.on(EXCHANGE, {"access_token": "one"}, {"access_token": "two"})
    with Client(answers.url, "key") as client:
        assert [client.oauth.credentials().token.reveal() for _ in range(2)] == ["one", "two"]


def test_an_answer_without_a_token_says_so(answers, monkeypatch):
    monkeypatch.setenv("CONNECT_CONTENT_SESSION_TOKEN", "session")
    answers.on(EXCHANGE, {"issued_token_type": None})
    with Client(answers.url, "key") as client, pytest.raises(DecodeError, match=r"access_token.*expected a token"):
        client.oauth.credentials()
