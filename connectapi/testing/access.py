"""Whether a call may be made at all: the caller's role, and what the path's things allow the caller."""

from __future__ import annotations

from connectapi.spec.model import Access
from connectapi.testing.call import Call
from connectapi.testing.identity import app_role, may_edit
from connectapi.testing.refusal import absent, denied
from connectapi.testing.store import Document

__all__ = ["authorize", "authorize_content"]


def authorize(call: Call) -> None:
    """Refuse a call that its caller may not make.

    Args:
        call: the call.

    Raises:
        Refusal: 401 without a key, 403 without the right, 404 for what is not there.
    """
    role = call.operation.role
    if role == "anonymous":
        return
    if call.user.scopes is not None:
        _scoped(call, call.user.scopes)
    if role is not None and not call.user.is_at_least(role):
        raise denied(f"You don't have permission to do this: it takes the role {role}, yours is {call.user.role}.")
    for name, value in call.path.items():
        kind = call.world.parents.get(name)
        # Whether the item of the call itself is there, its handler sees.
        if kind is None or (kind == call.kind and kind != "Content"):
            continue
        found = call.records.get(kind, value)
        if found is None:
            raise absent(f"The {call.world.specs[kind].snake.replace('_', ' ')} that the path names")
        if kind == "Content":
            authorize_content(call, found, call.operation.needs)


def _scoped(call: Call, scopes: tuple[str, ...]) -> None:
    allowed = call.operation.scopes
    if not set(scopes) & set(allowed):
        takes = f"it takes the scope {' or '.join(allowed)}" if allowed else "no scope allows it"
        raise denied(f"This service token can't make this call: {takes}.")


def authorize_content(call: Call, content: Document, needs: Access = "view") -> None:
    """Refuse a call about a content item that its caller may not make; as `authorize`."""
    user, role = call.user, app_role(call.records, content, call.caller)
    if needs == "view" and role == "none" and not user.is_administrator:
        raise denied("You don't have permission to view this content.", "NoViewPermission")
    if needs == "edit" and not may_edit(call.records, content, user):
        raise denied("You don't have permission to change this content.", "NoUpdatePermission")
    if needs == "collaborate" and role not in {"owner", "editor"}:
        raise denied("Only the owner and the collaborators of this content may do this.")
