"""Tags, permissions, vanity paths, and the other things that hang on content."""

import pytest

GUID = "00000000-0000-4000-8000-000000000000"


# Tags ------------------------------------------------------------------------------------------


def tag(admin, name, parent=None):
    return admin.post("/v1/tags", {"name": name, "parent_id": parent}).json["id"]


@pytest.fixture
def tree(admin, request):
    top = tag(admin, f"Top {request.node.name[:200]}")
    middle = tag(admin, "Middle", top)
    return top, middle, tag(admin, "Low", middle)


def test_tags_are_read_by_id_and_by_the_names_down_to_them(admin, viewer, tree):
    low = viewer.get(f"/v1/tags/{tree[2]}").json
    assert (low["name"], low["parent_id"]) == ("Low", tree[1])
    top = viewer.get(f"/v1/tags/{tree[0]}").json

    assert viewer.get(f"/v1/tags/{top['name']},Middle,%20Low").json == low
    assert viewer.get("/v1/tags/None,of,these").status == 404
    assert [each["name"] for each in viewer.get(f"/v1/tags?parent_id={tree[0]}").json] == ["Middle"]
    assert low in viewer.get("/v1/tags?name=Low").json
    assert {"Department", "Finance"} <= {each["name"] for each in viewer.get("/v1/tags").json}


def test_tags_are_checked(admin, tree):
    assert admin.post("/v1/tags", {}).refusal == (400, "ParameterMissing")
    assert admin.post("/v1/tags", {"name": " "}).refusal == (400, "NoEmptyTagName")
    assert admin.post("/v1/tags", {"name": "x" * 256}).refusal == (400, "NoLongTagName")
    assert admin.post("/v1/tags", {"name": "x", "parent_id": "0"}).refusal == (400, "InvalidParentTag")
    assert admin.post("/v1/tags", {"name": "MIDDLE", "parent_id": tree[0]}).refusal == (400, "NoDuplicateTagNames")
    assert admin.patch(f"/v1/tags/{tree[0]}", {"parent_id": tree[2]}).refusal == (400, "InvalidParentTag")
    moved = admin.patch(f"/v1/tags/{tree[2]}", {"parent_id": int(tree[0]), "name": "Lower"}).json
    assert (moved["parent_id"], moved["name"]) == (tree[0], "Lower")


def test_a_tag_comes_with_those_above_it_and_goes_with_those_below(admin, tree):
    guid = admin.content()["guid"]
    path = f"/v1/content/{guid}/tags"

    assert admin.post(path, {"tag_id": tree[2]}).status == 200
    assert {each["id"] for each in admin.get(path).json} == {tree[1], tree[2]}
    assert [each["guid"] for each in admin.get(f"/v1/tags/{tree[0]}/content").json] == [guid]
    admin.post(path, {"tag_id": tree[2]})
    assert admin.delete(f"{path}/{tree[1]}").status == 200
    assert admin.get(path).json == []


def test_tags_that_content_can_not_have_are_refused(admin, tree):
    path = f"/v1/content/{admin.content()['guid']}/tags"

    assert admin.post(path, {"tag_id": tree[0]}).refusal == (400, "NoCategoryAppAssignment")
    assert admin.post(path, {"tag_id": "0"}).refusal == (400, "InvalidTag")
    assert admin.delete(f"{path}/0").refusal == (404, "ObjectDoesNotExist")


def test_a_deleted_tag_goes_with_all_below_it_and_from_all_content(admin, tree):
    guid = admin.content()["guid"]
    admin.post(f"/v1/content/{guid}/tags", {"tag_id": tree[2]})

    assert admin.delete(f"/v1/tags/{tree[0]}").status == 204
    assert [admin.get(f"/v1/tags/{each}").status for each in tree] == [404, 404, 404]
    assert admin.get(f"/v1/content/{guid}/tags").json == []


# Permissions -----------------------------------------------------------------------------------


