"""Published content in a browser: which bundle, which page, for whom."""

import subprocess
import sys

import pytest

RENDERED = {"metadata": {"appmode": "rmd-static", "primary_rmd": "report.Rmd"}, "platform": "4.3.3"}


def deploy(caller, guid, archive, **body):
    """Upload a bundle, deploy it, and return its number."""
    bundle = caller.upload(guid, archive).json["id"]
    assert caller.deploy(guid, bundle_id=bundle, **body)["code"] == 0
    return bundle


def page(caller, path):
    answer = caller.send("GET", path)
    return answer.status, answer.text


@pytest.mark.parametrize(
    ("mode", "metadata", "files"),
    [
        ("rmd-static", {"primary_rmd": "report.Rmd"}, {"report.Rmd": "", "report.html": "shown"}),
        ("quarto-static", {"primary_rmd": "a/doc.qmd"}, {"a/doc.qmd": "", "a/doc.html": "shown"}),
        ("quarto-static", {}, {"_quarto.yml": "", "_site/index.html": "shown"}),
        ("jupyter-static", {"entrypoint": "book.ipynb"}, {"book.ipynb": "{}", "book.html": "shown"}),
        ("rmd-static", {"primary_html": "other.html"}, {"a.Rmd": "", "other.html": "shown"}),
    ],
)
def test_a_report_that_brings_its_rendering_shows_it(admin, pack, mode, metadata, files):
    guid = admin.content()["guid"]
    admin.upload(guid, pack(files, {"metadata": {"appmode": mode, **metadata}}))

    log = admin.deploy(guid)["output"]

    name = next(name for name in files if name.endswith(".html"))
    assert f"The bundle has {name}, rendered before it was published: that is what people see." in log
    answer = admin.send("GET", f"/content/{guid}/")
    if answer.status == 302:
        assert answer.headers["Location"] == f"/content/{guid}/{name}"
        answer = admin.send("GET", answer.headers["Location"])
    assert (answer.status, answer.text) == (200, "shown")


def test_a_report_without_a_rendering_is_accepted_and_not_run(admin, pack):
    guid = admin.content(title="Raw <report>")["guid"]
    admin.upload(guid, pack({"report.Rmd": "x"}, RENDERED))

    assert "this server runs no code" in "\n".join(admin.deploy(guid)["output"])

    status, text = page(admin, f"/content/{guid}/")
    assert (status, "accepted and is not run" in text, "Raw &lt;report&gt;" in text) == (200, True, True)


def test_static_files_without_a_page_are_listed(admin, pack):
    guid = admin.content()["guid"]
    deploy(admin, guid, pack({"a b.csv": "1", "sub/<i>.txt": "2"}, {"metadata": {"appmode": "static"}}))

    status, text = page(admin, f"/content/{guid}/")

    assert status == 200
    assert '<a href="a%20b.csv">a b.csv</a>' in text
    assert '<a href="sub/%3Ci%3E.txt">sub/&lt;i&gt;.txt</a>' in text
    assert page(admin, f"/content/{guid}/sub/%3Ci%3E.txt") == (200, "2")


def test_what_has_another_kind_of_first_page_shows_that(admin, pack):
    guid = admin.content()["guid"]
    deploy(admin, guid, pack({"paper.pdf": "%PDF"}, {"metadata": {"appmode": "static", "primary_html": "paper.pdf"}}))

    answer = admin.send("GET", f"/content/{guid}/")

    assert (answer.text, answer.headers["Content-Type"]) == ("%PDF", "application/pdf")


# Other bundles than the one in use ----------------------------------------------------------------


def test_every_bundle_that_was_in_use_stays_at_its_own_address(admin, viewer, pack):
    guid = admin.content(access_type="logged_in")["guid"]
    first = deploy(admin, guid, pack({"index.html": "first", "sub/a.txt": "a"}))
    second = deploy(admin, guid, pack({"index.html": "second"}))

    assert page(viewer, f"/content/{guid}/") == (200, "second")
    assert page(viewer, f"/content/{guid}/_rev{first}/") == (200, "first")
    assert page(viewer, f"/content/{guid}/_rev{first}/sub/a.txt") == (200, "a")
    assert page(viewer, f"/content/{guid}/_rev{second}/") == (200, "second")
    without = viewer.send("GET", f"/content/{guid}/_rev{first}?x=1")
    assert (without.status, without.headers["Location"]) == (301, f"/content/{guid}/_rev{first}/?x=1")
    admin.put(f"/v1/content/{guid}/vanity", {"path": f"/versions-{guid}/"})
    assert page(viewer, f"/versions-{guid}/_rev{first}/") == (200, "first")


def test_a_draft_is_for_those_who_may_change_the_content(admin, viewer, nobody, pack):
    guid = admin.content(access_type="all")["guid"]
    deploy(admin, guid, pack({"index.html": "in use"}))
    draft = deploy(admin, guid, pack({"index.html": "draft"}), activate=False)
    for path in (f"/content/{guid}/_bundle{draft}/", f"/content/{guid}/_rev{draft}/"):
        assert page(admin, path) == (200, "draft")
        assert viewer.send("GET", path).status == nobody.send("GET", path).status == 404

    admin.deploy(guid, bundle_id=draft)

    assert page(nobody, f"/content/{guid}/") == page(nobody, f"/content/{guid}/_rev{draft}/") == (200, "draft")


def test_a_bundle_that_was_never_deployed_or_is_of_other_content_has_no_address(admin, pack):
    guid, other = admin.site(), admin.site()
    idle = admin.upload(guid, pack({"index.html": "x"})).json["id"]
    foreign = admin.get(f"/v1/content/{other}").json["bundle_id"]

    for below in (f"_rev{idle}/", f"_rev{foreign}/", f"_bundle{foreign}/", "_rev99999999/", "_rev/", "_revx/"):
        assert admin.send("GET", f"/content/{guid}/{below}").status == 404


