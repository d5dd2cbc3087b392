"""Plugins that are made in a test, and plugins that are put where pip would put them."""

import os
import subprocess
import sys
import textwrap

import pytest

from connectapi.plugins.hookspecs import hookimpl
from connectapi.plugins.manager import Plugins


def made(name="Plugin", **hooks):
    """A plugin with these functions, under this name."""
    return type(name, (), {hook: staticmethod(hookimpl(function)) for hook, function in hooks.items()})


def together(**given):
    found = Plugins()
    for name, plugin in given.items():
        found.add(name, plugin)
    return found


@pytest.fixture
def plugin():
    return made


@pytest.fixture
def plugins():
    return together


@pytest.fixture
def installed(tmp_path):
    """Put a plugin into a folder as pip would, and return a way to run Python with it."""

    def install(module, code, entry=None):
        (tmp_path / f"{module}.py").write_text(textwrap.dedent(code), encoding="utf-8")
        info = tmp_path / f"{module}-1.2.dist-info"
        info.mkdir()
        (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {module}\nVersion: 1.2\n", encoding="utf-8")
        (info / "entry_points.txt").write_text(f"[connectapi]\n{module} = {entry or module}\n", encoding="utf-8")
        return tmp_path

    def run(code, *, words=None, **environment):
        start = ["-m", "connectapi", *words] if words else ["-c", textwrap.dedent(code)]
        return subprocess.run(
            [sys.executable, *start],
            env={**os.environ, "PYTHONPATH": str(tmp_path), **environment},
            capture_output=True,
            text=True,
            check=False,
            timeout=50,
        )

    install.run = run
    return install
