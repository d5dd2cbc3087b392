"""posit-sdk: tags, environment variables, vanity URLs and permissions."""

import pytest
from posit.connect.errors import ClientError


def test_tags_form_a_tree(client):
    top = client.tags.create(name="Department")
    finance = client.tags.create(name="Finance", parent=top)
    tax = client.tags.create(name="Tax", parent_id=finance["id"])

    assert client.tags.get(tax["id"]) == tax
    assert tax.parent_tag == finance
    assert top.parent_tag is None
    assert top.child_tags.find() == [finance]
    assert {each["name"] for each in top.descendant_tags.find()} == {"Finance", "Tax"}
    assert client.tags.find(name="Tax") == [tax]
    tax.update(name="Taxes", parent=top)
    assert (client.tags.get(tax["id"])["name"], tax["parent_id"]) == ("Taxes", top["id"])
    top.destroy()
    assert client.tags.find() == []


def test_tags_are_put_on_content(client):
    top = client.tags.create(name="Department")
    finance = client.tags.create(name="Finance", parent=top)
    tax = client.tags.create(name="Tax", parent=finance)
    content = client.content.create(name="report")

    content.tags.add(tax)

    assert {each["name"] for each in content.tags.find()} == {"Finance", "Tax"}
    assert [each["guid"] for each in finance.content_items.find()] == [content["guid"]]
    assert {each["name"] for each in client.content.get(content["guid"])["tags"]} == {"Finance", "Tax"}
    content.tags.delete(finance["id"])
    assert (content.tags.find(), tax.content_items.find()) == ([], [])


def test_a_category_is_for_no_content(client):
    top = client.tags.create(name="Department")

    with pytest.raises(ClientError, match=r'"http_status": 400'):
        client.content.create(name="report").tags.add(top)


def test_environment_variables_are_set_and_never_shown(client):
    variables = client.content.create(name="report").environment_variables

    variables["TOKEN"] = "secret"
    variables.create("REGION", "eu")
    variables.update({"LEVEL": "info"}, MODE="batch")

    assert sorted(variables) == ["LEVEL", "MODE", "REGION", "TOKEN"]
    assert len(variables) == 4
    assert "TOKEN" in list(variables)
    with pytest.raises(NotImplementedError):
        variables["TOKEN"]
    with pytest.raises(NotImplementedError):
        variables.items()
    del variables["TOKEN"]
    variables.delete("REGION")
    assert sorted(variables) == ["LEVEL", "MODE"]
    variables.clear()
    assert variables.find() == []


def test_a_vanity_url_leads_to_content(client, deployed):
    content = deployed()
    assert content.vanity is None

    content.vanity = "/penguins/"

    assert content.vanity == "/penguins/"
    assert client.content.get(content["guid"])["vanity_url"].endswith("/penguins/")
    assert [each["content_guid"] for each in client.vanities.all()] == [content["guid"]]
    assert client.session.get(f"{client.cfg.url.removesuffix('/__api__')}/penguins/").text == "<h1>Hello</h1>"
    del content.vanity
    assert content.vanity is None
    assert client.vanities.all() == []


def test_a_vanity_url_is_taken_from_other_content_by_force_alone(client):
    first, second = (client.content.create(name=name) for name in ("first", "second"))
    first.create_vanity(path="/penguins/")

    with pytest.raises(ClientError, match=r'"http_status": 409'):
        second.create_vanity(path="/penguins/")
    second.create_vanity(path="/penguins/", force=True)

    assert second.find_vanity()["path"] == "/penguins/"
    assert first.vanity is None


def test_permissions_let_others_in(client, as_user):
    ada = client.users.create(username="ada", user_role="publisher")
    content = client.content.create(name="report")
    hers = as_user("ada")
    with pytest.raises(ClientError, match=r'"http_status": 403'):
        hers.content.get(content["guid"])

    made = content.permissions.create(ada, role="viewer")

    assert hers.content.get(content["guid"])["app_role"] == "viewer"
    made.update(role="owner")
    assert hers.content.get(content["guid"])["app_role"] == "editor"
    hers.content.get(content["guid"]).update(title="Hers as well")
    assert content.permissions.get(made["id"]) == made
    assert content.permissions.count() == 1
    content.permissions.destroy(ada)
    assert content.permissions.find() == []


def test_sharing_once_more_changes_the_role_or_is_refused_by_older_servers(client, client_of):
    group = client.groups.create(name="Engineers")
    content = client.content.create(name="report")
    first = content.permissions.create(group, role="viewer")

    again = content.permissions.create(group, role="owner")

    assert (again["id"], [each["role"] for each in content.permissions.find()]) == (first["id"], ["owner"])
    older = client_of("2025.10.0")
    ada, report = older.users.create(username="ada"), older.content.create(name="report")
    report.permissions.create(ada, role="viewer")
    with pytest.raises(ClientError) as refused:
        report.permissions.create(ada, role="viewer")
    assert (refused.value.http_status, refused.value.error_code) == (409, 154)


def test_permissions_of_groups_are_those_of_their_members(client, as_user):
    ada = client.users.create(username="ada", user_role="publisher")
    group = client.groups.create(name="Engineers")
    group.members.add(ada)
    content = client.content.create(name="report")

    made = content.permissions.create(principal_guid=group["guid"], principal_type="group", role="viewer")

    assert as_user("ada").content.find_one(name="report")["guid"] == content["guid"]
    assert content.permissions.find_one(principal_type="group") == made
    assert content.permissions.find(principal_type="user") == []
    made.destroy()
    assert as_user("ada").content.find() == []
