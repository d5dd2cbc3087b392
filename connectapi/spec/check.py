"""What makes a resource right beyond its shape: names that don't clash, types that exist."""

from __future__ import annotations

import builtins
import keyword
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import chain
from typing import Final

from connectapi.errors import did_you_mean
from connectapi.spec.check_rules import references, rules
from connectapi.spec.fault import Fault, Place
from connectapi.spec.grammar import SCALARS, parse_type
from connectapi.spec.model import (
    FieldSpec,
    OperationSpec,
    ParamSpec,
    RelationSpec,
    ResourceSpec,
    TypeSpec,
    placeholders,
)

__all__ = [
    "CLASS_NAME",
    "METHODS",
    "OF_THE_CLIENT",
    "RESERVED",
    "Names",
    "any_class",
    "argument_faults",
    "check",
    "field_faults",
    "held_faults",
    "member_faults",
    "operation_faults",
    "relation_faults",
    "target_faults",
    "type_faults",
]

#: The methods that a file may declare under `methods`.
METHODS: Final = ("get", "get_one", "create", "update", "delete")

#: What every class has, or may have, so that no field, action or relation can be called so.
RESERVED: Final = frozenset({*METHODS, "self", "iter", "count", "refresh", "dict", "extra", "bind"})

#: What a client has of its own, so that no collection can be called so.
OF_THE_CLIENT: Final = frozenset(
    [
        "api_endpoint",
        "as_viewer",
        "catalog",
        "close",
        "concurrency",
        "connect_api_key",
        "connect_server",
        "deadline",
        "download",
        "oauth",
        "progress",
        "request",
        "send",
        "server_version",
        "time_left",
        "with_options",
        "without_deadline",
    ]
)

#: The arguments that the query methods have of their own.
_OWN_ARGUMENTS: Final = frozenset({"self", "cls", "client", "page_size", "to"})

#: How a class is called.
CLASS_NAME: Final = re.compile(r"[A-Z][A-Za-z0-9]*")

_VERBS: Final = ("GET", "POST", "PUT", "PATCH", "DELETE")

#: The verbs whose calls may do something twice when they arrive twice.
_UNREPEATABLE: Final = frozenset({"POST", "PATCH"})
_RELEASE: Final = re.compile(r"\d{4}\.\d{2}\.\d+")
_SEGMENT: Final = re.compile(r"(/(\w[\w.-]*|\{[a-z]\w*\}))+")
_TARGET: Final = re.compile(r"[\w.]+:\w+")


def any_class(name: str) -> bool:
    """Whether a name could be that of a class; for those who do not know which there are."""
    return bool(CLASS_NAME.fullmatch(name))


def check(spec: ResourceSpec, known: Callable[[str], bool]) -> Iterator[Fault]:
    """Yield what is wrong with a resource; `known` says whether there is a class of a name, or a plugin's word."""
    names = Names(spec, known)
    yield from _head(spec)
    yield from chain.from_iterable(
        field_faults(("fields", name), name, field, names) for name, field in spec.fields.items()
    )
    yield from references(spec)
    yield from type_faults(spec.types, names)
    yield from _methods(spec, names)
    for name, operation in spec.actions.items():
        yield from member_faults(("actions", name), name, spec)
        yield from operation_faults(("actions", name), operation, spec, names)
    for name, relation in spec.relations.items():
        yield from member_faults(("relations", name), name, spec)
        yield from relation_faults(("relations", name), relation, names)
        yield from held_faults(("relations", name), relation, spec)


def type_faults(types: Mapping[str, TypeSpec], names: Names) -> Iterator[Fault]:
    """Yield what is wrong with nested types."""
    for type_name, type_spec in types.items():
        if not CLASS_NAME.fullmatch(type_name):
            yield Fault(("types", type_name), "a type is named in CapWords")
        yield from names.like(("types", type_name, "like"), type_spec.like)
        for name, field in type_spec.fields.items():
            yield from field_faults(("types", type_name, "fields", name), name, field, names)


class Names:
    """The names of classes, and plugins' words, that a type in this resource may use."""

    def __init__(self, spec: ResourceSpec, known: Callable[[str], bool]) -> None:
        self._own = {spec.name, *spec.types}
        self._known = known

    def __contains__(self, name: str) -> bool:
        return name in self._own or self._known(name)

    def like(self, place: Place, name: str) -> Iterator[Fault]:
        """Yield that there is nothing of a name to take fields from."""
        if name and name not in self:
            yield Fault(place, f"no resource or type is called {name!r}{did_you_mean(name, sorted(self._own))}")

    def type(self, place: Place, text: str) -> Iterator[Fault]:
        """Yield what is wrong with a type as it is written."""
        try:
            ref = parse_type(text)
        except ValueError as error:
            yield Fault(place, str(error))
            return
        for name in (*ref.names(), *ref.words()):
            if name not in SCALARS and name not in self:
                near = did_you_mean(name, [*SCALARS, *sorted(self._own)])
                yield Fault(place, f"unknown type {name!r}{near}")