def test_sharing_again_changes_the_role(admin, publisher):
    path = f"/v1/content/{admin.content()['guid']}/permissions"
    share = {"principal_guid": publisher.guid, "principal_type": "user", "role": "viewer", "send_email": False}

    first = admin.post(path, share)
    again = admin.post(path, {**share, "role": "owner"})

    assert (first.status, again.status) == (201, 200)
    assert again.json == {**first.json, "role": "owner"}
    assert admin.get(path).json == [again.json]
    one = f"{path}/{again.json['id']}"
    assert admin.get(one).json == again.json
    assert admin.put(one, {**share, "role": "viewer"}).json["role"] == "viewer"
    assert admin.put(one, {**share, "principal_guid": admin.guid}).status == 400
    assert admin.put(one, {**share, "principal_guid": GUID, "principal_type": "group"}).status == 400
    assert admin.delete(one).status == 204
    assert (admin.get(path).json, admin.delete(one).status) == ([], 404)


def test_a_permission_can_not_change_hands(admin, publisher, caller):
    path = f"/v1/content/{admin.content()['guid']}/permissions"
    share = {"principal_guid": publisher.guid, "principal_type": "user", "role": "viewer"}
    one = admin.post(path, share).json["id"]

    answer = admin.put(f"{path}/{one}", {**share, "principal_guid": caller("priya").guid})

    assert answer.refusal == (400, "ImmutableFields")


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"principal_type": "robot"}, "InvalidParameter"),
        ({"role": "king"}, "InvalidRoleAssignment"),
        ({"principal_guid": GUID}, "InvalidUserGUID"),
        ({"principal_guid": GUID, "principal_type": "group"}, "InvalidGroupGUID"),
        ({"role": "owner"}, "InvalidCollaborator"),
        ({"principal_guid": "d03a6b7a-c818-4e40-8ef9-84ca567f9671"}, "InvalidCollaboratorOwner"),
        ({"principal_type": ""}, "InvalidPrincipalType"),
    ],
)
def test_permissions_are_checked(admin, viewer, change, code):
    share = {"principal_guid": viewer.guid, "principal_type": "user", "role": "viewer"}

    answer = admin.post(f"/v1/content/{admin.content()['guid']}/permissions", {**share, **change})

    assert answer.refusal == (400, code)


# Vanity paths ----------------------------------------------------------------------------------


def test_a_path_is_set_read_changed_and_removed(admin):
    guid = admin.content()["guid"]
    path = f"/v1/content/{guid}/vanity"
    assert admin.get(path).status == 404

    assert admin.put(path, {"path": "own/path"}).json["path"] == "/own/path/"
    assert admin.put(path, {"path": "/own/path/"}).status == 200
    assert admin.get(path).json == admin.put(path, {"path": "/own/path/"}).json
    assert guid in [each["content_guid"] for each in admin.get("/v1/vanities").json]
    assert admin.delete(path).status == 204
    assert admin.delete(path).status == 404


@pytest.mark.parametrize("text", ["", "/", "/a b/", "/a/../b/", "/__api__/x", "/Content/x", "/ä/", "/connect/"])
def test_some_paths_nobody_can_have(admin, text):
    answer = admin.put(f"/v1/content/{admin.content()['guid']}/vanity", {"path": text})

    assert answer.refusal == (400, "ProhibitedVanityPath")


def test_a_path_is_taken_from_other_content_by_force_alone(admin, publisher):
    first, second = admin.content()["guid"], publisher.content()["guid"]
    admin.put(f"/v1/content/{first}/vanity", {"path": "/wanted/"})
    path = f"/v1/content/{second}/vanity"

    assert publisher.put(path, {"path": "/wanted/"}).refusal == (409, "VanityPathInUse")
    assert publisher.put(path, {"path": "/wanted/below/"}).refusal == (409, "VanityPathInUse")
    assert publisher.put(path, {"path": "/wanted/", "force": True}).refusal == (403, "PermissionDenied")
    assert admin.put(path, {"path": "/wanted/", "force": True}).status == 200
    assert admin.get(f"/v1/content/{first}/vanity").status == 404


