"""Service tokens: what each scope allows, for how long, and that no secret comes out again."""

import datetime

import pytest

from connectapi.spec.index import Folder, SpecIndex, builtin_folder

SCOPES = sorted(
    {
        scope
        for spec in SpecIndex((Folder(builtin_folder()),)).specs()
        for operation in spec.operations().values()
        for scope in operation.scopes
    }
)


@pytest.fixture
def token(server, admin, connect):
    """Make a caller with a service token."""

    def make(*scopes, **values):
        made = admin.post("/v1/system/service-tokens", {"name": "robot", "scopes": list(scopes), **values})
        assert made.status == 200, made
        return connect(server.url, made.json["key"]), made.json["guid"]

    return make


def test_the_scopes_are_those_that_operations_declare(admin):
    listed = admin.get("/v1/system/service-tokens/scopes").json["scopes"]

    assert [each["name"] for each in listed] == SCOPES
    assert {"identity:manage", "nameservice:read"} <= set(SCOPES)
    assert all(each["description"] for each in listed)


@pytest.mark.parametrize("scope", SCOPES)
def test_a_token_makes_the_calls_of_its_scope_and_no_others(admin, token, scope):
    robot, _ = token(scope)
    index = SpecIndex((Folder(builtin_folder()),))
    operations = [each for spec in index.specs() for each in spec.operations().values() if each.role != "anonymous"]
    plain = [each for each in operations if each.verb == "GET" and not each.placeholders]

    allowed = [each.path for each in plain if robot.get(each.path).status == 200]

    assert allowed == [each.path for each in plain if scope in each.scopes]
    assert robot.get("/v1/user").refusal == (403, "PermissionDenied")
    assert "no scope allows it" in robot.get("/v1/user").json["error"]


def test_a_token_sees_everything_that_its_scope_is_about(admin, token):
    admin.content(title="For nobody else's eyes")
    robot, _ = token("content:search", "groups:read")

    found = robot.get("/v1/search/content?q=%22nobody+else%27s%22").json["results"]

    assert [each["title"] for each in found] == ["For nobody else's eyes"]
    assert found[0]["app_role"] == "none"
    assert robot.get("/v1/groups").json["total"] == admin.get("/v1/groups").json["total"]
    assert robot.get("/v1/search/content?include=bookmarked").refusal == (400, "InvalidInclude")
    assert robot.get("/v1/search/content?include=tags,schedule").refusal == (400, "InvalidInclude")


def test_a_token_manages_users_and_groups(admin, token):
    robot, _ = token("identity:manage")

    user = robot.post("/v1/users", {"username": "made-by-a-robot"})
    group = robot.post("/v1/groups", {"name": "made by a robot"})

    assert (user.status, group.status) == (200, 200)
    assert robot.post(f"/v1/groups/{group.json['guid']}/members", {"user_guid": user.json["guid"]}).status == 204
    assert robot.post(f"/v1/users/{user.json['guid']}/lock", {"locked": True}).status == 200
    assert robot.delete(f"/v1/groups/{group.json['guid']}").status == 204
    reader, _ = token("nameservice:read")
    assert reader.get(f"/v1/users/{user.json['guid']}").json["username"] == "made-by-a-robot"
    assert reader.post("/v1/users", {"username": "x"}).refusal == (403, "PermissionDenied")


def test_a_token_is_listed_without_its_secret_and_revoked_at_once(admin, token):
    robot, guid = token("users:read")
    assert robot.get("/v1/users").status == 200

    listed = next(each for each in admin.get("/v1/system/service-tokens").json if each["guid"] == guid)

    assert (listed["name"], listed["scopes"], "key" in listed) == ("robot", ["users:read"], False)
    assert admin.delete(f"/v1/system/service-tokens/{guid}").status == 204
    assert robot.get("/v1/users").refusal == (401, "InvalidLogin")
    assert admin.delete(f"/v1/system/service-tokens/{guid}").status == 404


def test_a_token_ends(clocked, connect):
    server, clock = clocked
    admin = connect(server.url, server.api_key)
    ends = (clock.now() + datetime.timedelta(hours=1)).isoformat()
    body = {"name": "brief", "scopes": ["users:read"], "expires_at": ends}
    robot = connect(server.url, admin.post("/v1/system/service-tokens", body).json["key"])
    assert robot.get("/v1/users").status == 200

    clock.advance(3601)

    assert robot.get("/v1/users").refusal == (401, "InvalidLogin")
    assert admin.post("/v1/system/service-tokens", body).refusal == (400, "InvalidParameter")


def test_scopes_are_checked(admin):
    assert admin.post("/v1/system/service-tokens", {"name": "x", "scopes": ["all"]}).refusal == (
        400,
        "InvalidParameter",
    )
    assert admin.post("/v1/system/service-tokens", {"name": "x", "scopes": []}).status == 400
