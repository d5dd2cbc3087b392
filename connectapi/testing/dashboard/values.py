"""From a value of the API and its declared type to what a page shows: a moment, a yes, a link, a list."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Final, Literal, TypeAlias

from attrs import field, frozen

from connectapi.spec.grammar import TypeRef, parse_type
from connectapi.spec.model import FieldSpec, ResourceSpec
from connectapi.testing.dashboard.visit import Link, Visit
from connectapi.testing.formats import size, words

__all__ = ["Line", "Shown", "lines", "shown"]

Kind: TypeAlias = Literal["nothing", "text", "code", "time", "flag", "link", "items", "parts"]

_ANY: Final = parse_type("json")
_CODES: Final = frozenset({"guid", "id"})


_NO_LINK: Final = Link("", "")


@frozen
class Shown:
    """A value in the form that templates draw."""

    kind: Kind
    text: str = ""
    link: Link = _NO_LINK
    items: list[Shown] = field(factory=list)
    parts: list[tuple[str, Shown]] = field(factory=list)


@frozen
class Line:
    """A field of a record: what it is called, its value, what it is."""

    name: str
    label: str
    value: Shown
    doc: str


def lines(visit: Visit, spec: ResourceSpec, document: Mapping[str, Any], names: list[str] | None = None) -> list[Line]:
    """Return the fields of a record in the order of its declaration, those that the API told.

    Args:
        visit: who looks.
        spec: the resource.
        document: the record, as the API answers.
        names: which fields, in which order, if not all.
    """
    fields = visit.world.fields(spec.name)
    pointers = {relation.by: relation.one for relation in spec.relations.values() if relation.one}
    found = []
    for name in fields if names is None else names:
        each = fields.get(name)
        wire = each.wire or name if each else name
        if each is None or wire not in document:
            continue
        kind = pointers.get(name, "")
        value = shown(visit, each.ref, document[wire], unit=each.unit, points_to=kind)
        found.append(Line(name, words(_of_pointer(name) if kind else name), value, _doc(each)))
    return found


def _of_pointer(name: str) -> str:
    """Return what a field that holds a key points to: `owner_guid` → `owner`."""
    return name.removesuffix("_guid").removesuffix("_id") or name


def _doc(spec: FieldSpec) -> str:
    return spec.doc if not spec.deprecated else f"{spec.doc} Deprecated."


def shown(visit: Visit, ref: TypeRef, value: Any, *, unit: str = "", points_to: str = "") -> Shown:
    """Return one value; with `points_to`, it is the key of a record of that resource."""
    if value is None or value in ("", [], {}):
        return Shown("nothing")
    if points_to:
        link = visit.link(points_to, str(value))
        return Shown("link", str(value), link) if link.href else Shown("code", link.text)
    if isinstance(value, bool):
        return Shown("flag", "yes" if value else "no")
    if isinstance(value, list):
        return Shown("items", items=[shown(visit, ref.item or _ANY, each, unit=unit) for each in value])
    if isinstance(value, dict):
        return Shown("parts", parts=_parts(visit, ref, value))
    return _scalar(ref, value, unit)


def _parts(visit: Visit, ref: TypeRef, value: Mapping[str, Any]) -> list[tuple[str, Shown]]:
    fields = visit.world.fields(ref.kind) if ref.named else {}
    refs = {spec.wire or name: (spec.ref, spec.unit) for name, spec in fields.items()}
    found = []
    for name, each in value.items():
        own, unit = refs.get(name, (ref.item or _ANY, ""))
        found.append((words(name), shown(visit, own, each, unit=unit)))
    return found


def _scalar(ref: TypeRef, value: Any, unit: str) -> Shown:
    if ref.kind == "datetime":
        return Shown("time", str(value))
    if ref.kind in _CODES:
        return Shown("code", str(value))
    if unit == "bytes":
        return Shown("text", size(value))
    text = value if isinstance(value, str) else json.dumps(value)
    return Shown("text", f"{text} {unit}".strip())
