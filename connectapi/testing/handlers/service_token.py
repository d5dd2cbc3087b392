"""Service tokens: made, listed without their secrets, revoked at once; what they allow, the operations declare."""

from __future__ import annotations

from typing import Final

from connectapi.testing import generic
from connectapi.testing.call import Answer, Call
from connectapi.testing.credentials import Credential, issue, revoke
from connectapi.testing.refusal import bad
from connectapi.testing.registry import handles
from connectapi.testing.shape import Shape
from connectapi.testing.values import moment

__all__: list[str] = []

#: What each scope allows, in words; one that is not here is declared by a plugin.
_WORDS: Final = {
    "content:search": "Search all content.",
    "groups:read": "Read groups and who is in them.",
    "identity:manage": "Manage users and groups.",
    "instrumentation:read": "Read how content is used.",
    "nameservice:read": "Read what the name service needs of users and groups.",
    "server-settings:read": "Read which languages the server has.",
    "users:read": "List users.",
}


@handles("ServiceToken", "create")
def create(call: Call) -> Answer:
    """Make a token; its secret is in this answer alone."""
    body, known = call.body, _scopes(call)
    if not body["scopes"] or not set(body["scopes"]) <= set(known):
        raise bad(f"scopes are one or more of {', '.join(known)}.", "InvalidParameter")
    ends = moment(body["expires_at"]) if body.get("expires_at") else None
    if ends is not None and ends <= call.world.clock.now():
        raise bad("expires_at lies in the past.", "InvalidParameter")
    key, document = generic.complete(call.world, call.records, call.spec, body, {})
    call.records.insert(call.kind, key, document)
    credential = Credential(
        scopes=tuple(body["scopes"]), ends=ends.timestamp() if ends else None, record=f"ServiceToken/{key}"
    )
    return generic.answered(call, {**document, "key": issue(call.records, credential)}, secrets=True)


@handles("ServiceToken", "delete")
def delete(call: Call) -> Answer:
    """Revoke a token."""
    revoke(call.records, "record", f"ServiceToken/{call.key}")
    return generic.delete(call)


@handles("ServiceToken", "list_scopes")
def list_scopes(call: Call) -> Answer:
    """List what tokens can allow: the scopes that operations declare."""
    found = [
        {"name": name, "description": _WORDS.get(name, f"Make the calls that declare {name}.")}
        for name in _scopes(call)
    ]
    return {call.operation.items: [Shape(call).fields("ServiceTokenScope", each) for each in found]}


def _scopes(call: Call) -> list[str]:
    operations = (each for spec in call.world.specs.values() for each in spec.operations().values())
    return sorted({scope for each in operations for scope in each.scopes if call.world.has(each.since)})