def test_a_rendering_has_an_address_too(admin, pack):
    guid = admin.content()["guid"]
    for text in ("first", "second"):
        deploy(admin, guid, pack({"report.Rmd": "", "report.html": text}, RENDERED))
    variant = admin.get(f"/applications/{guid}/variants").json[0]
    old = admin.get(f"/variants/{variant['id']}/renderings").json[-1]

    assert page(admin, f"/content/{guid}/_rev{variant['rendering_id']}/") == (200, "second")
    assert page(admin, f"/content/{guid}/_rev{old['id']}/") == (200, "first")


# For whom -----------------------------------------------------------------------------------------


def test_content_is_open_to_the_groups_that_it_is_shared_with(admin, caller):
    guid = admin.site()
    group = admin.get("/v1/groups?prefix=Executives").json["results"][0]["guid"]
    member, other = caller("grace"), caller("felix")
    assert member.send("GET", f"/content/{guid}/").status == 403

    admin.post(
        f"/v1/content/{guid}/permissions", {"principal_guid": group, "principal_type": "group", "role": "viewer"}
    )

    assert [each.send("GET", f"/content/{guid}/").status for each in (member, other)] == [200, 403]
    assert other.send("GET", f"/content/{guid}/index.html").status == 403


def test_locked_content_is_closed_to_all_in_every_bundle(admin, pack):
    guid = admin.content(access_type="all")["guid"]
    bundle = deploy(admin, guid, pack({"index.html": "x"}))
    admin.patch(f"/v1/content/{guid}", {"locked": True, "locked_message": "Back on Monday"})

    for below in ("", "index.html", f"_rev{bundle}/"):
        status, text = page(admin, f"/content/{guid}/{below}")
        assert (status, "Back on Monday" in text) == (403, True)


# How it travels -----------------------------------------------------------------------------------


def test_parts_of_a_file_are_sent_as_they_are_asked_for(admin):
    guid = admin.site({"index.html": "0123456789"})
    path = f"/content/{guid}/index.html"

    def part(wanted, **headers):
        answer = admin.send("GET", path, headers={"Range": wanted, **headers})
        return answer.status, answer.text, answer.headers.get("Content-Range")

    etag = admin.send("GET", path).headers["ETag"]
    assert part("bytes=2-4") == (206, "234", "bytes 2-4/10")
    assert part("bytes=-3") == (206, "789", "bytes 7-9/10")
    assert part("bytes=20-")[0] == 416
    assert part("bytes=2-4", **{"If-Range": etag})[0] == 206
    assert part("bytes=2-4", **{"If-Range": '"other"'})[:2] == (200, "0123456789")
    head = admin.send("HEAD", path)
    assert (head.status, head.headers["ETag"], head.headers["Content-Length"], head.data) == (200, etag, "10", b"")
    assert admin.send("GET", path).headers["Cache-Control"] == "no-cache"


def test_a_new_bundle_is_another_page_to_caches(admin, pack):
    guid = admin.site({"index.html": "same"})
    etag = admin.send("GET", f"/content/{guid}/").headers["ETag"]
    deploy(admin, guid, pack({"index.html": "more"}))

    answer = admin.send("GET", f"/content/{guid}/", headers={"If-None-Match": etag})

    assert (answer.status, answer.text) == (200, "more")


# Nothing that is published runs -------------------------------------------------------------------


def test_nothing_that_is_published_is_run(server, admin, pack, tmp_path):
    mark = tmp_path / "it ran"
    code = f"open({str(mark)!r}, 'w')"
    files = {
        **dict.fromkeys(("app.py", "setup.py", "conftest.py", "sitecustomize.py", "wsgi.py", "__init__.py"), code),
        "app.R": f"file.create({str(mark)!r})",
        "report.qmd": f"```{{python}}\n{code}\n```",
        "requirements.txt": "-e .",
        "run.sh": f"#!/bin/sh\ntouch '{mark}'\n",
    }
    subprocess.run([sys.executable, "-c", code], check=True)
    assert mark.exists()  # so the code would show
    mark.unlink()
    modes = set(server._running.world.specs["Content"].fields["app_mode"].values) - {"unknown"}
    for mode in sorted(modes):
        guid = admin.content()["guid"]
        metadata = {"appmode": mode, "entrypoint": "app.py", "primary_rmd": "report.qmd"}
        deploy(admin, guid, pack(files, {"metadata": metadata, "python": {"version": "3.11.9"}}))
        for below in ("", "app", "app.py"):
            admin.send("GET", f"/content/{guid}/{below}")
        for action in ("render", "build"):
            answer = admin.post(f"/v1/content/{guid}/{action}", {})
            if answer.status < 300:
                admin.finished(answer.json["task_id"])
        assert admin.delete(f"/v1/content/{guid}").status == 204

    assert not mark.exists()


def test_a_draft_is_looked_at_before_anything_is_in_use(publisher, pack):
    guid = publisher.content()["guid"]
    bundle = publisher.upload(guid, pack({"index.html": "<h1>Draft</h1>"})).json["id"]
    task = publisher.deploy(guid, bundle_id=bundle, activate=False)
    assert task["output"][-1] == "No bundle is in use yet."

    page = publisher.send("GET", f"/content/{guid}/_bundle{bundle}/")

    assert (page.status, page.text) == (200, "<h1>Draft</h1>")
    (visit,) = publisher.get(f"/v1/instrumentation/content/visits?content_guid={guid}").json["results"]
    assert visit["bundle_id"] == bundle
    assert publisher.send("GET", f"/content/{guid}/").status == 404
