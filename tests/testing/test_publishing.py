"""From an uploaded archive to a page in a browser."""

import base64
import hashlib
import json
import os
import socket
from urllib.parse import urlencode

import pytest

from connectapi.testing import ConnectServer

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


# Uploads ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("manifest", "why"),
    [
        (False, "no manifest.json"),
        ("{", "not JSON"),
        ("[" * 100_000, "not JSON"),
        ([], "not a JSON object"),
        ({"metadata": []}, "metadata"),
        ({"metadata": {}}, "appmode"),
        ({"metadata": {"appmode": 4}}, "appmode"),
        ({"metadata": {"appmode": "static", "primary_html": ["a"]}}, "primary_html"),
        ({"metadata": {"appmode": "static"}, "files": "a"}, "'files' that is not an object or a list"),
        ({"metadata": {"appmode": "static"}, "version": "1"}, "'version' that is not a number"),
    ],
)
def test_a_bundle_needs_a_manifest(admin, pack, manifest, why):
    answer = admin.upload(admin.content()["guid"], pack({"index.html": "x"}, manifest))

    assert answer.refusal == (400, "InvalidManifest")
    assert why in answer.json["error"]


@pytest.mark.parametrize(
    ("mode", "code"), [("cobol", "InvalidAppMode"), ("unknown", "InvalidAppMode"), ("nodejs", "NodeJsNotEnabled")]
)
def test_a_bundle_is_of_a_kind_that_the_server_has(admin, pack, mode, code):
    answer = admin.upload(admin.content()["guid"], pack({"a.txt": "x"}, {"metadata": {"appmode": mode}}))

    assert answer.refusal == (400, code)


def test_files_that_are_not_as_the_manifest_says_are_told_of_and_published(admin, pack):
    guid = admin.content()["guid"]
    digest = hashlib.md5(b"right").hexdigest()
    files = {name: {"checksum": digest} for name in ("index.html", "same.txt", "gone.txt")}
    files["SAME.txt"] = {"checksum": digest.upper()}
    manifest = {"metadata": {"appmode": "static"}, "files": {**files, "odd": "x", "none": {"checksum": None}}}
    admin.upload(guid, pack({"index.html": "wrong", "same.txt": "right", "SAME.txt": "right"}, manifest))

    task = admin.deploy(guid)

    warnings = [line for line in task["output"] if line.startswith("Warning")]
    assert task["code"] == 0
    assert [line.split()[1] for line in warnings if "checksum" in line] == ["index.html"]
    assert [line.split()[4] for line in warnings if "lists" in line] == ["gone.txt,", "none,", "odd,"]


def test_many_files_that_are_missing_are_counted(admin, pack):
    guid = admin.content()["guid"]
    manifest = {"metadata": {"appmode": "static"}, "files": {f"{i}.txt": {} for i in range(14)}}
    admin.upload(guid, pack({"index.html": "x"}, manifest))

    assert "Warning: 4 more files are not as the manifest says." in admin.deploy(guid)["output"]


@pytest.mark.parametrize("sent", [b"no archive", b"\x1f\x8b\x08 broken", pytest.param(None, id="cut off")])
def test_what_is_no_archive_is_refused(admin, pack, sent):
    answer = admin.upload(admin.content()["guid"], sent or pack({"index.html": "x" * 10_000})[:80])

    assert answer.refusal == (400, "BundleExtract")


def test_an_empty_upload_is_refused(admin):
    guid = admin.content()["guid"]

    assert admin.upload(guid, b"").refusal == (400, "BundleMissing")


@pytest.mark.parametrize(
    ("url", "code"),
    [
        ("https://example.com/bundle.tar.gz", "UnableToGetBundleFromURL"),
        ("file:///etc/passwd", "InvalidBundleURL"),
        ("/bundle.tar.gz", "InvalidBundleURL"),
        ("https://", "InvalidBundleURL"),
        ("http://[x/", "InvalidBundleURL"),
    ],
)
def test_nothing_is_fetched_from_other_addresses(admin, url, code):
    path = f"/__api__/v1/content/{admin.content()['guid']}/bundles"

    assert admin.send("POST", f"{path}?{urlencode({'url': url})}").refusal == (400, code)
    assert admin.send("POST", path, fields={"url": url}).refusal == (400, code)


@pytest.mark.parametrize("kind", ["application/gzip", "application/x-gzip", "application/octet-stream", None])
def test_an_archive_can_be_sent_as_a_body_of_any_type(admin, pack, kind):
    guid, sent = admin.content()["guid"], pack({"index.html": "x"})

    bundle = admin.upload(guid, sent, **({"Content-Type": kind} if kind else {})).json

    assert bundle["size"] == len(sent)


def test_an_archive_can_be_sent_in_chunks(admin, pack):
    guid, sent = admin.content()["guid"], pack({"index.html": "x", "noise.bin": os.urandom(2**18)})
    digest = base64.b64encode(hashlib.md5(sent).digest()).decode()

    def parts():
        for i in range(0, len(sent), 10_000):
            yield sent[i : i + 10_000]

    bundle = admin.send(
        "POST", f"/__api__/v1/content/{guid}/bundles", parts(), headers={"X-Content-Checksum": digest}
    ).json

    assert bundle["size"] == len(sent)
    got = admin.send("GET", f"/__api__/v1/content/{guid}/bundles/{bundle['id']}/download")
    assert got.data == sent
    assert "attachment" in got.headers["Content-Disposition"]


