"""Small values that every layer shares."""

from __future__ import annotations

import enum
from typing import Final, Literal, TypeAlias, final

from attrs import frozen

__all__ = ["JSON", "MASK", "UNSET", "FailedAttempt", "InsecureWarning", "Secret", "Unset"]

#: What stands in the place of every secret that would otherwise be shown.
MASK: Final = "XXXXXXXX"

#: Whatever a JSON document can hold.
JSON: TypeAlias = bool | int | float | str | list["JSON"] | dict[str, "JSON"] | None


class Unset(enum.Enum):
    """The type of `UNSET`: an argument that was not given, which `None` can be."""

    UNSET = "UNSET"

    def __repr__(self) -> str:
        return "UNSET"

    def __bool__(self) -> Literal[False]:
        return False


UNSET: Final = Unset.UNSET


class InsecureWarning(UserWarning):
    """Others on the way can read what is sent, the API key too."""


@final
class Secret:
    """A string that shows itself as `XXXXXXXX` and refuses to be pickled."""

    __slots__ = ("_value",)

    def __init__(self, value: str) -> None:
        self._value = value

    def reveal(self) -> str:
        """Return the string itself."""
        return self._value

    def __repr__(self) -> str:
        return f"'{MASK}'"

    def __str__(self) -> str:
        return MASK

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and other._value == self._value

    def __hash__(self) -> int:
        return hash(self._value)

    def __reduce__(self) -> str:
        msg = "a secret can't be pickled or copied"
        raise TypeError(msg)


@frozen(kw_only=True)
class FailedAttempt:
    """One try at a call, of several that all failed.

    Args:
        reason: what went wrong, in a few words.
        took: how long it took, in seconds.
        delay: how long was waited afterwards, in seconds; None if it was the last.
        correlation_id: what the server's administrator finds it by.
    """

    reason: str
    took: float
    delay: float | None = None
    correlation_id: str | None = None
