"""Whether any installed package declares entry points of a group, told without `importlib.metadata`.

That takes 10 ms of processor time to load and 4 to look through a hundred packages, in every program that
makes one call; most of them have no plugin to find.
"""

from __future__ import annotations

import os
import sys
from importlib.machinery import PathFinder
from pathlib import Path
from typing import Final

__all__ = ["may_declare"]

#: What a file of entry points can't be read for, which `importlib.metadata` takes for none, too.
_NONE: Final = (FileNotFoundError, NotADirectoryError, IsADirectoryError, PermissionError)


def may_declare(group: str) -> bool:
    """Return False where surely no package declares entry points of a group; `importlib.metadata` knows the rest.

    That is asked where packages are found in other ways than as folders of metadata in folders of `sys.path`.
    """
    if any(hasattr(each, "find_distributions") and not _is_own(each) for each in sys.meta_path):
        return True
    return any(_may_declare(place, f"[{group}]".encode()) for place in dict.fromkeys(sys.path))


def _is_own(finder: object) -> bool:
    """Whether it is Python's own finder, or that of the backport `importlib_metadata`, which looks in the same places."""
    return finder is PathFinder or type(finder).__module__ == "importlib_metadata"


def _may_declare(place: str, head: bytes) -> bool:
    try:
        with os.scandir(place or ".") as entries:
            metadata = [each.path for each in entries if each.name.lower().endswith((".dist-info", ".egg-info"))]
    except (FileNotFoundError, PermissionError):
        return False
    except (OSError, TypeError):  # an archive, or what is no path
        return True
    return place.lower().endswith(".egg") or any(head in _entry_points(each) for each in metadata)


def _entry_points(metadata: str) -> bytes:
    try:
        return Path(metadata, "entry_points.txt").read_bytes()
    except _NONE:
        return b""
