"""What was answered is kept: over many clients at once, a kill, a full disk; and one server a folder."""

import json
import os
import signal
import socket
import sqlite3
import subprocess
import sys
import textwrap
import time
from pathlib import Path

import pytest

from connectapi.errors import ConfigError
from connectapi.testing import ConnectServer

ROOT = Path(__file__).parents[2]
LOAD = ROOT / "benchmarks" / "server_load.py"

posix = pytest.mark.skipif(os.name != "posix", reason="there is no kill -9 elsewhere")


def environment():
    kept = {key: value for key, value in os.environ.items() if not key.startswith("CONNECT_")}
    return {**kept, "PYTHONPATH": os.pathsep.join(filter(None, (str(ROOT), os.environ.get("PYTHONPATH"))))}


@posix
def test_many_clients_lose_nothing_that_was_answered_also_over_a_kill():
    done = subprocess.run(
        [sys.executable, LOAD, "--clients", "16", "--seconds", "2", "--kills", "1", "--json"],
        capture_output=True,
        text=True,
        check=False,
        env=environment(),
        timeout=55,
    )

    assert done.returncode == 0, done.stderr
    result = json.loads(done.stdout)
    assert (result["errors"], result["wrong"]) == ([], [])
    assert result["kept"] > 16


@pytest.fixture
def start():
    """Run `connectapi serve` as a process of its own; say where it is, with a way to end it."""
    running = []

    def begin(*options, program=("-m", "connectapi", "serve")):
        # On a disk that is full, coverage could not keep its own file, and would say so among the rest.
        measured = program[0] == "-m"
        process = subprocess.Popen(
            [sys.executable, *program, "--port", "0", "--empty", "--json", *map(str, options)],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env={name: value for name, value in environment().items() if measured or "COVERAGE" not in name},
        )
        running.append(process)
        line = process.stdout.readline()
        return process, json.loads(line) if line else None

    yield begin
    for process in running:
        process.kill()
        process.communicate()


@posix
def test_an_upload_that_was_cut_leaves_nothing(tmp_path, start, connect, pack):
    archive = pack({"index.html": os.urandom(200_000).hex()})
    process, told = start("--data", tmp_path)
    admin = connect(told["connect_server"], told["connect_api_key"])
    guid = admin.content()["guid"]
    head = (
        f"POST /__api__/v1/content/{guid}/bundles HTTP/1.1\r\nHost: x\r\nContent-Length: {len(archive)}\r\n"
        f"Authorization: Key {admin.key}\r\n\r\n"
    )
    port = int(told["connect_server"].rpartition(":")[2])
    with socket.create_connection(("127.0.0.1", port), timeout=20) as cut:
        cut.sendall(head.encode() + archive[:-1])
        cut.shutdown(socket.SHUT_WR)
        assert cut.recv(2**16).startswith(b"HTTP/1.1 400 ")
    assert admin.get(f"/v1/content/{guid}/bundles").json == []
    assert files(tmp_path / "incoming") == []

    with socket.create_connection(("127.0.0.1", port), timeout=20) as cut:
        cut.sendall(head.encode() + archive[:-1])
        while not files(tmp_path / "incoming"):
            time.sleep(0.005)
        process.kill()
        process.wait()
    _, told = start("--data", tmp_path)
    admin = connect(told["connect_server"], told["connect_api_key"])
    assert admin.get(f"/v1/content/{guid}/bundles").json == []
    assert files(tmp_path / "incoming") == files(tmp_path / "bundles") == []

    assert admin.upload(guid, archive).status == 200
    assert admin.deploy(guid)["code"] == 0


def files(folder):
    return [path for path in folder.rglob("*") if path.is_file()]


