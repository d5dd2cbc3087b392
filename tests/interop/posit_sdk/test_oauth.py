"""posit-sdk: credentials for content, as it gets them where it runs."""

import re
from urllib.parse import urlencode

import pytest
import urllib3
from posit.connect import Client
from posit.connect.errors import ClientError
from posit.connect.external import aws

from connectapi.testing import ConnectServer, FakeClock

APP = {"client_id": "us", "client_secret": "known-to-us-and-them"}
FORM = {"Content-Type": "application/x-www-form-urlencoded"}
AWS = "urn:ietf:params:aws:token-type:credentials"


@pytest.fixture
def clock():
    return FakeClock()


@pytest.fixture
def server(clock):
    with ConnectServer(sample=False, pace=0.001, clock=clock) as running:
        yield running


@pytest.fixture
def app(client, server, monkeypatch):
    """Content that posit-sdk takes itself to be, of a publisher's, with a visitor's session token."""
    client.users.create(username="vic")
    content = client.content.create(name="app")
    monkeypatch.setenv("CONNECT_CONTENT_GUID", content["guid"])
    return content, server.session_token(content["guid"], "vic")


def integration(client, content, template="custom", **config):
    made = client.oauth.integrations.create(name=template, description="", template=template, config=config)
    tied = [each["oauth_integration_guid"] for each in content.oauth.associations.find()]
    content.oauth.associations.update([*tied, made["guid"]])
    return made["guid"]


def signs_in(server, username, guid):
    """Sign in to the service outside, as a browser would."""
    with urllib3.PoolManager(retries=False) as pool:
        key = urlencode({"key": server.key_for(username), "url": "/"})
        entered = pool.request("POST", f"{server.url}/__login__", body=key, headers=FORM, redirect=False)
        cookie = {"Cookie": entered.headers["Set-Cookie"].partition(";")[0]}
        where = f"{server.url}/__oauth__/integrations/{guid}/login?redirect=/__ping__"
        page = pool.request("GET", where, headers=cookie, retries=3).data.decode()
        sealed = re.search(r'name="sealed" value="([^"]+)"', page)[1]
        form = urlencode({"sealed": sealed, "account": f"{username}@service.example", "decision": "allow"})
        answer = pool.request(
            "POST", f"{server.url}/__provider__/authorize", body=form, headers={**FORM, **cookie}, redirect=False
        )
        assert pool.request("GET", answer.headers["Location"], headers=cookie, redirect=False).status == 303


def test_a_viewer_s_credentials(client, server, app, clock):
    content, token = app
    guid = integration(client, content, **APP)
    with pytest.raises(ClientError) as refused:
        client.oauth.get_credentials(token)
    assert refused.value.error_code == 220
    signs_in(server, "vic", guid)

    first = client.oauth.get_credentials(token)

    assert (first["token_type"], first["issued_token_type"].rpartition(":")[2]) == ("Bearer", "access_token")
    assert client.oauth.get_credentials(token, audience=guid) == first
    assert [each["user_guid"] for each in client.oauth.sessions.find(all=True)] == [
        client.users.find_one(prefix="vic")["guid"]
    ]
    clock.advance(3600)
    later = server.session_token(content["guid"], "vic")
    assert client.oauth.get_credentials(later)["access_token"] != first["access_token"]
    with pytest.raises(ClientError):
        client.oauth.get_credentials(token)


def test_a_service_account_s_credentials(client, server, app, monkeypatch, tmp_path):
    content, _ = app
    integration(client, content, auth_type="Service Account", **APP)
    token = server.content_session_token(content["guid"])

    given = client.oauth.get_content_credentials(token)

    assert given["token_type"] == "Bearer"
    monkeypatch.setenv("CONNECT_CONTENT_SESSION_TOKEN", token)
    assert client.oauth.get_content_credentials() == given
    (tmp_path / "token").write_text(token)
    monkeypatch.setenv("CONNECT_CONTENT_SESSION_TOKEN_FILE", str(tmp_path / "token"))
    monkeypatch.delenv("CONNECT_CONTENT_SESSION_TOKEN")
    assert client.oauth.get_content_credentials() == given


def test_a_client_of_the_visitor(client, app):
    content, token = app
    integration(client, content, "connect", max_role="Publisher")

    visitor = client.with_user_session_token(token)

    assert visitor.me["username"] == "vic"
    assert visitor.content.find() == []
    visitor.session.close()


def test_a_client_of_the_visitor_beside_other_integrations(client, app):
    content, token = app
    integration(client, content, **APP)
    integration(client, content, "connect", max_role="Viewer")

    visitor = client.with_user_session_token(token)

    assert visitor.me["username"] == "vic"
    visitor.session.close()


def test_without_an_integration_there_is_no_client_of_the_visitor(client, app):
    with pytest.raises(ClientError) as refused:
        client.with_user_session_token(app[1])

    assert (refused.value.http_status, refused.value.error_code) == (400, 212)


def test_aws_keys(client, server, app):
    content, token = app
    viewers = integration(client, content, "aws", **APP)
    accounts = integration(client, content, "aws", auth_type="Service Account", **APP)
    signs_in(server, "vic", viewers)

    keys = [
        aws.get_credentials(client, token, audience=viewers),
        aws.get_content_credentials(client, server.content_session_token(content["guid"]), audience=accounts),
    ]

    assert all(each["aws_access_key_id"].startswith("ASIA") for each in keys)
    assert len({each["aws_session_token"] for each in keys}) == 2


def test_integrations_are_found_by_what_they_are(client, app):
    content, _ = app
    guid = integration(client, content, "connect", max_role="Viewer")

    found = client.oauth.integrations.find_by(
        integration_type="connect", auth_type="Visitor API Key", config={"max_role": "Viewer"}
    )

    assert found["guid"] == guid
    assert content.oauth.associations.find_by(integration_type="connect")["oauth_integration_guid"] == guid


def test_another_user_s_client_gets_no_credentials(client, server, app):
    content, _ = app
    integration(client, content, auth_type="Service Account", **APP)
    with Client(server.url, server.key_for("vic")) as other, pytest.raises(ClientError) as refused:
        other.oauth.get_content_credentials(server.content_session_token(content["guid"]))

    assert refused.value.http_status == 403
