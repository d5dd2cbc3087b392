"""Every package under `docs/examples/` is installed as pip installs it, and its `example.py` runs beside it."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

EXAMPLES = Path(__file__).parents[2] / "docs" / "examples"
PACKAGES = sorted(file.parent for file in EXAMPLES.glob("*/pyproject.toml"))

#: Nothing is fetched: what an example builds on and with is what these tests run with.
INSTALL = [
    "install",
    "--quiet",
    "--disable-pip-version-check",
    "--no-index",
    "--no-deps",
    "--no-build-isolation",
    "--no-compile",
]


def run(*words, folder, **environment):
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("CONNECT")}
    done = subprocess.run(
        [sys.executable, *words],
        cwd=folder,
        env={**inherited, **environment},
        capture_output=True,
        text=True,
        check=False,
        timeout=50,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_there_are_examples():
    assert PACKAGES


@pytest.mark.parametrize("package", PACKAGES, ids=lambda package: package.name)
def test_an_example_can_be_installed_and_does_what_it_says(package, tmp_path):
    site = tmp_path / "site"
    run("-m", "pip", *INSTALL, "--target", str(site), str(package), folder=tmp_path)
    shutil.copy(package / "example.py", tmp_path)  # beside the package's sources it would import those
    run("-W", "error", "example.py", folder=tmp_path, PYTHONPATH=str(site))


def test_every_example_is_in_the_list():
    contents = (EXAMPLES / "README.md").read_text(encoding="utf-8")

    for package in PACKAGES:
        assert f"]({package.name}/)" in contents
