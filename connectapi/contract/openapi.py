"""An OpenAPI 3 document as plain facts: its operations, with every reference followed."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from typing import Final

from attrs import field, frozen

__all__ = ["Operation", "Schema", "operations", "schema_names", "shape"]

_VERBS: Final = ("get", "post", "put", "patch", "delete")
_PLACEHOLDER: Final = re.compile(r"\{[^{}]*\}")


def shape(call: str) -> str:
    """Return a call with its placeholders unnamed: documents and declarations name them differently.

    Example:
        >>> shape("GET /v1/tags/{tag_id}/content")
        'GET /v1/tags/{}/content'
    """
    return _PLACEHOLDER.sub("{}", call)


@frozen(slots=False)
class Schema:
    """What a document says of one JSON value, with `$ref` followed and `allOf` merged.

    `kind` is the value's JSON type, empty where any will do; `name` is the component that
    describes it, empty where none does; `values` are those of `enum` or `x-known-values`.
    """

    kind: str
    name: str = ""
    format: str = ""
    nullable: bool = False
    values: tuple[str | int, ...] = ()
    _raw: Mapping[str, object] = field(factory=dict, repr=False, eq=False, alias="raw")
    _root: Mapping[str, object] = field(factory=dict, repr=False, eq=False, alias="root")

    @cached_property
    def properties(self) -> Mapping[str, Schema]:
        """The members of an object, by key; resolved when asked for, since schemas can be recursive."""
        return {key: _schema(self._root, _mapping(raw)) for key, raw in _mapping(self._raw.get("properties")).items()}

    @cached_property
    def items(self) -> Schema | None:
        """What each item of an array is."""
        return _schema(self._root, _mapping(self._raw.get("items"))) if self.kind == "array" else None

    @cached_property
    def others(self) -> Schema | None:
        """What each member of an object is that has free keys instead of fixed ones."""
        found = self._raw.get("additionalProperties")
        return _schema(self._root, found) if isinstance(found, Mapping) and not self.properties else None

    @property
    def required(self) -> tuple[str, ...]:
        """The keys that an object must have."""
        return tuple(key for key in _sequence(self._raw.get("required")) if isinstance(key, str))

    @property
    def maximum(self) -> int | None:
        """The largest whole number that it takes, if there is a limit."""
        found = self._raw.get("maximum")
        return found if isinstance(found, int) else None

    @property
    def shapeless(self) -> bool:
        """Whether it says nothing of what the value holds."""
        return self.kind in {"", "object"} and not self.properties and self.others is None

    def __str__(self) -> str:
        if self.kind == "array":
            text = f"array of {self.items}"
        elif self.others is not None:
            text = f"object of {self.others}"
        else:
            text = self.kind or "anything"
            text += f" {self.name}" if self.name and self.kind == "object" else ""
            text += f" ({self.format})" if self.format in {"uuid", "date-time", "binary"} else ""
        return f"{text} | null" if self.nullable else text


@frozen
class Operation:
    """One operation of a document: what goes in, and what a success answers.

    `required` are the parameters, of query and headers, that a call must have.
    """

    call: str
    query: Mapping[str, Schema]
    headers: Mapping[str, Schema]
    bodies: Mapping[str, Schema]
    answers: Mapping[str, Schema]
    status: tuple[int, ...]
    deprecated: bool
    tags: tuple[str, ...] = ()
    required: frozenset[str] = frozenset()


def operations(document: Mapping[str, object]) -> dict[str, Operation]:
    """Return the operations of a document by the `shape` of their calls.

    Raises:
        ValueError: it is not an OpenAPI 3 document, or a reference in it leads nowhere.
    """
    if not str(document.get("openapi", "")).startswith("3."):
        msg = f"not an OpenAPI 3 document: its 'openapi' is {document.get('openapi')!r}"
        raise ValueError(msg)
    found: dict[str, Operation] = {}
    for path, item in _mapping(document.get("paths")).items():
        methods = _mapping(item)
        for verb in _VERBS:
            if verb in methods:
                call = f"{verb.upper()} {path}"
                shared = _sequence(methods.get("parameters"))
                found[shape(call)] = _operation(document, call, _mapping(methods[verb]), shared)
    return found


def schema_names(document: Mapping[str, object]) -> frozenset[str]:
    """Return the names of the schemas that a document describes by themselves."""
    return frozenset(str(name) for name in _mapping(_mapping(document.get("components")).get("schemas")))


def _operation(root: Mapping[str, object], call: str, raw: Mapping[str, object], shared: Sequence[object]) -> Operation:
    places: dict[str, dict[str, Schema]] = {"query": {}, "header": {}}
    required: set[str] = set()
    for each in (*shared, *_sequence(raw.get("parameters"))):
        parameter = _followed(root, _mapping(each))
        place = places.get(str(parameter.get("in")))
        if place is not None:
            # x-known-values may stand beside the schema as well as in it.
            beside = {key: value for key, value in parameter.items() if key == "x-known-values"}
            name = str(parameter.get("name"))
            place[name] = _schema(root, {**_mapping(parameter.get("schema")), **beside})
            required.update([name] if parameter.get("required") is True else [])
    answers: dict[str, Schema] = {}
    status: list[int] = []
    for code, response in _mapping(raw.get("responses")).items():
        if str(code).startswith("2") and str(code).isdigit():
            status.append(int(code))
            answers = {**_content(root, _followed(root, _mapping(response))), **answers}
    return Operation(
        call=call,
        query=places["query"],
        headers=places["header"],
        bodies=_content(root, _followed(root, _mapping(raw.get("requestBody")))),
        answers=answers,
        status=tuple(sorted(status)),
        deprecated=raw.get("deprecated") is True,
        tags=tuple(str(tag) for tag in _sequence(raw.get("tags"))),
        required=frozenset(required),
    )


def _content(root: Mapping[str, object], raw: Mapping[str, object]) -> dict[str, Schema]:
    """Return the schemas of a body by media type, without its parameters such as `charset`."""
    found = _mapping(raw.get("content")).items()
    return {media.partition(";")[0]: _schema(root, _mapping(_mapping(each).get("schema"))) for media, each in found}


def _schema(root: Mapping[str, object], raw: Mapping[str, object]) -> Schema:
    name, flat = _flat(root, raw, ())
    kinds = [str(kind) for kind in _listed(flat.get("type"))]
    known = [*_sequence(flat.get("enum")), *_sequence(flat.get("x-known-values"))]
    plain = [kind for kind in kinds if kind != "null"]
    return Schema(
        kind=plain[0] if plain else ("object" if flat.get("properties") else ""),
        name=name,
        format=str(flat.get("format", "")),
        nullable=flat.get("nullable") is True or "null" in kinds,
        values=tuple(value for value in known if isinstance(value, (str, int))),
        raw=flat,
        root=root,
    )


def _flat(
    root: Mapping[str, object], raw: Mapping[str, object], seen: tuple[str, ...]
) -> tuple[str, dict[str, object]]:
    """Follow `$ref` and merge `allOf`; the name is that of the one component it comes down to."""
    pointer = raw.get("$ref")
    if isinstance(pointer, str):
        if pointer in seen:
            msg = f"the reference {pointer!r} leads back to itself"
            raise ValueError(msg)
        _, flat = _flat(root, _target(root, pointer), (*seen, pointer))
        return pointer.rpartition("/")[2], flat
    name = ""
    merged: dict[str, object] = {}
    properties: dict[str, object] = {}
    own = {key: value for key, value in raw.items() if key != "allOf"}
    parts = [_flat(root, _mapping(part), seen) for part in _sequence(raw.get("allOf"))]
    for part_name, part in (*parts, ("", own)):
        name = name or part_name
        properties.update(_mapping(part.get("properties")))
        nullable = merged.get("nullable") is True or part.get("nullable") is True
        merged = {**merged, **part, **({"nullable": True} if nullable else {})}
    if properties:
        merged["properties"] = properties
    return (name if len(parts) == 1 and "properties" not in own else ""), merged


def _followed(root: Mapping[str, object], raw: Mapping[str, object]) -> Mapping[str, object]:
    """Follow the reference that a parameter, body or response may be."""
    pointer = raw.get("$ref")
    return _target(root, pointer) if isinstance(pointer, str) else raw


def _target(root: Mapping[str, object], pointer: str) -> Mapping[str, object]:
    here: object = root
    for step in pointer.removeprefix("#/").split("/"):
        here = _mapping(here).get(step.replace("~1", "/").replace("~0", "~"))
    if not isinstance(here, Mapping):
        msg = f"the reference {pointer!r} leads nowhere"
        raise ValueError(msg)  # noqa: TRY004 -- it is the document that is wrong, not an argument's type
    return here


def _listed(value: object) -> Iterator[object]:
    """Yield a value, or each of a list of them: from OpenAPI 3.1 on, `type` can be a list."""
    if isinstance(value, str):
        yield value
    else:
        yield from _sequence(value)


def _mapping(value: object) -> Mapping[str, object]:
    return value if isinstance(value, Mapping) else {}


def _sequence(value: object) -> Sequence[object]:
    return value if isinstance(value, list) else ()
