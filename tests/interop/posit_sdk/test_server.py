"""posit-sdk: what the server is, what its version has, environments, caches and errors."""

import pytest
from posit.connect import Client
from posit.connect.errors import ClientError


def test_the_servers_version_is_told(client, server):
    assert client.version == server.version


def test_a_client_finds_the_server_by_its_environment(server, monkeypatch):
    monkeypatch.setenv("CONNECT_SERVER", server.url)
    monkeypatch.setenv("CONNECT_API_KEY", server.api_key)

    with Client() as client:
        assert client.me["user_role"] == "administrator"


def test_a_wrong_key_is_refused(server):
    with Client(server.url, "wrong") as client, pytest.raises(ClientError) as refused:
        client.me

    assert (refused.value.http_status, refused.value.error_code) == (401, 30)


@pytest.mark.parametrize(
    ("version", "newer"),
    [
        ("2023.03.0", lambda client: client.environments),
        ("2024.06.0", lambda client: client.oauth),
        ("2024.09.0", lambda client: client.packages),
        ("2025.03.0", lambda client: client.metrics.hits),
        ("2025.01.0", lambda client: client.content.create(name="report").bundles.active()),
        ("2025.11.0", lambda client: client.content.create(name="report").get_lockfile()),
    ],
)
def test_the_client_refuses_what_an_older_server_lacks(client_of, version, newer):
    client = client_of(version)

    assert client.version == version
    with pytest.raises(RuntimeError, match=f"not available in Connect version {version}"):
        newer(client)


def test_an_older_server_lacks_it_indeed(client_of):
    with pytest.raises(ClientError) as refused:
        client_of("2024.06.0").get("v1/oauth/integrations")

    assert refused.value.http_status == 404


def test_environments_are_made_changed_and_deleted(client):
    made = client.environments.create(
        title="Python 3.11",
        name="registry.example.com/python:3.11",
        cluster_name="Kubernetes",
        matching="exact",
        python={"installations": [{"path": "/opt/python/3.11/bin/python", "version": "3.11.9"}]},
    )

    assert (made["title"], made["matching"]) == ("Python 3.11", "exact")
    made.update(title="Python", matching="any")
    found = client.environments.find(made["guid"])
    assert (found["title"], found["matching"]) == ("Python", "any")
    assert client.environments.find_by(title="Python")["guid"] == made["guid"]
    found.destroy()
    assert client.environments.find_by(guid=made["guid"]) is None


def test_caches_are_listed_and_destroyed(organisation):
    client = organisation
    caches = client.system.caches.runtime.find()
    assert caches
    assert {"language", "version", "image_name"} <= set(caches[0])

    assert {(each["language"], each["image_name"]) for each in caches} == {
        ("Python", "Local"),
        ("R", "Local"),
        ("Python", "ghcr.io/rstudio/content-pro:r4.1.3-py3.10.4-bionic"),  # which one item of the sample runs in
    }
    assert caches[0].destroy(dry_run=True) is None
    assert len(client.system.caches.runtime.find()) == len(caches)
    task = caches[0].destroy()
    task.wait_for()
    assert task.error_code == 0
    assert len(client.system.caches.runtime.find()) == len(caches) - 1


def test_a_deprecated_endpoint_is_warned_of(client):
    with pytest.warns(DeprecationWarning, match="v1/examples is deprecated"):
        client.get("v1/examples")
