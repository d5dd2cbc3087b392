"""The Python packages that a requirements file names."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from connectapi.testing.store import Document

__all__ = ["python_packages"]

#: A package, perhaps with extras, and its exact version if there is one. Options, addresses and comments are neither.
_LINE: Final = re.compile(r"([A-Za-z0-9][A-Za-z0-9._-]*)(?:\[[^\]]*\])?\s*(?:===?\s*([^\s;,#]+)|[^:/]*$)")

#: How much of a file is read, in bytes, and of a line, in characters.
_MOST: Final = 2**20
_LONGEST: Final = 500


def python_packages(file: Path) -> Iterator[Document]:
    """Yield the packages that a requirements file names, by name; the version is empty if it isn't exact."""
    with file.open("rb") as opened:
        text = opened.read(_MOST).decode("utf-8", "replace")
    found = {}
    for line in text.splitlines():
        if match := _LINE.match(line.partition(" #")[0].strip()[:_LONGEST]):
            found[match[1]] = match[2] or ""
    for name, version in sorted(found.items()):
        yield {"language": "python", "name": name, "version": version, "hash": None}
