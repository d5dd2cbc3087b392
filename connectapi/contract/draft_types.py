"""The schemas of a document in the notation of types, and the nested types that they need."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from typing import Final

from connectapi.contract.naming import argument_name, class_name, field_name, singular
from connectapi.contract.openapi import Schema
from connectapi.spec.index import SpecIndex

__all__ = ["DOC", "Types", "entry", "has_class", "identity"]

#: What stands where only a person can say something.
DOC: Final = "…"

#: How many lists and maps may stand in one another: more is a schema that leads back to itself.
_DEEPEST: Final = 4

_SECRET: Final = re.compile(r"(^|_)(password|secret|token|private_key|api_key|client_secret)$")
_FORMATS: Final[Mapping[str, str]] = {"uuid": "guid", "date-time": "datetime", "binary": "str"}
_KINDS: Final[Mapping[str, str]] = {"integer": "int", "number": "float", "boolean": "bool", "string": "str"}


def identity(schema: Schema) -> object:
    """Return what tells a schema of an object from others: its name, or if it has none, its members."""
    try:
        return schema.name or tuple((key, str(member)) for key, member in schema.properties.items())
    except RecursionError:  # a list of lists of itself
        return tuple(schema.properties)


def has_class(schema: Schema, index: SpecIndex) -> bool:
    """Whether there is a class of a schema's name already."""
    return schema.name.isidentifier() and index.knows(schema.name)


def entry(schema: Schema, type_: str, key: str, name: str, **more: object) -> dict[str, object]:
    """Return what a resource file says of a field or parameter.

    Args:
        schema: what the document says.
        type_: its type in our notation.
        key: the name that it travels under.
        name: its name in the file.
        more: further keys, in front of the documentation.
    """
    inner = schema.items if schema.kind == "array" else schema
    wanted = {"str": str, "list of str": str, "int": int}.get(type_.removesuffix(" | null"))
    values = [each for each in inner.values if type(each) is wanted] if inner is not None else []
    said: dict[str, object] = {"type": type_, **more}
    if values:
        said["values"] = values
    if key != name:
        said["wire"] = key
    if type_.startswith("str") and _SECRET.search(name):
        said["secret"] = True
    return {**said, "doc": DOC}


class Types:
    """The types of one draft, made as they are asked for.

    Args:
        index: what is declared already; a schema that has a class of its name is that class.
        resource: the name of the drafted resource.
    """

    def __init__(self, index: SpecIndex, resource: str) -> None:
        self._index = index
        self.resource = resource
        self._names: dict[object, str] = {}
        self._open: list[object] = []
        self._custom = {each.known_as: word for word, each in index.words.items()}
        self.made: dict[str, dict[str, object]] = {}

    def own(self, schema: Schema) -> None:
        """Say which schema the resource itself is."""
        self._names[identity(schema)] = self.resource

    def is_own(self, schema: Schema | None) -> bool:
        """Whether a schema is the resource itself."""
        return schema is not None and self._names.get(identity(schema)) == self.resource

    def ref(self, schema: Schema, hint: str) -> str:
        """Return a schema in our notation.

        Args:
            schema: the schema.
            hint: what the value is called, from which an unnamed type gets its name.
        """
        return f"{self.base(schema, hint)} | null" if schema.nullable else self.base(schema, hint)

    def base(self, schema: Schema, hint: str) -> str:
        """Return a schema in our notation, whether or not it can be null."""
        return self._base(schema, hint, 0)

    def _base(self, schema: Schema, hint: str, depth: int) -> str:
        inner = schema.items if schema.kind == "array" else schema.others
        if whole := self._custom.get(schema.format, "json" if depth > _DEEPEST else ""):
            return whole
        if schema.kind == "array" or inner is not None:
            text = "json" if inner is None else self._base(inner, singular(hint), depth + 1)
            return f"{'list' if schema.kind == 'array' else 'map'} of {text}"
        if schema.kind == "object" and schema.properties:
            return self._class(schema, hint)
        if schema.kind in {"string", "integer"} and schema.format not in _FORMATS and re.search(r"(^|_)id$", hint):
            return "id"
        if schema.kind == "string" and schema.format in _FORMATS:
            return _FORMATS[schema.format]
        return _KINDS.get(schema.kind, "json")

    def fields(self, schema: Schema, taken: Collection[str] = ()) -> dict[str, dict[str, object]]:
        """Return the members of an object as fields."""
        self._open.append(identity(schema))
        made: dict[str, dict[str, object]] = {}
        for key, member in schema.properties.items():
            name = field_name(str(key), {*taken, *made})
            made[name] = entry(member, self.ref(member, name), str(key), name)
        self._open.pop()
        return made

    def body(self, schema: Schema, taken: Collection[str]) -> dict[str, dict[str, object]]:
        """Return the members of an object that is sent, as arguments."""
        made: dict[str, dict[str, object]] = {}
        for key, member in schema.properties.items():
            name = argument_name(str(key), {*taken, *made})
            needed: dict[str, object] = {"required": True} if key in schema.required else {}
            made[name] = entry(member, self.ref(member, name), str(key), name, **needed)
        return made

    def _class(self, schema: Schema, hint: str) -> str:
        known = identity(schema)
        if known in self._open:
            return "json"  # a class can't have fields of its own kind
        if known in self._names:
            return self._names[known]
        if has_class(schema, self._index):
            return schema.name
        wanted = schema.name or f"{self.resource}{class_name(hint.replace('_', ' ').title())}"
        name = class_name(wanted, {*self._index.names(), *self.made, self.resource})
        self._names[known] = name
        self.made[name] = {}  # a place held, in the order in which types are met
        self.made[name] = {"doc": DOC, "fields": self.fields(schema)}
        return name
