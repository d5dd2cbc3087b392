"""A running server, callers of every role, and archives to send it."""

import datetime
import io
import itertools
import json
import tarfile
import textwrap
from functools import cached_property

import pytest
import urllib3

from connectapi.codes import code_name
from connectapi.testing import ConnectServer, FakeClock

API = "/__api__"


class Answer:
    """What came back."""

    def __init__(self, response):
        self.status, self.headers, self.data = response.status, response.headers, response.data

    @property
    def json(self):
        return json.loads(self.data)

    @property
    def text(self):
        return self.data.decode()

    @property
    def code(self):
        """The name of Connect's error code, which is easier to read than its number."""
        return code_name(self.json["code"])

    @property
    def refusal(self):
        return self.status, self.code

    def __repr__(self):
        return f"<{self.status} {self.data[:300]!r}>"


class Caller:
    """Calls the server with one key, or with none."""

    def __init__(self, url, key=None):
        self.url, self.key = url, key

    def send(self, verb, path, body=None, headers=None, **more):
        headers = {**({"Authorization": f"Key {self.key}"} if self.key else {}), **(headers or {})}
        return Answer(_pool.request(verb, self.url + path, body=body, headers=headers, redirect=False, **more))

    def call(self, verb, path, body=None, **more):
        data = None if body is None else json.dumps(body).encode()
        return self.send(verb, API + path, data, **more)

    def get(self, path, **more):
        return self.call("GET", path, **more)

    def post(self, path, body=None, **more):
        return self.call("POST", path, body, **more)

    def put(self, path, body=None, **more):
        return self.call("PUT", path, body, **more)

    def patch(self, path, body=None, **more):
        return self.call("PATCH", path, body, **more)

    def delete(self, path, **more):
        return self.call("DELETE", path, **more)

    # What many tests begin with ----------------------------------------------------------------

    @cached_property
    def guid(self):
        return self.get("/v1/user").json["guid"]

    def content(self, **values):
        answer = self.post("/v1/content", {"name": f"test-{next(_numbers)}", **values})
        assert answer.status == 200, answer
        return answer.json

    def upload(self, guid, archive, **headers):
        return self.send("POST", f"{API}/v1/content/{guid}/bundles", archive, headers=headers)

    def deploy(self, guid, **body):
        answer = self.post(f"/v1/content/{guid}/deploy", body)
        assert answer.status == 202, answer
        return self.finished(answer.json["task_id"])

    def finished(self, task_id):
        task = self.get(f"/v1/tasks/{task_id}?wait=10").json
        assert task["finished"]
        return task

    def site(self, files=None, **values):
        """Make content, and deploy a static site to it."""
        content = self.content(**values)
        bundle = self.upload(content["guid"], archive(files or {"index.html": "<h1>Hello</h1>"}))
        assert bundle.status == 200, bundle
        task = self.deploy(content["guid"])
        assert task["code"] == 0, task
        return content["guid"]


_numbers = itertools.count(1)
_pool = urllib3.PoolManager(num_pools=50, maxsize=4, retries=False)


def archive(files, manifest=None, *members):
    """Pack texts and ready-made members; `manifest` None makes the usual one, False leaves it out."""
    raw = io.BytesIO()
    if manifest is None:
        listed = {name: {"checksum": ""} for name in files}
        manifest = {"version": 1, "metadata": {"appmode": "static", "primary_html": "index.html"}, "files": listed}
    with tarfile.open(fileobj=raw, mode="w:gz") as tar:
        for name, text in {**({"manifest.json": manifest} if manifest is not False else {}), **files}.items():
            data = (
                text
                if isinstance(text, bytes)
                else text.encode()
                if isinstance(text, str)
                else json.dumps(text).encode()
            )
            info = tarfile.TarInfo(name)
            info.size = len(data)
            tar.addfile(info, io.BytesIO(data))
        for info, data in members:
            tar.addfile(info, io.BytesIO(data))
    return raw.getvalue()


@pytest.fixture(scope="session")
def pack():
    return archive


@pytest.fixture(scope="session")
def server():
    """A server with the sample, shared; tests leave alone what they did not make."""
    with ConnectServer(pace=0.002) as running:
        yield running


@pytest.fixture(scope="session", autouse=True)
def _connections():
    yield
    _pool.clear()


@pytest.fixture(scope="session")
def admin(server):
    return Caller(server.url, server.api_key)


@pytest.fixture(scope="session")
def publisher(server):
    return Caller(server.url, server.key_for("jonas"))


@pytest.fixture(scope="session")
def viewer(server):
    return Caller(server.url, server.key_for("omar"))


@pytest.fixture(scope="session")
def nobody(server):
    return Caller(server.url)


@pytest.fixture
def caller(server):
    """Make a caller from a username."""
    return lambda username: Caller(server.url, server.key_for(username))


@pytest.fixture
def slow(connect):
    """An administrator of a server on which a line of a log takes ten seconds, on a clock that the test moves."""
    clock = FakeClock(datetime.datetime(2026, 3, 1, 12, tzinfo=datetime.timezone.utc), leaps=True)
    with ConnectServer(sample=False, pace=10, clock=clock) as server:
        caller = connect(server.url, server.api_key)
        caller.clock, caller.server = clock, server
        caller.later = lambda **time: clock.advance(datetime.timedelta(**time))
        yield caller


@pytest.fixture
def clocked():
    """A server with an administrator, and its clock, which the test moves."""
    clock = FakeClock()
    with ConnectServer(sample=False, pace=0, clock=clock) as running:
        yield running, clock


@pytest.fixture(scope="session")
def connect():
    """Make a caller of a server from its URL and a key."""
    return Caller


@pytest.fixture
def seed_file(tmp_path):
    """Write a seed, and return where it is."""

    def write(text, name="seed.yaml"):
        (tmp_path / name).write_text(textwrap.dedent(text), encoding="utf-8")
        return tmp_path / name

    return write
