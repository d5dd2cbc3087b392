"""Archives that are not what they should be."""

import gzip
import io
import tarfile

import pytest

from connectapi.testing import ConnectServer

STATIC = {"version": 1, "metadata": {"appmode": "static", "primary_html": "index.html"}, "files": {}}
NONE = False  # no manifest but those among the files


def member(name, kind=tarfile.REGTYPE, link=""):
    info = tarfile.TarInfo(name)
    info.type, info.linkname = kind, link
    return info, b""


@pytest.mark.parametrize(
    "hostile",
    [
        member("/etc/passwd"),
        member("../outside"),
        member("a/../../outside"),
        member("a\\..\\b"),
        member("C:/x"),
        member("new\nline"),
        member("link", tarfile.SYMTYPE, "../../outside"),
        member("link", tarfile.SYMTYPE, "/etc/passwd"),
        member("link", tarfile.SYMTYPE, ".."),
        member("link", tarfile.SYMTYPE, "link"),
        member("link", tarfile.SYMTYPE, "nothing"),
        member("link", tarfile.LNKTYPE, "../outside"),
        member("link", tarfile.LNKTYPE, "nothing"),
        member("device", tarfile.CHRTYPE),
        member("device", tarfile.BLKTYPE),
        member("pipe", tarfile.FIFOTYPE),
        member("index.html/below"),
        member("x" * 300),
        member("a/" * 101 + "x"),
    ],
    ids=lambda each: f"{each[0].type.decode()} {each[0].name[:20]!r} {each[0].linkname}",
)
def test_an_archive_that_wants_out_is_refused(server, admin, pack, hostile):
    guid = admin.content()["guid"]
    sent = pack({"index.html": "x"}, STATIC, hostile)

    bundle = admin.upload(guid, sent)
    if bundle.status == 200:
        task = admin.deploy(guid)
        assert (task["code"], "unpacked" in task["error"]) == (1, True)
    else:
        assert bundle.refusal == (400, "InvalidManifest")
    assert admin.get(f"/v1/content/{guid}").json["bundle_id"] is None
    folder = server._running.world.folder
    assert not list(folder.rglob("outside"))
    assert not list((folder / "content").glob(f"{guid}/*"))


def test_links_within_an_archive_become_files_of_their_own(admin, pack):
    guid = admin.content()["guid"]
    links = (
        member("a/soft.html", tarfile.SYMTYPE, "../index.html"),
        member("soft2.html", tarfile.SYMTYPE, "a/soft.html"),
        member("hard.html", tarfile.LNKTYPE, "index.html"),
        member("folder", tarfile.DIRTYPE),
        member("./"),
    )
    admin.upload(guid, pack({"index.html": "same"}, None, *links))

    assert admin.deploy(guid)["code"] == 0
    for path in ("a/soft.html", "soft2.html", "hard.html"):
        assert admin.send("GET", f"/content/{guid}/{path}").text == "same"


def test_an_archive_that_grows_when_unpacked_is_refused(connect, pack):
    with ConnectServer(sample=False, pace=0) as server:
        world = server._running.world
        world.limits = type(world.limits)(unpacked=5_000, files=5)
        admin = connect(server.url, server.api_key)
        guid = admin.content()["guid"]

        assert admin.upload(guid, pack({"index.html": "x", "zeros": b"\0" * 6_000})).status == 200
        assert "more than" in admin.deploy(guid)["error"]
        many = {f"{i}.txt": "" for i in range(6)}
        assert admin.upload(guid, pack({**many, "index.html": ""})).status == 200
        assert "more than" in admin.deploy(guid)["error"]
        headers = tarfile.TarInfo.create_pax_global_header({"comment": "x" * 1000})
        assert "too large" in admin.upload(guid, gzip.compress(headers * 20)).json["error"]


def test_headers_without_end_are_refused(admin):
    headers = tarfile.TarInfo.create_pax_global_header({"comment": "x"})

    answer = admin.upload(admin.content()["guid"], gzip.compress(headers * 3_000))

    assert answer.refusal == (400, "BundleExtract")


def test_a_manifest_has_its_limit(admin, pack, monkeypatch):
    monkeypatch.setattr("connectapi.testing.manifest._LARGEST_MANIFEST", 20)

    answer = admin.upload(admin.content()["guid"], pack({"index.html": "x"}))

    assert answer.refusal == (400, "InvalidManifest")


def test_a_name_without_end_is_refused(admin, pack):
    raw = io.BytesIO()
    with tarfile.open(fileobj=raw, mode="w:gz", format=tarfile.GNU_FORMAT) as tar:
        tar.addfile(tarfile.TarInfo("x" * 100_000))

    answer = admin.upload(admin.content()["guid"], raw.getvalue())

    assert answer.refusal == (400, "BundleExtract")
    assert "too long" in answer.json["error"]


def test_folders_around_all_the_rest_are_left_out(admin, pack):
    guid = admin.content()["guid"]
    links = (member("outer/", tarfile.DIRTYPE), member("outer/site/soft.html", tarfile.SYMTYPE, "index.html"))
    files = {"outer/site/manifest.json": STATIC, "outer/site/index.html": "inner", "outer/site/a/b.txt": "b"}

    assert admin.upload(guid, pack(files, NONE, *links)).status == 200
    assert admin.deploy(guid)["code"] == 0

    assert admin.send("GET", f"/content/{guid}/").text == "inner"
    assert admin.send("GET", f"/content/{guid}/soft.html").text == "inner"
    assert admin.send("GET", f"/content/{guid}/a/b.txt").text == "b"
    two = {"one/manifest.json": STATIC, "two/index.html": "x"}
    assert admin.upload(guid, pack(two, NONE)).refusal == (400, "InvalidManifest")
