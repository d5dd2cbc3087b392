"""Who may make which call: every declared operation, by every kind of caller, as the resource files say."""

import re
from urllib.parse import urlencode

import attrs
import pytest

from connectapi.spec.index import Folder, SpecIndex, builtin_folder
from connectapi.testing import ConnectServer

GUID = "00000000-0000-4000-8000-000000000000"
RANKS = ["viewer", "publisher", "administrator"]
OPERATIONS = [
    (spec, name, operation)
    for spec in SpecIndex((Folder(builtin_folder()),)).specs()
    for name, each in spec.operations().items()
    for operation in (each, *(attrs.evolve(each, call=call) for call in each.also))
]
IN_CONTENT = [each for each in OPERATIONS if "content_guid" in each[2].placeholders and each[2].verb == "GET"]
CHANGES_CONTENT = [each for each in OPERATIONS if "content_guid" in each[2].placeholders and each[2].verb != "GET"]


#: Declared for everyone, as who brings a CI's identity token has no key; all others need one.
WITH_A_KEY = {("OAuthIntegration", "exchange")}


def named(operations):
    return [pytest.param(*each, id=f"{each[0].name}.{each[1]}") for each in operations]


@pytest.fixture(scope="module")
def own():
    """A server of this module's own: administrators delete here what they can."""
    with ConnectServer(pace=0) as running:
        yield running


@pytest.fixture(scope="module")
def callers(own, connect):
    keys = {"nobody": None, "unknown": "no-such-key", "viewer": own.key_for("omar"), "publisher": own.key_for("priya")}
    return {name: connect(own.url, key) for name, key in {**keys, "administrator": own.api_key}.items()}


def send(caller, operation, **values):
    path = re.sub(r"\{(\w+)\}", lambda match: values.get(match[1], GUID), operation.path)
    needed = {name: each for name, each in operation.params.items() if each.required and not each.header}
    query = {each.wire or name: [*each.values, "1"][0] for name, each in needed.items()}
    return caller.call(operation.verb, f"{path}?{urlencode(query)}")


# Roles -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("spec", "name", "operation"), named(OPERATIONS))
def test_each_call_is_for_those_who_have_its_role(callers, spec, name, operation):
    answers = {who: send(caller, operation) for who, caller in callers.items()}

    if operation.role == "anonymous" and (spec.name, name) not in WITH_A_KEY:
        assert {answer.status for answer in answers.values()} & {401} == set()
        return
    assert answers["nobody"].refusal == (401, "AuthRequired")
    assert answers["unknown"].refusal == (401, "InvalidLogin")
    for role in RANKS:
        answer = answers[role]
        if operation.role in RANKS and RANKS.index(role) < RANKS.index(operation.role):
            assert answer.refusal == (403, "PermissionDenied"), role
            assert operation.role in answer.json["error"], "it says which role it takes"
        else:
            assert answer.status not in {401, 403, 405, 500, 501}, (role, answer)


@pytest.mark.parametrize(("spec", "name", "operation"), named(each for each in OPERATIONS if each[2].placeholders))
def test_what_is_not_there_is_404(callers, spec, name, operation):
    assert send(callers["administrator"], operation).status == 404


# Content and who may do what with it -------------------------------------------------------------


@pytest.fixture(scope="module")
def shared(callers, own, connect):
    """Content for nobody but its owner, a viewer, a publisher who views and one who collaborates."""
    admin = callers["administrator"]
    people = {"owner": "jonas", "editor": "yuki", "reader": "omar", "looker": "tomas", "stranger": "lena"}
    found = {name: connect(own.url, own.key_for(username)) for name, username in people.items()}
    guid = found["owner"].content(access_type="acl")["guid"]
    for name, role in {"editor": "owner", "reader": "viewer", "looker": "viewer"}.items():
        share = {"principal_guid": found[name].guid, "principal_type": "user", "role": role}
        assert admin.post(f"/v1/content/{guid}/permissions", share).status == 201
    return guid, {**found, "administrator": admin, "viewer-stranger": connect(own.url, own.key_for("grace"))}


@pytest.mark.parametrize(("spec", "name", "operation"), named(IN_CONTENT))
def test_content_is_read_by_those_whom_it_is_shared_with(shared, spec, name, operation):
    guid, people = shared
    answers = {who: send(caller, operation, content_guid=guid) for who, caller in people.items()}

    refused = {who for who, answer in answers.items() if answer.status == 403}

    expected = {"stranger", "viewer-stranger"}
    if operation.needs != "view":
        expected |= {"reader", "looker"}
    if operation.needs == "collaborate":
        expected |= {"administrator"}
    if operation.role == "publisher":
        expected |= {"reader"}
    if operation.role == "administrator":
        expected = set(people) - {"administrator"}
    assert refused == expected
    assert {answers[who].status for who in set(people) - expected} <= {200, 204, 400, 404}


