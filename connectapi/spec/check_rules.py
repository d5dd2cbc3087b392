"""What must be right about the rules of values, and about the fields that rules, orders and filters name."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping

from connectapi.codes import code_number
from connectapi.errors import did_you_mean
from connectapi.spec.fault import Fault, Place
from connectapi.spec.grammar import TypeRef, parse_type
from connectapi.spec.model import FieldSpec, OperationSpec, ParamSpec, ResourceSpec

__all__ = ["absent", "references", "rules"]


def rules(place: Place, entry: FieldSpec | ParamSpec) -> Iterator[Fault]:
    """Yield what is wrong with the rules of one field or parameter."""
    ref = _parsed(entry.type)
    if entry.min is not None and entry.max is not None and entry.min > entry.max:
        yield Fault((*place, "min"), f"{entry.min:.15g} is more than 'max', {entry.max:.15g}")
    for word in ("min", "max"):
        if getattr(entry, word) is not None and ref and not _measured(ref):
            yield Fault((*place, word), f"{entry.type!r} is neither text, nor a number, nor a list")
    if isinstance(entry, FieldSpec):
        yield from _text_rules(place, entry, ref)


def _text_rules(place: Place, field: FieldSpec, ref: TypeRef | None) -> Iterator[Fault]:
    if field.pattern:
        if ref and ref.kind not in {"str", "id", "text"}:
            yield Fault((*place, "pattern"), f"only text has a pattern; this is {field.type!r}")
        try:
            re.compile(field.pattern)
        except re.error as error:
            yield Fault((*place, "pattern"), f"{field.pattern!r} is not a regular expression: {error}")
    if field.unique and ref and not ref.scalar:
        yield Fault((*place, "unique"), f"only a single value can be unique; this is {field.type!r}")
    if field.code:
        try:
            code_number(field.code)
        except ValueError:
            yield Fault((*place, "code"), f"{field.code!r} is not the name of one of Connect's errors")


def references(spec: ResourceSpec) -> Iterator[Fault]:
    """Yield the names of fields, in rules, orders and filters, that the resource does not have."""
    if spec.like:  # what is taken over is seen when all files are read
        return
    fields = spec.fields
    for name, field in fields.items():
        if isinstance(field.unique, tuple):
            yield from absent(("fields", name, "unique"), field.unique, fields)
    for group, operations in (("methods", spec.methods), ("actions", spec.actions)):
        for name, operation in operations.items():
            if _parsed(operation.returns) == TypeRef("list", TypeRef(spec.name)):
                yield from _list((group, name), operation, fields)
    for name, relation in spec.relations.items():
        if relation.gone and not relation.one:
            yield Fault(("relations", name, "gone"), "only a relation to 'one' can lose it")
        held = _parsed(fields[relation.by].type) if relation.by in fields else None
        if relation.gone == "clear" and held and not held.nullable:
            yield Fault(("relations", name, "gone"), f"{relation.by!r} can't be cleared: its type is not '… | null'")


def _list(place: Place, operation: OperationSpec, fields: Mapping[str, FieldSpec]) -> Iterator[Fault]:
    order = [name.removeprefix("-") for name in operation.order]
    yield from absent((*place, "order"), order, fields)
    for name, param in operation.params.items():
        for word, names in param.filter.items():
            yield from absent((*place, "params", name, "filter", word), names, fields)


def absent(place: Place, names: Iterable[str], fields: Mapping[str, FieldSpec]) -> Iterator[Fault]:
    """Yield the names of fields that there are none of."""
    for index, name in enumerate(names):
        if name not in fields:
            yield Fault((*place, str(index)), f"no field is called {name!r}{did_you_mean(name, list(fields))}")


def _measured(ref: TypeRef) -> bool:
    return ref.kind in {"str", "id", "text", "int", "float", "list", "map"}


def _parsed(text: str) -> TypeRef | None:
    try:
        return parse_type(text)
    except ValueError:  # which is a fault of its own
        return None
