"""What must be true of the records of a file, together and beside those that are there."""

from __future__ import annotations

from collections.abc import Iterator

from connectapi.testing.conditions import equals
from connectapi.testing.seeding.item import Item
from connectapi.testing.seeding.references import naming
from connectapi.testing.seeding.sowing import Sowing

__all__ = ["check"]


def check(sowing: Sowing) -> None:
    """Note what is missing, and what there would be twice."""
    wrong = [fault.place for fault in sowing.faults]
    seen: set[tuple[object, ...]] = set()
    for item in sowing.items:
        if any(place[: len(item.place)] == item.place for place in wrong):
            continue  # one fault in a record often brings others, which would only confuse
        for message in (*_missing(sowing, item), *_clashes(sowing, item, seen)):
            sowing.fault(item.place, message)


def _missing(sowing: Sowing, item: Item) -> Iterator[str]:
    fields, method = sowing.world.fields(item.kind), item.spec.methods.get("create")
    for name in method.required if method else ():
        if name in fields and (fields[name].wire or name) not in item.document:
            yield f"{name} is missing"
    for name in item.spec.scope:
        if name not in item.path:
            yield f"{name} is missing: it says where the {item.kind} lies"
    key = item.spec.key
    if key and not item.key and sowing.world.key_of(item.kind) not in item.document:
        yield f"{key} is missing: it names the {item.kind}"


def _clashes(sowing: Sowing, item: Item, seen: set[tuple[object, ...]]) -> Iterator[str]:
    """Yield what the record has that just one record can have."""
    mark: tuple[object, ...]
    if item.key:
        mark = (item.kind, item.scope, item.key)
        if mark in seen or sowing.records.get(item.kind, item.key, item.scope) is not None:
            yield f"there is a {item.kind} with the {item.spec.key} {item.key!r} already"
            return
        seen.add(mark)
    for wires in _unique(sowing, item):
        values = {wire: item.document.get(wire) for wire in wires}
        mark = (item.kind, item.scope, *values.items())
        same = [equals(wire, value) for wire, value in values.items()]
        if mark in seen or sowing.records.count(item.kind, *same, scope=item.scope):
            yield f"{wires[0]}: there is a {item.kind} with {values[wires[0]]!r} already"
        seen.add(mark)


def _unique(sowing: Sowing, item: Item) -> Iterator[tuple[str, ...]]:
    """Yield which fields tell records apart: by the rules of the resource, and the name that references go by."""
    fields = sowing.world.fields(item.kind)
    for name, spec in fields.items():
        within = spec.unique if isinstance(spec.unique, tuple) else ()
        wires = tuple(fields[each].wire or each for each in (name, *within))
        if spec.unique and item.document.get(wires[0]) not in {None, ""}:
            yield wires
    own = naming(sowing.world, item.spec)
    if own in fields and not fields[own].unique and item.label:
        owners = {relation.by for relation in item.spec.relations.values() if relation.one and relation.by in fields}
        owners -= {item.spec.key, own}
        yield tuple(fields[each].wire or each for each in (own, *sorted(owners)))
