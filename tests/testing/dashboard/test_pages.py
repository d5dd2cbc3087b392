"""Every page, for everyone: links lead somewhere, the HTML is sound, nothing breaks out of its place."""

import base64
import hashlib
import re
from collections import Counter
from pathlib import Path

import pytest

from connectapi.testing import ConnectServer, pages

SECRETS = ("correct-horse", "battery-staple")

#: Published content answers for itself: it may be locked, not deployed any more, or not for this visitor.
CONTENT = {200, 403}


@pytest.mark.parametrize("username", ["admin", "pat", "vic"])
def test_every_link_leads_to_a_sound_page_without_secrets(house, furnished, person, username):
    visitor, seen = person(house, username), []

    for page in visitor.crawl():
        seen.append(page.path)
        if page.path.startswith("/content/"):
            assert page.status in CONTENT, page.path
            continue
        assert (page.status, page.faults) == (200, []), page.path
        assert not [secret for secret in (*SECRETS, house.api_key) if secret in page.text], page.path

    kinds = {path.split("/")[2] for path in seen if path.startswith("/connect/")}
    assert {"content", "users", "groups", "tags", "bundles", "widgets", "all-resources"} <= kinds
    assert ("jobs" in kinds) is (username != "vic")
    assert ("content-usage" in kinds) is (username != "vic")


def test_who_has_not_signed_in_sees_what_is_for_everyone_and_is_asked_for_the_rest(house, furnished, person):
    pages = list(person(house).crawl())

    assert {page.status for page in pages} == {200, 401}
    assert [page.path for page in pages if page.faults and page.path.startswith("/connect/")] == []
    assert all("Sign in" in page.said for page in pages if page.status == 401)
    listed = next(page for page in pages if page.path == "/connect/")
    assert furnished["hostile-0"] in listed.text
    assert furnished["hidden"] not in listed.text


def test_nobody_sees_more_than_the_api_tells_them(house, furnished, person):
    for username, hidden in [("vic", ["hidden", "empty", "report"]), ("pat", [])]:
        text = "".join(page.text for page in person(house, username).crawl() if page.path.startswith("/connect/"))
        assert [name for name in ("hidden", "empty", "report") if furnished[name] in text] == [
            name for name in ("hidden", "empty", "report") if name not in hidden
        ]
    assert person(house, "vic").see(f"/connect/content/{furnished['hidden']}/").status == 403
    assert person(house, "vic").see(f"/connect/content/{furnished['shared']}/").status == 200


def test_hostile_texts_are_shown_as_they_are_and_do_nothing(house, furnished, person):
    visitor = person(house, "pat")
    for path in (
        "/connect/",
        f"/connect/content/{furnished['hostile-0']}/",
        f"/connect/widgets/{furnished['widget']}/",
    ):
        page = visitor.see(path)
        assert "<script>alert(1)</script>" in page.said
        assert "<script" not in page.text
    assert "{{ 7 * 7 }} {% raw %}" in visitor.see(f"/connect/content/{furnished['hostile-4']}/").said
    right_to_left = visitor.see(f"/connect/content/{furnished['hostile-2']}/").text
    assert re.search(r"<h1><bdi>[^<]*עברית", right_to_left)


@pytest.mark.parametrize("path", ["/connect/", "/connect/nothing/", "/__login__", "/connect/content/none/"])
def test_pages_run_nothing_load_nothing_and_stay_with_the_one_they_are_for(house, person, path):
    page = person(house).see(path)

    policy = page.headers["Content-Security-Policy"]
    style = re.search(r"<style>(.*?)</style>", page.text, re.DOTALL)[1]
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    assert policy.startswith(f"default-src 'none'; style-src 'sha256-{digest}'")
    assert "frame-ancestors 'none'" in policy
    assert "script-src" not in policy
    assert page.headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert page.headers["Cache-Control"] == "no-store"
    assert "style=" not in page.text


