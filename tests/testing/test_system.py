"""What the server tells administrators of itself: who did what, caches, environments, features, queues."""

import itertools

import pytest

from connectapi.testing import ConnectServer

_names = itertools.count(1)


@pytest.fixture(scope="module")
def fresh():
    with ConnectServer(sample=False, pace=0) as server:
        yield server


@pytest.fixture
def owner(fresh, connect):
    return connect(fresh.url, fresh.api_key)


# The audit log -----------------------------------------------------------------------------------


def entries(owner, query="", **more):
    answer = owner.send("GET", "/__api__/v1/search/auditlogs", fields={"q": query, "page_size": "500", **more})
    assert answer.status == 200, answer
    assert answer.json["total"] == len(answer.json["results"])
    return [(each["action"], each["event_description"]) for each in answer.json["results"]]


def test_what_changes_something_is_in_the_audit_log(owner, pack):
    before = len(entries(owner))
    group = owner.post("/v1/groups", {"name": "Publishers"}).json
    owner.patch(f"/v1/groups/{group['guid']}", {"name": "Editors"})
    owner.delete(f"/v1/groups/{group['guid']}")
    owner.post("/v1/groups", {})
    owner.get("/v1/groups")
    content = owner.content(name="audited")["guid"]
    bundle = owner.upload(content, pack({"index.html": "x"})).json["id"]
    owner.deploy(content)

    assert entries(owner)[before:] == [
        ("add_group", "Added group Publishers"),
        ("edit_group", "Edited group Editors"),
        ("remove_group", f"Removed group {group['guid']}"),
        ("add_content", "Added content audited"),
        ("add_bundle", f"Added bundle {content}"),
        ("content_deploy", f"Called deploy of content {content}"),
    ]
    entry = owner.get("/v1/search/auditlogs?order=desc&page_size=1").json["results"][0]
    assert (entry["user_guid"], entry["user_description"]) == (owner.guid, "Ada Admin (admin)")
    assert bundle


def test_the_audit_log_is_read_by_cursor_and_searched(owner, fresh, caller):
    other = owner.post("/v1/users", {"username": "zoe", "first_name": "Zoe", "user_role": "publisher"}).json
    zoe = type(owner)(fresh.url, fresh.key_for("zoe"))
    zoe.content(name="by-zoe")
    whole, path = [], "/__api__/v1/audit_logs?limit=2&ascOrder=false"
    while path:
        page = owner.send("GET", path).json
        whole += page["results"]
        path = (page["paging"]["next"] or "").removeprefix(owner.url)

    assert [each["id"] for each in whole] == sorted((each["id"] for each in whole), key=int, reverse=True)
    day = whole[0]["time"][:10]
    assert entries(owner, f"user_guid:{other['guid']}") == [("add_content", "Added content by-zoe")]
    assert entries(owner, "ADDED zoe -by-zoe") == [("add_user", "Added user zoe")]
    assert entries(owner, "action:add_user,add_group zoe") == [("add_user", "Added user zoe")]
    assert len(entries(owner, f"from:{day} to:{day}")) == len(whole) == len(entries(owner, day))
    assert entries(owner, f"-from:{day}") == entries(owner, "to:2000-01-01T00:00:00Z") == []
    assert entries(owner, f'user_id:{whole[0]["user_id"]} "by-zoe"') == [("add_content", "Added content by-zoe")]
    for query, code in (("from:yesterday", "InvalidTimeFormat"), ("colour:red", "InvalidFilterField")):
        assert owner.get(f"/v1/search/auditlogs?q={query}").refusal == (400, code)
    assert zoe.get("/v1/audit_logs").refusal == (403, "PermissionDenied")


def test_every_kind_of_entry_is_listed(owner):
    actions = {each["action"]: each["description"] for each in owner.get("/v1/audit/actions").json}

    assert {action for action, _ in entries(owner)} <= actions.keys()
    assert (actions["add_group"], actions["edit_user"]) == ("Added group.", "Edited user.")


# Environments ------------------------------------------------------------------------------------


def image(**more):
    return {"cluster_name": "Kubernetes", "name": f"image:{next(_names)}", **more}


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"cluster_name": "Local"}, "InvalidEnvironmentClusterName"),
        ({"name": " "}, "InvalidEnvironmentName"),
        ({"matching": "often"}, "InvalidParameter"),
        ({"volume_mounts": [{"source": {"volume_type": "nfs", "nfs_host": "h"}}]}, "EnvironmentsInvalidVolume"),
        ({"volume_mounts": [{"source": {"volume_type": "pvc"}}]}, "EnvironmentsInvalidVolume"),
        ({"volume_mounts": [{}]}, "EnvironmentsInvalidVolume"),
    ],
)
def test_an_environment_is_checked(owner, body, code):
    assert owner.post("/v1/environments", image(**body)).refusal == (400, code)


