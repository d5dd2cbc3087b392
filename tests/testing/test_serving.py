"""What a browser sees."""

import re

import pytest


@pytest.fixture
def site(admin):
    files = {"index.html": "<h1>Front</h1>", "sub/index.html": "<p>Sub</p>", "style.css": "p {}", "ünï.txt": "u"}
    return admin.site(files, access_type="all", title="<b>Bold</b>")


def test_pages_have_their_types(nobody, site):
    assert nobody.send("GET", f"/content/{site}/style.css").headers["Content-Type"].startswith("text/css")
    assert nobody.send("GET", f"/content/{site}/%C3%BCn%C3%AF.txt").text == "u"
    head = nobody.send("HEAD", f"/content/{site}/")
    assert (head.status, head.data, head.headers["Content-Length"]) == (200, b"", "14")
    part = nobody.send("GET", f"/content/{site}/", headers={"Range": "bytes=0-3"})
    assert (part.status, part.text) == (206, "<h1>")


def test_an_unchanged_page_is_not_sent_again(nobody, site):
    etag = nobody.send("GET", f"/content/{site}/").headers["ETag"]

    again = nobody.send("GET", f"/content/{site}/", headers={"If-None-Match": etag})

    assert (again.status, again.data) == (304, b"")


def test_folders_end_in_a_slash(nobody, site):
    for path in ("", "/sub"):
        answer = nobody.send("GET", f"/content/{site}{path}?a=b")
        assert (answer.status, answer.headers["Location"]) == (301, f"/content/{site}{path}/?a=b")
    assert nobody.send("GET", f"/content/{site}/sub/").text == "<p>Sub</p>"


@pytest.mark.parametrize(
    ("below", "status"),
    [
        ("../../../state.sqlite", 404),
        ("..%2f..%2f..%2fstate.sqlite", 404),
        ("%2e%2e/%2e%2e/api-key", 404),
        ("//etc/passwd", 404),
        ("%00", 400),
        ("no.html", 404),
    ],
)
def test_no_path_leads_out_of_the_content(server, nobody, site, below, status):
    import http.client

    connection = http.client.HTTPConnection("127.0.0.1", int(server.url.rpartition(":")[2]))
    connection.putrequest("GET", f"/content/{site}/{below}", skip_host=False)
    connection.endheaders()
    answer = connection.getresponse()
    text = answer.read()
    connection.close()

    assert answer.status == status
    assert b"SQLite" not in text
    assert server.api_key.encode() not in text


def test_what_is_not_there_is_not_found(nobody, admin):
    for path in ("/content/nothing/", "/nowhere", "/content/", "/favicon.ico"):
        assert nobody.send("GET", path).status == 404
    assert nobody.send("POST", "/nowhere").status == 405
    fresh = admin.content(access_type="all")["guid"]
    assert "not deployed" in nobody.send("GET", f"/content/{fresh}/").text


def test_a_first_page_in_a_folder_is_gone_to(admin, pack):
    guid = admin.content()["guid"]
    manifest = {"metadata": {"appmode": "static", "primary_html": "docs/a b.html"}}
    admin.upload(guid, pack({"docs/a b.html": "deep"}, manifest))
    admin.deploy(guid)

    answer = admin.send("GET", f"/content/{guid}/")

    assert (answer.status, answer.headers["Location"]) == (302, f"/content/{guid}/docs/a%20b.html")
    assert admin.send("GET", answer.headers["Location"]).text == "deep"


def test_a_path_of_its_own_leads_to_the_content(admin, nobody, site):
    admin.put(f"/v1/content/{site}/vanity", {"path": "/my/site"})

    assert nobody.send("GET", "/my/site/sub/").text == "<p>Sub</p>"
    assert nobody.send("GET", "/my/site").headers["Location"] == "/my/site/"


def test_locked_content_shows_its_message(admin, nobody, site):
    admin.patch(f"/v1/content/{site}", {"locked": True, "locked_message": "Back <soon>"})

    page = nobody.send("GET", f"/content/{site}/")

    assert (page.status, "Back &lt;soon&gt;" in page.text) == (403, True)


def test_access_is_for_those_it_was_given_to(admin, publisher, viewer, nobody):
    guid = admin.site(access_type="logged_in")
    path = f"/content/{guid}/"

    assert [each.send("GET", path).status for each in (admin, viewer, nobody)] == [200, 200, 401]
    admin.patch(f"/v1/content/{guid}", {"access_type": "acl"})
    assert [each.send("GET", path).status for each in (admin, publisher, viewer, nobody)] == [200, 403, 403, 401]
    share = {"principal_guid": viewer.guid, "principal_type": "user", "role": "viewer"}
    admin.post(f"/v1/content/{guid}/permissions", share)
    assert viewer.send("GET", path).status == 200
    foreign = publisher.site()
    assert admin.send("GET", f"/content/{foreign}/").status == 403


