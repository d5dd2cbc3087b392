import os
import signal
import subprocess
import sys

import pytest

from connectapi import Client, Content, User

CONNECTAPI = [sys.executable, "-m", "connectapi"]


def without_settings():
    return {key: value for key, value in os.environ.items() if not key.startswith("CONNECT_")}


def started(*options):
    process = subprocess.Popen(
        [*CONNECTAPI, "serve", "--port", "0", *options],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        env=without_settings(),
    )
    settings = dict(process.stdout.readline().strip().removeprefix("export ").split("=", 1) for _ in range(2))
    return process, settings


def ended(process, by):
    process.send_signal(by)
    code = process.wait(timeout=20)
    process.stdout.close()
    return code


@pytest.mark.parametrize("by", [signal.SIGINT, signal.SIGTERM])
def test_a_server_runs_until_it_is_told_to_end(by):
    process, settings = started()
    with Client(settings["CONNECT_SERVER"], settings["CONNECT_API_KEY"]) as client:
        assert User.whoami(client).user_role == "administrator"
        assert client.content.count() > 40

    assert ended(process, by) == 0


def test_a_folder_keeps_what_was_made_over_a_kill(tmp_path):
    process, settings = started("--empty", "--data", str(tmp_path / "state"))
    with Client(settings["CONNECT_SERVER"], settings["CONNECT_API_KEY"]) as client:
        assert client.content.get() == []
        Content.create(client, name="kept")
    ended(process, signal.SIGKILL)

    process, again = started("--empty", "--data", str(tmp_path / "state"))
    with Client(again["CONNECT_SERVER"], settings["CONNECT_API_KEY"]) as client:
        assert [content.name for content in client.content.get()] == ["kept"]
    ended(process, signal.SIGTERM)


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("import connectapi; c = connectapi.Client(); print(c.users.count(), c.content.count())", 0),
        ("raise SystemExit(7)", 7),
    ],
)
def test_a_command_gets_a_fresh_server_and_its_exit_code_is_ours(code, expected):
    done = subprocess.run(
        [*CONNECTAPI, "serve", "--empty", "--", sys.executable, "-c", code],
        capture_output=True,
        text=True,
        check=False,
        env=without_settings(),
        timeout=50,
    )

    assert done.returncode == expected
    assert done.stdout == ("1 0\n" if expected == 0 else "")


def test_a_command_that_there_is_none_of_is_an_error():
    done = subprocess.run(
        [*CONNECTAPI, "serve", "--", "no-such-command"], capture_output=True, text=True, check=False, timeout=50
    )

    assert done.returncode == 127
    assert "can't run 'no-such-command'" in done.stderr


def test_a_server_begins_with_what_a_file_says(tmp_path):
    seed = tmp_path / "team.yaml"
    seed.write_text("users: {ben: {user_role: publisher}}\ncontent: {report: {owner: ben}}")
    code = "from connectapi import Client; print([each.name for each in Client().content.get()])"
    serve = [*CONNECTAPI, "serve", "--seed", str(seed), "--", sys.executable, "-c", code]
    done = subprocess.run(serve, capture_output=True, text=True, check=False, timeout=50)
    assert (done.returncode, done.stdout) == (0, "['report']\n")

    seed.write_text("users: {ben: {user_role: boss}}\ncontent: {report: {owner: bne}}")
    done = subprocess.run(serve, capture_output=True, text=True, check=False, timeout=50)
    assert (done.returncode, done.stdout) == (1, "")
    assert "team.yaml:1: users.ben.user_role: 'boss' is none of" in done.stderr
    assert "team.yaml:2: content.report.owner: no User is called 'bne' (did you mean 'ben'?)" in done.stderr


def test_a_server_without_users_gives_a_command_no_key(tmp_path):
    keyfile = tmp_path / "bootstrap.key"
    keyfile.write_text("MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=\n")
    code = "import os; print(sorted(name for name in os.environ if name.startswith('CONNECT_')))"
    command = ["--", sys.executable, "-c", code]

    for options, variables in (
        (["--bootstrap-keyfile", str(keyfile)], {"CONNECT_API_KEY": "of-another-server"}),
        ([], {"CONNECT_BOOTSTRAP_SECRETKEY": keyfile.read_text()}),
    ):
        done = subprocess.run(
            [*CONNECTAPI, "serve", *options, *command],
            capture_output=True,
            text=True,
            check=False,
            env={**without_settings(), **variables},
            timeout=50,
        )
        assert done.stdout == f"{sorted({'CONNECT_SERVER', *variables} - {'CONNECT_API_KEY'})}\n", done.stderr


def test_a_bootstrap_key_that_is_none_is_an_error(tmp_path):
    keyfile = tmp_path / "bootstrap.key"
    keyfile.write_text("not a key")

    done = subprocess.run(
        [*CONNECTAPI, "serve", "--bootstrap-keyfile", str(keyfile)],
        capture_output=True,
        text=True,
        check=False,
        timeout=50,
    )

    assert done.returncode == 1
    assert "the bootstrap secret can't be used: it is not base64" in done.stderr
    assert "not a key" not in done.stderr
