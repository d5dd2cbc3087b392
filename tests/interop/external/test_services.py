"""Credentials of integrations, in the clients of the services themselves; nothing is sent to any service."""

import pytest

from connectapi import Client
from connectapi.external import aws, azure, databricks, google
from connectapi.testing import ConnectServer

boto3 = pytest.importorskip("boto3")
core = pytest.importorskip("databricks.sdk.core")
azure_core = pytest.importorskip("azure.core.pipeline.policies")


@pytest.fixture
def content(monkeypatch):
    """A client as content has it that uses one integration, and what makes that."""
    with ConnectServer() as server, Client(server.url, server.api_key) as client:
        made = client.content.create(name="app")
        monkeypatch.setenv("CONNECT_CONTENT_SESSION_TOKEN", server.content_session_token(made.guid))

        def use(template, **more):
            config = {"auth_type": "Service Account", "client_id": "us", "client_secret": "known-to-both", **more}
            used = client.oauth_integrations.create(name=template, template=template, config=config)
            made.set_associations([{"oauth_integration_guid": used.guid}])
            return client

        yield use


def test_databricks_sdk_calls_with_the_token(content):
    client = content("databricks")
    config = core.Config(host=client.connect_server, credentials_strategy=databricks.CredentialsStrategy(client))

    assert config.authenticate() == {"Authorization": f"Bearer {client.oauth.credentials().token.reveal()}"}
    assert config.auth_type == "connect-oauth-integration"


def test_boto3_signs_with_the_keys_and_renews_them(content):
    client = content("aws", sts_region="eu-west-1", assume_role_arn="arn:aws:iam::1:role/reader")
    session = aws.session(client, region="eu-west-1")
    keys, given = session.get_credentials(), client.oauth.credentials(kind="aws")

    assert keys.get_frozen_credentials().access_key == given.access_key_id
    assert keys.get_frozen_credentials().token == given.session_token.reveal()
    assert session.client("s3").meta.region_name == "eu-west-1"
    assert not keys.refresh_needed(refresh_in=60)


def test_azure_takes_the_credential(content):
    client = content("azure")
    policy = azure_core.BearerTokenCredentialPolicy(azure.TokenCredential(client), "https://storage.azure.com/.default")
    token = policy._credential.get_token("https://storage.azure.com/.default")

    assert token.token == client.oauth.credentials().token.reveal()
    assert "token='XXXXXXXX'" in repr(token)


def test_google_renews_by_the_handler(content):
    client = content("custom")
    made = google.credentials(client)
    assert not made.valid
    made.refresh(None)

    assert made.valid
    assert made.token == client.oauth.credentials().token.reveal()
