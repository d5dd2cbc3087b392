"""Files that are made, and whether those that are there are as they should be."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

__all__ = ["outdated", "refresh"]


def outdated(files: Mapping[Path, str], pages: Path | None = None, begins: str = "") -> list[Path]:
    """Return what is not as it should be: files with another text, and pages in a folder that nothing makes.

    Args:
        files: path → text.
        pages: the folder of the pages.
        begins: how a page begins that was made: no other is anybody's but its author's.
    """
    stale = [path for path, text in files.items() if not path.is_file() or path.read_text(encoding="utf-8") != text]
    found = sorted(set(pages.glob("*.md")) - set(files)) if pages is not None else []
    return [*stale, *(each for each in found if each.read_text(encoding="utf-8").startswith(begins))]


def refresh(files: Mapping[Path, str], pages: Path | None = None, begins: str = "") -> list[Path]:
    """Write the files that are not current, and remove the pages that nothing makes; return all of those."""
    stale = outdated(files, pages, begins)
    for path in stale:
        if path in files:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(files[path], encoding="utf-8", newline="\n")
        else:
            path.unlink()
    return stale