@pytest.mark.parametrize(("spec", "name", "operation"), named(CHANGES_CONTENT))
def test_content_is_changed_by_those_who_may(shared, spec, name, operation):
    guid, people = shared
    able = {"owner", "editor"} | ({"administrator"} if operation.needs != "collaborate" else set())
    if operation.needs == "view":
        able |= {"reader", "looker"}

    for who in sorted(set(people) - able):
        answer = send(people[who], operation, content_guid=guid)
        assert answer.status == 403, (who, answer)
        assert answer.code in {"PermissionDenied", "NoViewPermission", "NoUpdatePermission"}
    if name == "delete" and spec.name == "Content":
        return
    for who in sorted(able):
        answer = send(people[who], operation, content_guid=guid)
        assert answer.status not in {401, 403, 405, 500, 501}, (who, answer)


def test_a_group_s_permission_is_that_of_its_members(shared, callers):
    guid, people = shared
    admin, stranger = callers["administrator"], people["stranger"]
    group = admin.post("/v1/groups", {"name": "those who read"}).json["guid"]
    admin.post(f"/v1/groups/{group}/members", {"user_guid": stranger.guid})
    share = {"principal_guid": group, "principal_type": "group", "role": "owner"}
    assert stranger.get(f"/v1/content/{guid}").refusal == (403, "NoViewPermission")

    admin.post(f"/v1/content/{guid}/permissions", share)

    assert stranger.get(f"/v1/content/{guid}").json["app_role"] == "editor"
    assert stranger.patch(f"/v1/content/{guid}", {"title": "By a member"}).status == 200
    admin.delete(f"/v1/groups/{group}/members/{stranger.guid}")
    assert stranger.get(f"/v1/content/{guid}").refusal == (403, "NoViewPermission")
    admin.delete(f"/v1/groups/{group}")


# Keys --------------------------------------------------------------------------------------------


def test_a_key_allows_no_more_than_the_role_it_was_made_with(callers, own, connect):
    admin = callers["administrator"]
    key = admin.post(f"/v1/users/{admin.guid}/keys", {"name": "small", "user_role": "viewer"}).json["key"]

    small = connect(own.url, key)

    assert small.get("/v1/user").json["user_role"] == "administrator"
    assert small.get("/v1/vanities").refusal == (403, "PermissionDenied")
    assert small.post("/v1/content", {"name": "x"}).refusal == (403, "PermissionDenied")


def test_a_locked_user_s_keys_open_nothing_until_the_lock_is_gone(callers, own, connect):
    admin, locked = callers["administrator"], connect(own.url, own.key_for("felix"))
    assert admin.post(f"/v1/users/{locked.guid}/lock", {"locked": True}).status == 200

    refusals = {send(locked, operation).refusal for _, _, operation in OPERATIONS if operation.role != "anonymous"}

    assert refusals == {(403, "UserLocked")}
    admin.post(f"/v1/users/{locked.guid}/lock", {"locked": False})
    assert locked.get("/v1/user").status == 200


def test_use_is_noted_to_a_quarter_of_an_hour(callers, own, connect):
    admin = callers["administrator"]
    idle = own.key_for("noor")
    users = {each["username"]: each for each in admin.get("/v1/users?page_size=100").json["results"]}
    assert users["noor"]["active_time"] is None

    connect(own.url, idle).get("/v1/user")

    seen = admin.get(f"/v1/users/{users['noor']['guid']}").json["active_time"]
    assert seen is not None
    connect(own.url, idle).get("/v1/user")
    assert admin.get(f"/v1/users/{users['noor']['guid']}").json["active_time"] == seen


def test_the_secrets_of_callers_are_not_kept(callers, own):
    admin = callers["administrator"]
    key = admin.post(f"/v1/users/{admin.guid}/keys", {"name": "kept as a digest"}).json["key"]
    token = admin.post("/v1/system/service-tokens", {"name": "t", "scopes": ["users:read"]}).json["key"]

    kept = b"".join(each.read_bytes() for each in own._running.world.folder.glob("state.sqlite*"))

    assert kept
    assert key.encode() not in kept
    assert token.encode() not in kept
