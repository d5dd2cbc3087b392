"""The server's life: starts, restarts, crashes, and the way a client comes to it by name."""

import json
import os
import signal
import subprocess
import sys
import textwrap
import threading
import time
from pathlib import Path

import pytest
from urllib3.exceptions import HTTPError

from connectapi.errors import ConfigError
from connectapi.testing import ConnectServer


def test_a_server_says_where_it_is_only_while_it_runs():
    server = ConnectServer(sample=False)
    assert repr(server) == "<ConnectServer 2026.06.0 stopped>"
    with pytest.raises(RuntimeError, match="not running"):
        _ = server.url

    with server as running:
        assert running is server.start() is server
        assert server.url.startswith("http://127.0.0.1:")
        assert repr(server) == f"<ConnectServer 2026.06.0 at {server.url}>"
    server.close()
    with pytest.raises(RuntimeError):
        _ = server.api_key


def test_it_remembers_the_latest_requests(connect):
    with ConnectServer(sample=False) as server:
        caller = connect(server.url, server.api_key)
        caller.get("/v1/user?x=y")
        caller.post("/v1/nothing")

        assert server.requests == [("GET", "/__api__/v1/user", 200), ("POST", "/__api__/v1/nothing", 404)]
        assert server.requests[0].verb == "GET"


def test_an_empty_server_has_an_administrator_and_nothing_else(connect):
    with ConnectServer(sample=False) as server:
        admin = connect(server.url, server.api_key)

        assert (admin.get("/v1/user").json["user_role"], admin.get("/v1/users").json["total"]) == ("administrator", 1)
        assert admin.get("/v1/content").json == admin.get("/v1/tags").json == []
        with pytest.raises(KeyError):
            server.key_for("omar")
        guid = admin.guid
        assert admin.put(f"/v1/users/{guid}", {"user_role": "viewer"}).refusal == (409, "SoleAdminDemotion")


def test_the_sample_is_an_organisation(admin):
    assert admin.get("/v1/users").json["total"] >= 13
    assert {each["name"]: each["member_count"] for each in admin.get("/v1/groups").json["results"]}["Analysts"] == 4
    content = [each for each in admin.get("/v1/content?include=tags").json if not each["name"].startswith("test-")]
    assert len(content) >= 64
    assert len({each["app_mode"] for each in content}) >= 18
    assert {"all", "logged_in", "acl"} == {each["access_type"] for each in content}
    assert sum(bool(each["tags"]) for each in content) > 50
    assert len(admin.get("/v1/vanities").json) >= 4


def test_the_sample_is_the_same_each_time(admin, connect):
    with ConnectServer() as server:
        other = connect(server.url, server.api_key)
        guid = "6fd8666d-12e6-45d1-95a0-552679a6d5f9"
        here, there = (each.get(f"/v1/content/{guid}").json for each in (admin, other))

        assert {**here, "content_url": "", "dashboard_url": ""} == {**there, "content_url": "", "dashboard_url": ""}
        assert (
            other.get("/v1/content?name=employee-handbook").json[0]["guid"]
            in admin.get("/v1/content?name=employee-handbook").text
        )


def test_a_temporary_server_leaves_nothing_behind(connect, pack):
    before = threading.active_count()
    with ConnectServer(sample=False, pace=0) as server:
        connect(server.url, server.api_key).site()
        folder = server._running.world.folder
        assert folder.is_dir()

    assert not folder.exists()
    assert threading.active_count() <= before


def test_state_goes_on_after_a_restart(tmp_path, connect):
    with ConnectServer(data=tmp_path / "state", sample=False, pace=0) as server:
        key = server.api_key
        guid = connect(server.url, key).site({"index.html": "kept"})
        (tmp_path / "state" / "incoming").mkdir(exist_ok=True)
        (tmp_path / "state" / "incoming" / "half").write_text("an upload that never ended")

    with ConnectServer(data=tmp_path / "state") as server:
        admin = connect(server.url, server.api_key)
        assert server.api_key == key
        assert [each["guid"] for each in admin.get("/v1/content").json] == [guid]
        assert admin.send("GET", f"/content/{guid}/").text == "kept"
    assert not (tmp_path / "state" / "incoming").exists()
    if os.name == "posix":
        assert (tmp_path / "state" / "api-key").stat().st_mode & 0o777 == 0o600


