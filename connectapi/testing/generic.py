"""What most operations do, as their specs say it: list, read, create, change, delete."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final
from uuid import uuid4

from connectapi.spec.model import FieldSpec, ResourceSpec
from connectapi.testing.call import Answer, Call, Reply
from connectapi.testing.conditions import Condition, Order
from connectapi.testing.listing import Listing, filters, wanted_order
from connectapi.testing.paging import page_of
from connectapi.testing.refusal import bad
from connectapi.testing.removal import remove
from connectapi.testing.shape import BLANK, Shape, shown
from connectapi.testing.store import Document, Records
from connectapi.testing.ties import refuse_clashes
from connectapi.testing.world import World

__all__ = [
    "VERBS",
    "answered",
    "change",
    "complete",
    "create",
    "delete",
    "get",
    "get_one",
    "listed",
    "remove",
]


def answered(call: Call, document: Document, *, secrets: bool = False) -> Document | None:
    """Return the answer that shows a record in the way that the operation declares."""
    operation = call.operation
    if operation.answer.kind == "none":
        return None
    if operation.renames:
        return {wire: document[name] for wire, name in operation.renames.items()}
    kind = operation.answer.kind
    if kind in call.world.specs:
        return shown(call, kind, document, call.include, secrets=secrets)
    return Shape(call, call.include, secrets=secrets).fields(kind, document)


def listed(call: Call, *conditions: Condition, usual: Sequence[Order] = (), kind: str | None = None) -> Any:
    """Answer with the records that meet the call's parameters and some conditions.

    Args:
        call: the call.
        conditions: what else must be true of a record.
        usual: the order, if the call asks for no other.
        kind: which records, if not those of the call's own resource.
    """
    if kind is None:
        conditions = (*filters(call), *conditions)
        kind, scope = call.kind, call.scope_or_any
    else:
        scope = None
    listing = Listing(kind=kind, conditions=conditions, scope=scope, order=wanted_order(call, usual, kind))
    return page_of(call, listing, lambda document: shown(call, kind, document, call.include))


def get(call: Call) -> Answer:
    """List the records in the scope that the path names, filtered and sorted as the call asks for."""
    answer: Answer = listed(call)
    return answer


def get_one(call: Call) -> Answer:
    """Return one record."""
    return answered(call, call.item())


def create(call: Call) -> Answer:
    """Make a record of the body, with all that the server sets itself."""
    key, document = complete(call.world, call.records, call.spec, call.body, call.path)
    if call.spec.key:
        _refuse_key(call.spec.key, key)
    refuse_clashes(call, document, key, new=True)
    call.records.put(call.kind, key, document, call.scope)
    return answered(call, document, secrets=True)


def _refuse_key(name: str, key: str) -> None:
    """Refuse a key that no path could name."""
    if not key or key in {".", ".."} or "/" in key:
        raise bad(f"{name}: {key[:60]!r} can't stand in a path.", "InvalidId" if key else "ParameterMissing")


def change(call: Call) -> Answer:
    """Change what the body names, of a record or of what there is one of."""
    changes = {**call.body, **_times(call, ("updated_time",))}
    if not call.spec.key and call.records.get(call.kind, call.key, call.scope) is None:
        call.records.insert(call.kind, call.key, {}, call.scope)
    before = call.item()
    wire = call.world.key_of(call.kind)
    if wire in changes and changes[wire] != before.get(wire):
        raise bad(f"{wire} names the record, and can't be changed.", "ImmutableFields")
    refuse_clashes(call, {**before, **changes}, call.key, given=call.body)
    return answered(call, call.records.change(call.kind, call.key, changes, call.scope_or_any))


def delete(call: Call) -> Answer:
    """Delete a record, and everything that lies in it."""
    document = call.item()
    remove(call.world, call.records, call.kind, call.key, call.scope_or_any)
    if call.operation.answer.kind == "none":
        return Reply(call.operation.status[0])
    return answered(call, document)


def complete(
    world: World, records: Records, spec: ResourceSpec, body: Mapping[str, Any], path: Mapping[str, str]
) -> tuple[str, Document]:
    """Return the key and the whole of a new record: the body, the path, what is made, what stands for the rest."""
    document: Document = {}
    for name, field in world.fields(spec.name).items():
        wire = field.wire or name
        if wire in body:
            document[wire] = body[wire]
        elif name in path:
            document[wire] = int(path[name]) if field.ref.kind == "int" else path[name]
        elif (value := _made(world, records, spec, name, field)) is not None:
            document[wire] = value
    for wire, value in body.items():
        document.setdefault(wire, value)
    key = document.get(world.key_of(spec.name), path.get(spec.key_param))
    if key is None:
        # What has no key is one of a list without names, or the only one of its kind.
        key = records.number(spec.name) if "get" in spec.methods and not spec.key else ""
    return str(key), document


def _made(world: World, records: Records, spec: ResourceSpec, name: str, field: FieldSpec) -> Any:
    kind = field.ref.kind
    if name in {spec.key, "guid", "id"}:
        if kind == "guid":
            return str(uuid4())
        if kind in {"id", "int"}:
            number = records.number(spec.name)
            return str(number) if kind == "id" else number
    if kind == "datetime" and not field.ref.nullable and field.write == "never":
        return world.now()
    # What an answer would show in the place of nothing is kept, so that filters and orders see it too.
    always = not (field.ref.nullable or field.include or field.secret or field.deprecated)
    return BLANK.get(kind) if always and name != spec.key else None


def _times(call: Call, names: Sequence[str]) -> Document:
    return {name: call.world.now() for name in names if name in call.spec.fields}


#: The general answer to each method.
VERBS: Final[Mapping[str, Callable[[Call], Answer]]] = {
    "get": get,
    "get_one": get_one,
    "create": create,
    "update": change,
    "delete": delete,
}
