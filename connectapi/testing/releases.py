"""Releases of Connect: how they are written, and which has what."""

from __future__ import annotations

import re
from typing import Final

from connectapi.errors import ConfigError

__all__ = ["check_release", "reached", "release"]

#: A year and a month, or the numbers that came before those; a build may follow.
_RELEASE: Final = re.compile(
    r"(?:20\d\d\.(?:0?[1-9]|1[0-2])|1\.\d{1,2})\.\d{1,3}(?:\.\d{1,3})?(?:[-+][0-9A-Za-z.+-]+)?"
)


def check_release(version: str) -> str:
    """Return a version that is one.

    Raises:
        ConfigError: it is none.
    """
    if not _RELEASE.fullmatch(version):
        raise ConfigError(f"{version!r} is no release of Connect: write year, month and number, such as 2024.05.0")
    return version


def release(version: str) -> tuple[int, ...]:
    """Return `2024.05.0-dev+12` as (2024, 5, 0), so that releases compare."""
    numbers = version.partition("-")[0].partition("+")[0]
    return tuple(int(part) for part in numbers.split(".") if part.isdigit())


def reached(since: str, version: str) -> bool:
    """Whether a version has what there is from the release `since` on; an empty one is from the first."""
    return not since or release(since) <= release(version)