def _head(spec: ResourceSpec) -> Iterator[Fault]:
    if not CLASS_NAME.fullmatch(spec.name):
        yield Fault(("name",), f"{spec.name!r}: a resource is named in CapWords")
    if spec.name in dir(builtins):
        yield Fault(("name",), f"{spec.name!r} is a name of Python's own")
    if spec.collection and (spec.collection in OF_THE_CLIENT or not _plain(spec.collection)):
        yield Fault(("collection",), f"{spec.collection!r} can't be an attribute of the client")
    if spec.path and not _SEGMENT.fullmatch(spec.path):
        yield Fault(("path",), f"{spec.path!r} is not a path such as /v1/content/{{content_guid}}/bundles")
    if not spec.like:  # what is taken over is seen when all files are read
        yield from _own_fields(spec)
    yield from target_faults(spec)


def _own_fields(spec: ResourceSpec) -> Iterator[Fault]:
    if spec.key and spec.key not in spec.fields:
        yield Fault(("key",), f"no field is called {spec.key!r}{did_you_mean(spec.key, list(spec.fields))}")
    for index, name in enumerate(spec.label):
        if name not in spec.fields:
            near = did_you_mean(name, list(spec.fields))
            yield Fault(("label", str(index)), f"no field is called {name!r}{near}")


def target_faults(spec: ResourceSpec) -> Iterator[Fault]:
    """Yield the mixins and commands that are not named as such."""
    if spec.mixin and not _TARGET.fullmatch(spec.mixin):
        yield Fault(("mixin",), f"{spec.mixin!r} is not of the form package.module:Class")
    for name, target in spec.commands.items():
        if not _TARGET.fullmatch(target):
            yield Fault(("commands", name), f"{target!r} is not of the form package.module:function")


def _plain(name: str) -> bool:
    return name.isidentifier() and not keyword.iskeyword(name) and not name.startswith("_")


def _name(place: Place, name: str, reserved: Iterable[str] = ()) -> Iterator[Fault]:
    if keyword.iskeyword(name):
        yield Fault(place, f"{name!r} is a keyword of Python; choose another name and give this one as 'wire'")
    elif name.startswith("_"):
        yield Fault(place, f"{name!r}: names that begin with _ are private; give this one as 'wire'")
    elif not name.isidentifier():
        yield Fault(place, f"{name!r} is not a name in Python; choose one and give this one as 'wire'")
    elif name in reserved:
        yield Fault(place, f"{name!r} is a method of every resource; choose another name and give this one as 'wire'")


def member_faults(place: Place, name: str, spec: ResourceSpec) -> Iterator[Fault]:
    """Yield what is wrong with the name of an action or a relation."""
    yield from _name(place, name, RESERVED)
    kind = place[0]
    for other in ("fields", "actions", "relations"):
        if other != kind and name in getattr(spec, other):
            yield Fault(place, f"there is a {other.removesuffix('s')} called {name!r} already")


def field_faults(place: Place, name: str, field: FieldSpec, names: Names) -> Iterator[Fault]:
    """Yield what is wrong with a field, but for its place among others."""
    yield from _name(place, name, RESERVED)
    yield from names.type(place, field.type)
    yield from _values(place, field)
    yield from rules(place, field)
    yield from _release(place, field.since)


def _values(place: Place, field: FieldSpec | ParamSpec) -> Iterator[Fault]:
    wanted = int if field.type.removesuffix("| null").strip() == "int" else str
    for index, value in enumerate(field.values):
        if not isinstance(value, wanted):
            yield Fault((*place, "values", str(index)), f"{value!r} is not of the type {field.type!r}")


def _release(place: Place, since: str) -> Iterator[Fault]:
    if since and not _RELEASE.fullmatch(since):
        yield Fault((*place, "since"), f"{since!r} is not a release such as '2024.05.0'")


def _methods(spec: ResourceSpec, names: Names) -> Iterator[Fault]:
    for name, operation in spec.methods.items():
        place = ("methods", name)
        if name not in METHODS:
            yield Fault(place, f"not a method{did_you_mean(name, METHODS)}; other calls are 'actions'")
            continue
        if not spec.path and not operation.call.startswith(_VERBS):
            yield Fault(place, "give the resource a 'path', or this method a 'call'")
        yield from operation_faults(place, operation, spec, names)


