"""Users, their keys, groups, and what each role may do."""

import datetime

import pytest

GUID = "00000000-0000-4000-8000-000000000000"


# Who is calling --------------------------------------------------------------------------------


def test_a_call_without_a_key_is_refused(nobody):
    assert nobody.get("/v1/user").refusal == (401, "AuthRequired")
    assert nobody.get("/v1/content").refusal == (401, "AuthRequired")
    assert nobody.get("/v1/users").status == 401


@pytest.mark.parametrize("header", ["Key wrong", "Key", "Bearer x", "x", "Key \udce9"])
def test_a_wrong_key_is_refused(nobody, header):
    value = header.encode("utf-8", "surrogateescape").decode("latin-1")
    assert nobody.get("/v1/user", headers={"Authorization": value}).refusal == (401, "InvalidLogin")


def test_a_key_can_come_in_either_header(server, nobody):
    for header in ("Authorization", "X-RSC-Authorization"):
        assert nobody.get("/v1/user", headers={header: f"key {server.api_key}"}).json["username"] == "mara"


@pytest.mark.parametrize("value", ["Key {}", "key {}", "{}"])
def test_a_key_beside_what_a_platform_wants_is_the_one_that_counts(server, nobody, value):
    headers = {
        "Authorization": 'Snowflake Token="of-the-platform"',
        "X-RSC-Authorization": value.format(server.api_key),
    }

    assert nobody.get("/v1/user", headers=headers).json["username"] == "mara"
    headers["X-RSC-Authorization"] = value.format("wrong")
    assert nobody.get("/v1/user", headers=headers).refusal == (401, "InvalidLogin")
    del headers["X-RSC-Authorization"]
    assert nobody.get("/v1/user", headers=headers).refusal == (401, "InvalidLogin")


def test_what_is_for_everyone_needs_no_key_and_minds_no_wrong_one(nobody):
    assert nobody.get("/v1/server_settings/public").status == 200
    assert nobody.get("/v1/server_settings/public", headers={"Authorization": "Key wrong"}).status == 200


def test_a_locked_user_is_refused(admin, caller):
    guid = admin.post("/v1/users", {"username": "locked-one"}).json["guid"]
    locked = caller("locked-one")
    assert locked.get("/v1/user").json["locked"] is False

    assert admin.post(f"/v1/users/{guid}/lock", {"locked": True}).status == 200
    assert locked.get("/v1/user").refusal == (403, "UserLocked")
    assert admin.post(f"/v1/users/{guid}/lock", {"locked": False}).status == 200
    assert locked.get("/v1/user").status == 200
    assert admin.post(f"/v1/users/{guid}/lock", {"locked": None}).refusal == (400, "ParameterMissing")
    assert admin.post(f"/v1/users/{GUID}/lock", {"locked": True}).status == 404


def test_roles_are_kept(viewer, publisher):
    assert viewer.post("/v1/content", {"name": "x"}).refusal == (403, "PermissionDenied")
    assert viewer.post("/v1/users", {"username": "x"}).status == 403
    assert publisher.get("/v1/vanities").status == 403
    assert publisher.post("/v1/tags", {"name": "x"}).status == 403


# Content and who may do what with it -----------------------------------------------------------


def test_viewers_see_what_they_may(admin, viewer):
    hidden, shown = admin.content()["guid"], admin.content(access_type="logged_in")["guid"]

    listed = [each["guid"] for each in viewer.get("/v1/content").json]

    assert (shown in listed, hidden in listed) == (True, False)
    assert viewer.get(f"/v1/content/{hidden}").refusal == (403, "NoViewPermission")
    assert viewer.get(f"/v1/content/{shown}").json["app_role"] == "viewer"
    assert viewer.delete(f"/v1/content/{shown}").refusal == (403, "PermissionDenied")


def test_a_viewer_does_not_see_what_content_runs_with(admin, viewer):
    found = admin.get("/v1/content?name=sample-size-calculator").json[0]
    assert found["py_version"] == "3.11.9"

    assert viewer.get(f"/v1/content/{found['guid']}").json["py_version"] is None
    bundle = viewer.get(f"/v1/content/{found['guid']}/bundles/{found['bundle_id']}").json
    assert (bundle["py_version"], bundle["active"]) == (None, True)


