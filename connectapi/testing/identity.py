"""Who is calling, and what that allows: API keys, roles, and who may see or change which content."""

from __future__ import annotations

import hashlib
import secrets
import string
from collections.abc import Mapping
from typing import Final, Literal, TypeAlias

from attrs import frozen
from werkzeug.wrappers import Request

from connectapi.spec.model import Role
from connectapi.testing.conditions import Condition, any_of, equals, inside, one_of, with_keys
from connectapi.testing.refusal import Refusal
from connectapi.testing.store import Document, Records
from connectapi.testing.values import moment
from connectapi.testing.world import World

__all__ = [
    "COOKIE",
    "AppRole",
    "Caller",
    "app_role",
    "identify",
    "is_key",
    "may_edit",
    "new_key",
    "shared_roles",
    "sign_in",
    "user_of_key",
    "visible",
    "visitor",
]

AppRole: TypeAlias = Literal["owner", "editor", "viewer", "none"]

#: The cookie of those who signed in with a browser. It opens content, never the API.
COOKIE: Final = "connectapi-visitor"

#: How many visitors can be signed in; the one who came first goes first.
_VISITORS: Final = 1000

_RANKS: Final[dict[Role, int]] = {"anonymous": 0, "viewer": 1, "publisher": 2, "administrator": 3}
_ALPHABET: Final = string.ascii_letters + string.digits


@frozen
class Caller:
    """The user whose key came with a call, with the groups that the user is in."""

    guid: str
    username: str
    role: Role
    groups: tuple[str, ...] = ()

    @property
    def is_administrator(self) -> bool:
        """Whether the caller may do what only administrators may."""
        return self.role == "administrator"

    def is_at_least(self, role: Role) -> bool:
        """Whether the caller's role is this one or a higher one."""
        return _RANKS[self.role] >= _RANKS[role]


def new_key(records: Records, user_guid: str, *, key_id: str = "", role: Role | None = None) -> str:
    """Make an API key for a user; the records keep only what recognizes it.

    Args:
        records: where it goes.
        user_guid: whom it stands for.
        key_id: the record of the resource `ApiKey` that it belongs to, if there is one.
        role: the most that it allows; what the user may if None.
    """
    key = "".join(secrets.choice(_ALPHABET) for _ in range(32))
    records.insert("_Credential", _digest(key), {"user_guid": user_guid, "key_id": key_id, "role": role})
    return key


def is_key(records: Records, key: str) -> bool:
    """Whether an API key was made here."""
    return records.get("_Credential", _digest(key)) is not None


def identify(world: World, records: Records, request: Request) -> Caller | None:
    """Return the user whose API key came with a request; None if no key came.

    Raises:
        Refusal: the key is unknown or expired, or its user is locked.
    """
    given = request.headers.get("X-RSC-Authorization") or request.headers.get("Authorization") or ""
    scheme, _, key = given.partition(" ")
    if not given:
        return None
    return user_of_key(world, records, key.strip() if scheme.lower() == "key" else "")


def user_of_key(world: World, records: Records, key: str) -> Caller:
    """Return the user that an API key stands for; raises as `identify`."""
    return _user_of_credential(world, records, _digest(key))


def sign_in(world: World, records: Records, key: str) -> str:
    """Begin the visit of someone who has an API key, and return the value of the cookie that stands for it.

    Raises:
        Refusal: as `identify`.
    """
    user_of_key(world, records, key)
    cookie = secrets.token_urlsafe(32)
    while len(world.sessions) >= _VISITORS:
        world.sessions.pop(next(iter(world.sessions)), None)
    world.sessions[cookie] = _digest(key)
    return cookie


def _user_of_credential(world: World, records: Records, digest: str) -> Caller:
    found = records.get("_Credential", digest)
    user = records.get("User", found["user_guid"]) if found else None
    if found is None or user is None or _expired(world, records, found):
        raise Refusal(401, "InvalidLogin", "The credentials that came with the call are not known here.")
    if user.get("locked"):
        raise Refusal(403, "UserLocked", "This user account is locked.")
    return _caller(records, user, found["role"])


def visitor(world: World, records: Records, request: Request) -> Caller | None:
    """Return who looks at content: as `identify`, or the one who signed in with a browser.

    Who signed in may what the key allowed, for as long as it does.
    """
    caller = identify(world, records, request)
    digest = world.sessions.get(request.cookies.get(COOKIE, ""))
    if caller is not None or digest is None:
        return caller
    try:
        return _user_of_credential(world, records, digest)
    except Refusal:
        return None


def app_role(
    records: Records, content: Document, caller: Caller | None, roles: Mapping[str, set[str]] | None = None
) -> AppRole:
    """Return what a caller is to a content item: being an administrator alone counts for nothing here.

    Args:
        records: where permissions are looked up.
        content: the content item.
        caller: who asks.
        roles: the caller's `shared_roles`, where those are at hand.
    """
    if caller is None:
        return "viewer" if content.get("access_type") == "all" else "none"
    if content.get("owner_guid") == caller.guid:
        return "owner"
    if roles is None:
        found = records.find("Permission", _of_caller(caller), scope=content["guid"])
        shared = {each["role"] for each in found}
    else:
        shared = roles.get(content["guid"], set())
    if caller.is_at_least("publisher") and shared & {"owner", "editor"}:
        return "editor"
    return "viewer" if shared or content.get("access_type") in {"all", "logged_in"} else "none"


def shared_roles(records: Records, caller: Caller) -> dict[str, set[str]]:
    """Return the roles that a caller was given, by content: one look instead of one for each item of a list."""
    roles: dict[str, set[str]] = {}
    for each in records.find("Permission", _of_caller(caller)):
        roles.setdefault(each["content_guid"], set()).add(each["role"])
    return roles


def _of_caller(caller: Caller) -> Condition:
    return one_of("principal_guid", (caller.guid, *caller.groups))


def may_edit(records: Records, content: Document, caller: Caller | None) -> bool:
    """Whether a caller may change a content item: its owner, a collaborator, an administrator."""
    if caller is not None and caller.is_administrator:
        return True
    return app_role(records, content, caller) in {"owner", "editor"}


def visible(caller: Caller | None) -> tuple[Condition, ...]:
    """Return what is true of the content that a caller may see; administrators see that it exists, all of it."""
    if caller is None:
        return (equals("access_type", "all"),)
    if caller.is_administrator:
        return ()
    permitted = inside("Permission", _of_caller(caller))
    return (any_of(equals("owner_guid", caller.guid), one_of("access_type", ("all", "logged_in")), permitted),)


def _caller(records: Records, user: Document, most: Role | None) -> Caller:
    role: Role = user["user_role"]
    if most is not None and _RANKS[most] < _RANKS[role]:
        role = most
    groups = records.find("GroupMember", with_keys([user["guid"]]))
    return Caller(user["guid"], user["username"], role, tuple(each["group_guid"] for each in groups))


def _expired(world: World, records: Records, credential: Document) -> bool:
    key = records.get("ApiKey", credential["key_id"]) if credential["key_id"] else None
    ends = moment(key["expires_at"]) if key and key.get("expires_at") else None
    return ends is not None and ends <= world.clock.now()


def _digest(key: str) -> str:
    return hashlib.sha256(key.encode("utf-8", "surrogatepass")).hexdigest()
