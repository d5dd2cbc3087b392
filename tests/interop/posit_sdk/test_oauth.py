"""posit-sdk: OAuth integrations and the content that uses them."""

import pytest
from posit.connect.errors import ClientError

CUSTOM = {
    "auth_mode": "Confidential",
    "authorization_uri": "https://login.example.com/authorize",
    "client_id": "a-client",
    "client_secret": "very-secret",
    "scopes": "a b c",
    "token_endpoint_auth_method": "client_secret_post",
    "token_uri": "https://login.example.com/token",
}


@pytest.fixture
def integration(client):
    return client.oauth.integrations.create(name="Warehouse", description="Our data.", template="custom", config=CUSTOM)


def test_integrations_are_made_found_changed_and_deleted(client, integration):
    integrations = client.oauth.integrations

    assert (integration["name"], integration["template"], integration["auth_type"]) == ("Warehouse", "custom", "Viewer")
    assert "very-secret" not in str(integrations.get(integration["guid"]))
    assert [each["guid"] for each in integrations.find()] == [integration["guid"]]
    assert integrations.find_by(integration_type="custom", name="Ware")["guid"] == integration["guid"]
    assert integrations.find_by(config={"client_id": "a-client"})["guid"] == integration["guid"]
    assert integrations.find_by(name="House") is None
    integration.update(name="Lake", description="More data.")
    assert integrations.get(integration["guid"])["name"] == "Lake"
    integration.delete()
    assert integrations.find() == []
    with pytest.raises(ClientError, match=r'"http_status": 404'):
        integrations.get(integration["guid"])


def test_content_uses_integrations(client, integration, deployed):
    content = deployed(mode="python-api", python={"version": "3.11.9"})
    other = client.oauth.integrations.create(name="Lake", template="custom", config=CUSTOM)

    content.oauth.associations.update(integration["guid"])

    (association,) = content.oauth.associations.find()
    assert (association["app_guid"], association["oauth_integration_guid"]) == (content["guid"], integration["guid"])
    assert [each["app_guid"] for each in integration.associations.find()] == [content["guid"]]
    assert other.associations.find() == []
    content.oauth.associations.update([integration["guid"], other["guid"]])
    assert content.oauth.associations.find_by(name=".*Lake.*")["oauth_integration_guid"] == other["guid"]
    assert content.oauth.associations.find_by(integration_type="connect") is None
    content.oauth.associations.delete()
    assert content.oauth.associations.find() == []


def test_an_integration_that_is_gone_is_used_by_nothing(integration, deployed):
    content = deployed(mode="python-api", python={"version": "3.11.9"})
    content.oauth.associations.update(integration["guid"])

    integration.delete()

    assert content.oauth.associations.find() == []


def test_nobody_is_signed_in_at_first(client):
    assert client.oauth.sessions.find(all=True) == []
    with pytest.raises(ClientError, match=r'"http_status": 404'):
        client.oauth.sessions.get("00000000-0000-4000-8000-000000000000")