# Environment variables, bookmarks, repositories --------------------------------------------------


def test_environment_variables_are_set_changed_and_named_but_never_shown(admin):
    path = f"/v1/content/{admin.content()['guid']}/environment"
    assert admin.get(path).json == []

    assert admin.put(path, [{"name": "B", "value": "secret-1"}, {"name": "A", "value": ""}]).json == ["A", "B"]
    assert admin.patch(path, [{"name": "C", "value": "secret-2"}, {"name": "B", "value": None}]).json == ["A", "C"]
    assert admin.get(path).json == ["A", "C"]
    assert admin.put(path, [{"name": "D", "value": "x"}]).json == ["D"]
    assert b"secret" not in admin.get(path.removesuffix("/environment")).data


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ([{"value": "x"}], "EmptyEnvironmentVariableName"),
        ([{"name": "", "value": "x"}], "EmptyEnvironmentVariableName"),
        ([{"name": "A", "value": "x"}, {"name": "A", "value": "y"}], "DuplicateEnvironmentVariable"),
        ([{"name": "A", "value": 5}], "CannotParseRequestBody"),
        ([{"name": "A", "odd": 5}], "CannotParseRequestBody"),
        (["A"], "CannotParseRequestBody"),
        ({"name": "A"}, "CannotParseRequestBody"),
    ],
)
def test_environment_variables_are_checked(admin, body, code):
    assert admin.put(f"/v1/content/{admin.content()['guid']}/environment", body).refusal == (400, code)


def test_a_bookmark_is_one_s_own(admin, viewer):
    guid = admin.content(access_type="logged_in")["guid"]
    path = f"/v1/content/{guid}/bookmark"

    assert viewer.get(path).status == 404
    assert viewer.post(path).status == 201
    assert viewer.post(path).refusal == (400, "DuplicateBookmark")
    assert viewer.get(path).json["created_time"].endswith("Z")
    assert admin.get(path).status == 404
    assert viewer.delete(path).status == 204
    assert viewer.delete(path).status == 404


def test_a_repository_is_set_changed_and_forgotten(admin, pack):
    guid = admin.content()["guid"]
    path = f"/v1/content/{guid}/repository"
    assert admin.get(path).refusal == (404, "AppIsNotGitManaged")
    assert admin.patch(path, {"branch": "x"}).status == 404
    assert admin.put(path, {"branch": "x"}).refusal == (400, "ParameterMissing")

    made = admin.put(path, {"repository": "https://example.com/x.git"}).json
    assert (made["branch"], made["directory"], made["polling"]) == ("main", ".", True)
    assert admin.patch(path, {"branch": "dev"}).json["branch"] == "dev"
    assert admin.get(path).json["repository"] == "https://example.com/x.git"
    assert admin.upload(guid, pack({"index.html": "x"})).refusal == (400, "NoBundleUploadForGitManagedApp")
    assert admin.get(f"{path}/branches").refusal == (400, "GitIsDisabled")
    assert admin.post(f"{path}/bundle", {}).refusal == (400, "GitIsDisabled")
    assert admin.delete(path).status == 204
    assert admin.delete(path).status == 404


def test_packages_and_the_lockfile_need_a_deployment(admin):
    guid = admin.content()["guid"]

    assert (admin.get(f"/v1/content/{guid}/packages").status, admin.get(f"/v1/content/{guid}/lockfile").status) == (
        204,
        404,
    )


def test_anonymous_access_is_tested(admin):
    guid = admin.site(access_type="all")
    result = admin.post(f"/v1/content/{guid}/access-test").json
    assert (result["accessible"], result["url"]) == (True, f"{admin.url}/content/{guid}/")

    admin.patch(f"/v1/content/{guid}", {"locked": True})
    assert admin.post(f"/v1/content/{guid}/access-test").json["accessible"] is False
    admin.patch(f"/v1/content/{guid}", {"access_type": "acl"})
    assert admin.post(f"/v1/content/{guid}/access-test").refusal == (400, "NotPublicContent")
