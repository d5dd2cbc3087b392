"""What a person does with the dashboard's forms, and that nobody else does it for her."""

import pytest

from connectapi.testing import ConnectServer


@pytest.fixture
def site(admin, pack):
    """Content of the administrator's, with a bundle in use and a newer one that is not."""
    guid = admin.site({"index.html": "first"})
    second = admin.upload(guid, pack({"index.html": "second"})).json["id"]
    return guid, second


def bundle_in_use(admin, guid):
    return admin.get(f"/v1/content/{guid}").json["bundle_id"]


def settled(visitor, answer):
    """Follow a task as a browser does, until its page no longer comes anew by itself."""
    path = answer.headers["Location"]
    page = visitor.see(path)
    while 'http-equiv="refresh"' in page.text:
        page = visitor.see(path)
    return page


def test_another_bundle_is_put_to_use_and_the_first_one_again(server, admin, person, site):
    guid, second = site
    first, visitor = bundle_in_use(admin, guid), person(server, "admin")
    path = f"/connect/content/{guid}/"

    for bundle in (second, first):
        form = next(form for form in visitor.see(path).forms if form["fields"].get("bundle_id") == bundle)
        answer = visitor.submit(form)
        assert answer.status == 303
        task = settled(visitor, answer)
        assert "Done" in task.said
        assert "Deployment succeeded." in task.said
        assert path in task.links
        assert bundle_in_use(admin, guid) == bundle


def test_content_is_locked_with_a_message_and_unlocked(server, admin, person, site):
    guid, visitor = site[0], person(server, "admin")
    path = f"/connect/content/{guid}/"

    answer = visitor.submit(visitor.see(path).form(f"{path}lock"), message="Back <soon>")

    assert (answer.status, answer.headers["Location"]) == (303, path)
    assert admin.get(f"/v1/content/{guid}").json["locked_message"] == "Back <soon>"
    locked = visitor.see(path)
    assert "locked" in locked.said
    assert "Visitors read: Back <soon>" in locked.said
    visitor.submit(locked.form(f"{path}lock"))
    assert admin.get(f"/v1/content/{guid}").json["locked"] is False


def test_what_the_api_refuses_a_form_does_not_do_either(server, admin, viewer, person, site):
    guid, second = site
    visitor, owner = person(server, "omar"), person(server, "admin")
    share = {"principal_guid": viewer.guid, "principal_type": "user", "role": "viewer"}
    admin.post(f"/v1/content/{guid}/permissions", share)
    page = visitor.see(f"/connect/content/{guid}/")
    assert [form["action"] for form in page.forms] == ["/connect/sign-out"]
    token = page.forms[0]["fields"]["token"]

    for action, fields in [("deploy", {"bundle_id": second}), ("lock", {"locked": "true"}), ("upload", {})]:
        answer = visitor.post(f"/connect/content/{guid}/{action}", token=token, **fields)
        assert answer.status == 403
        assert "permission" in answer.text
    assert admin.get(f"/v1/content/{guid}").json["locked"] is False
    assert bundle_in_use(admin, guid) != second
    own = owner.see(f"/connect/content/{guid}/").forms[0]["fields"]["token"]
    missing = owner.post(f"/connect/content/{guid}/deploy", token=own, bundle_id="999999")
    assert (missing.status, "does not exist" in missing.text) == (404, True)


@pytest.mark.parametrize(
    ("token", "headers"),
    [
        ("", {}),
        ("0" * 64, {}),
        ("é", {}),
        (None, {"Origin": "https://evil.example"}),
        (None, {"Origin": "null"}),
        (None, {"Sec-Fetch-Site": "cross-site"}),
        (None, {"Sec-Fetch-Site": "same-site"}),
    ],
)
def test_a_form_from_elsewhere_does_nothing(server, admin, person, site, token, headers):
    guid, visitor = site[0], person(server, "admin")
    form = visitor.see(f"/connect/content/{guid}/").form(f"/connect/content/{guid}/lock")
    right = form["fields"]["token"]

    answer = visitor.post(form["action"], headers, token=right if token is None else token, locked="true")

    assert answer.status == 403
    assert admin.get(f"/v1/content/{guid}").json["locked"] is False
    assert visitor.post("/connect/sign-out", headers, token=right if token is None else token).status == 403
    assert "Signed in as mara" in visitor.see("/connect/").said


