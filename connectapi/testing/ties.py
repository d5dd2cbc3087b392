"""How records stand to each other: what only one of them may have, and what must be there to be named."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from connectapi.testing.call import Call
from connectapi.testing.conditions import Condition, beside, equals
from connectapi.testing.refusal import Refusal, invalid
from connectapi.testing.removal import ties_of
from connectapi.testing.store import Document

__all__ = ["refuse_clashes"]


def refuse_clashes(
    call: Call, document: Document, key: str, *, given: Mapping[str, Any] | None = None, new: bool = False
) -> None:
    """Refuse a record that has what another one has, or that names one that is not there.

    Args:
        call: the call that makes or changes it.
        document: the whole of it.
        key: its key.
        given: what the call changes of it; all of it if None.
        new: whether it is made now.
    """
    if new and call.spec.key and call.records.get(call.kind, key, call.scope) is not None:
        raise Refusal(409, "DuplicateName", f"There is a {call.kind} with the {call.spec.key} {key!r} already.")
    given = document if given is None else given
    for name, field in call.world.fields(call.kind).items():
        wire = field.wire or name
        within = field.unique if isinstance(field.unique, tuple) else ()
        wires = [call.world.fields(call.kind)[each].wire or each for each in within]
        if not field.unique or given.keys().isdisjoint({wire, *wires}) or document.get(wire) in {None, ""}:
            continue
        same = [equals(each, document.get(each)) for each in (wire, *wires)]
        if call.records.count(call.kind, *same, _others(call, key, new=new)):
            message = f"{wire}: there is a {call.kind} with {document[wire]!r} already."
            raise Refusal(409, field.code or "DuplicateName", message)
    for tie in ties_of(call.world, call.spec):
        value = given.get(tie.wire)
        if value is not None and call.records.get(tie.relation.one, str(value)) is None:
            raise invalid(tie.wire, f"there is no {tie.relation.one} {str(value)[:60]!r}.")


def _others(call: Call, key: str, *, new: bool) -> Condition:
    """The record is another one in the same list."""
    return Condition("scope = ?", (call.scope,)) if new else beside(call.kind, key)
