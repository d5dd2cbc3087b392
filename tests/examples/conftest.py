"""Packages of `docs/examples/`, installed as pip installs them, each into a folder of its own."""

import json
import os
import subprocess
import sys
from pathlib import Path

import attrs
import pytest

EXAMPLES = Path(__file__).parents[2] / "docs" / "examples"

#: Nothing is fetched: what an example builds on and with is what these tests run with.
INSTALL = ["--quiet", "--disable-pip-version-check", "--no-index", "--no-deps", "--no-build-isolation", "--no-compile"]

#: Runs command lines one after the other in one process, where the server called demo lives as long as all of them.
COMMANDS = """
import contextlib, io, json, sys
from connectapi.cli import main

def run(words):
    out, err = io.TextIOWrapper(io.BytesIO(), "utf-8"), io.TextIOWrapper(io.BytesIO(), "utf-8")
    sys.argv = ["connectapi", *words]
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        try:
            main.run()
        except SystemExit as ended:
            out.flush(), err.flush()
            return ended.code, out.buffer.getvalue().decode(), err.buffer.getvalue().decode()

given = json.load(sys.stdin)
sys.stdin = io.StringIO()
json.dump([run(words) for words in given], sys.stdout)
"""


@attrs.frozen
class Ended:
    """How a command ended."""

    code: int
    out: str
    err: str


@attrs.frozen
class Site:
    """A folder in which one example is installed, and Python as it is with that."""

    path: Path

    def python(self, *words, folder, given="", **environment):
        """Run Python in a folder; nothing of the environment says which server there is."""
        inherited = {name: value for name, value in os.environ.items() if not name.startswith("CONNECT")}
        done = subprocess.run(
            [sys.executable, *words],
            cwd=folder,
            env={**inherited, "PYTHONPATH": str(self.path), **environment},
            input=given,
            capture_output=True,
            text=True,
            check=False,
            timeout=50,
        )
        return Ended(done.returncode, done.stdout, done.stderr)

    def commands(self, *lines, folder, **environment):
        """Run command lines, each a list of words, in one process."""
        done = self.python("-c", COMMANDS, folder=folder, given=json.dumps(lines), **environment)
        assert done.code == 0, done.err
        return [Ended(*each) for each in json.loads(done.out)]


@pytest.fixture(scope="session")
def installed(tmp_path_factory):
    """Install an example by its name, once; return its `Site`."""
    made = {}

    def install(name):
        if name not in made:
            path = tmp_path_factory.mktemp(name)
            words = ["-m", "pip", "install", *INSTALL, "--target", str(path), str(EXAMPLES / name)]
            done = Site(path).python(*words, folder=path, PYTHONPATH="")
            assert done.code == 0, done.out + done.err
            made[name] = Site(path)
        return made[name]

    return install
