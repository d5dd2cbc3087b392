"""How values read on a page: moments, sizes, names of fields."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from connectapi.testing.values import moment

__all__ = ["FILTERS", "counted", "day", "size", "time", "words"]

_UNITS: Final = ("kB", "MB", "GB", "TB")
_STEP: Final = 1000

#: Words of names that are not written in small letters.
_SPELT: Final = {
    **{word: word.upper() for word in ("amd", "api", "cpu", "gid", "gpu", "guid", "id", "md5", "r", "sha1", "url")},
    "guids": "GUIDs",
    "nvidia": "Nvidia",
    "oauth": "OAuth",
    "py": "Python",
}


def time(text: str | None) -> str:
    """Return an RFC 3339 moment as people read it: to the minute, in UTC."""
    read = moment(text or "")
    return f"{read:%Y-%m-%d %H:%M} UTC" if read else text or "never"


def day(text: str | None) -> str:
    """Return the day of an RFC 3339 moment."""
    read = moment(text or "")
    return f"{read:%Y-%m-%d}" if read else text or "never"


def size(number: float | None) -> str:
    """Return a number of bytes in the unit that keeps it short."""
    value, unit = float(number or 0), "bytes"
    for larger in _UNITS:
        if value < _STEP:
            break
        value, unit = value / _STEP, larger
    return f"{value:.0f} {unit}" if unit == "bytes" or value >= 10 else f"{value:.1f} {unit}"  # noqa: PLR2004


def words(name: str) -> str:
    """Return the name of a field as words: `last_deployed_time` → `Last deployed time`."""
    parts = [_SPELT.get(part, part) for part in name.split("_") if part]
    text = " ".join(parts)
    return f"{text[:1].upper()}{text[1:]}"


def counted(number: int, one: str, many: str = "") -> str:
    """Return a number with what is counted: `1 hit`, `2 hits`."""
    return f"{number} {one if number == 1 else many or one + 's'}"


#: For templates.
FILTERS: Final[Mapping[str, Callable[..., Any]]] = {
    "counted": counted,
    "day": day,
    "size": size,
    "time": time,
    "words": words,
}
