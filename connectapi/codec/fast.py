"""The fast road: one reading of the bytes, for answers that keep to the contract.

msgspec reads them into structs that refuse keys they do not have, so that none is lost. Where there are
such keys, their names are learned, and that page is read again.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec
from attrs import frozen

from connectapi.codec.records import Make, maker
from connectapi.codec.structs import Names, classes, decoder
from connectapi.codec.unknown import learned
from connectapi.locks import cached_property

__all__ = ["FastRoad"]


class FastRoad:
    """Reads texts of one type; safe to share between threads."""

    def __init__(self, annotation: Any) -> None:
        self._annotation = annotation
        self._known = _Known.of(annotation, {})

    def read(self, data: bytes) -> Any:
        """Return what a text says; None if it says nothing or does not keep to the type.

        Raises:
            msgspec.DecodeError: it is no JSON.
        """
        known = self._known
        try:
            found = known.decode(data)
        except msgspec.ValidationError:
            if (better := self._learned(data)) is None:
                return None
            known = better
            try:
                found = known.decode(data)
            except msgspec.ValidationError:
                return None
            self._known = known
        return found if found is None or known.make is None else known.make([found])[0]

    def _learned(self, data: bytes) -> _Known | None:
        """Return the names with those added that a text has; None if it is not for them that it was refused."""
        if self._lax is None:
            return None
        try:
            self._lax(data)
        except msgspec.ValidationError:
            return None
        names = learned(self._annotation, msgspec.json.decode(data), self._known.names)
        return None if names is None else _Known.of(self._annotation, names)

    @cached_property
    def _lax(self) -> Callable[[bytes], Any] | None:
        """What reads a text without regard to unknown keys; None if the type has no class in it."""
        if not any(True for _ in classes(self._annotation)):
            return None
        return decoder(self._annotation, {}, refusing=False)


@frozen
class _Known:
    """The names that were learned, and what follows from them."""

    names: Names
    decode: Callable[[bytes], Any]
    make: Make | None

    @classmethod
    def of(cls, annotation: Any, names: Names) -> _Known:
        """Make what follows from some names."""
        return cls(names, decoder(annotation, names, refusing=True), maker(annotation, names))
