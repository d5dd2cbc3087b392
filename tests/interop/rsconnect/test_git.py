"""rsconnect: content that comes from a git repository is deployed anew."""

import json
import shutil
import subprocess

import pytest
import urllib3

from connectapi import Client
from connectapi.testing import ConnectServer

pytestmark = pytest.mark.skipif(shutil.which("git") is None, reason="git is not installed")

MANIFEST = {"version": 1, "metadata": {"appmode": "static", "primary_html": "index.html"}, "files": {"index.html": {}}}


@pytest.fixture
def repository(tmp_path):
    """A repository of a site, and a function that commits a page to it."""
    folder = tmp_path / "repositories" / "site"
    folder.mkdir(parents=True)

    def git(*words):
        identity = ("-c", "user.name=Ada", "-c", "user.email=ada@example.com", "-c", "commit.gpgsign=false")
        subprocess.run(["git", *identity, *words], cwd=folder, check=True, capture_output=True)

    def commit(text):
        (folder / "index.html").write_text(text)
        git("add", ".")
        git("commit", "--message", text)

    git("init", "--initial-branch", "main")
    (folder / "manifest.json").write_text(json.dumps(MANIFEST))
    commit("first")
    return folder, commit


def test_the_latest_commit_is_deployed(desk, repository):
    folder, commit = repository
    with (
        ConnectServer(sample=False, pace=0.001, repositories=folder.parent) as server,
        Client(server.url, server.api_key) as client,
    ):
        content = client.content.create(name="site", access_type="all")
        content.set_repository(repository=folder.as_uri(), branch="main", directory=".", polling=False)
        commit("second")

        one = ("--server", server.url, "--api-key", server.api_key, "--guid", content.guid)
        desk.run("content", "repository", "redeploy", *one)

        assert urllib3.request("GET", content.content_url).data == b"second"
        assert folder.as_uri() in desk.run("content", "repository", "show", *one) + desk.log
