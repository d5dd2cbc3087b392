"""rsconnect: finding, describing, building and downloading content."""

import tarfile

import pytest


@pytest.fixture(scope="module")
def guids(desk, connect):
    """An app and a site that were deployed, and content that was not."""
    desk.write(app__app_py="app = None\n", app__requirements_txt="dash==2.18.2\n", app__python_version="")
    (desk.folder / "app" / ".python-version").write_text("==3.11.9\n")
    desk.write(site__index_html="<h1>Site</h1>")
    desk.run("deploy", "dash", "--name", "local", "app", "--title", "App")
    desk.run("deploy", "html", "--name", "local", "site", "--title", "Site")
    connect.content.create(name="empty", title="Empty")
    return {content.title: content.guid for content in connect.content.get()}


def test_content_is_searched(desk, guids):
    def found(*words):
        return {each["title"] for each in desk.json("content", "search", "--name", "local", *words)}

    assert found() == {"App", "Site", "Empty"}
    assert found("--published") == {"App", "Site"}
    assert found("--unpublished") == {"Empty"}
    assert found("--content-type", "python-dash") == {"App"}
    assert found("--title-contains", "it") == {"Site"}
    ordered = desk.json("content", "search", "--name", "local", "--order-by", "created")
    assert [each["title"] for each in ordered] == ["Empty", "Site", "App"]


def test_content_is_described(desk, guids):
    described = desk.json("content", "describe", "--name", "local", "--guid", guids["App"], "--guid", guids["Site"])

    assert [(each["title"], each["app_mode"]) for each in described] == [("App", "python-dash"), ("Site", "static")]


def test_a_bundle_is_downloaded(desk, guids):
    desk.run("content", "download-bundle", "--name", "local", "--guid", guids["Site"], "--output", "site.tar.gz")

    with tarfile.open(desk.folder / "site.tar.gz") as archive:
        assert sorted(archive.getnames()) == ["index.html", "manifest.json"]
        assert archive.extractfile("index.html").read() == b"<h1>Site</h1>"


def test_a_lockfile_is_downloaded(desk, guids):
    desk.run("content", "get-lockfile", "--name", "local", "--guid", guids["App"], "--output", "lock.txt")

    assert (desk.folder / "lock.txt").read_text() == "dash==2.18.2\n"
    desk.run("content", "get-lockfile", "--name", "local", "--guid", guids["Site"], "--output", "no.txt", code=1)
    assert "lockfile does not exist" in desk.log


def test_content_is_built(desk, guids):
    one = ("--name", "local", "--guid", guids["App"])
    desk.run("content", "build", "add", *one)
    (tracked,) = desk.json("content", "build", "ls", "--name", "local")
    assert (tracked["guid"], tracked["rsconnect_build_status"]) == (guids["App"], "NEEDS_BUILD")

    desk.run("content", "build", "run", "--name", "local", "--poll-wait", "1")

    assert "Success = 1, Error = 0" in desk.log
    (built,) = desk.json("content", "build", "ls", "--name", "local")
    assert built["rsconnect_build_status"] == "COMPLETE"
    (run,) = desk.json("content", "build", "history", *one)
    assert run["task_id"]
    assert "Building python-dash content" in desk.run("content", "build", "logs", *one)
    desk.run("content", "build", "rm", *one, "--purge")
    assert desk.json("content", "build", "ls", "--name", "local") == []


def test_the_repository_of_content_is_shown_and_deleted(desk, connect):
    content = connect.content.create(name="from-git")
    content.set_repository(repository="https://git.example.com/team/report", branch="main", directory=".")
    one = ("--name", "local", "--guid", content.guid)

    assert "https://git.example.com/team/report" in desk.run("content", "repository", "show", *one) + desk.log
    desk.run("content", "repository", "delete", *one, "--force")

    desk.run("content", "repository", "show", *one, code=1)
