"""From an uploaded archive to a page in a browser."""

import hashlib

import pytest

STATIC = {"version": 1, "metadata": {"appmode": "static", "primary_html": "index.html"}, "files": {}}


def test_a_site_is_uploaded_deployed_followed_and_looked_at(admin, pack):
    content = admin.content(title="A site")
    guid = content["guid"]
    sent = pack({"index.html": "<h1>Hello</h1>", "data/a.csv": "1,2"})

    bundle = admin.upload(guid, sent).json
    assert (bundle["content_guid"], bundle["active"], bundle["size"]) == (guid, False, len(sent))
    assert bundle["created_by"] == admin.guid
    assert bundle["metadata"]["archive_md5"] == hashlib.md5(sent).hexdigest()

    task = admin.deploy(guid, bundle_id=bundle["id"])
    assert (task["code"], task["error"], task["result"]) == (0, "", None)
    assert task["last"] == len(task["output"]) > 3
    assert "3 files" in task["output"][0]
    assert "Building static content…" in task["output"]

    after = admin.get(f"/v1/content/{guid}").json
    assert (after["bundle_id"], after["app_mode"]) == (bundle["id"], "static")
    assert admin.get(f"/v1/content/{guid}/bundles/{bundle['id']}").json["active"] is True
    page = admin.send("GET", f"/content/{guid}/")
    assert (page.status, page.text) == (200, "<h1>Hello</h1>")
    assert page.headers["Content-Type"].startswith("text/html")
    assert admin.send("GET", f"/content/{guid}/data/a.csv").text == "1,2"
    assert admin.send("GET", f"/__api__/v1/content/{guid}/bundles/{bundle['id']}/download").data == sent


def test_a_call_that_waits_for_a_task_gets_the_rest_of_its_log(admin, pack):
    guid = admin.content()["guid"]
    admin.upload(guid, pack({"index.html": "x"}))
    task_id = admin.post(f"/v1/content/{guid}/deploy").json["task_id"]
    some = admin.get(f"/v1/tasks/{task_id}").json

    rest = admin.get(f"/v1/tasks/{task_id}?wait=20&first={some['last']}").json

    assert rest["finished"]
    assert some["output"] + rest["output"] == admin.get(f"/v1/tasks/{task_id}").json["output"]
    assert admin.get(f"/v1/tasks/{task_id}?first={rest['last']}").json["output"] == []


def test_a_task_that_is_unknown_or_asked_for_wrongly_is_refused(admin):
    assert admin.get("/v1/tasks/nothing").refusal == (404, "TaskDoesNotExist")
    assert admin.get("/v1/tasks/nothing?wait=-1").refusal == (400, "InvalidParameter")
    assert admin.get("/v1/tasks/nothing?first=x").refusal == (400, "InvalidParameter")


def test_a_deploy_without_a_bundle_takes_the_newest_and_can_leave_the_old_one_in_use(admin, pack):
    guid = admin.site({"index.html": "one"})
    first = admin.get(f"/v1/content/{guid}").json["bundle_id"]
    second = admin.upload(guid, pack({"index.html": "two"})).json["id"]

    assert admin.deploy(guid, activate=False)["output"][-1] == "The bundle in use before stays in use."
    assert admin.send("GET", f"/content/{guid}/").text == "one"
    admin.deploy(guid)
    assert admin.send("GET", f"/content/{guid}/").text == "two"
    admin.deploy(guid, bundle_id=first)
    assert admin.send("GET", f"/content/{guid}/").text == "one"
    assert [each["id"] for each in admin.get(f"/v1/content/{guid}/bundles").json] == [second, first]
    assert [each["id"] for each in admin.get(f"/v1/content/{guid}/bundles?asc_order=true").json] == [first, second]
    assert [each["id"] for each in admin.get(f"/v1/content/{guid}/bundles?page_size=1&page_number=2").json] == [first]


def test_build_answers_as_deploy_does(admin, pack):
    guid = admin.content()["guid"]
    admin.upload(guid, pack({"index.html": "x"}))

    answer = admin.post(f"/v1/content/{guid}/build", {})

    assert answer.status == 200
    assert admin.finished(answer.json["task_id"])["code"] == 0


def test_what_can_not_be_deployed_is_refused(admin, pack):
    guid = admin.content()["guid"]

    assert admin.post(f"/v1/content/{guid}/deploy").refusal == (400, "BundleMissing")
    assert admin.post(f"/v1/content/{guid}/deploy", {"bundle_id": "1"}).refusal == (404, "ObjectDoesNotExist")
    assert admin.post("/v1/content/nothing/deploy").refusal == (404, "ObjectDoesNotExist")
    admin.upload(guid, pack({"index.html": "x"}))
    admin.patch(f"/v1/content/{guid}", {"locked": True})
    assert admin.post(f"/v1/content/{guid}/deploy").refusal == (400, "LockedContentBundle")
    assert admin.upload(guid, pack({"index.html": "x"})).refusal == (400, "LockedContentBundle")


