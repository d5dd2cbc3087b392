"""The audit log: who changed what, an entry for each call that did."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from connectapi.spec.model import ResourceSpec
from connectapi.testing.call import Answer, Call, Reply
from connectapi.testing.conditions import with_keys
from connectapi.testing.world import World

__all__ = ["actions", "note"]

#: What each method does, as the log names it and as it says it.
_WORDS: Final = {"create": ("add", "Added"), "update": ("edit", "Edited"), "delete": ("remove", "Removed")}

#: The fields that a person knows a record by.
_NAMES: Final = ("name", "title", "username", "path")


def actions(world: World) -> Iterator[tuple[str, str]]:
    """Yield the name of each kind of entry, and what it means."""
    for spec in world.specs.values():
        for name, operation in spec.operations().items():
            if operation.verb != "GET" and world.has(operation.since):
                action, said = _action(spec, name)
                yield action, f"{said}."


def note(call: Call, answer: Answer) -> None:
    """Write down a call that has changed something."""
    if call.caller is None:
        return
    body = answer.body if isinstance(answer, Reply) else answer
    names = [body.get(name) for name in _NAMES] if isinstance(body, dict) else []
    which = next((name for name in names if isinstance(name, str) and name), call.key or "/".join(call.path.values()))
    action, said = _action(call.spec, call.name)
    user = call.records.rows("User", with_keys([call.caller.guid]), limit=1)
    person = user[0].document if user else {}
    whole_name = f"{person.get('first_name', '')} {person.get('last_name', '')}".strip()
    number = str(call.records.number("AuditLog"))
    entry = {
        "id": number,
        "time": call.world.now(),
        "user_id": str(user[0].place) if user else "0",
        "user_guid": call.caller.guid,
        "user_description": f"{whole_name} ({call.caller.username})".strip() if user else "a service token",
        "action": action,
        "event_description": f"{said} {which}".strip(),
    }
    call.records.insert("AuditLog", number, entry)


def _action(spec: ResourceSpec, name: str) -> tuple[str, str]:
    kind = spec.snake
    words = kind.replace("_", " ")
    if name in _WORDS and name in spec.methods:
        verb, said = _WORDS[name]
        return f"{verb}_{kind}", f"{said} {words}"
    return f"{kind}_{name}", f"Called {name.replace('_', ' ')} of {words}"
