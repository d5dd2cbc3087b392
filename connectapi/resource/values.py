"""What a value of a declared type looks like in Python: its annotation, and its check."""

from __future__ import annotations

import datetime
import os
from collections.abc import Callable, Mapping
from typing import Any, Final

from connectapi.resource.record import Record
from connectapi.spec.grammar import TypeRef
from connectapi.spec.model import FieldSpec
from connectapi.spec.rules import Rules, broken_rule
from connectapi.types import Secret

__all__ = ["PYTHON_TYPES", "annotation", "check_rules", "check_value", "checker"]

#: The annotation of each word of the notation.
PYTHON_TYPES: Final[Mapping[str, Any]] = {
    "str": str,
    "int": int,
    "float": float,
    "bool": bool,
    "datetime": datetime.datetime,
    "guid": str,
    "id": str,
    "json": Any,
    "text": str,
    "none": type(None),
}

#: What an argument of each word may be, and how an error calls it.
_ACCEPTED: Final[Mapping[str, tuple[tuple[type, ...], str]]] = {
    "str": ((str, Secret), "text"),
    "int": ((int,), "a whole number"),
    "float": ((int, float), "a number"),
    "bool": ((bool,), "True or False"),
    "datetime": ((datetime.datetime,), "a datetime"),
    "guid": ((str,), "a guid as text"),
    "id": ((str, int), "an id as text"),
}


def annotation(ref: TypeRef, classes: Callable[[str], type[Record]]) -> Any:
    """Return the Python type that JSON of a declared type is read as; `classes` finds the class of a name.

    For a plugin's type that is the one of its JSON: `connectapi.resource.conversion` makes the values.
    """
    if ref.kind == "list" and ref.item is not None:
        found: Any = list[annotation(ref.item, classes)]  # type: ignore[misc]  # made here
    elif ref.kind == "map" and ref.item is not None:
        found = dict[str, annotation(ref.item, classes)]  # type: ignore[misc]  # made here
    elif ref.custom is not None:
        found = annotation(ref.custom.ref, classes)
    elif ref.scalar:
        found = PYTHON_TYPES[ref.kind]
    else:
        found = classes(ref.kind)
    return found if found is Any or not ref.nullable else found | None


def check_value(name: str, value: object, ref: TypeRef) -> None:
    """Refuse a value that is not of a declared type.

    None is let through: where the server does not take it, the server says so better.

    Raises:
        TypeError: it is of another type; the message has `name`, what was expected and found.
        ValueError: it is of a plugin's type, and breaks a rule of that.
    """
    if value is None or ref.kind == "json":
        return
    if ref.item is not None:
        _check_items(name, value, ref, ref.item)
    elif ref.kind == "file":
        _check_file(name, value)
    elif ref.named:
        if not isinstance(value, Mapping) and type(value).__name__ != ref.kind:
            raise _refusal(name, f"a {ref.kind}, or a dictionary of its fields", value)
    elif ref.custom is not None:
        if not isinstance(value, ref.custom.python):
            raise _refusal(name, f"a {ref.custom.python.__name__} ({ref.kind})", value)
        check_rules(name, ref.custom.json_of(value), ref.custom)
    else:
        accepted, words = _ACCEPTED[ref.kind]
        if not isinstance(value, accepted) or (isinstance(value, bool) and bool not in accepted):
            raise _refusal(name, words, value)


def _check_items(name: str, value: object, ref: TypeRef, item: TypeRef) -> None:
    if ref.kind == "list":
        if not isinstance(value, (list, tuple)):
            raise _refusal(name, f"a list ({ref})", value)
        for index, each in enumerate(value):
            check_value(f"{name}[{index}]", each, item)
    else:
        if not isinstance(value, Mapping):
            raise _refusal(name, "a dictionary", value)
        for key, each in value.items():
            check_value(f"{name}[{key!r}]", each, item)


def _check_file(name: str, value: object) -> None:
    if isinstance(value, (bytes, str, os.PathLike)) or hasattr(value, "read"):
        return
    raise _refusal(name, "a path, bytes or a binary file", value)


def _refusal(name: str, expected: str, value: object) -> TypeError:
    # The value itself is not shown: it may be a secret.
    msg = f"{name}: expected {expected}, found {type(value).__name__}"
    if isinstance(value, Record):
        msg += " (give its key)"
    return TypeError(msg)


def check_rules(name: str, value: object, rules: Rules) -> None:
    """Refuse a value that breaks a declared rule.

    Raises:
        ValueError: it is too long, too large, or of letters that it can't have.
    """
    if why := broken_rule(value, rules):
        msg = f"{name}: {why}"
        raise ValueError(msg)


def checker(spec: FieldSpec) -> Callable[[str, object], None]:
    """Return `check_value` and `check_rules` for one field."""

    def check(name: str, value: object) -> None:
        check_value(name, value, spec.ref)
        check_rules(name, value, spec)

    return check