def operation_faults(place: Place, operation: OperationSpec, spec: ResourceSpec, names: Names) -> Iterator[Fault]:
    """Yield what is wrong with a call."""
    yield from _call((*place, "call"), operation.call)
    for index, call in enumerate(operation.also):
        yield from _call((*place, "also", str(index)), call)
        if more := set(placeholders(call)) - set(operation.placeholders):
            yield Fault((*place, "also", str(index)), f"the call itself has no {{{min(more)}}}")
    yield from names.type((*place, "returns"), operation.returns)
    yield from _release(place, operation.since)
    yield from argument_faults(place, operation, names)
    yield from _body(place, operation, spec)
    if operation.repeatable and operation.verb not in _UNREPEATABLE:
        yield Fault((*place, "repeatable"), f"every {operation.verb} is; leave it out")
    if operation.page and not operation.returns.startswith("list of "):
        yield Fault((*place, "page"), f"only a list comes in pages; this returns {operation.returns!r}")
    if operation.page and operation.page.reverse:
        turns = operation.params.get(operation.page.reverse)
        if turns is None or turns.type != "bool":
            yield Fault((*place, "page", "reverse"), f"{operation.page.reverse!r} is no parameter of the type bool")


def _call(place: Place, text: str) -> Iterator[Fault]:
    verb, _, path = text.partition(" ")
    if verb not in _VERBS or not _SEGMENT.fullmatch(path):
        yield Fault(place, f"{text!r} is not of the form 'GET /v1/content/{{content_guid}}'")


def argument_faults(place: Place, operation: OperationSpec, names: Names) -> Iterator[Fault]:
    """Yield what is wrong with the parameters and the body of a call."""
    groups: Sequence[tuple[str, Mapping[str, FieldSpec | ParamSpec]]] = (
        ("params", operation.params),
        ("body", operation.body),
    )
    seen = {*_OWN_ARGUMENTS, *operation.placeholders}
    for group, entries in groups:
        for name, entry in entries.items():
            where = (*place, group, name)
            yield from _name(where, name)
            yield from names.type(where, entry.type)
            yield from _values(where, entry)
            yield from rules(where, entry)
            yield from _release(where, entry.since)
            for term, filter_ in (entry.terms if isinstance(entry, ParamSpec) else {}).items():
                yield from _name((*where, "terms", term), term)
                yield from names.type((*where, "terms", term), filter_.type)
            if name in seen:
                yield Fault(where, f"the call has an argument called {name!r} already")
            seen.add(name)


def _body(place: Place, operation: OperationSpec, spec: ResourceSpec) -> Iterator[Fault]:
    body = operation.body
    if operation.whole and list(body) != [operation.whole]:
        yield Fault((*place, "whole"), f"the body must be {operation.whole!r} and nothing else")
    files = [name for name, field in body.items() if field.type.removesuffix("| null").strip() == "file"]
    if operation.raw and (len(body) != 1 or not files):
        yield Fault((*place, "media"), f"{operation.media!r} needs one body field, of type 'file'")
    sendable = {*body, *operation.params, *(n for n, f in spec.fields.items() if f.write != "never")}
    for index, name in enumerate(operation.required):
        if name not in sendable:
            near = did_you_mean(name, sorted(sendable))
            yield Fault((*place, "required", str(index)), f"{name!r} is not an argument of the call{near}")


def relation_faults(place: Place, relation: RelationSpec, names: Names) -> Iterator[Fault]:
    """Yield what is wrong with where a relation leads."""
    target = relation.many or relation.one
    if bool(relation.many) == bool(relation.one):
        yield Fault(place, "a relation has either 'many' or 'one'")
    elif target not in names:
        yield Fault(place, f"no resource is called {target!r}")
    yield from _release(place, relation.since)


def held_faults(place: Place, relation: RelationSpec, spec: ResourceSpec) -> Iterator[Fault]:
    """Yield the fields that a relation goes by and the resource does not have."""
    if relation.one and relation.by not in spec.fields:
        yield Fault((*place, "by"), f"no field is called {relation.by!r}{did_you_mean(relation.by, list(spec.fields))}")
    for param, name in relation.where.items():
        if name not in spec.fields:
            near = did_you_mean(name, list(spec.fields))
            yield Fault((*place, "where", param), f"no field is called {name!r}{near}")
