"""What is promised for a short while to whoever brings a secret: codes, states, refresh tokens; kept as digests."""

from __future__ import annotations

from typing import Final

from connectapi.testing.conditions import at_most, equals
from connectapi.testing.credentials import digest, secret_text
from connectapi.testing.store import Document, Records
from connectapi.testing.world import World

__all__ = ["change", "change_kept", "key_of", "look", "promise", "take", "withdraw"]

_TABLE: Final = "_Grant"


def promise(
    world: World, records: Records, what: str, seconds: float, secret: str | None = None, **details: object
) -> str:
    """Write down a promise, and return the secret that it is kept for.

    Args:
        world: the server.
        records: the transaction.
        what: the kind of promise, such as `code`.
        seconds: how long it lasts.
        secret: the secret, if it can't be any; else one that nobody can guess is made.
        details: what is promised, as JSON has it.
    """
    now = world.clock.now().timestamp()
    records.delete(_TABLE, at_most("ends", now))  # nobody can come back for these
    secret = secret or secret_text(48)
    records.insert(_TABLE, key_of(what, secret), {"what": what, "ends": now + seconds, **details})
    return secret


def look(world: World, records: Records, what: str, secret: str) -> Document | None:
    """Return what is promised to who has a secret; None if nothing is, or no longer."""
    found = records.get(_TABLE, key_of(what, secret))
    return found if found is not None and found["ends"] > world.clock.now().timestamp() else None


def take(world: World, records: Records, what: str, secret: str) -> Document | None:
    """As `look`; the promise is then kept, and nobody can come for it again."""
    found = look(world, records, what, secret)
    records.delete(_TABLE, key=key_of(what, secret))
    return found


def change(records: Records, what: str, secret: str, **details: object) -> None:
    """Change what is promised to who has a secret."""
    change_kept(records, key_of(what, secret), **details)


def change_kept(records: Records, key: str, **details: object) -> None:
    """As `change`, for a promise by its `key_of`, if it still stands."""
    if records.get(_TABLE, key) is not None:
        records.change(_TABLE, key, details)


def withdraw(records: Records, what: str, field: str, value: str) -> None:
    """Take back all promises of a kind that have this value in this field."""
    records.delete(_TABLE, equals("what", what), equals(field, value))


def key_of(what: str, secret: str) -> str:
    """Return what a promise is known by where its secret must not be kept."""
    return digest(f"{what} {secret}")
