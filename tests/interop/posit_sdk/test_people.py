"""posit-sdk: users, groups and their members."""

import pytest
from posit.connect.errors import ClientError


def test_me_is_whose_key_it_is(client, server):
    me = client.me

    assert me["user_role"] == "administrator"
    assert client.users.get(me["guid"]) == me
    assert client.users.find() == [me]


def test_users_are_made_found_and_changed(client):
    made = client.users.create(
        username="ada", password="Correct-horse-9", email="ada@example.com", first_name="Ada", last_name="Byron"
    )

    assert (made["username"], made["user_role"], made["locked"], made["confirmed"]) == ("ada", "viewer", False, True)
    made.update(last_name="Lovelace", user_role="publisher")
    assert client.users.get(made["guid"])["last_name"] == "Lovelace"
    assert [each["username"] for each in client.users.find(user_role="publisher")] == ["ada"]
    assert client.users.find_one(prefix="love")["guid"] == made["guid"]
    assert client.users.find_one(prefix="nobody") is None
    assert client.users.count() == 2


def test_every_user_is_found_over_many_pages(organisation):
    everyone = organisation.users.find()

    assert len(everyone) == organisation.users.count() == len({each["guid"] for each in everyone})
    assert {each["username"] for each in organisation.users.find(account_status="locked")} == {"dmitri"}


def test_a_locked_user_can_do_nothing(client, as_user):
    ada = client.users.create(username="ada", user_role="publisher")
    theirs = as_user("ada")
    assert theirs.me["username"] == "ada"

    ada.lock()
    assert ada["locked"] is True
    with pytest.raises(ClientError) as refused:
        theirs.me
    assert (refused.value.http_status, refused.value.http_message) == (403, "Forbidden")

    ada.unlock()
    assert theirs.me["locked"] is False


def test_nobody_locks_themselves_out_unless_they_insist(client):
    with pytest.raises(RuntimeError, match="cannot lock your own account"):
        client.me.lock()


def test_a_users_content_is_theirs(client, as_user):
    ada = client.users.create(username="ada", user_role="publisher")
    as_user("ada").content.create(name="hers")
    client.content.create(name="mine")

    assert [each["name"] for each in ada.content.find()] == ["hers"]
    assert client.me.content.find_one()["name"] == "mine"


def test_groups_and_their_members(client):
    ada, bob = (client.users.create(username=name) for name in ("ada", "bob"))
    group = client.groups.create(name="Engineers")

    assert client.groups.get(group["guid"]) == group
    assert (group["name"], group["owner_guid"]) == ("Engineers", client.me["guid"])
    group.members.add(ada)
    group.members.add(user_guid=bob["guid"])
    assert {each["username"] for each in group.members.find()} == {"ada", "bob"}
    assert [each["guid"] for each in ada.groups.find()] == [group["guid"]]
    bob.groups.delete(group)
    assert group.members.count() == 1
    bob.groups.add(group["guid"])
    group.members.delete(user_guid=ada["guid"])
    assert [each["username"] for each in group.members.find()] == ["bob"]


def test_groups_are_found_and_deleted(client):
    for name in ("Engineers", "English", "Sales"):
        client.groups.create(name=name)

    assert [each["name"] for each in client.groups.find(prefix="eng")] == ["Engineers", "English"]
    assert client.groups.find_one(prefix="sal")["name"] == "Sales"
    client.groups.find_one(prefix="sal").delete()
    assert client.groups.find_one(prefix="sal") is None
    assert client.groups.count() == len(client.groups.find()) == 2
    with pytest.raises(ClientError, match=r'"http_status": 404'):
        client.groups.get("00000000-0000-4000-8000-000000000000")