def test_scripts_of_published_content_get_no_page(house, person):
    visitor = person(house, "admin")

    for name, value in [("Sec-Fetch-Mode", "cors"), ("Sec-Fetch-Dest", "iframe"), ("Sec-Fetch-Dest", "empty")]:
        assert visitor.see("/connect/", **{name: value}).status == 403
    assert visitor.see("/connect/", **{"Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "document"}).status == 200


# The list of content ------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def sampled():
    with ConnectServer() as server:
        yield server


@pytest.fixture(scope="module")
def visitor(sampled, person):
    """An administrator at a server with the sample and nothing else."""
    return person(sampled, "admin")


@pytest.fixture(scope="module")
def api(sampled, connect):
    return connect(sampled.url, sampled.api_key)


def titles(page):
    return re.findall(r'class="title"[^>]*><bdi>([^<]*)', page.text)


def test_the_list_is_searched_in_connects_own_words(visitor):
    page = visitor.see("/connect/?q=type:static+owner:mara+handbook")

    assert titles(page) == ["Employee Handbook"]
    assert "to 1 of 1" in page.said
    odd = visitor.see("/connect/?q=handbook+colour:red")
    assert "colour:red is not understood" in odd.said
    assert "Nothing fits" in visitor.see("/connect/?q=nowhere-to-be-found").said


def test_the_list_is_sorted_and_turned_round_by_its_headings(visitor):
    up = visitor.see("/connect/?sort=title&order=asc")
    down = visitor.see("/connect/?sort=title&order=desc")

    assert titles(up) == sorted(titles(up), key=str.lower)
    assert titles(down) == sorted(titles(down), key=str.lower, reverse=True)
    assert 'aria-sort="ascending"' in up.text
    assert "/connect/?sort=title&order=desc" in up.links
    assert titles(visitor.see("/connect/?sort=_environment")) == titles(visitor.see("/connect/"))


def test_the_list_comes_in_pages(visitor, api):
    found, path = [], "/connect/"
    while path:
        page = visitor.see(path)
        found += titles(page)
        path = page.next

    assert sorted(found) == sorted(each["title"] or each["name"] for each in api.get("/v1/content").json)


def test_dashboard_url_leads_to_its_content(sampled, api, visitor):
    content = api.get("/v1/content").json[0]

    root, mark, fragment = content["dashboard_url"].partition("#")

    assert (root, mark) == (f"{sampled.url}/connect/", "#")
    front = visitor.see("/connect/")
    assert {fragment, f"{fragment}/logs", f"{fragment}/access"} <= set(front.ids)
    assert f"/connect{fragment.replace('/apps/', '/content/')}/" in front.links


# Other lists, and items -----------------------------------------------------------------------------


def test_any_list_has_the_filters_and_the_order_that_its_operation_declares(visitor):
    found = visitor.see("/connect/users/?user_role=administrator&sort=username&order=desc")

    assert re.findall(r">(mara|sven|jonas)</bdi>", found.text) == ["sven", "mara"]
    assert "/connect/users/?user_role=administrator&sort=username&order=asc" in found.links
    assert found.form("/connect/users/")["fields"] == {"prefix": "", "sort": "username", "order": "desc"}
    assert visitor.see("/connect/users/?sort=nothing").status == 200
    assert "is none of" in visitor.see("/connect/users/?user_role=king").said


def test_a_plugins_resource_has_its_pages_from_the_declaration_alone(house, furnished, person):
    visitor = person(house, "pat")
    assert "A thing that only this plugin's servers have." in visitor.see("/connect/all-resources/").said
    listed = visitor.see("/connect/widgets/")
    assert f"/connect/widgets/{furnished['widget']}/" in listed.links

    item = visitor.see(f"/connect/widgets/{furnished['widget']}/")

    assert "Sizes How large it is. Wide 3" in item.said
    assert f"/connect/users/{furnished['pat']}/" in item.links
    screw = f"/connect/screws/{furnished['widget']}/{furnished['screw']}/"
    assert screw in item.links
    assert "Thread Its thread. M4" in visitor.see(screw).said
    assert visitor.see(screw.replace(furnished["screw"], "77")).status == 404


def test_a_content_item_shows_all_that_belongs_to_it(house, furnished, person):
    visitor = person(house, "pat")
    hidden = visitor.see(f"/connect/content/{furnished['hidden']}/")
    shared = visitor.see(f"/connect/content/{furnished['shared']}/")
    report = visitor.see(f"/connect/content/{furnished['report']}/")

    assert "DOOR" in hidden.said
    assert "/a/path/" in hidden.said
    assert "Visitors read: <script>alert(1)</script>" in hidden.said
    assert "Connection timeout" in hidden.said
    assert "<script>alert(1)</script> group see it" in shared.said
    assert f"/connect/?q=tag%3A{furnished['tag']}" in shared.links
    assert 'day {"N": 2} (Europe/Berlin)' in report.said
    bundle = next(link for link in shared.links if link.startswith("/connect/bundles/") and link.endswith("/"))
    assert visitor.see(bundle).said.startswith(f"Bundle {bundle.split('/')[-2]} –")
    assert "Nothing was uploaded yet" in visitor.see(f"/connect/content/{furnished['empty']}/").said


def test_a_job_has_its_log_to_read_and_to_keep(house, furnished, person):
    visitor = person(house, "pat")
    page = visitor.see(f"/connect/content/{furnished['shared']}/")
    path = next(link for link in page.links if link.startswith("/connect/jobs/"))

    job = visitor.see(path)

    assert "Deployment succeeded." in job.said
    kept = visitor.see(f"{path}download")
    assert "Deployment succeeded." in kept.text
    assert kept.headers["Content-Disposition"].startswith("attachment")


def test_usage_counts_days_and_content_and_names_who_opened_what(house, furnished, person, connect):
    hits = connect(house.url, house.key_for("pat")).get("/v1/instrumentation/content/hits").json
    people = {hit["user_guid"] for hit in hits if hit["user_guid"]}
    own = sum(hit["content_guid"] == furnished["shared"] for hit in hits)

    page = person(house, "pat").see("/connect/content-usage/")

    assert own > 0
    assert f"{len(hits)} openings of content by {len(people)} p" in page.said
    for day, count in Counter(hit["timestamp"][:10] for hit in hits).items():
        assert f"{day} {count} " in page.said
    assert f"Shared with a group {own} " in page.said
    assert "vic /" in page.said
    item = person(house, "pat").see(f"/connect/content/{furnished['shared']}/")
    assert f"Opened {own} time" in item.said


def test_an_older_release_has_the_pages_of_what_it_has(person):
    with ConnectServer(version="2024.05.0", sample=False) as old:
        visitor = person(old, "admin")
        assert "/connect/content-usage/" not in visitor.see("/connect/").links
        assert visitor.see("/connect/content-usage/").status == 404
        assert "answering as Connect 2024.05.0" in visitor.see("/connect/").said
        assert [page.path for page in visitor.crawl() if page.status != 200] == []


def test_addresses_that_lead_nowhere_say_so(visitor):
    for path in ("/connect/nothing/", "/connect/content/none/", "/connect/users/a/b/", "/connect/tasks/none/"):
        assert visitor.see(path).status == 404
    for path in ("/connect/screws/", "/connect/jobs/x/"):
        assert visitor.see(path).status == 404
    assert visitor.see("/connect/users").headers["Location"].endswith("/connect/users/")
    assert visitor.post("/connect/users/").status == 405


# Colours --------------------------------------------------------------------------------------------

STYLE = (Path(pages.__file__).with_name("templates") / "style.css").read_text(encoding="utf-8")

#: What stands on what.
ON = [
    *((ink, ground) for ink in ("text", "soft", "accent") for ground in ("ground", "paper", "tint")),
    *((state, f"{state}-tint") for state in ("good", "warn", "bad")),
    ("bad", "ground"),
    ("text", "warn-tint"),
    ("text", "bad-tint"),
    ("paper", "accent"),
]


def luminance(colour):
    digits = colour if len(colour) == 6 else "".join(digit * 2 for digit in colour)
    parts = [int(digits[i : i + 2], 16) / 255 for i in (0, 2, 4)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_text_stands_out_from_its_ground_as_wcag_asks(scheme):
    light, dark = re.findall(r":root \{(.*?)\}", STYLE, re.DOTALL)[:2]
    colours = dict(re.findall(r"--([\w-]+): #([0-9a-f]+);", light))
    colours.update(re.findall(r"--([\w-]+): #([0-9a-f]+);", dark) if scheme == "dark" else [])

    for ink, ground in ON:
        high, low = sorted((luminance(colours[ink]), luminance(colours[ground])), reverse=True)
        assert (high + 0.05) / (low + 0.05) >= 4.5, f"{ink} on {ground}"