def test_collaborators_may_change_what_is_not_theirs(admin, publisher, caller, pack):
    guid = admin.content()["guid"]
    path = f"/v1/content/{guid}"
    assert publisher.patch(path, {"title": "x"}).refusal == (403, "NoUpdatePermission")
    assert publisher.get(f"{path}/environment").status == 403

    share = {"principal_guid": publisher.guid, "principal_type": "user", "role": "owner"}
    assert admin.post(f"{path}/permissions", share).status == 201
    assert publisher.get(path).json["app_role"] == "editor"
    assert publisher.patch(path, {"title": "x"}).status == 200
    assert publisher.upload(guid, pack({"index.html": "x"})).status == 200
    assert publisher.deploy(guid)["code"] == 0
    other = caller("sven")
    assert other.patch(path, {"title": "administrators may"}).status == 200
    assert other.get(path).json["app_role"] == "none"
    assert other.upload(guid, pack({"index.html": "x"})).refusal == (403, "PermissionDenied")


def test_a_group_shares_with_its_members(admin, viewer):
    guid = admin.content()["guid"]
    group = admin.post("/v1/groups", {"name": f"group of {guid}"}).json["guid"]
    admin.post(
        f"/v1/content/{guid}/permissions", {"principal_guid": group, "principal_type": "group", "role": "viewer"}
    )

    assert viewer.get(f"/v1/content/{guid}").status == 403
    admin.post(f"/v1/groups/{group}/members", {"user_guid": viewer.guid})
    assert viewer.get(f"/v1/content/{guid}").json["app_role"] == "viewer"
    assert guid in [each["guid"] for each in viewer.get("/v1/content").json]
    shared = admin.get(f"/v1/experimental/groups/{group}/content").json
    assert [(each["content_guid"], each["permissions"][0]["principal_role"]) for each in shared] == [(guid, "author")]
    assert shared[0]["permissions"][1]["principal_name"] == f"group of {guid}"
    admin.delete(f"/v1/groups/{group}")
    assert viewer.get(f"/v1/content/{guid}").status == 403
    assert admin.get(f"/v1/content/{guid}/permissions").json == []


# Users -----------------------------------------------------------------------------------------


def test_users_come_in_pages_by_first_name(admin):
    first = admin.get("/v1/users?page_size=3").json
    second = admin.get("/v1/users?page_size=3&page_number=2").json

    assert (first["current_page"], second["current_page"]) == (1, 2)
    assert first["total"] == second["total"] >= 13
    names = [each["first_name"] for each in first["results"] + second["results"]]
    assert names == sorted(names, key=str.lower)
    assert len(names) == 6
    assert admin.get("/v1/users?page_number=999").json["results"] == []
    assert len(admin.get("/v1/users?page_size=100000").json["results"]) == first["total"]


@pytest.mark.parametrize("query", ["page_number=0", "page_size=-1", "page_size=x", "sort=guid", "user_role=king"])
def test_a_page_that_can_not_be_is_refused(admin, query):
    assert admin.get(f"/v1/users?{query}").refusal == (400, "InvalidParameter")


def test_users_are_found_and_sorted(admin):
    assert [each["username"] for each in admin.get("/v1/users?prefix=Héra").json["results"]] == []
    assert [each["username"] for each in admin.get("/v1/users?prefix=herr").json["results"]] == ["tomas"]
    roles = admin.get("/v1/users?user_role=administrator|publisher&sort=username&asc_order=false").json["results"]
    names = [each["username"] for each in roles]
    assert {"mara", "sven", "jonas"} <= set(names)
    assert "omar" not in names
    assert names == sorted(names, reverse=True)


def test_users_are_found_by_the_state_of_their_accounts(admin):
    def found(status):
        return {
            each["username"] for each in admin.get(f"/v1/users?account_status={status}&page_size=500").json["results"]
        }

    assert "dmitri" in found("locked")
    assert {"mara", "omar"} <= found("licensed")
    assert {"hanna", "noor"} <= found("inactive")
    assert not found("licensed") & found("inactive")
    assert {"dmitri", "hanna"} <= found("locked|inactive")


