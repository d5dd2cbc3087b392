"""Permissions: who content is shared with."""

from __future__ import annotations

from typing import Final

from connectapi.testing import generic
from connectapi.testing.call import Answer, Call, Reply
from connectapi.testing.conditions import equals
from connectapi.testing.refusal import Refusal, bad
from connectapi.testing.registry import handles
from connectapi.testing.store import Document

__all__: list[str] = []

_ROLES: Final = ("viewer", "owner", "editor")

#: The first release in which sharing with somebody once more changes the role.
_UPSERT: Final = "2025.11.0"


@handles("Permission", "create")
def create(call: Call) -> Answer:
    """Share content with a user or a group; one who has a permission gets the new role, before 2025.11 a refusal."""
    body = call.own_fields
    _check(call, body)
    for before in call.records.find("Permission", equals("principal_guid", body["principal_guid"]), scope=call.scope):
        if not call.world.has(_UPSERT):
            code = "DuplicateUserPermission" if body["principal_type"] == "user" else "DuplicateGroupPermission"
            raise Refusal(409, code, f"This {body['principal_type']} has a permission on the content already.")
        after = call.records.change("Permission", before["id"], body, call.scope)
        return Reply(200, generic.answered(call, after))
    key, document = generic.complete(call.world, call.records, call.spec, body, call.path)
    call.records.insert("Permission", key, document, call.scope)
    return Reply(201, generic.answered(call, document))


@handles("Permission", "update")
def update(call: Call) -> Answer:
    """Change the role; whose permission it is stays."""
    before = call.item()
    after = {**before, **call.own_fields}
    _check(call, after)
    for name in ("principal_guid", "principal_type"):
        if after[name] != before[name]:
            raise bad(f"{name} can't be changed; delete the permission and make another.", "ImmutableFields")
    return generic.answered(call, call.records.change("Permission", call.key, call.own_fields, call.scope))


def _check(call: Call, body: Document) -> None:
    kind = {"user": "User", "group": "Group"}.get(body["principal_type"])
    if kind is None:
        raise bad("principal_type is 'user' or 'group'.", "InvalidPrincipalType")
    if body["role"] not in _ROLES:
        raise bad(f"role is one of {', '.join(_ROLES)}.", "InvalidRoleAssignment")
    principal = call.records.get(kind, body["principal_guid"])
    if principal is None:
        code = "InvalidUserGUID" if kind == "User" else "InvalidGroupGUID"
        raise bad(f"There is no such {body['principal_type']}.", code)
    if call.item("Content", call.path["content_guid"])["owner_guid"] == body["principal_guid"]:
        raise bad("The owner of the content needs no permission.", "InvalidCollaboratorOwner")
    if kind == "User" and principal["user_role"] == "viewer" and body["role"] != "viewer":
        raise bad("A user with the role viewer can't change content.", "InvalidCollaborator")
