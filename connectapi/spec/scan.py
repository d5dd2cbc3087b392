"""The names in a resource file, found by a look at its text."""

from __future__ import annotations

import re
from typing import Final

from attrs import frozen

__all__ = ["Declared", "scan"]

_TOP_KEY: Final = re.compile(r"(?P<key>\w+):(?P<value>.*)")
_WORD: Final = re.compile(r"\s*(\w+)\s*(?:#.*)?")
_TYPE_KEY: Final = re.compile(r"(?P<indent>[ ]+)(?P<name>[A-Z]\w*):")


@frozen
class Declared:
    """What one document of a file declares, as far as a look at its text can tell.

    A resource has a name; an extension has none, and `extends` is what it extends.
    """

    name: str
    collection: str
    types: tuple[str, ...]
    extends: str = ""


def scan(text: str) -> list[Declared] | None:
    """Find the names in a resource file without parsing it; None where only parsing can tell."""
    found: list[Declared] = []
    for document in re.split(r"(?m)^---.*$", text):
        heads: dict[str, str] = {}
        types: list[str] = []
        section = indent = ""
        for line in document.splitlines():
            if match := _TOP_KEY.match(line):
                section, indent = match["key"], ""
                word = _WORD.fullmatch(match["value"])
                heads[section] = word[1] if word else ""
            elif section == "types" and (match := _TYPE_KEY.match(line)):
                indent = indent or match["indent"]
                if match["indent"] == indent:
                    types.append(match["name"])
            elif line and not line[0].isspace() and line[0] not in "#%":
                return None
        if not heads:
            continue
        # Quoted names, and types in one line: rare, and only a parser reads them rightly.
        name, extends = heads.get("name", ""), heads.get("extends", "")
        if bool(name) == bool(extends) or heads.get("collection") == "" or ("types" in heads and not types):
            return None
        found.append(Declared(name, heads.get("collection", ""), tuple(types), extends))
    return found
