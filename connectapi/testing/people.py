"""Users as tests ask for them: by username, or by what they may do."""

from __future__ import annotations

from typing import Final

from connectapi.testing.conditions import equals
from connectapi.testing.generic import complete
from connectapi.testing.store import Document, Records
from connectapi.testing.world import World

__all__ = ["ADMINISTRATOR", "add_administrator", "add_user", "user_for"]

#: The one who is there when nobody says who is.
ADMINISTRATOR: Final = {"username": "admin", "user_role": "administrator", "first_name": "Ada", "last_name": "Admin"}


def add_administrator(world: World, records: Records) -> None:
    """Add the one user that every server has."""
    add_user(world, records, **ADMINISTRATOR)


def add_user(world: World, records: Records, username: str, user_role: str, **values: object) -> Document:
    """Add a user who can sign in at once."""
    usual = {"email": f"{username}@example.com", "external_id": "", "confirmed": True, "locked": False}
    user = {"username": username, "user_role": user_role, **usual, **values}
    guid, document = complete(world, records, world.specs["User"], user, {})
    return records.insert("User", guid, document)


def user_for(world: World, records: Records, who: str) -> Document:
    """Return the user with a username, or the first one with a role who is not locked; add one if nobody has it.

    Raises:
        KeyError: it is neither a role nor the name of a user.
    """
    named = records.find("User", equals("username", who), limit=1)
    if named:
        return named[0]
    if who not in world.specs["User"].fields["user_role"].values:
        raise KeyError(who)
    found = (user for user in records.find("User", equals("user_role", who)) if not user.get("locked"))
    return next(found, None) or add_user(world, records, who, who, first_name=who.title(), last_name="")