def test_a_lost_key_is_made_anew(tmp_path, connect):
    with ConnectServer(data=tmp_path, sample=False) as server:
        first = server.api_key
    (tmp_path / "api-key").write_text("of another server")

    with ConnectServer(data=tmp_path) as server:
        assert server.api_key != first
        assert connect(server.url, server.api_key).get("/v1/user").status == 200


CRASH = """
    import sys
    from connectapi.testing import ConnectServer
    server = ConnectServer(data=sys.argv[1], sample=False).start()
    print(server.url, server.api_key, flush=True)
    sys.stdin.read()
"""


def test_the_key_is_of_an_administrator_who_may_sign_in(tmp_path, connect):
    with ConnectServer(data=tmp_path, sample=False) as server:
        admin = connect(server.url, server.api_key)
        admin.post("/v1/users", {"username": "other", "user_role": "administrator"})
        admin.post(f"/v1/users/{admin.guid}/lock", {"locked": True})
    (tmp_path / "api-key").unlink()

    with ConnectServer(data=tmp_path) as server:
        assert connect(server.url, server.api_key).get("/v1/user").json["username"] == "other"


def test_a_server_for_all_addresses_is_reached_at_loopback():
    with ConnectServer(host="0.0.0.0", sample=False) as server:
        assert server.url.startswith("http://127.0.0.1:")


@pytest.mark.skipif(os.name != "posix", reason="there is no kill -9 elsewhere")
def test_what_was_answered_outlives_a_kill(tmp_path, connect, pack):
    program = [sys.executable, "-c", textwrap.dedent(CRASH), str(tmp_path)]
    process = subprocess.Popen(program, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=_env())
    url, key = process.stdout.readline().split()
    answered, stop = [], threading.Event()

    def write():
        caller = connect(url, key)
        while not stop.is_set():
            try:
                answered.append(caller.content()["guid"])
            except HTTPError:
                return

    threads = [threading.Thread(target=write) for _ in range(3)]
    for thread in threads:
        thread.start()
    admin = connect(url, key)
    guid = admin.content()["guid"]
    bundle = admin.upload(guid, pack({"index.html": "x"})).json["id"]
    time.sleep(0.2)
    process.send_signal(signal.SIGKILL)
    process.wait()
    stop.set()
    for thread in threads:
        thread.join()
    process.stdin.close()
    process.stdout.close()

    with ConnectServer(data=tmp_path) as server:
        admin = connect(server.url, key)
        there = {each["guid"] for each in admin.get("/v1/content").json}
        assert len(answered) > 3
        assert {*answered, guid} <= there
        assert admin.get(f"/v1/content/{guid}/bundles/{bundle}/files").status == 200
        assert admin.deploy(guid)["code"] == 0


def _env():
    root = str(Path(__file__).resolve().parents[2])
    return {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, (root, os.environ.get("PYTHONPATH"))))}


def test_a_task_that_was_under_way_ends_after_a_restart(tmp_path, connect, pack):
    with ConnectServer(data=tmp_path, sample=False, pace=30) as server:
        admin = connect(server.url, server.api_key)
        guid = admin.content()["guid"]
        admin.upload(guid, pack({"index.html": "x"}))
        task = admin.post(f"/v1/content/{guid}/deploy").json["task_id"]
        waiting = threading.Thread(target=lambda: admin.get(f"/v1/tasks/{task}?wait=30"))
        waiting.start()
        time.sleep(0.1)
        began = time.monotonic()
    waiting.join()
    assert time.monotonic() - began < 5, "closing must not wait for those who wait"

    with ConnectServer(data=tmp_path) as server:
        assert connect(server.url, server.api_key).get(f"/v1/tasks/{task}").json["finished"] is False


def test_a_taken_port_is_a_config_error():
    with ConnectServer(sample=False) as server:
        port = int(server.url.rpartition(":")[2])
        with pytest.raises(ConfigError, match=f"port {port}"):
            ConnectServer(port=port, sample=False).start()
    with pytest.raises(ConfigError):
        ConnectServer(port=99_999, sample=False).start()


def test_a_folder_that_can_not_hold_the_state_is_a_config_error(tmp_path):
    (tmp_path / "file").write_text("x")
    with pytest.raises(ConfigError, match="can't hold"):
        ConnectServer(data=tmp_path / "file").start()
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "state.sqlite").write_text("no database" * 200)
    with pytest.raises(ConfigError, match="is not a state"):
        ConnectServer(data=tmp_path / "other").start()


