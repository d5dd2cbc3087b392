"""`connectapi serve -- COMMAND`, and what a person is told: exit codes, signals, nothing left behind."""

import json
import os
import signal
import socket
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest
import urllib3

SERVE = [sys.executable, "-m", "connectapi", "serve"]

posix = pytest.mark.skipif(os.name != "posix", reason="signals are POSIX's")


def bare(folder):
    kept = {key: value for key, value in os.environ.items() if not key.startswith("CONNECT_")}
    return {**kept, "TMPDIR": str(folder)}


@pytest.fixture
def run(tmp_path):
    def finish(*words):
        return subprocess.run(
            [*SERVE, *map(str, words)], capture_output=True, text=True, check=False, env=bare(tmp_path), timeout=50
        )

    return finish


@pytest.fixture
def begin(tmp_path):
    running = []

    def start(*words, **options):
        process = subprocess.Popen(
            [*SERVE, *map(str, words)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env=bare(tmp_path),
            **options,
        )
        running.append(process)
        return process

    yield start
    for process in running:
        process.kill()
        process.communicate()


def python(program):
    return ["--empty", "--", sys.executable, "-c", textwrap.dedent(program)]


# A command that says who it is and what it was told, and waits for a signal or for its input's end.
WAITS = """
    import os, select, signal, sys
    got = []
    def say(*words):  # print() can't be interrupted by another print()
        os.write(1, (" ".join(map(str, words)) + "\\n").encode())
    def note(number, frame):
        got.append(number)
        say("got", signal.Signals(number).name)
        if HOW == "ends": sys.exit(5)
    for each in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(each, note)
    say(os.getpid(), os.environ["CONNECT_SERVER"])
    while not select.select([0], [], [], 0.1)[0]:
        pass  # a signal that came just before a call that waits is seen at the next
    say("went on", len(got))
"""


def is_there(process_id):
    try:
        os.kill(process_id, 0)
    except ProcessLookupError:
        return False
    return True


def is_open(url):
    with socket.socket() as attempt:
        return attempt.connect_ex(("127.0.0.1", int(url.rpartition(":")[2]))) == 0


@posix
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_reaches_the_command_and_all_ends(begin, tmp_path, number):
    process = begin(*python(WAITS.replace("HOW", "'ends'")), start_new_session=True)
    command, url = process.stdout.readline().split()
    assert is_open(url)

    process.send_signal(number)
    code = process.wait(timeout=30)
    output, error = process.communicate()

    assert (code, output, error) == (5, f"got {number.name}\n", "")
    assert not is_there(int(command))
    assert not is_open(url)
    assert list(tmp_path.iterdir()) == [], "the state of the server is gone"


@posix
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL, signal.SIGUSR1])
def test_the_exit_code_of_a_command_that_a_signal_ended_is_that_of_a_shell(run, number):
    assert run(*python(f"import os; os.kill(os.getpid(), {number.value})")).returncode == 128 + number


@posix
def test_a_command_may_go_on_after_ctrl_c(begin):
    process = begin(*python(WAITS.replace("HOW", "'goes on'")), start_new_session=True)
    process.stdout.readline()

    process.send_signal(signal.SIGINT)
    assert process.stdout.readline() == "got SIGINT\n"
    output, _ = process.communicate("", timeout=30)

    assert (process.returncode, output) == (0, "went on 1\n")


@posix
def test_ctrl_c_at_a_terminal_reaches_the_command_once():
    import pty
    import select

    process_id, terminal = pty.fork()
    if process_id == 0:
        os.execv(sys.executable, [*SERVE, *python(WAITS.replace("HOW", "'goes on'"))])
    output = b""

    def until(text):
        nonlocal output
        while text not in output:
            assert select.select([terminal], [], [], 30)[0], output
            output += os.read(terminal, 1000)

    until(b"http")
    os.write(terminal, b"\x03")
    until(b"got SIGINT")
    os.write(terminal, b"\x04")
    until(b"went on 1")
    assert os.waitstatus_to_exitcode(os.waitpid(process_id, 0)[1]) == 0
    os.close(terminal)


@posix
def test_a_command_that_does_not_end_when_told_to_is_ended(tmp_path):
    patient = ["-c", "import sys; from connectapi.cli import main, process; process._GRACE = 0.2; main.run()"]
    stubborn = python(WAITS.replace("HOW", "'goes on'"))
    process = subprocess.Popen(
        [sys.executable, *patient, "serve", *stubborn],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env=bare(tmp_path),
    )
    command, _ = process.stdout.readline().split()

    process.send_signal(signal.SIGTERM)
    code = process.wait(timeout=30)
    output, _ = process.communicate()

    assert (code, output) == (128 + signal.SIGKILL, "got SIGTERM\n")
    assert not is_there(int(command))


