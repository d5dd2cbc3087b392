"""Servers that rsconnect saved, by name in our own client; and the file is rsconnect's as before."""

import os
import stat

import pytest

from connectapi import Client, ConfigError
from connectapi.profiles.rsconnect import servers_file

pytest.importorskip("rsconnect", reason="`tox -e interop` has it")


@pytest.fixture
def at_the_desk(desk, monkeypatch):
    """Be the one whose home the desk has."""
    for name in ("CONNECT_SERVER", "CONNECT_API_KEY", "CONNECT_PROFILE", "XDG_CONFIG_HOME", "APPDATA"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(desk.folder))
    return desk


def test_a_server_that_rsconnect_saved_is_called_by_its_name(at_the_desk, monkeypatch):
    before = servers_file().read_bytes()

    with Client(profile="local") as client:
        assert client.users.whoami().user_role == "administrator"
    monkeypatch.setenv("CONNECT_PROFILE", "local")
    with Client() as client:
        assert client.connect_server == at_the_desk.server.url

    assert servers_file().read_bytes() == before
    assert "local" in at_the_desk.run("list") + at_the_desk.log


def test_what_rsconnect_forgets_is_gone(at_the_desk):
    server = at_the_desk.server
    at_the_desk.run("add", "--name", "second", "--server", server.url, "--api-key", server.api_key, "--insecure")
    if os.name == "posix":
        assert stat.S_IMODE(servers_file().stat().st_mode) == 0o600
    with Client(profile="second") as client:
        assert client.users.whoami().username

    at_the_desk.run("remove", "--name", "second")

    with pytest.raises(ConfigError, match=r"no profile is called 'second'.*servers\.json"):
        Client(profile="second")
