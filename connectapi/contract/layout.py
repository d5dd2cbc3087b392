"""Plain data → the text of a resource file, in the style of those that ship."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Final

import yaml

__all__ = ["resource_text"]

#: The longest line that a mapping shares with its key.
_WIDTH: Final = 120

_PLAIN: Final = re.compile(r"/?[A-Za-z_][A-Za-z0-9_./-]*( of [A-Za-z0-9_ ]+)?( \| null)?")

#: Each entry of these stands on a line of its own, however short it is.
_SECTIONS: Final = frozenset({"fields", "types", "methods", "actions"})


def resource_text(resource: Mapping[str, object]) -> str:
    """Return a resource as YAML: flow style for what fits in a line, blocks for the rest."""
    return "\n".join(line for key, value in resource.items() for line in _entry(key, value, "")) + "\n"


def _entry(key: str, value: object, indent: str) -> Iterator[str]:
    line = f"{indent}{_text(key)}: {_flow(value)}"
    if isinstance(value, list) and len(line) > _WIDTH:
        yield from _lines(f"{indent}{_text(key)}: [", value, indent)
        return
    if not isinstance(value, Mapping) or (len(line) <= _WIDTH and key not in _SECTIONS):
        yield line
        return
    yield f"{indent}{_text(key)}:"
    for name, inner in value.items():
        yield from _entry(str(name), inner, f"{indent}  ")


def _lines(line: str, values: Sequence[object], indent: str) -> Iterator[str]:
    """Yield a list over several lines; `line` is what its first one begins with."""
    for number, value in enumerate(values, 1):
        item = f"{_flow(value)}{']' if number == len(values) else ','}"
        if len(line) + len(item) >= _WIDTH:
            yield line.rstrip()
            line = f"{indent}  "
        line += item if line.endswith((" ", "[")) else f" {item}"
    yield line


def _flow(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int):
        return str(value)
    if isinstance(value, Mapping):
        return f"{{{', '.join(f'{_text(str(key))}: {_flow(each)}' for key, each in value.items())}}}"
    if isinstance(value, Sequence) and not isinstance(value, str):
        return f"[{', '.join(map(_flow, value))}]"
    return _text(str(value))


def _text(value: str) -> str:
    """Return a text bare where YAML reads it as just that, else in quotes with nothing unprintable in it."""
    if _bare(value):
        return value
    return f'"{"".join(map(_escaped, value))}"'


@lru_cache(maxsize=1000)
def _bare(value: str) -> bool:
    return bool(_PLAIN.fullmatch(value)) and bool(yaml.safe_load(value) == value)


def _escaped(char: str) -> str:
    if char in {'"', "\\"}:
        return f"\\{char}"
    if char.isprintable():
        return char
    # What is half a character can't be in any YAML text.
    return "\N{REPLACEMENT CHARACTER}" if 0xD800 <= ord(char) <= 0xDFFF else f"\\U{ord(char):08X}"  # noqa: PLR2004