def test_an_environment_has_a_name_of_its_own_and_usual_values(owner):
    body = image(
        matching=None, volume_mounts=[{"source": {"volume_type": "pvc", "pvc_name": "p"}, "target": {"path": "/p"}}]
    )
    made = owner.post("/v1/environments", body).json
    path = f"/v1/environments/{made['guid']}"

    assert (made["matching"], made["environment_type"]) == ("any", "Kubernetes")
    assert owner.post("/v1/environments", body).refusal == (400, "DuplicateEnvironmentName")
    assert owner.put(path, {"matching": "none"}).json["matching"] == "none"
    assert owner.put(path, {"matching": None, "title": "T"}).json["matching"] == "any"


def test_what_a_configuration_file_looks_after_stays(owner, fresh):
    guid = owner.post("/v1/environments", image()).json["guid"]
    with fresh._running.world.store.writing() as records:
        records.change("Environment", guid, {"managed_by": "environments.yaml"})

    assert owner.put(f"/v1/environments/{guid}", {"title": "T"}).refusal == (409, "EnvironmentIsConfigManaged")
    assert owner.delete(f"/v1/environments/{guid}").refusal == (409, "EnvironmentIsConfigManaged")


def test_leave_to_use_an_environment_is_for_one_user_or_one_group(owner):
    path = f"/v1/environments/{owner.post('/v1/environments', image()).json['guid']}/permissions"
    group = owner.post("/v1/groups", {"name": f"G{next(_names)}"}).json["guid"]
    nobody = "00000000-0000-4000-8000-000000000000"

    assert owner.post(path, {"group_guid": group}).json["group_guid"] == group
    assert owner.post(path, {"user_guid": owner.guid}).status == 200
    assert owner.post(path, {"group_guid": group}).refusal == (400, "DuplicateEnvironmentPermission")
    for body in ({}, {"group_guid": group, "user_guid": owner.guid}):
        assert owner.post(path, body).refusal == (400, "InvalidEnvironmentPermission")
    assert owner.post(path, {"user_guid": nobody}).refusal == (400, "InvalidParameter")
    owner.delete(f"/v1/groups/{group}")
    assert [each["user_guid"] for each in owner.get(path).json] == [owner.guid]


# Caches, queues, features ------------------------------------------------------------------------


@pytest.fixture
def report(owner, pack):
    """Content that needs R, deployed."""
    guid = owner.content()["guid"]
    manifest = {
        "metadata": {"appmode": "rmd-static"},
        "platform": "4.3.3",
        "packages": {"shiny": {"description": {"Package": "shiny", "Version": "1.7.5"}}},
    }
    owner.upload(guid, pack({"a.Rmd": "x"}, manifest))
    assert owner.deploy(guid)["code"] == 0
    return guid


def test_packages_are_those_of_content_that_the_caller_sees(owner, fresh, report):
    owner.post("/v1/users", {"username": "reader"})
    reader = type(owner)(fresh.url, fresh.key_for("reader"))
    found = owner.get("/v1/packages?name=shiny").json["results"]

    assert [(each["version"], each["language_version"]) for each in found if each["content_guid"] == report] == [
        ("1.7.5", "4.3.3")
    ]
    assert reader.get("/v1/packages").json["total"] == 0
    assert owner.get("/v1/packages?name=none").json["total"] == 0


def test_what_is_being_worked_on_stays_in_its_queue(owner, fresh):
    with fresh._running.world.store.writing() as records:
        for key, name, started in (("1", "a", None), ("2", "b", "2024-01-01T00:00:00Z")):
            records.insert("QueueItem", key, {"id": key, "name": name, "started_time": started})

    assert [each["id"] for each in owner.get("/v1/queue?asc_order=false").json["results"]] == ["2", "1"]
    assert [each["id"] for each in owner.get("/v1/queue?queue_names=b,c").json["results"]] == ["2"]
    assert owner.delete("/v1/queue/2").refusal == (400, "CannotDelete")
    assert owner.delete("/v1/queue/1").status == 204
    assert owner.get("/v1/queue").json["total"] == 1


def test_a_feature_is_used_once_there_is_something_of_it(owner):
    used = {each["name"]: each["used"] for each in owner.get("/v1/feature-usage").json}
    assert used["tags"] is False

    owner.post("/v1/tags", {"name": "One"})

    assert {each["name"]: each["used"] for each in owner.get("/v1/feature-usage").json} == {**used, "tags": True}


@pytest.mark.parametrize(
    "path",
    [
        "/v1/system/hosts?active=maybe",
        "/v1/experimental/jobs/summary?from=now",
        "/v1/search/variants?order=up",
        "/v1/users?sort=guid",
    ],
)
def test_a_parameter_that_makes_no_sense_is_refused_wherever_it_stands(owner, path):
    assert owner.get(path).status == 400
