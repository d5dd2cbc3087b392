"""The command line as people and scripts meet it, with an embedded server at the other end."""

import json
import os
import subprocess
import sys

import pytest


@pytest.fixture
def run(demo, monkeypatch, command_line):
    """Run the command line as someone with the demo's settings does, or as someone with none."""

    def call(*arguments, server=True, answer=None):
        for name, value in (("SERVER", demo.connect_server), ("API_KEY", demo.connect_api_key.reveal())):
            if server:
                monkeypatch.setenv(f"CONNECT_{name}", value)
            else:
                monkeypatch.delenv(f"CONNECT_{name}", raising=False)
        return command_line(*arguments, answer=answer)

    return call


def test_content_list_is_a_table(run, demo):
    done = run("content", "list")
    lines = done.stdout.splitlines()

    assert (done.returncode, done.stderr) == (0, "")
    assert lines[0].split() == ["guid", "title", "name", "app_mode", "access_type", "last_deployed_time"]
    assert len(lines) == demo.content.count() + 1
    assert any("Palmer Penguins" in line for line in lines)


def test_json_is_the_records_as_data(run):
    done = run("content", "list", "--owner-guid", "d03a6b7a-c818-4e40-8ef9-84ca567f9671", "--json")
    found = json.loads(done.stdout)

    assert len(found) == 44
    assert found[0]["created_time"] == "2022-09-15T23:15:43Z"


def test_show_is_one_record(run):
    done = run("content", "show", "241fe2cd-6eba-4a79-9aa3-6e6fe28c5714", "--include", "owner")

    assert done.returncode == 0
    assert "Jupyter Notebook - Palmer Penguins" in done.stdout
    assert json.loads(run("content", "show", "241fe2cd-6eba-4a79-9aa3-6e6fe28c5714", "--json").stdout)["app_mode"] == (
        "jupyter-static"
    )


def test_users_list_show_and_whoami(run):
    listed = json.loads(run("users", "list", "--user-role", "administrator", "--json").stdout)
    me = json.loads(run("users", "whoami", "--json").stdout)

    assert me["username"] in [each["username"] for each in listed]
    assert me["guid"] in run("users", "show", me["guid"]).stdout
    assert "username" in run("users", "whoami").stdout


def test_publish_prints_where_it_is_and_logs_to_stderr(run):
    done = run("content", "publish", "docs/examples/site", "--title", "From the command line")

    assert done.returncode == 0
    assert done.stdout.startswith("http://127.0.0.1:")
    assert len(done.stderr.splitlines()) > 2
    guid = done.stdout.strip().rstrip("/").rsplit("/", 1)[-1]
    assert "From the command line" in run("content", "show", guid).stdout
    assert run("content", "delete", guid, answer="n\n").returncode == 130
    assert run("content", "delete", guid, "--yes").stdout == "done\n"
    assert run("content", "show", guid).returncode == 1


def test_an_embedded_server_lives_as_long_as_the_command(run):
    done = run("--server", "demo", "users", "whoami", "--json", server=False)

    assert done.returncode == 0
    assert json.loads(done.stdout)["user_role"] == "administrator"


def test_what_is_made_can_be_changed_and_removed(run):
    made = json.loads(run("tags", "create", "--name", "From the shell", "--json").stdout)
    changed = json.loads(run("tags", "update", made["id"], "--name", "Renamed", "--json").stdout)

    assert changed["name"] == "Renamed"
    assert run("tags", "delete", made["id"], "--yes").returncode == 0


@pytest.mark.parametrize(
    ("arguments", "code", "expected"),
    [
        (["content", "show", "00000000-0000-0000-0000-000000000000"], 1, "error: GET /v1/content/"),
        (["--server", "nowhere", "content", "list"], 1, "error: 'nowhere' is no server"),
        (["content", "publish", "docs/examples/site", "--name", "a b"], 2, "is not a name for content"),
        (["content", "publish", "no/such/directory"], 2, "does not exist"),
        (["content", "show", "../users"], 2, "is not a guid"),
        (["content", "lst"], 2, "content has no command 'lst' (did you mean 'list'?)"),
        (["contents", "list"], 2, "'contents' (did you mean 'content'?)"),
        (["content", "list", "--nmae", "x"], 2, "--name"),
        (["users", "list", "--asc-order", "--page"], 2, "--page"),
    ],
)
def test_what_goes_wrong_is_said_on_stderr_with_its_exit_code(run, arguments, code, expected):
    done = run(*arguments)

    assert (done.returncode, done.stdout) == (code, "")
    assert expected in done.stderr
    assert "Traceback" not in done.stderr
    if code == 1:
        assert len(done.stderr.splitlines()) == 1


def test_without_a_server_the_error_says_what_to_set(run):
    done = run("content", "list", server=False)

    assert done.returncode == 1
    assert "CONNECT_SERVER" in done.stderr
    assert "CONNECT_API_KEY" in done.stderr


def test_help_lists_collections_commands_and_options(run):
    top, group, command = run("--help"), run("users", "--help"), run("users", "list", "--help")

    assert "content" in top.stdout
    assert "whoami" in group.stdout
    assert "--user-role" in command.stdout
    assert "GET /v1/users" in command.stdout
    assert run("--version").stdout.strip()


def test_a_reader_that_goes_away_is_no_error(demo):
    environment = {
        **os.environ,
        "CONNECT_SERVER": demo.connect_server,
        "CONNECT_API_KEY": demo.connect_api_key.reveal(),
    }
    code = f"{sys.executable} -m connectapi content list --json | head -1"
    done = subprocess.run(code, shell=True, env=environment, capture_output=True, text=True, check=False, timeout=50)

    assert done.stdout == "[\n"
    assert done.stderr == ""


def test_the_key_is_in_no_output(run, demo):
    key = demo.connect_api_key.reveal()
    for arguments in (
        ["--help"],
        ["content", "show", "x"],
        ["users", "whoami"],
        ["--api-key", key, "content", "show", "x"],
    ):
        done = run(*arguments)
        assert key not in done.stdout + done.stderr


def test_help_loads_nothing_that_only_a_call_needs():
    heavy = {"cattrs", "msgspec", "pyarrow", "rich", "urllib3", "werkzeug", "yaml"}
    code = (
        "import sys; from connectapi.cli.main import cli; cli(['--help'], standalone_mode=False);"
        f"print(sorted({heavy!r} & set(sys.modules)), 'connectapi.query.methods' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert done.stdout.splitlines()[-1] == "[] False"
