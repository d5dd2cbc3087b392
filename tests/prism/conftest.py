"""A mock server of the published contract, which checks each request against it: Prism, by Stoplight."""

import contextlib
import hashlib
import os
import re
import shutil
import subprocess
import tempfile
import time
from pathlib import Path

import pytest
import yaml

from connectapi import Client, hookimpl
from connectapi.contract.openapi import operations, shape
from connectapi.http.values import Headers
from connectapi.resources import default_catalog

HERE = Path(__file__).parent
CONTRACT = HERE.parents[2] / "shared" / "contract" / "connect-api.yaml"

#: Runs the program that follows it, and ends when the process that started it does, however that came about.
WITH_PARENT = "process.stdin.on('end', () => process.exit()).resume(); require(process.argv[1])"

#: How long npm may take to fetch Prism, and Prism to read the contract, in seconds.
INSTALLING, STARTING = 240, 60


def pytest_configure(config):
    config.addinivalue_line("markers", "prism: asks a mock server of the contract; runs with -m prism")


def hindrance(config):
    """Return why these tests can't run here; empty where they can."""
    if "prism" not in config.option.markexpr:
        return "asks a mock server that npm fetches: `tox -e contract` runs it"
    if not CONTRACT.is_file():
        return f"the contract is not here: no {os.path.relpath(CONTRACT, HERE.parents[1])}"
    return "" if shutil.which("node") and shutil.which("npm") else "Node and npm are not installed"


def pytest_collection_modifyitems(config, items):
    if reason := hindrance(config):
        for item in items:
            if HERE in item.path.parents:
                item.add_marker(pytest.mark.skip(reason=reason))


def contract_operations():
    return operations(yaml.load(CONTRACT.read_text(encoding="utf-8"), yaml.CSafeLoader))


def pytest_generate_tests(metafunc):
    """Give the declared calls that the contract has: `call` each, with a face; `paged` and `download` those that are so."""
    wanted = {"call", "paged", "download"} & set(metafunc.fixturenames)
    for argument in wanted:
        known = {} if hindrance(metafunc.config) else contract_operations()
        calls = [
            each
            for spec in (default_catalog().index.specs() if known else ())
            for name, operation in spec.operations().items()
            if shape(operation.call) in known
            for each in asked_by(argument, spec, name, operation)
        ]
        metafunc.parametrize(argument, calls or [()], ids=".".join if calls else ["each"])


def asked_by(argument, resource, name, operation):
    if argument == "call":
        return [(resource.name, name, face) for face in faces(resource, name, operation)]
    return (
        [(resource.name, name)] if (operation.page if argument == "paged" else operation.answer.kind == "file") else []
    )


def faces(resource, name, operation):
    """Return where a method is found: on the class, on the client's collection, on a record."""
    of_item = resource.of_item(operation)
    found = [] if of_item and name != "get_one" else ["class"]
    return [*found, *(["collection"] if resource.collection else []), *(["record"] if of_item else [])]


@pytest.fixture(scope="session")
def contract():
    """The operations of the contract, by the shape of their calls."""
    return contract_operations()


@pytest.fixture(scope="session")
def prism(tmp_path_factory):
    """The address of the running mock server."""
    program = installed() / "node_modules" / "@stoplight" / "prism-cli" / "dist" / "index.js"
    options = ["--host", "127.0.0.1", "--port", "0", "--errors", "--json-schema-faker-fillProperties=false"]
    output = tmp_path_factory.mktemp("prism") / "output.txt"
    command = [shutil.which("node"), "--eval", WITH_PARENT, program, "mock", *options, CONTRACT]
    with (
        output.open("wb") as log,
        subprocess.Popen(command, stdin=subprocess.PIPE, stdout=log, stderr=subprocess.STDOUT) as server,
    ):
        try:
            yield address(server, output)
        finally:
            server.kill()


def installed():
    """Return the folder that holds Prism as the lock file says; npm fetches it the first time."""
    cache = Path(os.environ.get("CONNECTAPI_PRISM") or Path.home() / ".cache" / "connectapi-prism")
    folder = cache / hashlib.sha256((HERE / "package-lock.json").read_bytes()).hexdigest()[:16]
    if folder.is_dir():
        return folder
    cache.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=cache) as work:
        made = Path(work, "made")
        made.mkdir()
        for name in ("package.json", "package-lock.json"):
            shutil.copy(HERE / name, made)
        command = [shutil.which("npm"), "ci", "--ignore-scripts", "--no-audit", "--no-fund"]
        run = subprocess.run(command, cwd=made, timeout=INSTALLING, capture_output=True, text=True, check=False)
        if run.returncode:
            pytest.fail(f"npm could not install Prism:\n{run.stdout}{run.stderr}")
        with contextlib.suppress(OSError):  # another worker was faster
            made.rename(folder)
    return folder


def address(server, output):
    """Return where a server listens that has just been started, once it does."""
    ends = time.monotonic() + STARTING
    while time.monotonic() < ends and server.poll() is None:
        if found := re.search(r"listening on (http://[\d.:]+)", output.read_text(encoding="utf-8")):
            return found[1]
        time.sleep(0.05)
    pytest.fail(f"Prism did not start:\n{output.read_text(encoding='utf-8')}")


class Conversation:
    """Shows who is calling, tells the mock server which answer to give, and notes what was asked and found wrong."""

    def __init__(self):
        self.expect(200)

    def __repr__(self):
        return f"<{len(self.asked)} asked, {len(self.refusals)} refused>"

    @hookimpl
    def choose_auth(self):
        return self

    def expect(self, status, seed=None):
        """Wish for answers of this status: the plainest one, or one with values made from a seed."""
        self.asked, self.refusals = [], []
        self._plain = f"code={status}, dynamic=false"
        self._wish = self._plain if seed is None else f"code={status}, dynamic=true, seed={seed}"

    def flow(self, request):
        headers = Headers({"Authorization": "Key x", "Prefer": self._wish})
        # From the second page on the plainest, always the same: a list of made-up pages has no end.
        self._wish = self._plain
        response = yield request.with_headers(headers | request.headers)
        self.asked.append(request)
        refusal = response.headers.get("sl-violations") or (response.status >= 400 and response.body.decode())
        self.refusals += [refusal] if refusal else []

    def secrets(self):
        return ()


@pytest.fixture(scope="session")
def conversation():
    return Conversation()


@pytest.fixture(scope="session")
def client(prism, conversation):
    with Client(connect_server=prism, api_endpoint=f"{prism}/v1", plugins=[conversation]) as made:
        yield made