def test_a_folder_is_for_one_server_at_a_time(tmp_path, start):
    process, told = start("--data", tmp_path)
    second, nothing = start("--data", tmp_path)

    assert (second.wait(), nothing) == (1, None)
    error = second.stderr.read()
    assert f"{tmp_path}: another server is using this state. End that one, or choose another folder." in error
    with pytest.raises(ConfigError, match="another server"):
        ConnectServer(data=tmp_path).start()

    process.kill()
    process.wait()
    with ConnectServer(data=tmp_path) as server:
        assert server.api_key == told["connect_api_key"]
        with pytest.raises(ConfigError, match="another server"):
            ConnectServer(data=tmp_path).start()
    ConnectServer(data=tmp_path).start().close()


def test_a_state_of_another_layout_is_left_as_it_is(tmp_path, start):
    with sqlite3.connect(tmp_path / "state.sqlite") as connection:
        connection.execute("CREATE TABLE precious (name)")
        connection.execute("PRAGMA user_version = 99")
    connection.close()
    before = (tmp_path / "state.sqlite").read_bytes()

    process, _ = start("--data", tmp_path)

    assert process.wait() == 1
    error = process.stderr.read()
    assert "its layout is 99, not 2. Use the version that made it, or choose another folder." in error
    assert "Traceback" not in error
    assert (tmp_path / "state.sqlite").read_bytes()[100:] == before[100:]


def places_that_can_not_be_written(tmp_path):
    (tmp_path / "file").write_text("x")
    yield tmp_path / "file"
    yield tmp_path / "file" / "below"
    for name in ("in-use", "state.sqlite", "api-key"):
        (tmp_path / f"with {name}" / name).mkdir(parents=True)
        yield tmp_path / f"with {name}"
    yield from (path for path in [Path("/proc/self")] if path.is_dir())


def test_a_folder_that_can_not_be_written_is_a_clear_error(tmp_path):
    for place in places_that_can_not_be_written(tmp_path):
        with pytest.raises(ConfigError, match="can't") as caught:
            ConnectServer(data=place, sample=False).start()
        assert str(place) in str(caught.value)


FULL = """
    import resource, sys
    from connectapi.cli.main import run
    resource.setrlimit(resource.RLIMIT_FSIZE, (1_500_000, 1_500_000))  # no file can be larger: a disk that is full
    sys.argv[1:1] = ["serve"]
    run()
"""


@posix
def test_when_the_disk_is_full_writes_are_refused_and_what_was_answered_stays(tmp_path, start, connect, pack):
    _, told = start("--data", tmp_path, program=("-c", textwrap.dedent(FULL)))
    admin = connect(told["connect_server"], told["connect_api_key"])
    large = admin.content()["guid"]
    refused = admin.upload(large, pack({"index.html": os.urandom(2_000_000).hex()}))
    assert refused.status == 507, refused
    kept = [large]
    while len(kept) < 2000:
        answer = admin.post("/v1/content", {"name": f"full-{len(kept)}", "description": "x" * 4000})
        if answer.status != 200:
            break
        kept.append(answer.json["guid"])

    assert answer.refusal == (507, "InternalFailure")
    assert "The server can't keep this" in answer.text
    assert sorted(each["guid"] for each in admin.get("/v1/content").json) == sorted(kept)
    assert files(tmp_path / "incoming") == files(tmp_path / "bundles") == []
    assert admin.delete(f"/v1/content/{large}").status in {204, 507}, "it answers, whatever it can do"


@posix
def test_a_disk_that_is_full_from_the_start_is_a_clear_error(tmp_path, start):
    process, told = start("--data", tmp_path, program=("-c", textwrap.dedent(FULL).replace("1_500_000", "5_000")))

    assert (process.wait(), told) == (1, None)
    error = process.stderr.read()
    assert f"error: {tmp_path}" in error
    assert "Traceback" not in error


@posix
def test_the_lock_is_given_back_when_the_server_is_told_to_end(tmp_path, start):
    process, _ = start("--data", tmp_path)
    process.send_signal(signal.SIGTERM)

    assert process.wait() == 0
    assert sorted(path.name for path in tmp_path.iterdir()) == ["api-key", "in-use", "state.sqlite"]
