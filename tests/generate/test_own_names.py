"""What else a plugin's module has is in its stub."""

import ast

from connectapi.generate.own_names import own_names


def test_a_module_with_hooks_alone_has_nothing_of_its_own():
    assert (
        own_names('''
"""Widgets."""
from __future__ import annotations
from pathlib import Path
from connectapi import hookimpl
from connectapi.resources import class_named
__getattr__ = class_named
__all__ = ["register_resources"]

@hookimpl
def register_resources(register):
    register(Path(__file__))

@hookimpl(tryfirst=True)
def choose_auth(server):
    return None
''')
        == ""
    )


def test_what_else_is_there_is_kept_without_bodies():
    text = own_names('''
"""Widgets."""
import functools
from connectapi.resources import class_named as __getattr__

LIMIT: int = 7

@functools.cache
def paint(colour: str, *, twice: bool = False) -> str:
    """Paint it."""
    return colour * 2

class Links:
    """Ways to others."""
    __slots__ = ()
    async def follow(self) -> None:
        await nothing()

print("loaded")
''')

    assert text.split("\n") == [
        "import functools",
        "LIMIT: int = 7",
        "@functools.cache",
        "def paint(colour: str, *, twice: bool=False) -> str:",
        '    """Paint it."""',
        "class Links:",
        '    """Ways to others."""',
        "    __slots__ = ()",
        "",
        "    async def follow(self) -> None:",
        "        ...",
    ]
    ast.parse(text)