def test_what_is_deleted_while_it_is_deployed_stays_deleted(server, admin, pack, monkeypatch):
    from connectapi.testing import publishing

    deploy = publishing.deploy
    for path in ("/v1/content/{guid}", "/v1/content/{guid}/bundles/{bundle}"):
        guid = admin.content()["guid"]
        bundle = admin.upload(guid, pack({"index.html": "x"})).json["id"]

        gone = path.format(guid=guid, bundle=bundle)

        def slowly(*given, gone=gone):
            done = deploy(*given)
            assert admin.delete(gone).status == 204
            return done

        monkeypatch.setattr(publishing, "deploy", slowly)
        assert admin.post(f"/v1/content/{guid}/deploy").refusal == (404, "ObjectDoesNotExist")
        folder = server._running.world.folder
        assert not (folder / "content" / guid / bundle).exists()
        assert not (folder / "bundles" / guid / f"{bundle}.tar.gz").exists()


def test_content_that_is_deleted_while_it_is_uploaded_stays_deleted(server, admin, pack, monkeypatch):
    from connectapi.testing.handlers import bundle as module

    guid = admin.content()["guid"]
    read = module.manifest_of

    def slowly(*given):
        assert admin.delete(f"/v1/content/{guid}").status == 204
        return read(*given)

    monkeypatch.setattr(module, "manifest_of", slowly)
    assert admin.upload(guid, pack({"index.html": "x"})).refusal == (404, "ObjectDoesNotExist")
    assert list((server._running.world.folder / "incoming").iterdir()) == []


def test_content_stays_of_its_kind(admin, pack):
    guid = admin.site()
    admin.upload(guid, pack({"app.py": ""}, {"metadata": {"appmode": "python-dash"}}))

    assert admin.post(f"/v1/content/{guid}/deploy").refusal == (400, "AppModeChanged")


def test_a_deployment_that_fails_says_why_and_changes_nothing(admin, pack):
    guid, error = admin.content()["guid"], "The first page 'b.html' is not in the bundle."
    admin.upload(guid, pack({"a.html": "x"}, {"metadata": {"appmode": "static", "primary_html": "b.html"}}))

    task = admin.deploy(guid)

    assert (task["code"], task["error"]) == (1, error)
    assert f"Error: {error}" in task["output"]
    assert admin.get(f"/v1/content/{guid}").json["bundle_id"] is None
    job = admin.get(f"/v1/content/{guid}/jobs").json[0]
    assert (job["exit_code"], job["status"]) == (1, 2)
    assert admin.get(f"/v1/content/{guid}/jobs/{job['key']}/error").json["summary"] == error


@pytest.mark.parametrize(
    ("files", "metadata", "page"),
    [
        ({"only.html": "x"}, {"appmode": "static"}, "x"),
        ({"a.html": "a", "index.html": "i"}, {"appmode": "static"}, "i"),
        ({"a.htm": "a", "b.txt": "b"}, {"appmode": "static", "primary_html": None}, "a"),
    ],
)
def test_the_first_page_is_found_where_the_manifest_names_none(admin, pack, files, metadata, page):
    guid = admin.content()["guid"]
    admin.upload(guid, pack(files, {"metadata": metadata}))
    admin.deploy(guid)

    assert admin.send("GET", f"/content/{guid}/").text == page


def test_what_is_not_static_is_accepted_and_not_run(admin, pack):
    guid = admin.content()["guid"]
    manifest = {
        "metadata": {"appmode": "quarto-shiny", "has_parameters": True},
        "platform": "4.3.3",
        "python": {"version": "3.11.9"},
        "quarto": {"version": "1.4.557"},
        "packages": {"shiny": {"description": {"Version": "1.8.1"}}, "odd": "x"},
        "files": {"app.R": {}, "missing.csv": {}},
    }
    admin.upload(guid, pack({"app.R": "stop()", "requirements.txt": "dash==2.0\n"}, manifest))

    task = admin.deploy(guid)

    log = "\n".join(task["output"])
    assert "nothing will run" in log
    assert "asks for R 4.3.3" in log
    assert "the manifest lists missing.csv" in log
    after = admin.get(f"/v1/content/{guid}").json
    assert (after["app_mode"], after["r_version"], after["py_version"], after["quarto_version"]) == (
        "quarto-shiny",
        "4.3.3",
        "3.11.9",
        "1.4.557",
    )
    assert after["parameterized"] is True
    page = admin.send("GET", f"/content/{guid}/")
    assert (page.status, "accepted and is not run" in page.text, "quarto-shiny" in page.text) == (200, True, True)
    assert admin.send("GET", f"/content/{guid}/session/1").status == 501
    packages = admin.get(f"/v1/content/{guid}/packages").json
    assert packages == [
        {"language": "python", "name": "dash", "version": "2.0", "hash": None},
        {"language": "r", "name": "odd", "version": "", "hash": None},
        {"language": "r", "name": "shiny", "version": "1.8.1", "hash": None},
    ]
    assert admin.get(f"/v1/content/{guid}/lockfile").text == "dash==2.0\n"
    whole = admin.get("/v1/packages?name=shiny").json
    assert (whole["total"], whole["results"][0]["content_guid"]) == (1, guid)
