import json

import pytest

DEMO_USER = "d03a6b7a-c818-4e40-8ef9-84ca567f9671"


def test_new_content_has_every_field_and_what_the_server_sets(admin):
    content = admin.content(name="all-fields", title="All", max_processes=3)

    assert (content["title"], content["max_processes"], content["min_processes"]) == ("All", 3, None)
    assert (content["access_type"], content["app_mode"], content["bundle_id"]) == ("acl", "unknown", None)
    assert (content["app_role"], content["owner_guid"]) == ("owner", DEMO_USER)
    assert content["description"] == ""
    assert content["created_time"] == content["last_deployed_time"]
    assert content["content_url"].endswith(f"/content/{content['guid']}/")
    assert admin.get(f"/v1/content/{content['guid']}").json == content
    assert not {"tags", "owner", "vanity_url", "bookmarked", "schedules", "role"} & content.keys()


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({}, "ParameterMissing"),
        ({"name": ""}, "InvalidApplicationName"),
        ({"name": "no spaces"}, "InvalidApplicationName"),
        ({"name": "x" * 65}, "InvalidApplicationName"),
        ({"name": "a", "nonsense": 1}, "CannotParseRequestBody"),
        ({"name": 5}, "CannotParseRequestBody"),
        ({"name": "a", "max_processes": "3"}, "CannotParseRequestBody"),
        ({"name": "a", "max_processes": True}, "CannotParseRequestBody"),
        ({"name": "a", "max_processes": 2**70}, "InvalidRange"),
        ({"name": "a", "load_factor": 2}, "InvalidLoadFactor"),
        ({"name": "a", "load_factor": "x"}, "CannotParseRequestBody"),
        ({"name": "a", "read_timeout": -1}, "InvalidTimeout"),
        ({"name": "a", "access_type": "everyone"}, "InvalidParameter"),
        ({"name": "a", "title": "x" * 1025}, "InvalidApplicationTitle"),
        ({"name": "a", "description": "x" * 4097}, "InvalidApplicationDescription"),
        ({"name": "a", "default_environment_guid": "no-guid"}, "InvalidId"),
        ({"name": "a", "owner_guid": DEMO_USER}, "CannotParseRequestBody"),
        ({"name": "\ud800"}, "CannotParseRequestBody"),
        ([], "CannotParseRequestBody"),
    ],
)
def test_a_body_that_makes_no_sense_is_refused(admin, body, code):
    answer = admin.post("/v1/content", body)

    assert answer.refusal == (400, code)
    assert answer.json["payload"] is None
    assert answer.json["error"]


@pytest.mark.parametrize("body", [b"{", b"\xff", b'{"name": NaN}', b"[" * 100_000, b'{"name": 1' + b"0" * 5000 + b"}"])
def test_a_body_that_is_no_json_is_refused(admin, body):
    answer = admin.send("POST", "/__api__/v1/content", body)

    assert answer.refusal == (400, "CannotParseRequestBody")


def test_an_owner_has_one_item_of_a_name(admin, publisher):
    content = admin.content(name="only-one")
    other = admin.content()

    assert (admin.post("/v1/content", {"name": "only-one"}).status, publisher.content(name="only-one")["name"]) == (
        400,
        "only-one",
    )
    refused = admin.patch(f"/v1/content/{other['guid']}", {"name": "only-one"})
    assert refused.refusal == (400, "DuplicateName")
    assert admin.patch(f"/v1/content/{content['guid']}", {"name": "only-one", "title": "x"}).status == 200


def test_an_update_changes_what_it_names(admin):
    guid = admin.content(title="Before", description="stays")["guid"]

    changed = admin.patch(f"/v1/content/{guid}", {"title": None, "locked": True, "run_as_current_user": None}).json

    assert (changed["title"], changed["description"], changed["locked"]) == (None, "stays", True)
    assert admin.get(f"/v1/content/{guid}").json == changed
    assert admin.patch(f"/v1/content/{guid}").json == changed


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({"content_category": "pin"}, 400, "ContentCategoryChanged"),
        ({"content_category": "mcp"}, 200, None),
        ({"min_processes": 4, "max_processes": 3}, 400, "MinProcessesOverMaxProcesses"),
        ({"guid": "x"}, 400, "CannotParseRequestBody"),
        ({"owner_guid": "00000000-0000-4000-8000-000000000000"}, 400, "InvalidOwner"),
    ],
)
def test_an_update_is_checked(admin, body, status, code):
    answer = admin.patch(f"/v1/content/{admin.content()['guid']}", body)

    assert answer.status == status, answer
    if code:
        assert answer.code == code


def test_some_settings_are_for_administrators(admin, publisher, caller):
    content = publisher.content()
    path = f"/v1/content/{content['guid']}"

    assert publisher.patch(path, {"run_as": "root"}).status == 403
    assert publisher.patch(path, {"owner_guid": caller("priya").guid}).status == 403
    assert admin.patch(path, {"owner_guid": caller("omar").guid}).code == "InvalidOwner"
    moved = admin.patch(path, {"owner_guid": caller("priya").guid, "run_as": "shiny"})
    assert (moved.status, moved.json["app_role"], moved.json["run_as"]) == (200, "none", "shiny")