def test_a_server_that_can_not_start_leaves_nothing_behind(monkeypatch, tmp_path):
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    for place in ("Application", "World", "add_administrator"):
        with monkeypatch.context() as patch:
            patch.setattr(f"connectapi.testing.server.{place}", _broken)
            with pytest.raises(ZeroDivisionError):
                ConnectServer(sample=False).start()
    assert list(tmp_path.iterdir()) == []


def _broken(*_args, **_more):
    raise ZeroDivisionError


def test_it_listens_on_another_address_when_told(connect):
    try:
        server = ConnectServer(host="::1", sample=False).start()
    except ConfigError:
        pytest.skip("this machine has no IPv6")
    with server:
        assert server.url.startswith("http://[::1]:")
        assert connect(server.url, server.api_key).get("/v1/user").status == 200


def test_many_callers_at_once_lose_nothing(server, connect):
    made, failures = [], []

    def work():
        caller = connect(server.url, server.api_key)
        try:
            for _ in range(8):
                made.append(caller.content(title="together")["guid"])
                caller.get("/v1/content?name=none")
        except (HTTPError, AssertionError) as error:
            failures.append(error)

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    there = {each["guid"] for each in connect(server.url, server.api_key).get("/v1/content").json}
    assert len(set(made)) == 64
    assert set(made) <= there


# By name ------------------------------------------------------------------------------------------


def run(program):
    result = subprocess.run(
        [sys.executable, "-W", "error", "-c", textwrap.dedent(program)],
        capture_output=True,
        text=True,
        env=_env(),
        check=False,
    )
    assert result.returncode == 0, result.stderr
    return result.stdout


def test_the_demo_server_is_one_a_process_and_independent_of_the_client():
    output = run("""
        import sys, urllib3
        from connectapi.testing.plugin import choose_server
        assert "werkzeug" not in sys.modules
        assert choose_server("other") is None
        one, two = choose_server("demo"), choose_server("demo")
        assert one is two
        answer = urllib3.request("GET", one.url + "/__api__/v1/user", headers={"Authorization": "Key " + one.api_key})
        print(answer.json()["username"])
        layers = ("client", "codec", "query", "resource", "resources")
        print([name for name in sys.modules if name.startswith("connectapi.") and name.split(".")[1] in layers])
    """)

    assert output == "mara\n[]\n"


def test_the_demo_server_answers_for_plugins_too(monkeypatch, tmp_path, connect):
    from connectapi.plugins.hookspecs import hookimpl
    from connectapi.plugins.manager import Plugins
    from connectapi.testing import plugin

    toy = 'name: Toy\npath: /v1/toys\ndoc: "A toy."\nfields: {name: {type: str, doc: "Name."}}\nmethods: {get: {}}\n'
    (tmp_path / "toy.yaml").write_text(toy)

    class Mine:
        @hookimpl
        def register_resources(self, register):
            register(tmp_path)

    plugins = Plugins()
    plugins.add("mine", Mine())
    monkeypatch.setattr("connectapi.plugins.manager.installed_plugins", lambda: plugins)
    monkeypatch.setattr(plugin, "_demo", None)
    server = plugin.choose_server("demo")
    try:
        assert connect(server.url, server.api_key).get("/v1/toys").json == []
        assert plugin.choose_server("demo") is server
    finally:
        server.close()


def test_without_werkzeug_the_demo_server_says_what_to_install():
    output = run("""
        import sys
        sys.modules["werkzeug"] = None
        from connectapi.errors import ConfigError
        from connectapi.testing.plugin import choose_server
        try:
            choose_server("demo")
        except ConfigError as error:
            print(error)
    """)

    assert "pip install 'connectapi[server]'" in output


def test_another_missing_module_is_not_mistaken_for_werkzeug(monkeypatch):
    from connectapi.testing import plugin

    monkeypatch.setattr(plugin, "_demo", None)
    monkeypatch.setitem(sys.modules, "connectapi.testing.server", None)
    with pytest.raises(ModuleNotFoundError):
        plugin.choose_server("demo")


def test_the_package_is_light_until_the_server_is_asked_for():
    output = run("""
        import sys, json
        import connectapi.testing
        print(json.dumps([dir(connectapi.testing), "werkzeug" in sys.modules, "cattrs" in sys.modules]))
    """)

    assert json.loads(output) == [["ConnectServer", "FakeClock", "TrustedIssuer"], False, False]
    import connectapi.testing

    with pytest.raises(AttributeError, match="no attribute 'Other'"):
        _ = connectapi.testing.Other
