"""Declared resources as an OpenAPI document: a first draft of the contract of what a plugin declares."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from attrs import define, field

from connectapi.contract.compare import PAGING
from connectapi.spec.grammar import TypeRef
from connectapi.spec.index import SpecIndex
from connectapi.spec.model import FieldSpec, OperationSpec, ParamSpec, ResourceSpec, TypeSpec

__all__ = ["described"]

_VERSION: Final = "3.1.0"

#: What each word of the notation is as a schema; `json` is anything.
_WORDS: Final[Mapping[str, Mapping[str, str]]] = {
    "str": {"type": "string"},
    "text": {"type": "string"},
    "guid": {"type": "string", "format": "uuid"},
    "id": {"type": "string"},
    "datetime": {"type": "string", "format": "date-time"},
    "file": {"type": "string", "format": "binary"},
    "int": {"type": "integer"},
    "float": {"type": "number"},
    "bool": {"type": "boolean"},
    "json": {},
}

#: The types of JSON, but for null.
_JSON_TYPES: Final = ("object", "array", "string", "number", "boolean")

_NO_CONTENT: Final = 204


def described(resources: Iterable[str], index: SpecIndex, title: str, version: str) -> dict[str, Any]:
    """Return an OpenAPI 3.1 document of all calls of some resources.

    Args:
        resources: their names.
        index: where they and what they name are declared.
        title: the name of the document.
        version: its version.
    """
    schemas = _Schemas(index)
    paths: dict[str, dict[str, Any]] = {}
    specs = [index.resource(name) for name in resources]
    for spec in specs:
        for name, operation in spec.operations().items():
            found = _Operation(spec, name, operation, schemas).described()
            paths.setdefault(operation.path, {})[operation.verb.lower()] = found
    return {
        "openapi": _VERSION,
        "info": {"title": title, "version": version},
        "servers": [{"url": "/__api__"}],
        "security": [{"key": []}],
        "tags": [{"name": spec.name, "description": spec.doc} for spec in specs],
        "paths": paths,
        "components": {
            "schemas": schemas.all(),
            "securitySchemes": {"key": {"type": "apiKey", "in": "header", "name": "Authorization"}},
        },
    }


@define
class _Schemas:
    """The schemas of a document: those of classes have names, and are described once."""

    _index: SpecIndex
    _named: dict[str, None] = field(factory=dict, init=False)

    def all(self) -> dict[str, Any]:
        """Return the schemas of all classes that were spoken of, and of those that these speak of."""
        made: dict[str, Any] = {}
        while names := [name for name in self._named if name not in made]:
            for name in names:
                made[name] = self._class(self._index.type(name))
        return dict(sorted(made.items()))

    def _class(self, spec: TypeSpec | ResourceSpec) -> dict[str, Any]:
        return {"type": "object", "description": spec.doc, "properties": self.members(spec.fields)}

    def members(self, fields: Mapping[str, FieldSpec]) -> dict[str, Any]:
        """Return the schemas of fields by the keys that they travel under."""
        return {each.wire or name: self.of(each) for name, each in fields.items()}

    def of(self, each: FieldSpec | ParamSpec) -> dict[str, Any]:
        """Return the schema of a field or a parameter."""
        made = self.type(each.ref)
        inner = made.get("items", made) if each.ref.kind == "list" else made
        if each.values:
            inner["x-known-values"] = list(each.values)
        made.update(_rules(each))
        said = " ".join(filter(None, (each.doc, f"In {each.unit}." if each.unit else "")))
        return {**made, "description": said} if said else made

    def type(self, ref: TypeRef) -> dict[str, Any]:
        """Return the schema of a type."""
        made = self._bare(ref)
        if not ref.nullable:
            return made
        if not made:
            return {"type": [*_JSON_TYPES, "null"]}
        if "$ref" in made:
            return {"allOf": [made], "type": ["object", "null"]}
        return {**made, "type": [made["type"], "null"]}

    def _bare(self, ref: TypeRef) -> dict[str, Any]:
        if ref.kind == "list" and ref.item is not None:
            return {"type": "array", "items": self.type(ref.item)}
        if ref.item is not None:
            return {"type": "object", "additionalProperties": self.type(ref.item)}
        if ref.named:
            self._named[ref.kind] = None
            return {"$ref": f"#/components/schemas/{ref.kind}"}
        if ref.custom is not None:
            return {**self.type(ref.custom.ref), "format": ref.custom.known_as}
        return dict(_WORDS[ref.kind])


def _rules(each: FieldSpec | ParamSpec) -> Iterator[tuple[str, object]]:
    number = each.ref.kind in {"int", "float"}
    noun = "" if number else {"list": "Items", "map": "Properties"}.get(each.ref.kind, "Length")
    for word, end in (("min", each.min), ("max", each.max)):
        if end is not None:
            yield (f"{word}{noun}" if noun else f"{word}imum"), int(end) if end == int(end) else end
    if isinstance(each, FieldSpec) and each.pattern:
        yield "pattern", f"^(?:{each.pattern})$"


@define
class _Operation:
    """One declared call."""

    _resource: ResourceSpec
    _name: str
    _declared: OperationSpec
    _schemas: _Schemas

    def described(self) -> dict[str, Any]:
        """Return the call as an OpenAPI document has it."""
        body = self._body()
        made: dict[str, Any] = {
            "operationId": f"{self._resource.name}.{self._name}",
            "tags": [self._resource.name],
            "summary": self._declared.doc or self._name.replace("_", " "),
            "parameters": [*self._path(), *self._params(), *self._paging()],
            **({"requestBody": body} if body else {}),
            "responses": self._responses(),
        }
        return {**made, "deprecated": True} if self._declared.deprecated else made

    def _path(self) -> Iterator[dict[str, Any]]:
        spec = self._resource
        for name in self._declared.placeholders:
            own = name == spec.key_param and spec.key in spec.fields
            schema = self._schemas.type(spec.fields[spec.key].ref) if own else {"type": "string"}
            yield {"name": name, "in": "path", "required": True, "schema": schema}

    def _params(self) -> Iterator[dict[str, Any]]:
        for name, each in self._declared.params.items():
            place = {"name": each.header, "in": "header"} if each.header else {"name": each.wire or name, "in": "query"}
            schema = self._schemas.of(each)
            yield {
                **place,
                **({"description": schema.pop("description")} if "description" in schema else {}),
                **({"required": True} if each.required else {}),
                **({"explode": False} if each.ref.kind == "list" and not each.header and each.join == "," else {}),
                "schema": schema,
            }

    def _paging(self) -> Iterator[dict[str, Any]]:
        page = self._declared.page
        for name in PAGING[page.kind] if page else ():
            schema: dict[str, Any] = {"type": "string"} if name in {"next", "previous"} else {"type": "integer"}
            if page and name in {"page_size", "limit"}:
                schema.update(maximum=page.size, default=page.usual)
            yield {"name": name, "in": "query", "schema": schema}

    def _body(self) -> dict[str, Any]:
        declared = self._declared
        fields = {**self._resource.sent_by(self._name), **declared.body}
        if not fields:
            return {}
        if declared.raw:
            schema: dict[str, Any] = {"type": "string", "format": "binary"}
        elif declared.whole:
            schema = self._schemas.of(fields[declared.whole])
        else:
            schema = {"type": "object", "properties": self._schemas.members(fields)}
            required = [
                each.wire or name for name, each in fields.items() if each.required or name in declared.required
            ]
            schema.update({"required": required} if required else {})
        return {"content": {declared.media: {"schema": schema}}}

    # What comes out ------------------------------------------------------------------------

    def _responses(self) -> dict[str, Any]:
        kind = self._declared.answer.kind
        content: dict[str, Any] = {}
        if kind in {"file", "text"}:
            media = "application/octet-stream" if kind == "file" else "text/plain"
            content = {media: {"schema": dict(_WORDS[kind])}}
        elif kind != "none":
            content = {"application/json": {"schema": self._answer()}}
        return {
            str(status): {
                "description": "Done." if status == _NO_CONTENT or not content else "What was asked for.",
                **({"content": content} if content and status != _NO_CONTENT else {}),
            }
            for status in self._declared.status
        }

    def _answer(self) -> dict[str, Any]:
        declared, schemas = self._declared, self._schemas
        if declared.renames:
            fields = schemas.members(schemas._index.type(declared.answer.kind).fields)
            keys = {name: key for key, name in declared.renames.items()}
            return {"type": "object", "properties": {keys.get(name, name): each for name, each in fields.items()}}
        answer = schemas.type(declared.answer)
        if not declared.items:
            return answer
        beside: dict[str, Any] = {}
        if declared.page and declared.page.kind == "offset":
            beside = {"current_page": {"type": "integer"}, "total": {"type": "integer"}}
        elif declared.page:
            cursors = {name: {"type": ["string", "null"]} for name in ("next", "previous")}
            beside = {"paging": _object({"cursors": _object(cursors)})}
        return _object({declared.items: answer, **beside})


def _object(members: Mapping[str, Any]) -> dict[str, Any]:
    return {"type": "object", "properties": dict(members)}