def test_deleted_content_is_gone_with_all_that_belongs_to_it(server, admin, pack):
    guid = admin.site()
    admin.post(
        f"/v1/content/{guid}/permissions",
        {"principal_guid": _group(admin), "principal_type": "group", "role": "viewer"},
    )
    admin.put(f"/v1/content/{guid}/vanity", {"path": "/goes/"})
    folder = server._running.world.folder

    assert (folder / "content" / guid).is_dir()
    answer = admin.delete(f"/v1/content/{guid}")

    assert (answer.status, answer.data) == (204, b"")
    for below in ("", "/bundles", "/jobs", "/permissions", "/vanity"):
        gone = admin.get(f"/v1/content/{guid}{below}")
        assert gone.refusal == (404, "ObjectDoesNotExist")
    assert not (folder / "content" / guid).exists()
    assert not (folder / "bundles" / guid).exists()
    assert all(each["content_guid"] != guid for each in admin.get("/v1/vanities").json)
    with server._running.world.store.reading() as records:
        assert [records.count(kind, scope=guid) for kind in ("Bundle", "Job", "Permission")] == [0, 0, 0]
    assert admin.send("GET", "/goes/").status == 404


def _group(admin):
    return admin.get("/v1/groups?prefix=analysts").json["results"][0]["guid"]


def test_a_list_is_filtered_by_owner_and_name(admin):
    name = admin.content()["name"]

    assert len(admin.get(f"/v1/content?owner_guid={DEMO_USER}").json) >= 44
    found = admin.get(f"/v1/content?owner_guid={DEMO_USER}&name={name}&page_size=1&unknown=x").json
    assert [each["name"] for each in found] == [name]
    assert admin.get("/v1/content?name=nothing-of-this-name").json == []


def test_a_list_has_the_newest_first(admin):
    older, newer = admin.content(), admin.content()

    guids = [each["guid"] for each in admin.get("/v1/content").json]

    assert guids.index(newer["guid"]) < guids.index(older["guid"])


def test_include_fills_in_fields(admin):
    guid = "241fe2cd-6eba-4a79-9aa3-6e6fe28c5714"
    admin.post(f"/v1/content/{guid}/bookmark")

    content = admin.get(f"/v1/content/{guid}?include=owner,tags&include=bookmarked,schedule,vanity_url").json

    assert content["owner"] == {"guid": DEMO_USER, "username": "mara", "first_name": "Mara", "last_name": "Lindqvist"}
    assert (content["tags"], content["schedules"], content["bookmarked"]) == ([], [], True)
    assert "vanity_url" not in content
    wrong = admin.get(f"/v1/content/{guid}?include=everything")
    assert wrong.refusal == (400, "InvalidInclude")


def test_the_vanity_url_is_included_where_there_is_one(admin):
    found = admin.get("/v1/content?name=employee-handbook&include=vanity_url,tags").json

    assert found[0]["vanity_url"] == f"{admin.url}/handbook/"
    assert [tag["name"] for tag in found[0]["tags"]] == ["Human Resources"]


def test_an_unknown_guid_is_not_found(admin):
    for path in ("/v1/content/nothing", "/v1/content/00000000-0000-4000-8000-000000000000"):
        answer = admin.get(path)
        assert answer.refusal == (404, "ObjectDoesNotExist")


def test_an_action_with_a_null_body_field_takes_the_default(admin, pack):
    guid = admin.content()["guid"]
    admin.upload(guid, pack({"index.html": "x"}))

    assert admin.deploy(guid, bundle_id=None, activate=None)["code"] == 0


@pytest.mark.parametrize("type_", ["application/x-www-form-urlencoded", "text/plain", None])
def test_a_body_is_json_whatever_the_client_calls_it(admin, type_):
    headers = {} if type_ is None else {"Content-Type": type_}

    name = f"called-{type_}".replace("/", ".")

    made = admin.send("POST", "/__api__/v1/content", json.dumps({"name": name, "title": "a=b&c"}), headers)

    assert (made.status, made.json["title"]) == (200, "a=b&c")


def test_the_environment_of_content_is_one_that_is_there(admin):
    image = {"cluster_name": "Kubernetes", "name": "registry.example/content-default:1"}
    environment = admin.post("/v1/environments", image).json["guid"]
    guid = admin.content(default_environment_guid=environment)["guid"]
    assert admin.get(f"/v1/content/{guid}").json["default_environment_guid"] == environment

    assert admin.delete(f"/v1/environments/{environment}").status == 204

    assert admin.get(f"/v1/content/{guid}").json["default_environment_guid"] is None
    again = {"default_environment_guid": environment}
    assert admin.patch(f"/v1/content/{guid}", again).refusal == (400, "InvalidParameter")
    assert admin.post("/v1/content", {"name": "no-environment", **again}).refusal == (400, "InvalidParameter")
