"""rsconnect as a process: with a home of its own, and the embedded server under the nickname `local`."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from connectapi import Client
from connectapi.testing import ConnectServer

PROGRAM = Path(sys.executable).with_name("rsconnect")


class Desk:
    """Where somebody works: a folder, a home for settings, and a server."""

    def __init__(self, folder, server):
        self.folder, self.server = folder, server
        # Nothing of this machine's settings; and no look on the package index for a newer rsconnect.
        self.environment = {"PATH": os.environ["PATH"], "HOME": str(folder), "RSCONNECT_DISABLE_VERSION_CHECK": "1"}

    def run(self, *words, code=0, **environment):
        """Run the program and return what it printed, without colours; its exit code is as expected."""
        environment = {**self.environment, "PYTHONWARNINGS": "ignore", **environment}
        command = [str(PROGRAM), *map(str, words)]
        done = subprocess.run(
            command, cwd=self.folder, env=environment, capture_output=True, text=True, timeout=60, check=False
        )
        assert done.returncode == code, (words, done.stdout, done.stderr)
        self.log = re.sub(r"\x1b\[[\d;]*m", "", done.stderr)
        return re.sub(r"\x1b\[[\d;]*m", "", done.stdout)

    def json(self, *words):
        return json.loads(self.run(*words))

    def write(self, **files):
        """Write files; `app__main_py` is app/main.py."""
        for name, text in files.items():
            stem, _, ending = name.replace("__", "/").rpartition("_")
            path = self.folder / f"{stem}.{ending}"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)


@pytest.fixture(scope="module")
def desk(tmp_path_factory):
    with ConnectServer(sample=False, pace=0.001) as server:
        made = Desk(tmp_path_factory.mktemp("desk"), server)
        made.run("add", "--name", "local", "--server", server.url, "--api-key", server.api_key)
        yield made


@pytest.fixture(scope="module")
def connect(desk):
    """Our own client, to look at what came of it."""
    with Client(desk.server.url, desk.server.api_key) as client:
        yield client


@pytest.fixture
def browse(connect):
    """Look at a page as the administrator."""

    def get(url):
        import urllib3

        return urllib3.request("GET", url, headers={"Authorization": f"Key {connect.connect_api_key.reveal()}"})

    return get
