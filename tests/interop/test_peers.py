"""The clients are there, in the versions that the documentation tells of."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


def test_the_clients_are_those_that_the_documentation_names(peers):
    if missing := [name for name, found in peers.items() if found is None]:
        pytest.skip(f"not installed: {', '.join(missing)}; `tox -e interop` tests other people's clients")
    pinned = re.findall(r'^  "([\w-]+)==([\d.]+)",$', (ROOT / "pyproject.toml").read_text(), re.MULTILINE)
    page = (ROOT / "docs" / "interop.md").read_text(encoding="utf-8")
    told = dict(re.findall(r"^\| ([\w-]+) ([\d.]+) \|", page, re.MULTILINE))

    assert peers == told == {name: version for name, version in pinned if name in peers}
