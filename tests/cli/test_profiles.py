"""`connectapi profiles`, and `connectapi --profile`."""

import json
import os
import subprocess
import sys

import pytest

from connectapi.profiles import own
from connectapi.profiles.lookup import find
from connectapi.profiles.rsconnect import servers_file

KEY = "s3cret-s3cret-s3cret"


@pytest.fixture(autouse=True)
def settings(tmp_path, monkeypatch):
    monkeypatch.setenv("CONNECTAPI_CONFIG_DIR", str(tmp_path / "own"))
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("USERPROFILE", str(tmp_path))
    for name in ("XDG_CONFIG_HOME", "APPDATA", "CONNECT_SERVER", "CONNECT_API_KEY", "CONNECT_PROFILE"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def saved_by_rsconnect():
    def save(text):
        path = servers_file()
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")

    return save


def add(command_line, demo, *more, name="prod", answer=None):
    key = demo.connect_api_key.reveal() + "\n" if answer is None else answer
    return command_line("profiles", "add", name, "--server", demo.connect_server, *more, answer=key)


def test_a_server_is_kept_by_a_name_and_called_by_it(command_line, demo, monkeypatch):
    kept = add(command_line, demo)

    assert (kept.returncode, kept.stderr) == (0, "")
    me = demo.users.whoami()
    assert kept.stdout == (
        f"Kept prod: {demo.connect_server} for {me.username} (administrator); "
        "the key is in a file that only you can read.\n"
    )
    by_option = command_line("--profile", "prod", "users", "whoami", "--json")
    monkeypatch.setenv("CONNECT_PROFILE", "prod")
    by_variable = command_line("users", "whoami", "--json")
    assert json.loads(by_option.stdout)["guid"] == json.loads(by_variable.stdout)["guid"] == me.guid


def test_a_key_that_the_server_does_not_take_is_not_kept(command_line, demo):
    done = add(command_line, demo, answer=KEY)

    assert done.returncode == 1
    assert "401" in done.stderr
    assert KEY not in done.stderr + done.stdout
    assert own.names() == []


def test_unless_told_that_it_need_not_be_asked(command_line, demo):
    done = command_line("profiles", "add", "prod", "--server", "http://127.0.0.1:1", "--no-check", answer=KEY)

    assert (done.returncode, find("prod").api_key.reveal()) == (0, KEY)
    assert KEY not in done.stdout + done.stderr


def test_a_server_that_is_signed_in_to_is_kept_without_a_key(command_line):
    done = command_line("profiles", "add", "prod", "--server", "https://c.example.com/connect/", "--no-key")

    assert done.stdout == "Kept prod: https://c.example.com.\n"
    assert find("prod").api_key is None


@pytest.mark.parametrize(
    ("words", "code", "why"),
    [
        (["profiles", "add", "prod"], 2, "no server given"),
        (["--api-key", KEY, "profiles", "add", "prod", "--server", "https://c.example.com"], 2, "seen by others"),
        (["profiles", "add", "prod", "--server", "c.example.com"], 1, "https://c.example.com"),
        (["profiles", "add", "prod", "--server", "https://c.example.com"], 1, "no API key on stdin"),
        (["profiles", "add", "../prod", "--server", "https://c.example.com"], 1, "can't be a profile's name"),
        (["profiles", "remove", "prod"], 1, "no profile is called 'prod'"),
        (["--profile", "prod", "content", "list"], 1, "no profile is called 'prod'"),
        (["--server", "https://c.example.com", "--profile", "gone", "content", "list"], 1, "is called 'gone'"),
    ],
)
def test_what_is_missing_or_malformed_is_told(command_line, words, code, why):
    done = command_line(*words)

    assert (done.returncode, why in done.stderr) == (code, True), done.stderr
    assert KEY not in done.stderr
    assert own.names() == []


def test_all_profiles_are_listed_with_where_their_keys_are(command_line, saved_by_rsconnect):
    command_line("profiles", "add", "prod", "--server", "https://c.example.com", "--no-check", answer=KEY)
    command_line("profiles", "add", "open", "--server", "https://o.example.com", "--no-key", "--insecure")
    entry = {"url": "https://t.example.com", "api_key": KEY, "snowflake_connection_name": "dev"}
    saved_by_rsconnect(json.dumps({"theirs": entry, "prod": entry, "odd": {"url": 1, "api_key": KEY}}))

    table, data = command_line("profiles", "list"), command_line("profiles", "list", "--json")

    rows = {(row["name"], row["key"]): row for row in json.loads(data.stdout)}
    assert [*rows] == [("open", "none"), ("prod", "file"), ("odd", ""), ("prod", "rsconnect"), ("theirs", "rsconnect")]
    assert rows["open", "none"]["notes"] == ["certificate not checked"]
    assert rows["prod", "rsconnect"]["notes"] == ["through Snowflake's dev", "hidden by ours"]
    assert "'odd' can't be read" in rows["odd", ""]["notes"][0]
    assert table.stdout.split("\n")[0].split() == ["name", "server", "key", "notes"]
    assert KEY not in table.stdout + data.stdout


def test_ours_are_listed_even_if_the_file_of_rsconnect_is_malformed(command_line, saved_by_rsconnect):
    command_line("profiles", "add", "prod", "--server", "https://c.example.com", "--no-check", answer=KEY)
    saved_by_rsconnect("{")

    done = command_line("profiles", "list")

    assert done.returncode == 1
    assert "https://c.example.com" in done.stdout
    assert "servers.json" in done.stderr


def test_a_profile_is_removed_and_one_of_rsconnect_is_left_alone(command_line, saved_by_rsconnect):
    command_line("profiles", "add", "prod", "--server", "https://c.example.com", "--no-check", answer=KEY)
    saved_by_rsconnect('{"theirs": {"url": "https://t.example.com"}}')

    assert command_line("profiles", "remove", "prod").stdout == "Forgot prod.\n"
    refused = command_line("profiles", "remove", "theirs")

    assert own.names() == []
    assert (refused.returncode, "rsconnect remove --name theirs" in refused.stderr) == (1, True)
    assert find("theirs").server == "https://t.example.com"


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no pseudo-terminals of this kind")
def test_in_a_terminal_the_key_is_asked_for_and_does_not_show(tmp_path):
    import pty

    ours, theirs = pty.openpty()
    words = ["profiles", "add", "prod", "--server", "http://127.0.0.1:1", "--no-check"]
    process = subprocess.Popen(
        [sys.executable, "-m", "connectapi", *words],
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        start_new_session=True,
        env=dict(os.environ),
    )
    os.close(theirs)
    shown = b""
    while b"API key for" not in shown:
        shown += os.read(ours, 1000)
    os.write(ours, KEY.encode() + b"\n")
    while b"Kept prod" not in shown:
        shown += os.read(ours, 1000)
    assert process.wait() == 0
    os.close(ours)

    assert KEY.encode() not in shown
    assert find("prod").api_key.reveal() == KEY
