"""rsconnect: deploying, first and again, each time looking whether it can be opened."""

import json

NOTEBOOK = {
    "cells": [{"cell_type": "markdown", "metadata": {}, "source": ["# Hello"]}],
    "metadata": {"kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"}},
    "nbformat": 4,
    "nbformat_minor": 5,
}


def the(connect, title):
    (found,) = (content for content in connect.content.get() if content.title == title)
    return found


def test_a_site_is_deployed_and_deployed_again(desk, connect, browse):
    desk.write(site__index_html="<h1>Penguins</h1>", site__style_css="h1 {}")

    desk.run("deploy", "html", "--name", "local", "site", "--title", "Penguins")
    assert "Verifying deployed content..." in desk.log
    content = the(connect, "Penguins")
    assert (content.app_mode, browse(content.content_url).data) == ("static", b"<h1>Penguins</h1>")

    desk.write(site__index_html="<h1>More penguins</h1>")
    desk.run("deploy", "html", "--name", "local", "site")
    assert browse(content.content_url).data == b"<h1>More penguins</h1>"
    assert len(content.bundles.get()) == 2
    assert content.guid in desk.run("info", "site")


def test_a_draft_is_not_in_use(desk, connect, browse):
    desk.write(drafts__index_html="<h1>First</h1>")
    desk.run("deploy", "html", "--name", "local", "drafts", "--title", "Drafts")
    desk.write(drafts__index_html="<h1>Second</h1>")

    desk.run("deploy", "html", "--name", "local", "drafts", "--draft")

    content = the(connect, "Drafts")
    draft = content.bundles.get()[0]
    assert (draft.active, browse(content.content_url).data) == (False, b"<h1>First</h1>")
    assert browse(f"{content.content_url}_bundle{draft.id}/").data == b"<h1>Second</h1>"


def test_content_is_found_by_the_number_of_an_old_deployment(desk, connect, browse):
    desk.write(old__index_html="<h1>Old</h1>")
    made = connect.content.create(name="old", title="Old")

    desk.run("deploy", "html", "--name", "local", "old", "--app-id", made.id)

    assert browse(made.content_url).data == b"<h1>Old</h1>"


def test_a_manifest_is_deployed_with_what_it_names(desk, connect, browse):
    desk.write(api__app_py="app = None\n", api__requirements_txt="flask==3.0.3\n")
    desk.run("write-manifest", "api", "api")

    variables = ("--environment", "LEVEL=info")
    desk.run("deploy", "manifest", "--name", "local", "api/manifest.json", "--title", "Scores", *variables)

    content = the(connect, "Scores")
    assert (content.app_mode, content.list_environment()) == ("python-api", ["LEVEL"])
    assert [package.name for package in content.list_packages()] == ["flask"]
    assert "is not run" in browse(content.content_url).data.decode()
    assert "Nothing was installed and nothing will run" in desk.log


def test_a_manifest_of_a_site_is_deployed(desk, connect, browse):
    manifest = {
        "version": 1,
        "locale": "en_US.UTF-8",
        "metadata": {"appmode": "static", "primary_html": "start.html"},
        "files": {"start.html": {"checksum": ""}},
    }
    desk.write(plain__start_html="<h1>Start</h1>", plain__manifest_json=json.dumps(manifest))

    desk.run("deploy", "manifest", "--name", "local", "plain/manifest.json", "--title", "Plain")

    assert browse(the(connect, "Plain").content_url).data == b"<h1>Start</h1>"


def test_apps_and_notebooks_are_accepted(desk, connect):
    desk.write(fast__app_py="app = None\n", fast__requirements_txt="fastapi==0.115\n")
    desk.write(notes__note_ipynb=json.dumps(NOTEBOOK), notes__requirements_txt="numpy\n")

    desk.run("deploy", "fastapi", "--name", "local", "fast", "--entrypoint", "app:app", "--title", "Fast")
    desk.run("deploy", "notebook", "--name", "local", "notes/note.ipynb", "--title", "Note")

    assert (the(connect, "Fast").app_mode, the(connect, "Note").app_mode) == ("python-fastapi", "jupyter-static")


def test_a_bundle_is_deployed_as_it_was_downloaded(desk, connect, browse):
    desk.write(whole__index_html="<h1>Whole</h1>")
    desk.run("deploy", "html", "--name", "local", "whole", "--title", "Whole")
    guid = the(connect, "Whole").guid
    desk.run("content", "download-bundle", "--name", "local", "--guid", guid, "--output", "whole.tar.gz")

    desk.run("deploy", "bundle", "--name", "local", "whole.tar.gz", "--title", "Once more")

    assert browse(the(connect, "Once more").content_url).data == b"<h1>Whole</h1>"


def test_a_deployment_that_fails_says_why(desk):
    manifest = {"version": 1, "metadata": {"appmode": "static", "primary_html": "missing.html"}, "files": {"a.txt": {}}}
    desk.write(bad__a_txt="", bad__manifest_json=json.dumps(manifest))

    desk.run("deploy", "manifest", "--name", "local", "bad/manifest.json", code=1)

    assert "missing.html" in desk.log
