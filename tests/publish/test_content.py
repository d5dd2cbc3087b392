"""Publishing against the embedded server, from a directory to a page in a browser's hands."""

import json
import urllib.error
import urllib.request
from pathlib import Path

import pytest

from connectapi import BundleError, Content, NotFoundError, TaskError
from connectapi.testing import ConnectServer

SITE = Path(__file__).parents[2] / "docs" / "examples" / "site"


def page(url):
    with urllib.request.urlopen(url, timeout=10) as answer:
        return answer.read().decode()


@pytest.fixture
def count(fresh):
    before = len(fresh.content.get())
    return lambda: len(fresh.content.get()) - before


def test_a_directory_becomes_a_site_that_can_be_opened(fresh):
    lines = []
    site = Content.publish(fresh, SITE, title="Penguins", access_type="all", on_line=lines.append)

    assert (site.title, site.app_mode, site.access_type) == ("Penguins", "static", "all")
    assert "Penguins at a glance" in page(site.content_url)
    assert "font" in page(site.content_url + "style.css")
    assert len(lines) > 2
    (bundle,) = site.bundles.get()
    assert (bundle.id, bundle.active) == (site.bundle_id, True)


def test_without_a_title_the_page_gives_it(fresh):
    assert Content.publish(fresh, SITE).title == "Penguins at a glance"


def test_what_is_private_is_not_shown_to_everyone(fresh):
    site = Content.publish(fresh, SITE, access_type="acl")

    with pytest.raises(urllib.error.HTTPError):
        page(site.content_url)


def test_the_same_name_is_the_next_bundle_of_the_same_content(fresh, count):
    first = Content.publish(fresh, SITE, name="penguins", title="One")
    again = Content.publish(fresh, SITE, name="penguins")

    assert again.guid == first.guid
    assert again.title == "One"
    assert len(again.bundles.get()) == 2
    assert count() == 1


def test_a_guid_says_where_to_publish(fresh, count):
    first = Content.publish(fresh, SITE, title="One")
    again = Content.publish(fresh, SITE, guid=first.guid, title="Two")

    assert (again.guid, again.title) == (first.guid, "Two")
    assert count() == 1
    with pytest.raises(NotFoundError):
        Content.publish(fresh, SITE, guid="00000000-0000-0000-0000-000000000000")


def test_the_directory_is_left_as_it_was(fresh):
    before = {path: (path.stat().st_mtime_ns, path.stat().st_size) for path in SITE.rglob("*")}
    Content.publish(fresh, SITE)

    assert {path: (path.stat().st_mtime_ns, path.stat().st_size) for path in SITE.rglob("*")} == before


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        ({}, "it has no file"),
        ({"manifest.json": "{not json"}, "manifest.json"),
        (
            {"manifest.json": json.dumps({"version": 1, "metadata": {"appmode": "static"}, "files": {"a.html": {}}})},
            "a.html",
        ),
        ({"app.py": "x"}, "manifest.json"),
        ({"one.html": "", "two.html": ""}, "primary"),
    ],
)
def test_a_directory_that_cant_be_published_leaves_the_server_alone(fresh, tmp_path, files, expected):
    for name, text in files.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    fresh.content.count()
    before = len(fresh.embedded.requests)

    with pytest.raises(BundleError, match=expected):
        Content.publish(fresh, tmp_path)
    assert len(fresh.embedded.requests) == before, "nothing was sent"


def test_a_name_that_the_server_would_refuse_is_refused_first(fresh):
    with pytest.raises(ValueError, match="is not a name for content"):
        Content.publish(fresh, SITE, name="a b")


@pytest.fixture
def broken(tmp_path):
    (tmp_path / "index.html").write_text("<p>x</p>", encoding="utf-8")
    manifest = {
        "version": 1,
        "metadata": {"appmode": "static", "primary_html": "nowhere.html"},
        "files": {"index.html": {"checksum": "x"}},
    }
    (tmp_path / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
    return tmp_path


def test_a_failed_deployment_shows_its_log_and_leaves_no_content_behind(fresh, count, broken):
    with pytest.raises(TaskError) as caught:
        Content.publish(fresh, broken, title="Broken")

    assert caught.value.output
    assert caught.value.output[-1] in str(caught.value)
    assert count() == 0


def test_a_failed_deployment_leaves_the_content_that_was_there_as_it_was(fresh, broken):
    site = Content.publish(fresh, SITE, title="Fine", access_type="all")
    with pytest.raises(TaskError):
        Content.publish(fresh, broken, guid=site.guid)

    assert [bundle.id for bundle in site.bundles.get()] == [site.bundle_id]
    assert "Penguins" in page(site.refresh().content_url)


def test_rolling_back_is_deploying_an_older_bundle(fresh, tmp_path):
    (tmp_path / "index.html").write_text("<title>Second</title>", encoding="utf-8")
    site = Content.publish(fresh, SITE, access_type="all")
    first = site.bundle_id
    Content.publish(fresh, tmp_path, guid=site.guid)
    assert "Second" in page(site.content_url)

    site.deploy(bundle_id=first).wait()
    assert "Penguins" in page(site.content_url)
    assert site.refresh().bundle_id == first


def test_the_server_is_not_shared_with_the_one_called_demo(fresh, demo):
    assert fresh.connect_server != demo.connect_server
    assert isinstance(fresh.embedded, ConnectServer)
