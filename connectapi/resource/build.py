"""One resource or nested type → one attrs class. Pure: reads no file, sends nothing."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Final

import attrs

from connectapi.errors import SpecError
from connectapi.resource.record import Record, assign
from connectapi.resource.values import annotation, checker
from connectapi.spec.model import FieldSpec, ResourceSpec, TypeSpec

__all__ = ["MODULE", "build_record", "find_mixin"]

#: Where the classes are found by name, by people and by pickle.
MODULE: Final = "connectapi.resources"


def build_record(
    spec: ResourceSpec | TypeSpec,
    classes: Callable[[str], type[Record]],
    namespace: Mapping[str, object],
    mixin: type | None = None,
) -> type[Record]:
    """Make the class of a resource or a nested type.

    Args:
        spec: what is declared.
        classes: finds the class that a field's type names.
        namespace: the methods and properties the class gets.
        mixin: a class with behaviour that no declaration can say; it must have empty `__slots__`.

    Raises:
        SpecError: a field, action or relation takes a name that the mixin has.
    """
    _refuse_clash(spec, namespace, mixin)
    members = {name: _member(field, classes) for name, field in spec.fields.items()}
    body = {"__doc__": _doc(spec), "__module__": MODULE, "_spec": spec, **namespace}
    make_class: Any = attrs.make_class  # its published type lacks the arguments that `define` shares with it
    cls: type[Record] = make_class(
        spec.name,
        members,
        bases=(mixin, Record) if mixin else (Record,),
        class_body=body,
        slots=True,
        kw_only=True,
        repr=False,
        eq=True,
        unsafe_hash=False,
        getstate_setstate=False,
        on_setattr=assign,
    )
    cls.__module__ = MODULE
    # What msgspec goes by: it takes an id as it comes, and the codec makes text of it.
    cls.__annotations__.update(
        {name: str | int | None for name, field in spec.fields.items() if field.ref.kind == "id"}
    )
    return cls


def _member(field: FieldSpec, classes: Callable[[str], type[Record]]) -> Any:
    python_type = annotation(field.ref, classes)
    metadata = {
        "write": field.write,
        "secret": field.secret,
        "wire": field.wire,
        "id": field.ref.kind == "id",
        "nullable": field.ref.nullable,
        "check": checker(field),
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


def _refuse_clash(spec: ResourceSpec | TypeSpec, namespace: Mapping[str, object], mixin: type | None) -> None:
    taken = set(dir(Record)) | (set(dir(mixin)) if mixin else set())
    public = {name for name in taken if not name.startswith("__")}
    clashes = sorted((spec.fields.keys() | (namespace.keys() - {"get_one", "update"})) & public)
    if clashes:
        file = Path(getattr(spec, "file", "") or spec.name).name
        where = f" or of its mixin {mixin.__name__}" if mixin else ""
        msg = f"{file}: {spec.name}: {', '.join(clashes)}: already a name of every record{where}"
        raise SpecError(msg)


def find_mixin(spec: ResourceSpec) -> type | None:
    """Import the mixin that a resource names.

    Raises:
        SpecError: there is no such module or class, or it has slots of its own.
    """
    if not spec.mixin:
        return None
    module, _, name = spec.mixin.partition(":")
    file = Path(spec.file).name
    try:
        mixin = getattr(importlib.import_module(module), name)
    except (ImportError, AttributeError) as error:
        msg = f"{file}: mixin: can't find {spec.mixin!r}: {error}"
        raise SpecError(msg) from error
    if not isinstance(mixin, type) or getattr(mixin, "__slots__", None) != ():
        msg = f"{file}: mixin: {spec.mixin!r} must be a class with `__slots__ = ()`"
        raise SpecError(msg)
    return mixin
