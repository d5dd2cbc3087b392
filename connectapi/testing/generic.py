"""What most operations do, as their specs say it: list, read, create, change, delete."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final
from uuid import uuid4

from connectapi.spec.model import FieldSpec, ResourceSpec, placeholders
from connectapi.testing.call import Answer, Call, Reply
from connectapi.testing.conditions import Condition, Order, equals, one_of
from connectapi.testing.paging import Listing, page_of, wanted_order
from connectapi.testing.refusal import Refusal
from connectapi.testing.shape import Shape, shown
from connectapi.testing.store import Document, Records
from connectapi.testing.world import World

__all__ = [
    "VERBS",
    "answered",
    "change",
    "complete",
    "create",
    "delete",
    "field_conditions",
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


def field_conditions(call: Call) -> list[Condition]:
    """Return what the parameters that are called like fields ask for: these values and no others."""
    found: list[Condition] = []
    for name, value in call.params.items():
        spec = call.spec.fields.get(name)
        if spec is not None:
            wire = spec.wire or name
            found.append(one_of(wire, value) if isinstance(value, list) else equals(wire, value))
    return found


def listed(call: Call, *conditions: Condition, usual: Sequence[Order] = (), kind: str | None = None) -> Any:
    """Answer with the records that meet the call's parameters and some conditions.

    Args:
        call: the call.
        conditions: what else must be true of a record.
        usual: the order, if the call asks for no other.
        kind: which records, if not those of the call's own resource.
    """
    if kind is None:
        conditions = (*field_conditions(call), *conditions)
        kind, scope = call.kind, call.scope_or_any
    else:
        scope = None
    listing = Listing(kind=kind, conditions=conditions, scope=scope, order=wanted_order(call, usual))
    return page_of(call, listing, lambda document: shown(call, kind, document, call.include))


def get(call: Call) -> Answer:
    """List the records in the scope that the path names, filtered by the parameters that are fields."""
    answer: Answer = listed(call)
    return answer


def get_one(call: Call) -> Answer:
    """Return one record."""
    return answered(call, call.item())


def create(call: Call) -> Answer:
    """Make a record of the body, with all that the server sets itself."""
    key, document = complete(call.world, call.records, call.spec, call.body, call.path)
    if call.spec.key and call.records.get(call.kind, key, call.scope) is not None:
        raise Refusal(409, "DuplicateName", f"There is a {call.kind} with the {call.spec.key} {key!r} already.")
    call.records.put(call.kind, key, document, call.scope)
    return answered(call, document, secrets=True)


def change(call: Call) -> Answer:
    """Change what the body names, of a record or of what there is one of."""
    changes = {**call.body, **_times(call, ("updated_time",))}
    if not call.spec.key and call.records.get(call.kind, call.key, call.scope) is None:
        call.records.insert(call.kind, call.key, {}, call.scope)
    call.item()
    return answered(call, call.records.change(call.kind, call.key, changes, call.scope_or_any))


def delete(call: Call) -> Answer:
    """Delete a record, and everything that lies in it."""
    document = call.item()
    remove(call.world, call.records, call.kind, call.key, call.scope_or_any)
    if call.operation.answer.kind == "none":
        return Reply(call.operation.status[0])
    return answered(call, document)


def remove(world: World, records: Records, kind: str, key: str, scope: str | None = None) -> None:
    """Delete a record and, from kind to kind, what lies in it: the bundles of content, its jobs and so on."""
    records.delete(kind, key=key, scope=scope)
    own = world.specs[kind]
    param = own.key_param
    if world.parents.get(param) != kind:
        return
    for spec in world.specs.values():
        if spec.name == kind or param not in placeholders(spec.path):
            continue
        if param in spec.scope:
            within = f"{scope}/{key}" if scope and set(own.scope) <= set(spec.scope) else key
            for document in records.find(spec.name, scope=within):
                remove(world, records, spec.name, str(document.get(spec.key, "")), within)
        else:
            records.delete(spec.name, key=key)


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
    return str(document.get(spec.key, path.get(spec.key_param, ""))), document


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
    return None


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