def test_a_user_is_made_changed_and_read(admin):
    body = {"username": "newone", "email": "n@example.com", "password": "secret", "user_must_set_password": True}
    user = admin.post("/v1/users", {**body, "unique_id": "uid=1"}).json

    assert (user["user_role"], user["confirmed"], user["locked"], user["external_id"]) == (
        "viewer",
        False,
        False,
        "uid=1",
    )
    assert "password" not in user
    changed = admin.put(f"/v1/users/{user['guid']}", {"first_name": "New", "user_role": "publisher"}).json
    assert (changed["first_name"], changed["user_role"]) == ("New", "publisher")
    assert admin.get(f"/v1/users/{user['guid']}").json["first_name"] == "New"
    assert admin.get(f"/v1/users/{GUID}").status == 404


def test_usernames_are_checked(admin):
    assert admin.post("/v1/users", {}).refusal == (400, "ParameterMissing")
    assert admin.post("/v1/users", {"username": ""}).refusal == (400, "InvalidUserName")
    assert admin.post("/v1/users", {"username": "a b"}).refusal == (400, "InvalidUserName")
    assert admin.post("/v1/users", {"username": "MARA"}).refusal == (409, "DuplicateUserName")
    guid = admin.post("/v1/users", {"username": "to-rename"}).json["guid"]
    assert admin.put(f"/v1/users/{guid}", {"username": "omar"}).refusal == (409, "DuplicateUserName")
    assert admin.put(f"/v1/users/{guid}", {"username": "renamed"}).json["username"] == "renamed"


def test_users_change_themselves_but_not_their_role(admin, publisher, viewer):
    assert viewer.put(f"/v1/users/{viewer.guid}", {"first_name": "Omar"}).status == 200
    assert viewer.put(f"/v1/users/{publisher.guid}", {"first_name": "x"}).status == 403
    assert viewer.put(f"/v1/users/{viewer.guid}", {"user_role": "publisher"}).status == 403
    admin_guid = admin.post("/v1/users", {"username": "second", "user_role": "administrator"}).json["guid"]
    assert admin.put(f"/v1/users/{admin_guid}", {"user_role": "viewer"}).status == 200


def test_the_provider_s_name_of_a_user_is_for_administrators_and_the_user(admin, publisher, caller):
    guid = admin.post("/v1/users", {"username": "external", "external_id": "id-1"}).json["guid"]

    assert admin.get(f"/v1/users/{guid}").json["external_id"] == "id-1"
    assert caller("external").get("/v1/user").json["external_id"] == "id-1"
    assert publisher.get(f"/v1/users/{guid}").json["external_id"] == ""


@pytest.mark.parametrize("path", ["/v1/users", "/v1/groups"])
def test_there_is_no_directory_to_add_from(admin, path):
    assert admin.put(path, {"temp_ticket": "x"}).refusal == (400, "PullOnPushAuth")
    assert admin.get(f"{path}/remote?prefix=x").refusal == (400, "PullOnPushAuth")


# Keys ------------------------------------------------------------------------------------------


def test_a_key_is_made_shown_once_and_revoked(admin, connect):
    path = f"/v1/users/{admin.guid}/keys"
    key = admin.post(path, {"name": "ci", "user_role": "viewer"}).json
    assert len(key["key"]) == 32

    with_it = connect(admin.url, key["key"])
    assert with_it.get("/v1/user").json["username"] == "mara"
    assert with_it.post("/v1/content", {"name": "x"}).status == 403
    assert "key" not in admin.get(f"{path}/{key['id']}").json
    assert key["id"] in [each["id"] for each in admin.get(path).json]
    assert admin.delete(f"{path}/{key['id']}").status == 204
    assert with_it.get("/v1/user").status == 401
    assert admin.delete(f"{path}/{key['id']}").status == 404


def test_a_key_ends_when_it_expires(server, admin, connect):
    path = f"/v1/users/{admin.guid}/keys"
    assert admin.post(path, {"name": "x", "expires_at": "2020-01-01T00:00:00Z"}).refusal == (400, "InvalidParameter")
    assert admin.post(path, {"name": "x", "expires_at": "tomorrow"}).refusal == (400, "InvalidTimeFormat")
    key = admin.post(path, {"name": "x", "expires_at": "2999-01-01T00:00:00.5+02:00"}).json
    assert key["expires_at"] == "2998-12-31T22:00:00Z"