def test_the_token_of_one_visit_is_worth_nothing_in_another(server, person):
    one, other = person(server, "admin"), person(server, "admin")
    form = one.see("/connect/").form("/connect/sign-out")

    assert other.submit(form).status == 403
    assert one.submit(form).status == 303


def test_signing_out_ends_the_visit_also_for_who_kept_the_cookie(server, person):
    visitor = person(server, "admin")
    cookie, page = visitor.cookie, visitor.see("/connect/")

    answer = visitor.submit(page.form("/connect/sign-out"))

    assert (answer.status, answer.headers["Location"]) == (303, "/connect/")
    visitor.cookie = cookie
    assert "Signed in" not in visitor.see("/connect/").said
    assert visitor.see("/connect/users/").status == 401
    assert visitor.submit(page.form("/connect/sign-out")).status == 401


def test_a_wrong_key_is_said_to_be_wrong_and_not_shown_again(server, person):
    visitor = person(server)

    answer = visitor.post("/connect/", key="not-the-key", url="/connect/")

    assert answer.status == 401
    assert "This key is not known here" in answer.text
    assert "not-the-key" not in answer.text
    assert "Set-Cookie" not in answer.headers
    assert visitor.post("/__login__", {"Origin": "https://evil.example"}, key=server.api_key).status == 403


def test_a_page_that_is_closed_is_come_back_to_after_signing_in(server, person):
    visitor = person(server)
    page = visitor.see("/connect/users/?user_role=viewer")
    assert page.status == 401

    answer = visitor.submit(page.forms[0], key=server.key_for("omar"))

    assert answer.headers["Location"] == "/connect/users/?user_role=viewer"
    assert "Signed in as omar" in visitor.see(answer.headers["Location"]).said


def test_who_signed_in_may_what_the_key_allows_as_long_as_it_does(server, admin, connect, person):
    made = admin.post(f"/v1/users/{admin.guid}/keys", {"name": "a small one", "user_role": "viewer"}).json
    visitor = person(server)
    visitor.post("/connect/", key=made["key"], url="/connect/")

    assert "Signed in as mara (viewer)" in visitor.see("/connect/").said
    assert visitor.see("/connect/service_tokens/").status == 403
    assert connect(server.url, made["key"]).get("/v1/system/service-tokens").status == 403
    admin.delete(f"/v1/users/{admin.guid}/keys/{made['id']}")
    assert "Signed in" not in visitor.see("/connect/").said


def test_a_locked_user_is_out(person, connect):
    with ConnectServer() as server:
        key, visitor, admin = server.key_for("omar"), person(server, "omar"), connect(server.url, server.api_key)
        admin.post(f"/v1/users/{connect(server.url, key).guid}/lock", {"locked": True})

        assert "Signed in" not in visitor.see("/connect/").said
        again = visitor.post("/connect/", key=key)
        assert (again.status, "This user account is locked" in again.text) == (401, True)


def test_a_bundle_is_uploaded_from_a_form(server, admin, person, site, pack):
    guid, visitor = site[0], person(server, "admin")
    form = visitor.see(f"/connect/content/{guid}/").form(f"/connect/content/{guid}/upload")
    data = pack({"index.html": "third"})

    def send(token):
        parts = [
            f'--x\r\nContent-Disposition: form-data; name="token"\r\n\r\n{token}\r\n'.encode(),
            b'--x\r\nContent-Disposition: form-data; name="archive"; filename="a.tar.gz"\r\n\r\n',
            data,
            b"\r\n--x--\r\n",
        ]
        headers = {"Cookie": visitor.cookie, "Content-Type": "multipart/form-data; boundary=x"}
        return admin.send("POST", form["action"], b"".join(parts), headers=headers)

    assert send("wrong").status == 403
    answer = send(form["fields"]["token"])

    assert answer.status == 303
    path, _, bundle = answer.headers["Location"].partition("#bundle-")
    page = visitor.see(path)
    assert f"bundle-{bundle}" in page.ids
    assert admin.send("GET", f"/__api__/v1/content/{guid}/bundles/{bundle}/download").data == data
    assert visitor.see(f"/connect/bundles/{guid}/{bundle}/download").status == 200
