"""What plugins add to a type is known to type checkers, by the stubs of a program."""

import os
import subprocess
import sys

import pytest

PROGRAM = """
from decimal import Decimal
from connect_money import Money
from connectapi import Client, Content

client = Client("demo")
content = Content.create(client, name="x", price=Money("1"))
price: Money | None = content.price
first: int = content.one()
second: str = content.two()
for each in client.content.get(price=Money("1")):
    print(each.review().price)
content.price = "1"  # wrong
content.three()  # wrong
"""

MONEY = """
from decimal import Decimal
from pathlib import Path
from connectapi import hookimpl

class Money(Decimal):
    pass

class Mixin:
    __slots__ = ()
    def one(self) -> int:
        return 1

@hookimpl
def register_resources(register):
    register(Path(__file__).parent / "money_specs")

@hookimpl
def register_types(register):
    register("money", Money, structure=lambda text, cls: cls(text), unstructure=str)
"""

OTHER = """
from pathlib import Path
from connectapi import hookimpl

class Mixin:
    __slots__ = ()
    def two(self) -> str:
        return "2"

@hookimpl
def register_resources(register):
    register(Path(__file__).parent / "other_specs")
"""


def test_a_type_checker_knows_what_two_plugins_add_to_a_type(installed, tmp_path):
    pytest.importorskip("mypy")
    for name, code, text in (
        (
            "connect_money",
            MONEY,
            "fields: {price: {type: money | null, write: always}}\nparams: {get: {price: money}}\n",
        ),
        ("connect_other", OTHER, "actions: {review: {call: 'POST /v1/content/{content_guid}/x', returns: Content}}\n"),
    ):
        folder = installed(name, code) / f"{name.removeprefix('connect_')}_specs"
        folder.mkdir()
        (folder / "more.yaml").write_text(f"extends: Content\nmixin: {name}:Mixin\n{text}", encoding="utf-8")
    made = installed.run("", words=["stubs", "--to", str(tmp_path / "typings")])
    assert made.returncode == 0, made.stderr
    (tmp_path / "program.py").write_text(PROGRAM, encoding="utf-8")
    path = os.pathsep.join(map(str, (tmp_path / "typings", tmp_path)))
    done = subprocess.run(
        [sys.executable, "-m", "mypy", "--config-file=", f"--cache-dir={tmp_path / 'cache'}", "program.py"],
        cwd=tmp_path,
        env={**os.environ, "MYPYPATH": path},
        capture_output=True,
        text=True,
        check=False,
    )
    wrong = [number for number, line in enumerate(PROGRAM.splitlines(), 1) if line.endswith("# wrong")]

    assert [int(line.split(":")[1]) for line in done.stdout.splitlines() if ": error: " in line] == wrong, done.stdout
