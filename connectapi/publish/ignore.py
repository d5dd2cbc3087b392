r"""Which files stay at home: the usual ones, those an ignore file names, those the caller names.

An ignore file, `.positignore` or `.rscignore`, lies at the top of the directory and has a pattern a
line. A pattern is as in a `.gitignore`, but simpler:

- An empty line and one that begins with `#` mean nothing.
- `*`, `?` and `[a-z]` stand for characters of one name, `**` for any number of folders.
- `data` and `*.csv` match at any depth; with a slash at the start or within (`/data`, `raw/*.csv`) a
  pattern is read from the top.
- `data/` matches folders alone. With a folder, everything in it is left out.
- `!keep.csv` takes back in what an earlier pattern, or the usual ones, left out. What lies in a
  folder that is left out can't be taken back in.
- `\#` and `\!` at the start stand for the characters themselves; elsewhere a `\` is just a `\`.

The caller's patterns come last, so that they decide.
"""

from __future__ import annotations

import fnmatch
import os
import re
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Final

from attrs import frozen

from connectapi.errors import BundleError

__all__ = ["IGNORED", "IGNORE_FILES", "Ignore", "ignore_for"]

#: Where a directory says itself what stays at home.
IGNORE_FILES: Final = (".positignore", ".rscignore")

#: What is never meant: the state of tools, files that hold secrets, libraries that the server installs itself.
IGNORED: Final = (
    *(".git", ".svn", ".hg", "__pycache__", ".DS_Store", "Thumbs.db", ".Rproj.user", ".ipynb_checkpoints"),
    *(".env", ".env.*", ".Renviron", ".Rhistory", ".netrc", ".pypirc"),
    *("node_modules", ".posit", "rsconnect", "rsconnect-python", ".connectapi"),
    *("**/packrat/lib*/", "**/packrat/src/", "**/renv/library/", "**/renv/staging/", "**/renv/sandbox/"),
    *("/manifest.json", "/.positignore", "/.rscignore"),
)


@frozen
class _Pattern:
    parts: tuple[re.Pattern[str] | None, ...]  # None stands for `**`
    keeps: bool
    folders_only: bool

    def matches(self, names: Sequence[str], *, folder: bool) -> bool:
        last = self.parts[-1]
        if (self.folders_only and not folder) or (last and not last.match(names[-1])):
            return False
        return _match(self.parts, names)


@frozen
class Ignore:
    """Patterns in their order; the last one that matches a path decides.

    Example:
        >>> ignore = Ignore.of(["*.csv", "!keep.csv"])
        >>> ignore.matches("data/all.csv"), ignore.matches("data/keep.csv")
        (True, False)
    """

    patterns: tuple[_Pattern, ...]

    @classmethod
    def of(cls, lines: Iterable[str]) -> Ignore:
        """Read patterns, one a line."""
        return cls(tuple(pattern for line in lines for pattern in _parsed(line)))

    def matches(self, path: str, *, folder: bool = False) -> bool:
        """Tell whether a path, relative and with slashes, is to be left out."""
        names = path.split("/")
        for pattern in reversed(self.patterns):
            if pattern.matches(names, folder=folder):
                return not pattern.keeps
        return False


def ignore_for(root: Path, exclude: str | Iterable[str] = ()) -> Ignore:
    """Gather what to leave out of a directory.

    Args:
        root: the directory; its ignore files are read.
        exclude: more patterns, or one alone.

    Raises:
        BundleError: an ignore file can't be read.

    Example:
        >>> ignore_for(Path("/nowhere"), "*.tmp").matches("a.tmp")
        True
    """
    lines = list(IGNORED)
    for name in IGNORE_FILES:
        if os.path.isfile(root / name):  # noqa: PTH113 -- Path.is_file can raise
            lines += _lines(root / name)
    return Ignore.of([*lines, *([exclude] if isinstance(exclude, str) else exclude)])


def _lines(file: Path) -> list[str]:
    try:
        return file.read_text(encoding="utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        msg = f"{file} can't be read: {error}; expected text in UTF-8, a pattern a line. Mend or delete it."
        raise BundleError(msg) from None


def _parsed(line: str) -> Iterator[_Pattern]:
    text = line.strip()
    if not text or text.startswith("#"):
        return
    keeps = text.startswith("!")
    text = text[1:] if keeps or text.startswith((r"\#", r"\!")) else text
    names = [name for name in text.split("/") if name]
    if not names:
        return
    anywhere = "/" not in text.rstrip("/")
    parts = tuple(None if name == "**" else re.compile(fnmatch.translate(name)) for name in names)
    yield _Pattern((None, *parts) if anywhere else parts, keeps, text.endswith("/"))


def _match(parts: Sequence[re.Pattern[str] | None], names: Sequence[str]) -> bool:
    """Match by rows, one a part: no pattern, however many `**` it has, takes long."""
    reached = {0}
    for place, part in enumerate(parts):
        if part is None:
            # A `**` at the end stands for what is in a folder, so not for the folder itself.
            least = min(reached) + (place == len(parts) - 1)
            reached = set(range(least, len(names) + 1))
        else:
            reached = {at + 1 for at in reached if at < len(names) and part.match(names[at])}
        if not reached:
            return False
    return len(names) in reached
