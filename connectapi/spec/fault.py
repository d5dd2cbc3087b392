"""Something wrong in a resource file, and where it stands."""

from __future__ import annotations

from attrs import frozen

__all__ = ["Fault", "Place"]

#: Keys and indexes from the top of a document down to a value.
Place = tuple[str, ...]


@frozen
class Fault:
    """Something wrong, and where it stands."""

    place: Place
    message: str
