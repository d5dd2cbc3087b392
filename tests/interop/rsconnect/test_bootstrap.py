"""rsconnect: the first administrator of a server without users."""

import base64
import json

import pytest

from connectapi import Client
from connectapi.testing import ConnectServer

SECRET = base64.b64encode(b"0123456789abcdef0123456789abcdef").decode()


@pytest.fixture
def empty(desk):
    """A server that waits for its first administrator; the key lies in a file."""
    (desk.folder / "secret.key").write_text(SECRET)
    with ConnectServer(bootstrap_secret=SECRET, pace=0.001) as server:
        yield server


def test_the_first_administrator_is_made_once(desk, empty):
    one = ("bootstrap", "--server", empty.url, "--jwt-keypath", "secret.key")

    answer = json.loads(desk.run(*one))

    assert answer["status"] == 200
    with Client(empty.url, answer["api_key"]) as client:
        (first,) = client.users.get()
        assert (client.users.whoami().guid, first.user_role) == (first.guid, "administrator")
    again = json.loads(desk.run(*one))
    assert (again["status"], again["api_key"]) == (403, "")


def test_the_key_can_come_alone_and_is_one_to_work_with(desk, empty):
    key = desk.run("bootstrap", "--server", empty.url, "--jwt-keypath", "secret.key", "--raw").strip()

    desk.run("add", "--name", "empty", "--server", empty.url, "--api-key", key)

    assert empty.url in desk.run("list") + desk.log


def test_who_has_another_key_makes_nobody(desk, empty):
    (desk.folder / "other.key").write_text(base64.b64encode(b"x" * 32).decode())

    answer = json.loads(desk.run("bootstrap", "--server", empty.url, "--jwt-keypath", "other.key"))

    assert (answer["status"], answer["api_key"]) == (401, "")
