"""posit-sdk: content and what hangs on it."""

import pytest
from posit.connect.errors import ClientError

DEPLOYED = {
    "platform": "4.3.3",
    "python": {"version": "3.11.9"},
    "packages": {"shiny": {"description": {"Version": "1.8.1"}}},
}


def test_content_is_made_read_changed_and_deleted(client):
    made = client.content.create(name="report", title="Report", access_type="all")

    assert (made["name"], made["access_type"], made["app_role"]) == ("report", "all", "owner")
    assert made.owner["username"] == client.me["username"]
    made.update(title="Quarterly report", description="Figures.", max_processes=3, locked=True)
    found = client.content.get(made["guid"])
    assert (found["title"], found["max_processes"], found["locked"]) == ("Quarterly report", 3, True)
    assert (found["owner"]["guid"], found["tags"]) == (client.me["guid"], [])
    found.delete()
    with pytest.raises(ClientError) as absent:
        client.content.get(made["guid"])
    assert (absent.value.http_status, absent.value.error_code) == (404, 4)


def test_content_is_found_by_name_and_by_attributes(client):
    first, second = (client.content.create(name=name, title=name.title()) for name in ("first", "second"))

    assert client.content.count() == 2
    assert client.content.find(name="first") == [first]
    assert client.content.find_one(name="third") is None
    assert client.content.find_by(title="Second") == second
    assert client.content.find_by(title="Third") is None
    assert client.content.find(include=["owner", "tags"], name="first")[0]["owner"]["guid"] == client.me["guid"]


def test_the_content_that_one_runs_in_is_found_without_its_guid(client, monkeypatch):
    made = client.content.create(name="report")
    monkeypatch.setenv("CONNECT_CONTENT_GUID", made["guid"])

    assert client.content.get()["name"] == "report"


def test_a_name_can_be_had_once(client):
    client.content.create(name="report")

    with pytest.raises(ClientError) as refused:
        client.content.create(name="report")
    assert (refused.value.http_status, refused.value.error_code) == (400, 26)


def test_content_from_git(client):
    content = client.content.create(name="report")
    assert content.repository is None

    made = content.create_repository(
        repository="https://git.example.com/team/report", branch="main", directory=".", polling=True
    )
    assert (made["branch"], made["polling"]) == ("main", True)
    made.update(branch="release", polling=False)
    assert dict(content.repository) == dict(made)
    assert content.repository["branch"] == "release"
    made.destroy()
    assert content.repository is None


def test_packages_of_content_and_of_the_server(client, deployed):
    content = deployed(mode="shiny", files={"app.R": "", "requirements.txt": "flask==3.0.3\n"}, **DEPLOYED)

    assert [(each["language"], each["name"]) for each in content.packages.fetch()] == [
        ("python", "flask"),
        ("r", "shiny"),
    ]
    assert content.packages.find_by(name="shiny")["version"] == "1.8.1"
    assert content.packages.find_by(name="flask")["version"] == "3.0.3"
    assert {each["content_guid"] for each in client.packages} == {content["guid"]}
    assert client.packages.find_by(name="shiny")["language"] == "r"
    assert client.packages.find_by(name="dplyr") is None


def test_a_lockfile_tells_which_python_it_is_for(deployed, tmp_path):
    files = {"app.py": "", "requirements.txt": "dash==2.18.2\n"}
    content = deployed(mode="python-dash", files=files, python={"version": "3.11.9"})

    lockfile = content.get_lockfile()

    assert (lockfile.python_version, lockfile.text) == ("3.11.9", "dash==2.18.2\n")
    lockfile.write(tmp_path / "requirements.txt.lock")
    assert (tmp_path / "requirements.txt.lock").read_text() == "dash==2.18.2\n"


def test_an_app_is_restarted(client, deployed):
    app = deployed(mode="python-shiny")

    app.restart()

    assert list(app.environment_variables) == []
    with pytest.raises(ValueError, match="Render not supported"):
        app.render()


def test_a_report_is_rendered(deployed):
    report = deployed(mode="quarto-static", files={"report.qmd": "# Report"})

    task = report.render()
    task.wait_for()

    assert (task.is_finished, task.error_code) == (True, 0)
    with pytest.raises(ValueError, match="Restart not supported"):
        report.restart()
