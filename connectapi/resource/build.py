"""One resource or nested type → one attrs class. Pure: reads no file, sends nothing."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

import attrs

from connectapi.resource.conversion import conversion_of
from connectapi.resource.mixins import Mixin, refuse_clashes
from connectapi.resource.record import Record, assign
from connectapi.resource.values import annotation, checker
from connectapi.spec.model import FieldSpec, ResourceSpec, TypeSpec

__all__ = ["MODULE", "build_record"]

#: Where the classes are found by name, by people and by pickle.
MODULE: Final = "connectapi.resources"


def build_record(
    spec: ResourceSpec | TypeSpec,
    classes: Callable[[str], type[Record]],
    namespace: Mapping[str, object],
    mixins: Sequence[Mixin] = (),
) -> type[Record]:
    """Make the class of a resource or a nested type.

    Args:
        spec: what is declared.
        classes: finds the class that a field's type names.
        namespace: the methods and properties the class gets.
        mixins: what has behaviour that no declaration can say, in the order in which methods are looked up.

    Raises:
        SpecError: a field, action or relation takes a name that the type's own mixin has.
        PluginError: a mixin of another plugin has a name that is taken.
    """
    refuse_clashes(spec, namespace, mixins)
    members = {name: _member(field, classes) for name, field in spec.fields.items()}
    body = {"__doc__": _doc(spec), "__module__": MODULE, "_spec": spec, **namespace}
    make_class: Any = attrs.make_class  # its published type lacks the arguments that `define` shares with it
    cls: type[Record] = make_class(
        spec.name,
        members,
        bases=(*(each.cls for each in mixins), Record),
        class_body=body,
        slots=True,
        kw_only=True,
        repr=False,
        weakref_slot=False,
        eq=True,
        unsafe_hash=False,
        getstate_setstate=False,
        on_setattr=assign,
    )
    cls.__module__ = MODULE
    return cls


def _member(field: FieldSpec, classes: Callable[[str], type[Record]]) -> Any:
    python_type = annotation(field.ref, classes)
    conversion = conversion_of(field.ref, secret=field.secret)
    metadata = {
        "write": field.write,
        "secret": field.secret,
        "wire": field.wire,
        "id": field.ref.kind == "id",
        "nullable": field.ref.nullable,
        "check": checker(field),
        "conversion": conversion,
        "column": field.ref.custom if field.ref.custom and field.ref.custom.column else None,
    }
    # Every field may be missing, whatever the contract says: see "Reading what a server sends".
    make_field: Any = attrs.field  # its published type has no room for a type that is made here
    optional = python_type if python_type is Any else python_type | None
    return make_field(type=optional, default=None, metadata=metadata)


def _doc(spec: ResourceSpec | TypeSpec) -> str:
    lines = [spec.doc, "", "Attributes:"]
    for name, field in spec.fields.items():
        notes = [field.doc]
        if field.values:
            notes.append(f"Known values: {', '.join(map(str, field.values))}.")
        if field.unit:
            notes.append(f"In {field.unit}.")
        if field.include:
            notes.append(f"Only with include={[field.include]!r}.")
        if field.since:
            notes.append(f"Since Connect {field.since}.")
        if field.deprecated:
            notes.append(f"Deprecated: use {field.deprecated}.")
        lines.append(f"    {name} ({field.type}): {' '.join(note for note in notes if note)}".rstrip(": "))
    return "\n".join(lines)
