"""What calls cost, counted and not timed: statements, steps of SQLite's machine, functions of ours."""

import os
import subprocess
import sys
import threading
from contextlib import contextmanager

import pytest

from connectapi.testing import ConnectServer
from connectapi.testing.store import Store

#: Steps of SQLite's machine are counted by so many.
GRAIN = 20


class Meter:
    """Counts what all connections of a server's store do."""

    def __init__(self):
        self.statements, self.steps = [], 0

    def watch(self, connection):
        connection.set_trace_callback(self.statements.append)
        connection.set_progress_handler(self.step, GRAIN)
        return connection

    def step(self):
        self.steps += GRAIN

    def of(self, call):
        call()  # what is done once does not count
        self.statements.clear()
        self.steps = 0
        answer = call()
        assert answer.status == 200, answer
        return len(self.statements), self.steps


@pytest.fixture(scope="module")
def meter():
    return Meter()


@pytest.fixture(scope="module")
def large(meter):
    """A server with thousands of people, and content of many of them."""
    connect = Store._connect
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Store, "_connect", lambda store: meter.watch(connect(store)))
        with ConnectServer(sample=False) as server:
            fill(server._running.world.store)
            yield server


def fill(store):
    when = "2024-05-01T10:00:00Z"
    times = {"created_time": when, "updated_time": when}
    with store.writing() as records:
        for i in range(4000):
            names = {"username": f"user{i}", "first_name": f"First {i % 97}", "last_name": f"Last {i % 89}"}
            user = {"guid": f"user-{i}", **names, "user_role": "publisher", "locked": False, **times}
            records.insert("User", user["guid"], user)
        for i in range(1000):
            content = {
                "guid": f"content-{i}",
                "name": f"name-{i}",
                "owner_guid": f"user-{i % 50}",
                "app_mode": "static",
            }
            records.insert("Content", content["guid"], {**content, "access_type": "acl", **times})
            shared = {"content_guid": f"content-{i}", "principal_guid": f"user-{i % 40}", "role": "viewer"}
            records.insert("Permission", str(i), {"id": str(i), "principal_type": "user", **shared}, f"content-{i}")
        for i in range(4000):
            entry = {"id": str(i), "time": when, "action": "add_user", "event_description": f"event {i}"}
            records.insert("AuditLog", str(i), entry)


@pytest.fixture
def admin(large, connect):
    return connect(large.url, large.api_key)


def test_a_small_read_takes_a_handful_of_statements(meter, admin):
    statements, steps = meter.of(lambda: admin.get("/v1/user"))

    assert statements <= 6, meter.statements
    assert steps <= 400


@pytest.mark.parametrize("query", ["", "&asc_order=false", "&account_status=licensed"])
def test_a_late_page_costs_little_more_than_the_first(meter, admin, query):
    first = meter.of(lambda: admin.get(f"/v1/users?page_size=100{query}"))
    late = meter.of(lambda: admin.get(f"/v1/users?page_size=100&page_number=40{query}"))

    assert late[0] == first[0]
    # What is passed over is counted off, not sorted.
    assert late[1] <= first[1] + 4000 * 40


def test_what_follows_a_cursor_costs_the_same_everywhere(meter, admin):
    url, costs = "/v1/audit_logs?limit=100", []
    while url:
        costs.append(meter.of(lambda url=url: admin.get(url)))
        following = admin.get(url).json["paging"]["next"]
        url = following and following.partition("/__api__")[2]

    assert len(costs) >= 40
    assert max(steps for _, steps in costs) <= min(steps for _, steps in costs[:-1]) * 1.2


@pytest.mark.parametrize(
    "path",
    [
        "/v1/content?name=name-500",
        "/v1/content?owner_guid=00000000-0000-0000-0000-000000000000",
        "/v1/content/content-500/permissions",
        "/v1/users/user-2000",
    ],
)
def test_one_of_thousands_is_found_without_a_look_at_all(meter, admin, path):
    assert meter.of(lambda: admin.get(path))[1] <= 1000


def test_whether_a_name_is_taken_is_found_without_a_look_at_all(meter, admin):
    before = meter.of(lambda: admin.get("/v1/user"))

    assert admin.post("/v1/users", {"username": "USER3999"}).refusal == (409, "DuplicateUserName")
    assert meter.steps <= before[1] + 1000


def test_a_list_takes_as_many_statements_as_a_short_one(meter, large, connect, admin):
    long = meter.of(lambda: admin.get("/v1/content"))
    short = meter.of(lambda: admin.get("/v1/search/content?page_size=5"))
    reader = connect(large.url, large.key_for("user3"))
    shared = meter.of(lambda: reader.get("/v1/content"))

    assert long[0] <= short[0] + 4
    assert shared[0] <= long[0]


@contextmanager
def counted(server):
    """Count the functions that begin in the threads of new connections."""
    calls = []

    def note(_frame, event, _argument):
        if event == "call":
            calls.append(1)

    threading.setprofile(note)
    try:
        yield calls
    finally:
        threading.setprofile(None)


@pytest.mark.parametrize(("path", "most"), [("/v1/users?page_size={}", 14), ("/v1/search/content?page_size={}", 25)])
def test_a_row_of_a_list_takes_few_functions(large, connect, path, most):
    import urllib3

    def cost(size):
        with counted(large) as calls, urllib3.PoolManager(maxsize=1) as own:  # a new connection: a new thread
            headers = {"Authorization": f"Key {large.api_key}"}
            answer = own.request("GET", f"{large.url}/__api__{path.format(size)}", headers=headers)
            assert len(answer.json()["results"]) == size
            return len(calls)

    cost(10)
    assert (cost(410) - cost(10)) / 400 <= most


def test_a_server_without_a_sample_loads_no_more_than_it_needs():
    program = """
import sys
from connectapi.testing import ConnectServer
ConnectServer(sample=False).start().close()
heavy = ("yaml", "jinja2", "cattrs", "importlib.metadata", "zoneinfo", "connectapi.testing.dashboard")
print([name for name in heavy if name in sys.modules])
"""
    # In a process of its own, and in one after it: the first may have read the resource files anew.
    for expected in ("", "[]\n"):
        done = subprocess.run(
            [sys.executable, "-c", program], capture_output=True, text=True, check=True, env=caching()
        )
        assert expected in done.stdout


def caching():
    return {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
