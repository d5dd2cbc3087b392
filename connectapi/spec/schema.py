"""The JSON Schema of resource files, so that editors complete and check them."""

from __future__ import annotations

import types
from collections.abc import Mapping
from typing import Any, Final, Literal, Union, get_args, get_origin, get_type_hints

import attrs

from connectapi.spec.grammar import SCALARS
from connectapi.spec.load import FILLED_IN, SHORT_FORMS
from connectapi.spec.model import ExtensionSpec, ResourceSpec, TypeSpec

__all__ = ["json_schema"]

_PLAIN: Final[Mapping[Any, Mapping[str, Any]]] = {
    str: {"type": "string"},
    int: {"type": "integer"},
    float: {"type": "number"},
    bool: {"type": "boolean"},
}


def json_schema() -> dict[str, Any]:
    """Return the schema of one document of a resource file, made from the model."""
    definitions: dict[str, Any] = {}
    resource, extension = _schema(ResourceSpec, definitions), _schema(ExtensionSpec, definitions)
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "A resource of connectapi, or an extension of one",
        "description": f"The words of types: {', '.join(SCALARS)}; the name of a class; list of …; map of …; … | null.",
        # So that a fault in a resource is not reported as one in an extension too.
        "if": {"required": ["extends"]},
        "then": extension,
        "else": resource,
        "$defs": definitions,
    }


def _schema(annotation: Any, definitions: dict[str, Any]) -> dict[str, Any]:
    if annotation in _PLAIN:
        return dict(_PLAIN[annotation])
    if isinstance(annotation, type) and attrs.has(annotation):
        return _reference(annotation, definitions)
    origin, args = get_origin(annotation), get_args(annotation)
    if origin is Literal:
        return {"enum": list(args)}
    if origin in {Union, types.UnionType}:
        options = [_schema(each, definitions) for each in args if each is not type(None)]
        return options[0] if len(options) == 1 else {"anyOf": options}
    if origin is tuple:
        return {"type": "array", "items": _schema(args[0], definitions)}
    keys = {"propertyNames": _schema(args[0], definitions)} if args[0] is not str else {}
    return {"type": "object", **keys, "additionalProperties": _schema(args[1], definitions)}


def _reference(cls: type, definitions: dict[str, Any]) -> dict[str, Any]:
    if cls.__name__ not in definitions:
        definitions[cls.__name__] = {}  # a place held, for a class that leads back to itself
        definitions[cls.__name__] = _object(cls, definitions)
    return {"$ref": f"#/$defs/{cls.__name__}"}


def _object(cls: type, definitions: dict[str, Any]) -> dict[str, Any]:
    hints = get_type_hints(cls)
    filled_in = FILLED_IN.get(cls, ())
    attributes = [each for each in attrs.fields(cls) if each.name not in filled_in]
    schema: dict[str, Any] = {
        "type": "object",
        "description": (cls.__doc__ or "").strip().split("\n")[0],
        "properties": {each.name: _schema(hints[each.name], definitions) for each in attributes},
        "required": [each.name for each in attributes if each.default is attrs.NOTHING],
        "additionalProperties": False,
    }
    if cls is TypeSpec:
        fields = schema["properties"]["fields"]
        return {"anyOf": [schema, fields]}
    if cls in SHORT_FORMS:
        return {"anyOf": [{"type": "string"}, schema]}
    return {"anyOf": [schema, {"type": "null"}]} if not schema["required"] else schema