def test_an_upload_that_ends_too_soon_leaves_nothing(server, admin, pack):
    guid, sent = admin.content()["guid"], pack({"index.html": "x" * 5_000})
    host, port = server.url.removeprefix("http://").split(":")
    head = f"POST /__api__/v1/content/{guid}/bundles HTTP/1.1\r\nHost: x\r\nAuthorization: Key {admin.key}\r\n"
    with socket.create_connection((host, int(port))) as connection:
        connection.sendall(f"{head}Content-Length: {len(sent)}\r\n\r\n".encode() + sent[:-50])
        connection.shutdown(socket.SHUT_WR)
        answer = connection.recv(2**16)

    assert answer.startswith(b"HTTP/1.1 400 ")
    assert admin.get(f"/v1/content/{guid}/bundles").json == []
    assert list((server._running.world.folder / "incoming").iterdir()) == []


def test_the_checksum_is_compared(admin, pack):
    guid, sent = admin.content()["guid"], pack({"index.html": "x"})
    digest = hashlib.md5(sent)

    for right in (base64.b64encode(digest.digest()).decode(), digest.hexdigest()):
        assert admin.upload(guid, sent, **{"X-Content-Checksum": right}).status == 200
    wrong = admin.upload(guid, sent, **{"X-Content-Checksum": "AAAA"})
    assert wrong.refusal == (400, "ContentChecksum")
    assert len(admin.get(f"/v1/content/{guid}/bundles").json) == 2


def test_an_upload_can_be_a_form_with_metadata(admin, pack):
    guid = admin.content()["guid"]
    form = {
        "archive": ("bundle.tar.gz", pack({"index.html": "x"})),
        "metadata": json.dumps({"source": "git", "odd": 1}),
    }

    answer = admin.send("POST", f"/__api__/v1/content/{guid}/bundles", fields=form)

    assert answer.status == 200, answer
    assert (answer.json["metadata"]["source"], answer.json["metadata"]["source_repo"]) == ("git", None)
    broken = admin.send("POST", f"/__api__/v1/content/{guid}/bundles", fields={**form, "metadata": "["})
    assert broken.refusal == (400, "InvalidJson")
    none = admin.send("POST", f"/__api__/v1/content/{guid}/bundles", fields={"metadata": "{}"})
    assert none.refusal == (400, "BundleMissing")


def test_an_upload_that_is_too_large_is_refused(connect, pack):
    with ConnectServer(sample=False) as server:
        server._running.world.limits = type(server._running.world.limits)(bundle=1000, body=100)
        admin = connect(server.url, server.api_key)
        guid = admin.content()["guid"]

        assert admin.upload(guid, b"x" * 1001).refusal == (413, "InvalidContentLength")
        assert admin.post("/v1/content", {"name": "x" * 200}).status == 413
        assert admin.upload(guid, pack({"index.html": "x"})).status == 200


def test_files_of_a_bundle_are_listed_and_read(admin, pack):
    guid = admin.content()["guid"]
    files = {"index.html": "é", "sub/a b.bin": b"\0\1", "big.txt": b"x" * (2**20 + 1), "latin.txt": b"\xe9"}
    path = f"/v1/content/{guid}/bundles/{admin.upload(guid, pack(files)).json['id']}/files"

    listed = admin.get(path).json["files"]

    assert {each["path"]: each["size"] for each in listed if each["path"] != "manifest.json"} == {
        "index.html": 2,
        "sub/a b.bin": 2,
        "big.txt": 2**20 + 1,
        "latin.txt": 1,
    }
    read = admin.get(f"{path}/index.html").json
    assert read == {"path": "index.html", "size": 2, "content": "é", "binary": False, "oversize": False}
    assert admin.get(f"{path}/sub/a%20b.bin").json["binary"] is True
    assert admin.get(f"{path}/latin.txt").json["content"] is None
    big = admin.get(f"{path}/big.txt").json
    assert (big["content"], big["oversize"], big["binary"]) == (None, True, False)
    assert admin.get(f"{path}/none").refusal == (404, "BundleFileNotFound")


def test_the_bundle_in_use_can_not_be_deleted(admin, pack):
    guid = admin.site()
    active = admin.get(f"/v1/content/{guid}").json["bundle_id"]
    idle = admin.upload(guid, pack({"index.html": "x"})).json["id"]

    assert admin.delete(f"/v1/content/{guid}/bundles/{active}").refusal == (400, "DeleteActiveBundle")
    assert admin.delete(f"/v1/content/{guid}/bundles/{idle}").status == 204
    assert admin.get(f"/v1/content/{guid}/bundles/{idle}").status == 404
    assert admin.delete(f"/v1/content/{guid}/bundles/{idle}").status == 404
    assert admin.get(f"/v1/content/{admin.content()['guid']}/bundles/{active}").status == 404


def test_a_bundle_without_its_file_can_not_be_downloaded(server, admin):
    guid = admin.site()
    bundle = admin.get(f"/v1/content/{guid}").json["bundle_id"]
    (server._running.world.folder / "bundles" / guid / f"{bundle}.tar.gz").write_bytes(b"broken")
    assert admin.get(f"/v1/content/{guid}/bundles/{bundle}/files").refusal == (400, "BundleExtract")
    (server._running.world.folder / "bundles" / guid / f"{bundle}.tar.gz").unlink()

    assert admin.get(f"/v1/content/{guid}/bundles/{bundle}/download").refusal == (404, "BundleMissing")
