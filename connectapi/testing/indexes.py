"""What the tables are looked up by, besides their keys: as the specs say what lists are cut down to and sorted by."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from connectapi.spec.model import OperationSpec, ResourceSpec
from connectapi.testing.conditions import Index, Order, order_index, value_index

__all__ = ["indexes"]

#: What the server itself looks up: what is shared with somebody, which credential belongs to a listed key, which
#: usernames are taken.
_OWN: Final[Mapping[str, Index]] = {
    "Permission": value_index("principal_guid"),
    "User": order_index([Order("username")]),
    "_Credential": value_index("record"),
}

#: The types of fields whose values tell records apart.
_TELLING: Final = frozenset({"guid", "id", "str", "int"})


def indexes(specs: Iterable[ResourceSpec]) -> dict[str, list[Index]]:
    """Return the indexes of each table: a list that is asked for page by page is not sorted page by page."""
    found = {kind: [index] for kind, index in _OWN.items()}
    for spec in specs:
        operation = spec.operations().get("get") if "get" in spec.methods else None
        if operation is not None:
            declared = [*_orders(spec, operation), *map(value_index, _values(spec, operation))]
            found[spec.name] = list(dict.fromkeys([*found.get(spec.name, ()), *declared]))
    return found


def _orders(spec: ResourceSpec, operation: OperationSpec) -> Iterable[Index]:
    if operation.order:
        names = [(text.removeprefix("-"), not text.startswith("-")) for text in operation.order]
        yield order_index([Order(spec.fields[name].wire or name, ascending) for name, ascending in names])


def _values(spec: ResourceSpec, operation: OperationSpec) -> Iterable[str]:
    for name, param in operation.params.items():
        for field_name in param.filter.get("is", ()) if param.filter else (name,):
            field = spec.fields.get(field_name)
            # Of few values that a field can have each is in many records: to go through them all is as quick.
            if field is not None and field.ref.kind in _TELLING and not field.values and field_name != spec.key:
                yield field.wire or field_name
