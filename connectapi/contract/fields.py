"""Declared types and fields against the schemas of a contract."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Final

import attrs
from attrs import frozen

from connectapi.contract.differences import NOTHING, Difference, Kind
from connectapi.contract.openapi import Schema
from connectapi.spec.grammar import TypeRef
from connectapi.spec.index import SpecIndex
from connectapi.spec.model import FieldSpec, ParamSpec

__all__ = ["FieldComparer", "Spot"]

#: The JSON types that each word of the notation stands for, and the formats of text that it does not.
_WORDS: Final[Mapping[str, tuple[tuple[str, ...], tuple[str, ...]]]] = {
    "str": (("string",), ("uuid", "date-time", "binary")),
    "guid": (("string",), ("date-time", "binary")),
    "id": (("string", "integer"), ("uuid", "date-time", "binary")),
    "int": (("integer",), ()),
    "float": (("number",), ()),
    "bool": (("boolean",), ()),
}


@frozen
class Spot:
    """Where in an operation two sides are held against each other.

    `missing` is the kind of difference that a member is which only one side has; `schema` is the
    contract's own name of the spot; `inside` are the pairs of type and schema around it.
    """

    operation: str
    place: str
    missing: Kind
    schema: str = ""
    inside: tuple[tuple[str, str], ...] = ()

    def member(self, key: str, around: Schema) -> Spot:
        """Return the spot of a member of the object that is here."""
        schema = f"{around.name}.{key}" if around.name else key
        return attrs.evolve(self, place=f"{self.place}.{key}", schema=schema)

    def difference(self, kind: Kind, declared: object = NOTHING, contract: object = NOTHING) -> Difference:
        """Return a difference that is here."""
        return Difference(kind, self.operation, self.place, str(declared), str(contract), self.schema)


@frozen
class FieldComparer:
    """Compares declared types with schemas, down to the last nested field."""

    index: SpecIndex

    def parameters(
        self, spot: Spot, declared: Mapping[str, ParamSpec], contract: Mapping[str, Schema]
    ) -> Iterator[Difference]:
        """Yield what differs between parameters, given by the names they travel under."""
        for name in dict.fromkeys((*declared, *contract)):
            here = attrs.evolve(spot, place=f"{spot.place}.{name}")
            param, schema = declared.get(name), contract.get(name)
            if param is None or schema is None:
                yield here.difference(spot.missing, param.type if param else NOTHING, schema or NOTHING)
                continue
            yield from _values(here, param, schema)
            if not (param.ref.kind == "list" and schema.kind == "string"):  # a list travels as one text
                yield from self.value(here, param.ref, schema, any_null=True)

    def value(
        self, spot: Spot, ref: TypeRef, schema: Schema, *, any_null: bool = False, partial: bool = False
    ) -> Iterator[Difference]:
        """Yield what differs between a declared type and a schema.

        Args:
            spot: where the value stands.
            ref: the declared type.
            schema: the contract's.
            any_null: whether it does not matter if only one side takes null.
            partial: whether the contract's object may lack declared fields.
        """
        fits = _fits(ref, schema)
        if not fits or (ref.nullable != schema.nullable and not any_null):
            named = spot if spot.schema else attrs.evolve(spot, schema=schema.name)
            yield named.difference("type", ref, schema)
        inner = schema.items if ref.kind == "list" else schema.others
        if fits and ref.item is not None and inner is not None:
            yield from self.value(spot, ref.item, inner)
        elif fits and ref.named and (ref.kind, schema.name) not in spot.inside:
            inside = (*spot.inside, (ref.kind, schema.name)) if schema.name else spot.inside
            fields = self.index.type(ref.kind).fields
            yield from self.members(attrs.evolve(spot, inside=inside), fields, schema, partial=partial)

    def members(
        self,
        spot: Spot,
        fields: Mapping[str, FieldSpec],
        schema: Schema,
        *,
        any_null: Collection[str] = (),
        partial: bool = False,
    ) -> Iterator[Difference]:
        """Yield what differs between declared fields and the members of an object, as `value` does.

        `any_null` names the fields of which it does not matter if only one side takes null.
        """
        wires = {field.wire or name: (name, field) for name, field in fields.items()}
        for key, (name, field) in wires.items():
            here, member = spot.member(key, schema), schema.properties.get(key)
            if member is not None:
                yield from _values(here, field, member)
                yield from self.value(here, field.ref, member, any_null=name in any_null)
            elif not partial:
                yield here.difference(spot.missing, declared=field.type)
        for key, member in schema.properties.items():
            if key not in wires:
                yield spot.member(key, schema).difference(spot.missing, contract=member)


def _fits(ref: TypeRef, schema: Schema) -> bool:
    """Whether a declared type is of the sort that a schema describes, whatever is inside."""
    if ref.kind in {"json", "map"} and schema.shapeless:
        return ref.item is None or ref.item.kind == "json"
    if ref.kind in {"list", "map"}:
        return schema.kind == "array" if ref.kind == "list" else schema.others is not None
    if ref.kind in {"datetime", "file"}:
        return schema.format == {"datetime": "date-time", "file": "binary"}[ref.kind]
    if ref.named:
        return schema.kind == "object" and bool(schema.properties)
    if ref.custom is not None:
        return schema.format == ref.custom.known_as or _fits(ref.custom.ref, schema)
    kinds, foreign = _WORDS.get(ref.kind, ((), ()))
    return schema.kind in kinds and schema.format not in foreign


def _values(spot: Spot, declared: FieldSpec | ParamSpec, schema: Schema) -> Iterator[Difference]:
    """Yield the values that the contract knows and the declaration does not."""
    known = schema.values or (schema.items.values if schema.items is not None else ())
    if set(known) - set(declared.values):
        shown = (", ".join(map(str, values)) or NOTHING for values in (declared.values, known))
        yield spot.difference("values", *shown)
