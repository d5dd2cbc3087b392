"""What services' clients are given, where those are not installed; `tests/interop/external` has them."""

import subprocess
import sys

import pytest

from connectapi import Client, ConfigError
from connectapi.external import aws, azure, databricks, google

EXCHANGE = "POST /v1/oauth/integrations/credentials"


@pytest.fixture
def client(answers, monkeypatch):
    monkeypatch.setenv("CONNECT_CONTENT_SESSION_TOKEN", "session")
    answers.on(EXCHANGE, {"access_token": "the-token", "token_type": "Bearer", "expires_in": 3600})
    with Client(answers.url, "key") as made:
        yield made


def test_databricks_is_given_headers_that_last(client, answers):
    strategy = databricks.CredentialsStrategy(client)
    headers = strategy(object())

    assert headers() == headers() == strategy()() == {"Authorization": "Bearer the-token"}
    assert len(answers.asked) == 1


def test_a_viewer_s_session_token_is_used_and_shown_nowhere(client, answers):
    strategy = databricks.CredentialsStrategy(client, "s3cr3t-session", audience="guid")
    strategy()()

    assert b"subject_token=s3cr3t-session" in answers.asked[0].body
    assert b"audience=guid" in answers.asked[0].body
    assert "s3cr3t" not in f"{strategy!r} {vars(strategy)}"


def test_azure_is_given_a_token_and_its_end(client):
    token = azure.TokenCredential(client).get_token("https://storage.azure.com/.default", enable_cae=True)

    assert token.token == "the-token"
    assert isinstance(token.expires_on, int)
    assert "the-token" not in repr(token)


@pytest.mark.parametrize(("make", "library"), [(aws.session, "boto3"), (google.credentials, "google-auth")])
def test_what_is_not_installed_is_named(client, monkeypatch, make, library):
    for name in ("boto3", "google.oauth2.credentials"):
        monkeypatch.setitem(sys.modules, name, None)  # as if it could not be found
    with pytest.raises(ConfigError, match=rf"{library} is not installed: pip install {library}"):
        make(client)


def test_nothing_of_a_service_s_own_is_loaded_before_it_is_used():
    code = (
        "import sys; from connectapi.external import aws, azure, databricks, google; "
        "print({'boto3', 'botocore', 'databricks', 'google', 'urllib3'} & set(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=50)

    assert done.stdout.strip() == "set()"
