"""Content that comes from a git repository on this machine."""

import json
import os
import shutil
import subprocess
import sys

import pytest

from connectapi import ConfigError
from connectapi.testing import ConnectServer

pytestmark = pytest.mark.skipif(shutil.which("git") is None, reason="there is no git on this machine")

WHO = {
    **{f"GIT_{who}_{what}": "ada@example.com" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")},
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_CONFIG_NOSYSTEM": "1",
}


def git(folder, *arguments):
    environment = {**os.environ, **WHO}
    done = subprocess.run(
        ["git", "-C", folder, *arguments], env=environment, check=True, capture_output=True, text=True
    )
    return done.stdout.strip()


def commit(folder, files, message="change"):
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    git(folder, "add", "--all")
    git(folder, "commit", "-q", "-m", message)
    return git(folder, "rev-parse", "HEAD")


def manifest(*files):
    metadata = {"appmode": "static", "primary_html": "index.html"}
    return json.dumps({"version": 1, "metadata": metadata, "files": {name: {} for name in files}})


@pytest.fixture(scope="module")
def allowed(tmp_path_factory):
    folder = tmp_path_factory.mktemp("repositories")
    repository = folder / "site"
    repository.mkdir()
    git(repository, "init", "-q", "-b", "main")
    commit(repository, {"index.html": "first", "manifest.json": manifest("index.html"), "unlisted.txt": "x"})
    return folder


@pytest.fixture(scope="module")
def running(allowed):
    with ConnectServer(sample=False, pace=0.002, repositories=allowed) as server:
        yield server


@pytest.fixture
def ada(running, connect):
    return connect(running.url, running.api_key)


@pytest.fixture
def managed(ada, allowed):
    """Make content that comes from the repository."""

    def make(repository=None, **settings):
        guid = ada.content()["guid"]
        url = repository or f"file://{allowed}/site"
        answer = ada.put(f"/v1/content/{guid}/repository", {"repository": url, **settings})
        assert answer.status == 200, answer
        return guid

    return make


def made(caller, guid, **body):
    """Have a bundle made, and return its number and the task that made it."""
    answer = caller.post(f"/v1/content/{guid}/repository/bundle", body)
    assert answer.status == 200, answer
    return answer.json["bundle_id"], caller.finished(answer.json["task_id"])


def test_a_bundle_is_made_of_the_latest_commit(ada, managed, allowed):
    guid, latest = managed(), git(allowed / "site", "rev-parse", "main")

    number, task = made(ada, guid)

    assert (task["code"], task["output"][-1]) == (0, f"Bundle {number} was made.")
    bundle = ada.get(f"/v1/content/{guid}/bundles/{number}").json
    wanted = {
        "source": "git",
        "source_repo": f"file://{allowed}/site",
        "source_branch": "main",
        "source_commit": latest,
    }
    assert wanted.items() <= bundle["metadata"].items()
    assert bundle["active"] is False
    files = ada.get(f"/v1/content/{guid}/bundles/{number}/files").json["files"]
    assert {each["path"] for each in files} == {"index.html", "manifest.json"}
    assert ada.get(f"/v1/content/{guid}/repository").json["last_known_commit"] == latest
    assert [job["tag"] for job in ada.get(f"/v1/content/{guid}/jobs").json] == ["git"]
    assert ada.deploy(guid, bundle_id=number)["code"] == 0
    assert ada.send("GET", f"/content/{guid}/").text == "first"


def test_a_deployment_takes_the_latest_commit(ada, managed, allowed):
    guid = managed()
    assert ada.deploy(guid)["code"] == 0
    assert ada.send("GET", f"/content/{guid}/").text == "first"
    latest = commit(allowed / "site", {"index.html": "second"})

    task = ada.deploy(guid)

    assert f"main is at {latest}." in task["output"]
    assert ada.send("GET", f"/content/{guid}/").text == "second"
    bundles = ada.get(f"/v1/content/{guid}/bundles").json
    assert [each["active"] for each in bundles] == [True, False]
    assert ada.deploy(guid, bundle_id=bundles[1]["id"])["code"] == 0
    assert ada.send("GET", f"/content/{guid}/").text == "first"
    commit(allowed / "site", {"index.html": "first"})


def test_branches_tags_and_commits_can_be_taken_and_a_directory(ada, managed, allowed):
    repository = allowed / "site"
    git(repository, "switch", "-q", "-c", "topic/one")
    inner = commit(repository, {"docs/index.html": "inner", "docs/manifest.json": manifest("index.html")})
    git(repository, "tag", "v1")
    git(repository, "switch", "-q", "main")
    guid = managed(branch="topic/one", directory="./docs/")

    listed = ada.get(f"/v1/content/{guid}/repository/branches").json

    assert {each["branch"]: each["ref"] for each in listed}["topic/one"] == inner
    assert {each["branch"] for each in listed} == {"main", "topic/one"}
    for ref in (None, "v1", inner, inner[:10]):
        number, task = made(ada, guid, **({"ref": ref} if ref else {}))
        assert task["code"] == 0, task
        assert ada.get(f"/v1/content/{guid}/bundles/{number}").json["metadata"]["source_commit"] == inner
    assert made(ada, guid, ref="main", directory=".")[1]["code"] == 0


def test_the_same_commit_makes_the_same_archive(ada, managed):
    guid = managed()

    digests = {
        ada.get(f"/v1/content/{guid}/bundles/{made(ada, guid)[0]}").json["metadata"]["archive_md5"] for _ in range(2)
    }

    assert len(digests) == 1


@pytest.mark.parametrize(
    ("body", "why"),
    [
        ({"ref": "nothing"}, "no branch, tag or commit 'nothing'"),
        ({"ref": "--output=x"}, "no branch, tag or commit"),
        ({"ref": "a\0b"}, "no NUL"),
        ({"directory": "nowhere"}, "'nowhere' of the repository has no manifest.json"),
        ({"directory": "../site"}, "has no manifest.json"),
    ],
)
def test_what_can_not_be_made_fails_the_task_and_leaves_no_bundle(ada, managed, body, why):
    guid = managed()

    number, task = made(ada, guid, **body)

    assert (task["code"], why in task["error"]) == (1, True)
    assert ada.get(f"/v1/content/{guid}/bundles").json == []
    assert ada.get(f"/v1/content/{guid}/bundles/{number}").status == 404
    assert why in ada.get(f"/v1/content/{guid}/repository").json["last_error"]


def test_a_manifest_that_is_none_fails_the_task(ada, managed, allowed):
    repository = allowed / "broken"
    repository.mkdir()
    git(repository, "init", "-q", "-b", "main")
    commit(repository, {"manifest.json": "[", "index.html": ""})
    guid = managed("broken")

    assert "not JSON" in made(ada, guid)[1]["error"]
    assert ada.post(f"/v1/content/{guid}/deploy", {}).refusal == (400, "BundleMissing")


@pytest.mark.parametrize(
    ("repository", "code"),
    [
        ("https://example.com/x.git", "GitUnsupportedProtocol"),
        ("http://127.0.0.1:1/x.git", "GitUnsupportedProtocol"),
        ("file:///etc", "GitUnsupportedParameters"),
        ("/etc", "GitUnsupportedParameters"),
        ("../", "GitUnsupportedParameters"),
        ("site/../..", "GitUnsupportedParameters"),
        ("file:///%00", "GitUnsupportedParameters"),
        ("nothing", "GitUnsupportedParameters"),
        ("site/docs", "GitUnsupportedParameters"),
    ],
)
def test_only_what_lies_in_the_folder_is_read(ada, managed, repository, code):
    guid = managed(repository)

    assert ada.get(f"/v1/content/{guid}/repository/branches").refusal == (400, code)
    assert ada.post(f"/v1/content/{guid}/repository/bundle", {}).refusal == (400, code)
    assert ada.post(f"/v1/content/{guid}/deploy", {}).refusal == (400, code)


def test_a_link_out_of_the_folder_leads_nowhere(ada, managed, allowed, tmp_path):
    git(tmp_path, "init", "-q", "-b", "main")
    commit(tmp_path, {"manifest.json": manifest(), "index.html": "secret"})
    (allowed / "away").symlink_to(tmp_path)

    refused = ada.post(f"/v1/content/{managed('away')}/repository/bundle", {})

    assert refused.refusal == (400, "GitUnsupportedParameters")


@pytest.mark.parametrize("repository", ["git@example.com:x.git", "ssh://example.com/x", "ext::sh -c true", "git://h/x"])
def test_addresses_of_other_kinds_are_refused(ada, repository):
    path = f"/v1/content/{ada.content()['guid']}/repository"

    assert ada.put(path, {"repository": repository}).refusal == (400, "GitUnsupportedProtocol")


def test_nothing_that_a_repository_brings_is_run(ada, managed, allowed, tmp_path):
    mark, repository = tmp_path / "it ran", allowed / "hostile"
    command = f"{sys.executable} -c \"open({str(mark)!r}, 'w')\""
    repository.mkdir()
    git(repository, "init", "-q", "-b", "main")
    commit(
        repository, {"index.html": "x", "manifest.json": manifest("index.html"), ".gitattributes": "* filter=evil\n"}
    )
    for name in ("filter.evil.smudge", "filter.evil.process", "core.fsmonitor", "core.sshCommand", "tar.tar.command"):
        git(repository, "config", name, command)
    for hook in ("post-checkout", "reference-transaction", "pre-commit"):
        script = repository / ".git" / "hooks" / hook
        script.write_text(f"#!/bin/sh\n{command}\n", encoding="utf-8")
        script.chmod(0o755)
    guid = managed("hostile")

    assert made(ada, guid)[1]["code"] == 0
    assert ada.deploy(guid)["code"] == 0
    ada.get(f"/v1/content/{guid}/repository/branches")

    assert not mark.exists()


def test_links_and_submodules_of_a_repository_stay_within(ada, managed, allowed):
    repository = allowed / "linked"
    repository.mkdir()
    git(repository, "init", "-q", "-b", "main")
    (repository / "inside.html").symlink_to("index.html")
    commit(repository, {"index.html": "x", "manifest.json": manifest("index.html", "inside.html")})
    head = git(repository, "rev-parse", "HEAD")
    git(repository, "update-index", "--add", "--cacheinfo", f"160000,{head},module")
    git(repository, "commit", "-q", "-m", "module")
    guid = managed("linked")
    assert ada.deploy(guid)["code"] == 0
    assert ada.send("GET", f"/content/{guid}/inside.html").text == "x"

    (repository / "out.html").symlink_to("/etc/passwd")
    commit(repository, {"manifest.json": manifest("index.html", "out.html")})
    task = ada.deploy(guid)
    assert (task["code"], "leaves the archive" in task["error"]) == (1, True)


def test_a_repository_is_for_those_who_may_change_the_content(ada, managed, running, connect):
    user = {"username": "vic", "email": "vic@example.com", "user_role": "publisher"}
    assert ada.post("/v1/users", {**user, "password": "a long password"}).status == 200
    other = connect(running.url, running.key_for("vic"))
    guid = managed()

    assert other.get(f"/v1/content/{guid}/repository/branches").status == 403
    assert other.post(f"/v1/content/{guid}/repository/bundle", {}).status == 403


def test_what_is_deleted_or_killed_while_a_bundle_is_made_leaves_nothing(slow, allowed):
    world = slow.server._running.world
    world.repositories = allowed
    for end in ("delete", "kill"):
        guid = slow.content()["guid"]
        begun = slow.post(f"/v1/content/{guid}/repository/bundle", {"repository": "site"}).json
        assert slow.get(f"/v1/content/{guid}/bundles").json == []
        if end == "delete":
            slow.delete(f"/v1/content/{guid}")
        else:
            job = slow.get(f"/v1/content/{guid}/jobs").json[0]
            assert slow.delete(f"/v1/content/{guid}/jobs/{job['key']}").status == 200
        slow.later(minutes=10)

        assert slow.get(f"/v1/tasks/{begun['task_id']}").json["code"] == 1
        assert list((world.folder / "bundles" / guid).glob("*")) == []


def test_without_a_folder_there_is_no_git(admin):
    guid = admin.content()["guid"]
    admin.put(f"/v1/content/{guid}/repository", {"repository": "https://example.com/x.git"})

    assert admin.post(f"/v1/content/{guid}/deploy", {}).refusal == (400, "GitIsDisabled")


def test_the_folder_must_be_one(tmp_path):
    with pytest.raises(ConfigError, match="is no folder"):
        ConnectServer(repositories=tmp_path / "nothing")
