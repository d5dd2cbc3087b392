"""What plugins register under names: each name once, and who has it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Generic, TypeVar

from attrs import define, field

from connectapi.errors import PluginError

__all__ = ["Claims"]

T = TypeVar("T")


@define(eq=False)
class Claims(Generic[T]):
    """Names, each a tuple of words, and what they stand for. `what` is how messages call it."""

    what: str
    _found: dict[tuple[str, ...], tuple[str, T]] = field(factory=dict, init=False)

    def add(self, owner: str, name: tuple[str, ...], value: T) -> None:
        """Add what a plugin has under a name.

        Raises:
            PluginError: another has it already; both are named.
        """
        if not name[-1]:
            raise PluginError(owner, f"{self.what} has no name")
        first, _ = self._found.setdefault(name, (owner, value))
        if self._found[name][1] is not value:
            shown = ".".join(filter(None, name))
            said = f"registers {self.what} {shown!r}, which the plugin {first!r} registers already"
            raise PluginError(owner, f"{said}; switch one of them off")

    def get(self, *name: str) -> T | None:
        """Return what goes by a name, or None."""
        found = self._found.get(name)
        return found[1] if found is not None else None

    def owner(self, *name: str) -> str:
        """Return the plugin that has a name."""
        return self._found[name][0]

    def under(self, *first: str) -> list[str]:
        """Return the last words of those names that begin with some words."""
        return [name[-1] for name in self._found if name[:-1] == first]

    def __iter__(self) -> Iterator[tuple[tuple[str, ...], T]]:
        return ((name, value) for name, (_, value) in self._found.items())
