"""Which calls are meant: a verb and a path with wildcards."""

from __future__ import annotations

from collections.abc import Sequence
from fnmatch import fnmatchcase
from typing import Final

from attrs import frozen
from typing_extensions import Self

from connectapi.testing.routes import API

__all__ = ["CallPattern"]

_ANY: Final = "**"


@frozen
class CallPattern:
    """Calls with a verb, or with any if that is `*`, and with a path like this one.

    In the path, a placeholder such as `{content_guid}` stands for one part, `*` and `?` for some of the
    text of one part, and `**` for any number of parts.
    """

    verb: str
    path: str
    _parts: tuple[str, ...]

    @classmethod
    def of(cls, verb: str, path: str) -> Self:
        """Read a verb and a path, which begins below `/__api__`."""
        return cls(verb.upper(), path, _parts(path))

    def matches(self, verb: str, path: str) -> bool:
        """Whether a call, or one of those that a declared path stands for, is among those meant."""
        return self.verb in {"*", verb} and _meet(self._parts, _parts(path))

    def __str__(self) -> str:
        return f"{self.verb} {self.path}"


def _parts(path: str) -> tuple[str, ...]:
    below = path.removeprefix(API) if path.startswith((f"{API}/", f"{API}*")) else path
    parts = below.strip("/").split("/")
    # The end of a path within a bundle, which may have any number of parts.
    return (*parts[:-1], _ANY) if parts[-1] == "{path}" else tuple(parts)


def _meet(one: Sequence[str], other: Sequence[str]) -> bool:
    """Whether there is a path that both stand for."""
    if not one or not other:
        return all(part == _ANY for part in (*one, *other))
    if one[0] == _ANY:
        return _meet(one[1:], other) or _meet(one, other[1:])
    if other[0] == _ANY:
        return _meet(other, one)
    same = _is_placeholder(one[0]) or _is_placeholder(other[0]) or fnmatchcase(other[0], one[0])
    return same and _meet(one[1:], other[1:])


def _is_placeholder(part: str) -> bool:
    return part.startswith("{") and part.endswith("}")
