"""Archives: what the server takes, what it says of others, and how they are read again."""

import base64
import hashlib
import json
import os
import socket
from urllib.parse import urlencode

import pytest

from connectapi.testing import ConnectServer


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
