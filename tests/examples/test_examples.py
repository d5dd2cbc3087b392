"""Every package under `docs/examples/` can be installed, and its `example.py` runs with nothing else installed."""

import shutil
from pathlib import Path

import pytest

EXAMPLES = Path(__file__).parents[2] / "docs" / "examples"
PACKAGES = sorted(file.parent.name for file in EXAMPLES.glob("*/pyproject.toml"))


def test_there_are_examples():
    assert PACKAGES


@pytest.mark.parametrize("name", PACKAGES)
def test_an_example_can_be_installed_and_does_what_it_says(name, installed, tmp_path):
    shutil.copy(EXAMPLES / name / "example.py", tmp_path)  # beside the package's sources it would import those
    done = installed(name).python("-W", "error", "example.py", folder=tmp_path)

    assert done.code == 0, done.out + done.err


def test_every_example_is_in_the_list():
    contents = (EXAMPLES / "README.md").read_text(encoding="utf-8")

    assert [name for name in PACKAGES if f"]({name}/)" not in contents] == []
