"""What the package offers by name, in its three places: at run time, in the stubs, in its modules."""

import ast
from pathlib import Path

import connectapi
from connectapi import errors
from connectapi.exports import HOMES

STUB = Path(connectapi.__file__).with_suffix(".pyi")


def test_every_error_is_exported():
    classes = {name for name in errors.__all__ if name[0].isupper()}

    assert {name for name, home in HOMES.items() if home == "connectapi.errors"} == classes
    assert all(issubclass(getattr(connectapi, name), connectapi.ConnectError) for name in classes)


def test_the_stub_has_what_is_there_at_run_time():
    tree = ast.parse(STUB.read_text(encoding="utf-8"))
    names = {alias.asname for node in tree.body if isinstance(node, ast.ImportFrom) for alias in node.names}

    assert names | {"__version__"} == set(dir(connectapi))
