"""`connectapi login`, `logout` and `whoami`."""

import re
import subprocess
import sys
import threading
from urllib.parse import urlencode, urlsplit

import pytest
import urllib3

from connectapi.testing import ConnectServer

FORM = {"Content-Type": "application/x-www-form-urlencoded"}


@pytest.fixture
def server(monkeypatch, tmp_path):
    monkeypatch.setenv("CONNECTAPI_CONFIG_DIR", str(tmp_path))
    for name in ("CONNECT_SERVER", "CONNECT_API_KEY"):
        monkeypatch.delenv(name, raising=False)
    with ConnectServer(sample=False, pace=0) as running:
        yield running


@pytest.fixture
def browser(server, monkeypatch):
    """A browser in which somebody allows what is asked."""

    def visit(url):
        with urllib3.PoolManager(retries=False) as pool:
            body = urlencode({"key": server.api_key, "url": "/"})
            entered = pool.request("POST", f"{server.url}/__login__", body=body, headers=FORM, redirect=False)
            cookie = {"Cookie": entered.headers["Set-Cookie"].partition(";")[0]}
            page = pool.request("GET", url, headers=cookie).data.decode()
            fields = dict(re.findall(r'name="(\w+)" value="([^"]*)"', page))
            body = urlencode({**fields, "decision": "allow"})
            answer = pool.request(
                "POST", f"{server.url}{urlsplit(url).path}", body=body, headers={**FORM, **cookie}, redirect=False
            )
            if "Location" in answer.headers:
                pool.request("GET", answer.headers["Location"])

    def opened(url):
        threading.Thread(target=visit, args=(url,)).start()
        return True

    monkeypatch.setattr("webbrowser.open", opened)
    return visit


def test_login_and_then_other_commands_and_logout(server, browser, command_line):
    done = command_line("login", server.url)

    assert done.stdout == f"Signed in to {server.url} as admin; the tokens are in a file that only you can read.\n"
    assert "Go on in the browser" in done.stderr
    assert done.returncode == 0
    who = command_line("--server", server.url, "whoami")
    assert who.stdout == f"admin (administrator) at {server.url}, signed in\n"
    assert command_line("--server", server.url, "content", "list").returncode == 0
    assert command_line("login", server.url, "--status").stdout == done.stdout
    assert command_line("logout", server.url).stdout == f"Signed out of {server.url}.\n"
    again = command_line("logout", server.url)
    assert (again.returncode, again.stdout) == (0, f"Nobody was signed in to {server.url}.\n")
    status = command_line("login", server.url, "--status")
    assert (status.returncode, status.stdout) == (1, f"Nobody is signed in to {server.url}.\n")


def test_login_to_the_server_of_the_environment(server, browser, command_line, monkeypatch):
    monkeypatch.setenv("CONNECT_SERVER", server.url)
    monkeypatch.setenv("CONNECT_API_KEY", server.api_key)

    done = command_line("login")

    assert done.returncode == 0
    assert "CONNECT_API_KEY is set, and goes before the sign-in" in done.stderr
    assert command_line("whoami").stdout == f"admin (administrator) at {server.url}, by an API key\n"


def test_login_with_a_code(server, browser):
    command = [sys.executable, "-m", "connectapi", "--server", server.url, "login", "--device"]
    started = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    with started:
        lines = [started.stderr.readline() for _ in range(3)]
        browser(lines[1].strip())
        out, _ = started.communicate(timeout=30)

    assert re.match(r"It shows the code \w{4}-\w{4}, or asks for it", lines[2])
    assert (started.returncode, "as admin" in out) == (0, True)


def test_login_prints_the_address_where_there_is_no_browser(server, command_line):
    done = command_line("login", server.url, "--no-browser", "--timeout", "0.01")

    assert done.returncode == 1
    assert f"{server.url}/__oauth__/authorize?" in done.stderr
    assert "sign in with --device" in done.stderr
    assert done.stderr.endswith("nobody came back from the browser within 0 s. Begin anew\n")


def test_login_without_a_server_is_wrong_usage(server, command_line):
    done = command_line("login")

    assert done.returncode == 2
    assert "no server given" in done.stderr


def test_login_to_an_older_server_says_to_use_an_api_key(server, command_line):
    with ConnectServer(version="2026.05.0", sample=False) as older:
        done = command_line("login", older.url)

    assert done.returncode == 1
    assert "use an API key: set CONNECT_API_KEY" in done.stderr


def test_login_of_a_ci_without_a_token_says_where_it_can_be(server, command_line, tmp_path):
    assert "CONNECT_IDENTITY_TOKEN_FILE" in command_line("login", server.url, "--ci").stderr
    done = command_line("login", server.url, "--id-token-file", str(tmp_path / "none"))
    assert (done.returncode, "the identity token can't be read from" in done.stderr) == (1, True)


def test_ctrl_c_while_it_waits_ends_it_in_a_word(server, command_line, monkeypatch):
    def interrupted(_):
        raise KeyboardInterrupt

    monkeypatch.setattr("webbrowser.open", interrupted)

    done = command_line("login", server.url)

    assert (done.returncode, done.stderr.strip()) == (130, "stopped")
    assert command_line("login", server.url, "--status").returncode == 1
