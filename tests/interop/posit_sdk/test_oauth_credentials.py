"""posit-sdk: credentials of content that runs, for itself and for those who look at it."""

import re

import pytest
import requests
from posit.connect.errors import ClientError
from posit.connect.oauth.types import OAuthTokenType

PROGRAM = {"client_id": "our-app", "client_secret": "very-secret"}


@pytest.fixture
def app(client, deployed, monkeypatch):
    """An API that everyone may see, which knows its own guid as it would on a server."""
    content = deployed(mode="python-fastapi", python={"version": "3.11.9"})
    content.update(access_type="all")
    monkeypatch.setenv("CONNECT_CONTENT_GUID", content["guid"])
    return content


def uses(client, app, template, **config):
    made = client.oauth.integrations.create(name=f"With {template}", template=template, config=config)
    before = [each["oauth_integration_guid"] for each in app.oauth.associations.find()]
    app.oauth.associations.update([*before, made["guid"]])
    return made["guid"]


def knows(server, credentials):
    """Ask the service outside whom a token is for."""
    headers = {"Authorization": f"{credentials['token_type']} {credentials['access_token']}"}
    return requests.get(f"{server.url}/__provider__/userinfo", headers=headers, timeout=10)


def sign_in(server, key, guid):
    """Sign in at the service outside, as somebody with a browser does."""
    with requests.Session() as browser:
        browser.headers["Accept"] = "text/html"
        browser.post(f"{server.url}/__login__", {"key": key, "url": "/__ping__"}, timeout=10)
        page = browser.get(f"{server.url}/__oauth__/integrations/{guid}/login", timeout=10)
        fields = dict(re.findall(r'<input[^>]* name="(\w+)"[^>]*? value="([^"]*)"', page.text))
        action = re.search(r'<form[^>]* action="([^"]*)"', page.text)[1]
        sent = {**fields, "account": "ada@service.example", "decision": "allow"}
        assert browser.post(f"{server.url}{action}", sent, timeout=10).ok


def test_content_has_credentials_of_a_service_account(client, server, app, monkeypatch, tmp_path):
    uses(client, app, "custom", auth_type="Service Account", **PROGRAM)
    token = server.content_session_token(app["guid"])
    assert client.oauth.has_content_credentials() is False
    assert client.oauth.get_content_credentials() is None

    given = client.oauth.get_content_credentials(token)

    assert (given["token_type"], given["issued_token_type"]) == ("Bearer", OAuthTokenType.ACCESS_TOKEN.value)
    assert knows(server, given).ok
    monkeypatch.setenv("CONNECT_CONTENT_SESSION_TOKEN", token)
    assert knows(server, client.oauth.get_content_credentials()).ok
    monkeypatch.delenv("CONNECT_CONTENT_SESSION_TOKEN")
    (tmp_path / "token").write_text(token)
    monkeypatch.setenv("CONNECT_CONTENT_SESSION_TOKEN_FILE", str(tmp_path / "token"))
    assert client.oauth.has_content_credentials() is True
    assert knows(server, client.oauth.get_content_credentials()).ok


def test_content_has_credentials_of_a_viewer_who_signed_in(client, server, app):
    guid = uses(client, app, "custom", **PROGRAM)
    client.users.create(username="ada", user_role="viewer")
    token = server.session_token(app["guid"], "ada")
    with pytest.raises(ClientError) as refused:
        client.oauth.get_credentials(token)
    assert refused.value.http_status == 400

    sign_in(server, server.key_for("ada"), guid)

    given = client.oauth.get_credentials(token, requested_token_type=OAuthTokenType.ACCESS_TOKEN)
    assert "ada@service.example" in knows(server, given).text
    (session,) = client.oauth.sessions.find(all=True)
    assert session["oauth_integration_guid"] == guid
    assert client.oauth.sessions.get(session["guid"]) == session
    session.delete()
    assert client.oauth.sessions.find(all=True) == []


def test_content_calls_the_server_as_the_one_who_looks_at_it(client, server, app):
    uses(client, app, "connect", max_role="Viewer")
    ada = client.users.create(username="ada", user_role="publisher")

    theirs = client.with_user_session_token(server.session_token(app["guid"], "ada"))

    assert theirs.me["guid"] == ada["guid"]
    with pytest.raises(ClientError) as refused:
        theirs.content.create(name="more-than-a-viewer-may")
    assert refused.value.http_status == 403


def test_of_several_integrations_the_one_of_connect_is_found(client, server, app):
    connect = uses(client, app, "connect", max_role="Admin")
    uses(client, app, "custom", auth_type="Service Account", **PROGRAM)
    token = server.session_token(app["guid"], "admin")

    assert client.with_user_session_token(token).me == client.me
    assert client.with_user_session_token(token, audience=connect).me == client.me
    with pytest.raises(ClientError) as refused:
        client.oauth.get_credentials(token)
    assert refused.value.http_status == 400


def test_a_made_up_token_is_worth_nothing(client, app):
    uses(client, app, "connect", max_role="Viewer")

    with pytest.raises(ClientError) as refused:
        client.with_user_session_token("made-up")

    assert refused.value.http_status == 400
