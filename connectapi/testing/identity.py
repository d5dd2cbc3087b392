"""Who is calling, and what that allows: API keys, roles, and who may see or change which content."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from typing import Final, Literal, TypeAlias

from attrs import field, frozen
from werkzeug.wrappers import Request

from connectapi.spec.model import Role
from connectapi.testing import credentials
from connectapi.testing.conditions import Condition, any_of, equals, inside, one_of, with_keys
from connectapi.testing.credentials import Credential
from connectapi.testing.refusal import Refusal
from connectapi.testing.store import Document, Records
from connectapi.testing.world import World

__all__ = [
    "COOKIE",
    "SIGN_IN",
    "AppRole",
    "Caller",
    "app_role",
    "caller_of",
    "identify",
    "may_edit",
    "shared_roles",
    "sign_in",
    "user_of_key",
    "visible",
    "visitor",
]

AppRole: TypeAlias = Literal["owner", "editor", "viewer", "none"]

#: The cookie of those who signed in with a browser. It opens content, never the API.
COOKIE: Final = "connectapi-visitor"

#: The first release that people sign in to by OAuth.
SIGN_IN: Final = "2026.06.0"

#: How many visitors can be signed in; the one who came first goes first.
_VISITORS: Final = 1000

_RANKS: Final[dict[Role, int]] = {"anonymous": 0, "viewer": 1, "publisher": 2, "administrator": 3}


@frozen
class Caller:
    """The user whose key came with a call, with the groups that the user is in.

    A service token has no user and no guid, and `scopes` that say which calls it may make.
    """

    guid: str
    username: str
    role: Role
    groups: tuple[str, ...] = ()
    scopes: tuple[str, ...] | None = None
    #: What the caller was recognized by; None for a visitor with a cookie.
    credential: Credential | None = field(default=None, repr=False)

    @property
    def is_administrator(self) -> bool:
        """Whether the caller may do what only administrators may."""
        return self.role == "administrator"

    def is_at_least(self, role: Role) -> bool:
        """Whether the caller's role is this one or a higher one."""
        return _RANKS[self.role] >= _RANKS[role]


def identify(world: World, records: Records, request: Request) -> Caller | None:
    """Return who makes a call, by the key or the token that came with it; None if neither came.

    A key can come in `X-RSC-Authorization`, beside what a proxy or a platform wants in `Authorization`.

    Raises:
        Refusal: it is unknown or has expired, or its user is locked.
    """
    given = request.headers.get("X-RSC-Authorization") or request.headers.get("Authorization") or ""
    scheme, _, secret = given.partition(" ")
    if not given:
        return None
    if "X-RSC-Authorization" in request.headers and not secret:
        scheme, secret = "key", scheme  # the official command line sends the bare key there
    return caller_of(world, records, scheme.lower(), secret.strip())


def user_of_key(world: World, records: Records, key: str) -> Caller:
    """Return the user that an API key stands for; raises as `identify`."""
    return _of_credential(records, credentials.find(world, records, "key", credentials.digest(key)))


def sign_in(world: World, records: Records, key: str) -> str:
    """Begin the visit of someone who has an API key, and return the value of the cookie that stands for it.

    Raises:
        Refusal: as `identify`.
    """
    user_of_key(world, records, key)
    cookie = secrets.token_urlsafe(32)
    while len(world.sessions) >= _VISITORS:
        world.sessions.pop(next(iter(world.sessions)), None)
    world.sessions[cookie] = credentials.digest(key)
    return cookie


def caller_of(world: World, records: Records, scheme: str, secret: str) -> Caller:
    """Return whom a secret stands for, by the scheme that it came with; raises as `identify`."""
    if scheme == "bearer" and not world.has(SIGN_IN):
        scheme = ""  # an older release does not know it
    return _of_credential(records, credentials.find(world, records, scheme, credentials.digest(secret)))


def _of_credential(records: Records, found: Credential | None) -> Caller:
    if found is not None and found.scopes is not None:
        return Caller("", "", "administrator", scopes=found.scopes, credential=found)
    user = records.get("User", found.user_guid) if found else None
    if found is None or user is None:
        raise Refusal(401, "InvalidLogin", "The credentials that came with the call are not known here.")
    if user.get("locked"):
        raise Refusal(403, "UserLocked", "This user account is locked.")
    return _caller(records, user, found)


def visitor(world: World, records: Records, request: Request) -> Caller | None:
    """Return who looks at content: as `identify`, or the one who signed in with a browser.

    Who signed in may what the key allowed, for as long as it does.
    """
    caller = identify(world, records, request)
    digest = world.sessions.get(request.cookies.get(COOKIE, ""))
    if caller is not None or digest is None:
        return caller
    try:
        return _of_credential(records, credentials.find(world, records, "key", digest))
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


def _caller(records: Records, user: Document, credential: Credential | None) -> Caller:
    role: Role = user["user_role"]
    if credential is not None and credential.role is not None and _RANKS[credential.role] < _RANKS[role]:
        role = credential.role
    groups = records.find("GroupMember", with_keys([user["guid"]]))
    named = tuple(each["group_guid"] for each in groups)
    return Caller(user["guid"], user["username"], role, named, credential=credential)