def test_options_of_the_command_are_its_own(run):
    done = run("--empty", sys.executable, "-c", "import sys; print(sys.argv[1:])", "--port", "x", "--", "--help")

    assert (done.returncode, done.stdout) == (0, "['--port', 'x', '--', '--help']\n")


def test_an_option_that_there_is_none_of_is_no_command(run):
    done = run("--prot", "1")

    assert done.returncode == 2
    assert "No such option '--prot'" in done.stderr


@posix
@pytest.mark.parametrize(
    ("mode", "text", "code"),
    [(0o600, "#!/bin/sh\n", 126), (0o700, "no program", 126), (0o700, "#!/no/such/shell\n", 127)],
)
def test_a_command_that_can_not_be_run_is_told_from_one_that_is_not_there(run, tmp_path, mode, text, code):
    place = tmp_path / "command"
    place.write_text(text)
    place.chmod(mode)

    done = run("--empty", "--", place)

    assert (done.returncode, done.stdout) == (code, "")
    assert done.stderr.startswith(f"error: can't run '{place}': ")
    assert done.stderr.count("\n") == 1


def test_a_command_gets_the_key_from_its_environment_alone(run):
    done = run(*python("import os, sys; print(os.environ['CONNECT_API_KEY'] in ' '.join(sys.orig_argv))"))

    assert (done.returncode, done.stdout, done.stderr) == (0, "False\n", "")


def test_the_state_of_a_command_s_server_can_be_kept(run, tmp_path):
    make = """
        import connectapi
        connectapi.Content.create(connectapi.Client(), name="kept")
    """
    count = "import connectapi; print(connectapi.Client().content.count())"
    options = ["--data", tmp_path / "state"]

    assert run(*options, *python(make)).returncode == 0
    assert run(*options, *python(count)).stdout == "1\n"
    assert not list((tmp_path / "state").glob("*-wal")), "it was closed"


def test_what_a_program_needs_comes_as_json_on_one_line(begin):
    process = begin("--empty", "--port", "0", "--version", "2024.05.0", "--json")
    told = json.loads(process.stdout.readline())

    assert told["dashboard"] == told["connect_server"] + "/connect/"
    assert (told["version"], told["data"], told["pid"]) == ("2024.05.0", None, process.pid)
    headers = {"Authorization": f"Key {told['connect_api_key']}"}
    user = urllib3.request("GET", f"{told['connect_server']}/__api__/v1/user", headers=headers)
    assert user.json()["user_role"] == "administrator"


def test_a_person_is_told_where_the_dashboard_is_and_what_becomes_of_the_state(begin, tmp_path):
    process = begin("--empty", "--port", "0", "--data", tmp_path)
    url = process.stdout.readline().strip().partition("=")[2]
    assert process.stdout.readline().startswith("export CONNECT_API_KEY=")

    told = [process.stderr.readline() for _ in range(3)]
    assert told == [
        f"Connect 2026.06.0 listens at {url}; Ctrl-C ends it\n",
        f"Dashboard: {url}/connect/ (sign in with the key)\n",
        f"State: {tmp_path}\n",
    ]


@pytest.mark.parametrize(
    ("host", "warned"), [("127.0.0.1", False), ("localhost", False), ("::1", False), ("0.0.0.0", True)]
)
def test_an_address_that_others_reach_is_warned_of(run, host, warned):
    done = run("--host", host, "--empty", "--", sys.executable, "-c", "")
    if host == "::1" and done.returncode:
        pytest.skip("this machine has no IPv6")

    assert done.returncode == 0
    expected = "warning: at 0.0.0.0 any machine that reaches this one can call the server, and without encryption\n"
    assert done.stderr == (expected if warned else "")


def test_what_can_not_start_is_one_clear_line_and_leaves_nothing(run, tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        taken = run("--port", port)
    strange = run("--version", "new")

    assert (taken.returncode, strange.returncode) == (1, 1)
    assert f"error: can't listen at 127.0.0.1, port {port}: " in taken.stderr
    assert "Choose another port" in taken.stderr
    assert strange.stderr.startswith("error: 'new' is no release of Connect: ")
    assert taken.stderr.count("\n") == 1
    assert list(tmp_path.iterdir()) == []


def test_its_help_has_examples(run):
    help_text = run("--help").stdout

    assert "connectapi serve --empty -- pytest tests " in help_text
    assert all(len(line) <= 90 for line in help_text.splitlines())
    assert "\b" not in help_text
    assert Path.cwd().name not in help_text
