"""The page on CIs: its files, and the command of its job, in a directory of their own."""

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

PAGE = Path(__file__).parents[2] / "docs" / "testing-ci.md"
FILE = re.compile(r"```\w+\n(?:#|<!--) ([\w./]+\.\w+)(?: -->)?\n(.*?)```", re.DOTALL)


@pytest.fixture
def job(tmp_path):
    """Write the page's files, and return what runs its job's last command."""
    files = dict(FILE.findall(PAGE.read_text(encoding="utf-8")))
    for name, text in files.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    command = yaml.safe_load(files[".github/workflows/test.yml"])["jobs"]["test"]["steps"][-1]["run"]
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("CONNECT_", "PYTEST_"))}

    def run():
        environment = {**kept, "PATH": path}
        words = shlex.split(command)
        return subprocess.run(words, cwd=tmp_path, env=environment, check=False, capture_output=True, text=True)

    return run


def test_the_job_passes(job):
    done = job()

    assert (done.returncode, "1 passed" in done.stdout) == (0, True), done


def test_the_job_fails_with_its_test(job, tmp_path):
    (tmp_path / "handbook" / "index.html").write_text("<h1>Another page</h1>", encoding="utf-8")

    done = job()

    assert (done.returncode, "1 failed" in done.stdout) == (1, True), done