def test_a_browser_signs_in_with_a_key(server, admin, nobody):
    guid = admin.site()
    page = nobody.send("GET", f"/content/{guid}/?a=<x>", headers={"Accept": "text/html"})
    assert page.status == 401
    assert f'value="/content/{guid}/?a=&lt;x&gt;"' in page.text or f'value="/content/{guid}/?a=%3Cx%3E"' in page.text

    form = {"Content-Type": "application/x-www-form-urlencoded"}
    wrong = nobody.send("POST", "/__login__", "key=wrong&url=/x", form)
    assert (wrong.status, "not known" in wrong.text) == (401, True)
    right = nobody.send("POST", "/__login__", f"key={server.api_key}&url=/content/{guid}/", form)
    assert (right.status, right.headers["Location"]) == (303, f"/content/{guid}/")
    cookie = right.headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    session = {"Cookie": cookie.partition(";")[0]}
    assert nobody.send("GET", f"/content/{guid}/", headers=session).status == 200
    assert "Signed in as mara" in re.sub("<[^>]+>", "", nobody.send("GET", "/", headers=session).text)
    assert nobody.send("GET", "/__api__/v1/user", headers=session).status == 401


@pytest.mark.parametrize("target", ["https://evil.example", "//evil.example", "/\\evil.example", "javascript:x"])
def test_signing_in_leads_nowhere_else(server, nobody, target):
    form = {"Content-Type": "application/x-www-form-urlencoded"}

    answer = nobody.send("POST", "/__login__", f"key={server.api_key}&url={target}", form)

    assert answer.headers["Location"] == "/"


def test_only_so_many_can_be_signed_in(server, nobody, monkeypatch):
    monkeypatch.setattr("connectapi.testing.identity._VISITORS", 2)
    sessions = server._running.world.sessions
    form = {"Content-Type": "application/x-www-form-urlencoded"}

    for _ in range(4):
        nobody.send("POST", "/__login__", f"key={server.api_key}&url=/", form)

    assert len(sessions) == 2


def test_the_front_page_lists_what_one_may_see_escaped(admin, nobody, site):
    hidden = admin.site(title="Hidden one")

    for path in ("/", "/connect/", "/connect"):
        page = nobody.send("GET", path)
        assert page.status == 200
        assert "&lt;b&gt;Bold&lt;/b&gt;" in page.text
        assert "<b>Bold" not in page.text
        assert hidden not in page.text
    assert "Hidden one" in admin.send("GET", "/").text
    assert "default-src 'none'" in nobody.send("GET", "/").headers["Content-Security-Policy"]
    assert nobody.send("GET", "/__login__?url=/x").status == 401
    assert nobody.send("GET", "/__ping__").json == {}


def test_the_sample_has_sites_to_look_at(nobody, admin):
    assert "Welcome" in nobody.send("GET", "/handbook/").text
    assert "By train" in nobody.send("GET", "/handbook/chapters/travel.html").text
    assert "North" in admin.send("GET", "/sales/quarterly/").text


def test_a_thumbnail_is_shown(admin, site):
    path = f"/content/{site}/__thumbnail__"
    png, jpeg = b"\x89PNG\r\n\x1a\nrest", b"\xff\xd8\xffrest"
    put = f"/__api__/v1/content/{site}/thumbnail"

    assert admin.send("GET", path).status == 204
    assert admin.send("PUT", put, png).status == 204
    assert (admin.send("GET", path).data, admin.send("GET", path).headers["Content-Type"]) == (png, "image/png")
    admin.send("PUT", put, jpeg)
    assert admin.send("GET", path).headers["Content-Type"] == "image/jpeg"
    assert admin.send("PUT", put, b"<svg/>").status == 400
    assert admin.send("DELETE", put).status == 204
    assert admin.send("GET", path).status == 204


def test_opened_pages_are_counted(admin, viewer, site):
    viewer.send("GET", f"/content/{site}/sub/?q=1", headers={"User-Agent": "test/1", "Sec-Fetch-Dest": "document"})
    viewer.send("GET", f"/content/{site}/style.css")

    hit = admin.get(f"/v1/instrumentation/content/hits?content_guid={site}").json
    visits = admin.get(f"/v1/instrumentation/content/visits?content_guid={site}").json

    assert [(each["user_guid"], each["data"]["path"], each["data"]["query"]) for each in hit] == [
        (viewer.guid, "/sub/", "q=1")
    ]
    assert [(each["path"], each["user_agent"]) for each in visits["results"]] == [("/sub/", "test/1")]