def test_an_expired_key_is_refused(clocked, connect):
    server, clock = clocked
    admin = connect(server.url, server.api_key)
    ends = (clock.now() + datetime.timedelta(hours=1)).isoformat()
    key = admin.post(f"/v1/users/{admin.guid}/keys", {"name": "brief", "expires_at": ends}).json["key"]
    brief = connect(server.url, key)
    assert brief.get("/v1/user").status == 200

    clock.advance(3601)

    assert brief.get("/v1/user").refusal == (401, "InvalidLogin")


def test_keys_are_for_oneself_and_for_no_more_than_one_may(admin, publisher):
    own = f"/v1/users/{publisher.guid}/keys"
    assert admin.get(own).refusal == (404, "ObjectDoesNotExist")
    assert admin.post(own, {"name": "x"}).refusal == (403, "PermissionDenied")
    assert publisher.post(own, {"name": "x", "user_role": "administrator"}).refusal == (400, "InvalidKeyRole")
    assert publisher.post(own, {"name": " "}).refusal == (400, "InvalidKeyName")
    assert publisher.post(own, {"name": "x"}).json["user_role"] == "publisher"


# Groups ----------------------------------------------------------------------------------------


def test_a_group_is_made_changed_filled_and_deleted(admin, viewer):
    group = admin.post("/v1/groups", {"name": "Night shift", "gid": 7001}).json
    path = f"/v1/groups/{group['guid']}"
    assert (group["member_count"], group["owner_guid"]) == (0, admin.guid)

    assert admin.post(f"{path}/members", {"user_guid": viewer.guid}).status == 204
    assert admin.post(f"{path}/members", {"user_guid": viewer.guid}).refusal == (409, "DuplicateGroupEntry")
    assert admin.post(f"{path}/members", {"user_guid": GUID}).refusal == (400, "InvalidUserGUID")
    assert admin.post(f"{path}/members", {}).refusal == (400, "ParameterMissing")
    members = admin.get(f"{path}/members?sort=user_role").json
    assert (members["total"], members["results"][0]["username"]) == (1, "omar")
    assert admin.get(path).json["member_count"] == 1
    assert admin.patch(path, {"name": "Late shift", "gid": None}).json["gid"] is None
    assert admin.post(path, {"name": "Shift"}).json["name"] == "Shift"
    assert viewer.delete(f"{path}/members/{viewer.guid}").status == 204
    assert admin.delete(f"{path}/members/{viewer.guid}").status == 404
    assert admin.delete(path).status == 204
    assert admin.get(path).status == 404
    assert admin.get(f"{path}/members").status == 404


def test_groups_are_found_by_the_beginning_of_their_names(admin):
    assert [each["name"] for each in admin.get("/v1/groups?prefix=an").json["results"]] == ["Analysts"]
    names = [each["name"] for each in admin.get("/v1/groups?asc_order=false").json["results"]]
    assert names == sorted(names, key=str.lower, reverse=True)


@pytest.mark.parametrize(
    ("body", "refusal"),
    [
        ({"name": " "}, (400, "InvalidGroupName")),
        ({"name": "Analysts"}, (409, "DuplicateGroupName")),
        ({"name": "x", "gid": 0}, (400, "InvalidParameter")),
        ({"name": "x", "gid": 4242}, (409, "DuplicateGroupGid")),
    ],
)
def test_groups_are_checked(admin, body, refusal):
    admin.post("/v1/groups", {"name": "the one with the gid", "gid": 4242})

    assert admin.post("/v1/groups", body).refusal == refusal


def test_a_group_is_its_owner_s(admin, publisher, viewer, caller):
    guid = publisher.post("/v1/groups", {"name": "of jonas", "unique_id": "ignored"}).json["guid"]
    other = caller("priya")

    assert publisher.post("/v1/groups", {"name": "x", "gid": 5}).status == 403
    assert other.patch(f"/v1/groups/{guid}", {"name": "y"}).status == 403
    assert other.post(f"/v1/groups/{guid}/members", {"user_guid": viewer.guid}).status == 403
    assert publisher.patch(f"/v1/groups/{guid}", {"owner_guid": viewer.guid}).refusal == (400, "InvalidOwner")
    assert publisher.patch(f"/v1/groups/{guid}", {"owner_guid": other.guid}).status == 200
    assert publisher.delete(f"/v1/groups/{guid}").status == 403
    assert other.delete(f"/v1/groups/{guid}").status == 204
