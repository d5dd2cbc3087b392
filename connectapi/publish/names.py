"""Which paths may stand in a bundle: those that mean the same file wherever they are unpacked."""

from __future__ import annotations

import posixpath
import re
import unicodedata
from collections.abc import Iterable, Iterator
from typing import Final

__all__ = ["MANIFEST", "bullets", "name_fault", "name_faults", "shown"]

#: The file that tells the server what a bundle is; it stands at the top of each.
MANIFEST: Final = "manifest.json"

_ABSOLUTE: Final = re.compile(r"/|[A-Za-z]:")
_FOREIGN: Final = re.compile(r'[<>:"|?*]')
_RESERVED: Final = re.compile(r"con|prn|aux|nul|conin\$|conout\$|(?:com|lpt)[1-9¹²³]", re.IGNORECASE)

#: How long a name may be, and a path, in bytes of UTF-8: what Linux takes.
_LONGEST_NAME: Final = 255
_LONGEST_PATH: Final = 4095

#: How much of a path a message shows, in characters.
_SHOWN: Final = 200


def bullets(lines: Iterable[str], limit: int = 10) -> str:
    r"""Write lines below each other, indented; of more than `limit` only the first, then a count.

    Example:
        >>> print(bullets(["a", "b", "c"], limit=2))
          a
          b
          … and 1 more
    """
    every = list(lines)
    shown = every[:limit]
    if len(every) > limit:
        shown.append(f"… and {len(every) - limit} more")
    return "\n".join(f"  {line}" for line in shown)


def name_fault(path: str) -> str:
    """Say why a path can't stand in a bundle; an empty string if it can.

    Example:
        >>> name_fault("img/logo.png")
        ''
        >>> name_fault("../secret.txt")
        "leaves the directory by '..'"
    """
    if _ABSOLUTE.match(path):
        return "is absolute; write it as it is seen from the directory"
    if len(path) > _LONGEST_PATH or len(path.encode("utf-8", "surrogatepass")) > _LONGEST_PATH:
        return f"is longer than {_LONGEST_PATH} bytes"
    parts = path.split("/")
    if ".." in parts:
        return "leaves the directory by '..'"
    if not path or posixpath.normpath(path) != path or path == ".":
        return f"is not written plainly; expected {posixpath.normpath(path)!r}" if path else "is empty"
    return next((fault for part in parts if (fault := _part_fault(part))), "")


def name_faults(paths: Iterable[str]) -> Iterator[str]:
    """Yield a sentence for each path that can't stand in a bundle, and for each two that clash.

    Example:
        >>> list(name_faults(["Plot.png", "plot.png"]))
        ["'Plot.png' and 'plot.png' differ only in case, and overwrite each other on other systems"]
    """
    every = sorted(paths)
    for path in every:
        if fault := name_fault(path):
            yield f"{shown(path)} {fault}"
    yield from _clashes(every)


def shown(path: str) -> str:
    """Quote a path, or the beginning of one that is too long to be shown."""
    return repr(path) if len(path) <= _SHOWN else f"{path[:_SHOWN]!r}…"


def _part_fault(part: str) -> str:
    if fault := _letter_fault(part):
        return fault
    if len(part.encode()) > _LONGEST_NAME:
        return f"has a name longer than {_LONGEST_NAME} bytes"
    if part[-1] in ". ":
        return f"has a name that ends in a {'dot' if part[-1] == '.' else 'space'}, which some systems drop"
    stem = part.partition(".")[0].rstrip(" ")
    return f"has a name that Windows reserves ({stem})" if _RESERVED.fullmatch(stem) else ""


def _letter_fault(part: str) -> str:
    if "\\" in part:
        return "has a backslash; write '/' between folders"
    if found := _FOREIGN.search(part):
        return f"has a {found[0]!r} in its name, which Windows can't have"
    if not part.isprintable():
        categories = {unicodedata.category(character) for character in part}
        if "Cc" in categories:
            return "has a control character in its name"
        if "Cs" in categories:
            return "has a name that is not UTF-8"
    return ""


def _clashes(paths: list[str]) -> Iterator[str]:
    """Compare folders too: 'Img/a.png' and 'img/b.png' are one folder on some systems, two on others."""
    files: set[str] = set()
    first: dict[str, str] = {}
    told: set[tuple[str, str]] = set()
    for path in paths:
        if path in files:
            yield f"{path!r} stands twice"
        files.add(path)
        for name in _leading(path):
            if name in files and name != path:
                yield f"{name!r} is a file, and a folder of {path!r}"
                break
            other = first.setdefault(unicodedata.normalize("NFC", name).lower(), name)
            if other != name:
                if (other, name) not in told:
                    told.add((other, name))
                    yield _clash(other, name)
                break


def _leading(path: str) -> Iterator[str]:
    slash = path.find("/")
    while slash > 0:
        yield path[:slash]
        slash = path.find("/", slash + 1)
    yield path


def _clash(one: str, other: str) -> str:
    accents = unicodedata.normalize("NFC", one) == unicodedata.normalize("NFC", other)
    what = "in how an accent is stored" if accents else "in case"
    return f"{one!r} and {other!r} differ only {what}, and overwrite each other on other systems"
