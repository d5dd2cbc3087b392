"""Names by the conventions of resource files, for what a document calls otherwise."""

from __future__ import annotations

import builtins
import keyword
import re
from collections.abc import Collection, Iterable, Mapping
from typing import Final

from connectapi.contract.openapi import shape
from connectapi.spec.check import RESERVED
from connectapi.spec.model import ResourceSpec, snake_case

__all__ = ["Paths", "argument_name", "class_name", "field_name", "python_name", "singular", "unique"]

#: Query parameters that can't be arguments under their own names, and the word for each.
_WORDS: Final[Mapping[str, str]] = {"from": "start", "to": "end"}

#: What every method has as an argument of its own.
_TAKEN: Final = frozenset({"self", "cls", "client", "page_size", "to"})

#: Names of placeholders that say what identifies a thing, and not which thing.
_KEYS: Final = frozenset({"guid", "id", "key", "name", "uuid"})

_OTHER: Final = re.compile(r"[^A-Za-z0-9]+")
_PLACEHOLDER: Final = re.compile(r"\{([^{}]*)\}")
_SEGMENT: Final = re.compile(r"[A-Za-z0-9_][\w.-]*", re.ASCII)


def python_name(text: str) -> str:
    """Return a name in Python's style: `maxLogLines` → `max_log_lines`."""
    name = snake_case(_OTHER.sub("_", text).strip("_")).strip("_")
    return f"n_{name}" if name[:1].isdigit() else name or "value"


def unique(name: str, taken: Collection[str], joint: str = "_") -> str:
    """Return a name, with a number behind it if it is taken."""
    made, number = name, 1
    while made in taken:
        number += 1
        made = f"{name}{joint}{number}"
    return made


def field_name(key: str, taken: Collection[str]) -> str:
    """Return the name of a field for a key in JSON."""
    name = python_name(key)
    return unique(f"{name}_" if keyword.iskeyword(name) or name in {*RESERVED, "self"} else name, taken)


def argument_name(key: str, taken: Collection[str]) -> str:
    """Return the name of an argument for what travels under a key."""
    name = python_name(key)
    name = _WORDS.get(name, name)
    return unique(f"{name}_" if keyword.iskeyword(name) or name in _TAKEN else name, taken)


def class_name(text: str, taken: Collection[str] = ()) -> str:
    """Return a name of a class: `vanity URLs` → `VanityURLs`."""
    words = [word for word in _OTHER.split(text) if word]
    name = "".join(word[:1].upper() + word[1:] for word in words)
    name = name if name[:1].isalpha() else f"Item{name}"
    return unique(f"{name}Item" if name in dir(builtins) else name, taken, "")


def singular(word: str) -> str:
    """Return the singular of an English plural, as far as its ending tells."""
    if re.search(r"(?i)(ss|us|is|news)$", word):
        return word
    if word.lower().endswith("ies"):
        return f"{word[:-3]}y"
    return re.sub(r"(?i)(?:(?<=ss)|(?<=[nt]ch)|(?<=x))es$|s$", "", word)


class Paths:
    """Paths with our names for their placeholders: those of declared paths, else those of the conventions."""

    def __init__(self, specs: Iterable[ResourceSpec]) -> None:
        self._names: dict[str, str] = {}
        for spec in specs:
            for operation in spec.operations().values():
                for prefix, name in _prefixes(operation.path):
                    self._names.setdefault(prefix, name)

    def name(self, path: str, placeholder: str) -> None:
        """Say what the placeholder at the end of a path is to be called."""
        self._names[shape(path)] = placeholder

    def known(self, path: str) -> str | None:
        """Return what the placeholder at the end of a path is called, if that is settled."""
        return self._names.get(shape(path))

    def ours(self, path: str) -> str | None:
        """Return a path of a document with our placeholders; None if no resource file can have such a path."""
        done, before, names = "", "", list[str]()
        for segment in path.strip("/").split("/"):
            match = _PLACEHOLDER.fullmatch(segment)
            if match is None:
                if not _SEGMENT.fullmatch(segment):
                    return None
                done, before = f"{done}/{segment}", segment
            else:
                name = self._names.get(shape(f"{done}/{{}}")) or _by_convention(before, match[1])
                names.append(unique(name, names))
                done = f"{done}/{{{names[-1]}}}"
        return done


def _by_convention(before: str, name: str) -> str:
    own = python_name(name)
    own = "id" if own == "uuid" else own
    return f"{python_name(singular(before))}_{own}" if own in _KEYS and before else own


def _prefixes(path: str) -> Iterable[tuple[str, str]]:
    for match in _PLACEHOLDER.finditer(path):
        yield shape(path[: match.end()]), match[1]
