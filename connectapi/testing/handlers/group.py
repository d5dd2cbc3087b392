"""Groups and who is in them."""

from __future__ import annotations

from typing import Final

from connectapi.testing import generic
from connectapi.testing.call import Answer, Call, Reply
from connectapi.testing.conditions import equals, inside, linked
from connectapi.testing.identity import visible
from connectapi.testing.listing import Listing, wanted_order
from connectapi.testing.paging import page_of
from connectapi.testing.refusal import Refusal, absent, bad, denied
from connectapi.testing.registry import handles
from connectapi.testing.shape import Shape, shown, view
from connectapi.testing.store import Document

__all__: list[str] = []

_LONGEST: Final = 4096


@view("Group")
def show(call: Call, document: Document, include: frozenset[str]) -> Document:
    """Add how many members the group has."""
    _ = include
    return {**document, "member_count": call.records.count("GroupMember", scope=document["guid"])}


@handles("Group", "create")
def create(call: Call) -> Answer:
    """Add a group that the caller owns."""
    body = {name: value for name, value in call.body.items() if name != "unique_id"}
    _check(call, body, "")
    key, document = generic.complete(call.world, call.records, call.spec, {"owner_guid": call.user.guid, **body}, {})
    call.records.insert("Group", key, document)
    return generic.answered(call, document)


@handles("Group", "update", "replace")
def update(call: Call) -> Answer:
    """Change a group: its owner and administrators may."""
    group, body = _managed(call, call.key), call.body
    _check(call, body, group["guid"])
    return generic.answered(call, call.records.change("Group", call.key, body))


@handles("Group", "delete")
def delete(call: Call) -> Answer:
    """Delete a group, its memberships, and what it was permitted."""
    _managed(call, call.key)
    for integration in call.records.find("OAuthIntegration"):
        kept = [each for each in integration.get("permissions") or () if each.get("group_guid") != call.key]
        call.records.change("OAuthIntegration", integration["guid"], {"permissions": kept})
    generic.remove(call.world, call.records, "Group", call.key)
    call.records.delete("Permission", equals("principal_guid", call.key))
    return Reply(204)


@handles("Group", "list_content")
def list_content(call: Call) -> Answer:
    """List the content that is shared with the group, as far as the caller sees it, and with whom else."""
    shared = inside("Permission", equals("principal_guid", call.item()["guid"]))
    found = call.records.find("Content", shared, *visible(call.caller))
    return [Shape(call).fields("GroupOwnershipContent", _ownership(call, content)) for content in found]


@handles("GroupMember", "get")
def members(call: Call) -> Answer:
    """List the users in the group."""
    listing = Listing(
        kind="User",
        conditions=[linked("GroupMember", call.scope)],
        order=wanted_order(call),
    )
    return page_of(call, listing, lambda user: shown(call, "User", user))  # type: ignore[no-any-return]  # JSON


@handles("GroupMember", "create")
def add_member(call: Call) -> Answer:
    """Put a user into the group."""
    group = _managed(call, call.scope)
    guid = call.body["user_guid"]
    if call.records.get("User", guid) is None:
        raise bad("There is no such user.", "InvalidUserGUID")
    if call.records.get("GroupMember", guid, group["guid"]) is not None:
        raise Refusal(409, "DuplicateGroupEntry", "The user is in the group already.")
    call.records.insert("GroupMember", guid, {"guid": guid, "group_guid": group["guid"]}, group["guid"])
    return Reply(204)


@handles("GroupMember", "delete")
def remove_member(call: Call) -> Answer:
    """Take a user out of the group; one may leave by oneself."""
    if call.key != call.user.guid:
        _managed(call, call.scope)
    if not call.records.delete("GroupMember", key=call.key, scope=call.scope):
        raise absent("The membership")
    return Reply(204)


def _managed(call: Call, guid: str) -> Document:
    group = call.item("Group", guid)
    if not call.user.is_administrator and group.get("owner_guid") != call.user.guid:
        raise denied("Only the owner of the group and administrators may do this.")
    return group


def _check(call: Call, body: Document, guid: str) -> None:
    name = body.get("name")
    if name is not None:
        if not 0 < len(name.strip()) <= _LONGEST:
            raise bad(f"The name of a group has 1 to {_LONGEST} characters.", "InvalidGroupName")
        if any(group["guid"] != guid for group in call.records.find("Group", equals("name", name))):
            raise Refusal(409, "DuplicateGroupName", f"There is a group called {name!r} already.")
    if (gid := body.get("gid")) is not None:
        if not call.user.is_administrator:
            raise denied("Only administrators may set gid.")
        if any(group["guid"] != guid for group in call.records.find("Group", equals("gid", gid))):
            raise Refusal(409, "DuplicateGroupGid", "Another group has this gid.")
    if (owner := body.get("owner_guid")) is not None:
        user = call.records.get("User", owner)
        if user is None or user["user_role"] == "viewer":
            raise bad("The new owner is no user who may own a group.", "InvalidOwner")


def _ownership(call: Call, content: Document) -> Document:
    permissions = [{"principal_guid": content["owner_guid"], "principal_type": "user", "role": "author"}]
    permissions += call.records.find("Permission", scope=content["guid"])
    return {
        "content_guid": content["guid"],
        "content_name": content["name"],
        "content_title": content.get("title") or "",
        "access_type": content["access_type"],
        "permissions": [_principal(call, each) for each in permissions],
    }


def _principal(call: Call, permission: Document) -> Document:
    of_user = permission["principal_type"] == "user"
    found = call.records.get("User" if of_user else "Group", permission["principal_guid"]) or {}
    return {
        "principal_guid": permission["principal_guid"],
        "principal_name": found.get("username" if of_user else "name", ""),
        "principal_role": permission["role"],
        "principal_type": permission["principal_type"],
    }
