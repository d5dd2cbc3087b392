"""The arguments of one call of the API: their names, their checks, and where each of them travels."""

from __future__ import annotations

import datetime
import inspect
import re
from collections.abc import Mapping, Sequence
from typing import Final, Literal
from urllib.parse import quote

from attrs import field, frozen

from connectapi.codec.encode import moment
from connectapi.errors import did_you_mean
from connectapi.locks import cached_property
from connectapi.query.search import Search
from connectapi.resource.values import check_rules, check_value
from connectapi.spec.grammar import TypeRef
from connectapi.spec.model import FieldSpec, OperationSpec, ResourceSpec
from connectapi.spec.rules import Rules
from connectapi.types import UNSET, Secret

__all__ = ["Argument", "Arguments", "arguments_of", "path_segment", "query_text"]

Where = Literal["path", "query", "header", "body"]

_UNFIT: Final = re.compile(r"[\x00-\x1f\x7f\ud800-\udfff]")
_SLASHES: Final = re.compile(r"[/\\]")
_STEP: Final = re.compile(r"\.{1,2}(;.*)?")
#: The longest text that can stand in a path, in characters: many servers refuse a first line of 8,000 bytes.
_LONGEST: Final = 2000
_GUID: Final = re.compile(r"[0-9A-Za-z._~-]+")

#: The placeholder of the one path in the API whose end may hold slashes.
_OPEN_PATH: Final = "path"


@frozen(kw_only=True, eq=False)
class Argument:
    """One argument of a call."""

    name: str
    where: Where
    ref: TypeRef
    wire: str
    required: bool = False
    join: str = ","
    doc: str = ""
    values: tuple[str | int, ...] = ()
    secret: bool = False
    default: str = ""
    terms: Mapping[str, FieldSpec] = field(factory=dict)
    rules: Rules | None = None

    def expects(self, value: object) -> TypeRef:
        """Return the type that a value must have: of a filter's list, one item may stand alone."""
        alone = self.where == "query" and self.ref.kind == "list" and not isinstance(value, (list, tuple))
        return self.ref.item if alone and self.ref.item is not None else self.ref

    def check(self, where: str, value: object) -> None:
        """Refuse a value that can't be right; as `Arguments.bind`."""
        check_value(where, value, self.expects(value))
        if self.rules is not None:
            check_rules(where, value, self.rules)


@frozen(slots=False)
class Arguments:
    """All arguments of a call."""

    call: str
    each: Mapping[str, Argument]

    @cached_property
    def positional(self) -> tuple[str, ...]:
        """Those that may be given by position: the path's, then the needed ones, or the only one of the body."""
        first = [name for name, each in self.each.items() if each.where == "path"]
        needed = [name for name, each in self.each.items() if each.required and name not in first]
        body = [name for name, each in self.each.items() if each.where == "body"]
        return (*first, *(needed or (body if len(body) == 1 else ())))

    def bind(self, args: Sequence[object], kwargs: Mapping[str, object]) -> dict[str, object]:
        """Return the arguments by name, checked.

        Args:
            args: the positional ones; they fill the places that no named one has taken.
            kwargs: the named ones; an `UNSET` one counts as not given.

        Raises:
            TypeError: one is unknown, missing, or of a wrong type.
            ValueError: one can't be sent as it is, or breaks a declared rule.
        """
        values = {name: value for name, value in kwargs.items() if value is not UNSET}
        for name in values:
            if name not in self.each:
                msg = f"{self.call}() has no argument {name!r}{did_you_mean(name, list(self.each))}"
                raise TypeError(msg)
        places = [name for name in self.positional if name not in values]
        if len(args) > len(places):
            names = f" ({', '.join(places)})" if places else ""
            msg = f"{self.call}() takes {len(places)} positional arguments{names} here; {len(args)} were given"
            raise TypeError(msg)
        values.update(zip(places, args, strict=False))
        values = {**{name: each.default for name, each in self.each.items() if each.default}, **values}
        for name, argument in self.each.items():
            if argument.required and values.get(name) is None and not (name in values and argument.ref.nullable):
                msg = f"{self.call}() needs {name!r} ({argument.ref})"
                raise TypeError(msg)
            if name in values:
                value = values[name]
                if argument.terms and isinstance(value, Search):
                    values[name] = value.text(f"{self.call}() {name}", argument.terms)
                argument.check(f"{self.call}() {name}", values[name])
        return values

    @cached_property
    def secret(self) -> tuple[str, ...]:
        """Those that no message may show."""
        return tuple(name for name, each in self.each.items() if each.secret)

    def without(self, names: Sequence[str]) -> Arguments:
        """Return these arguments less some that are known already."""
        return Arguments(self.call, {name: each for name, each in self.each.items() if name not in names})

    def signature(self, first: Sequence[str], own: Mapping[str, str], returns: str) -> inspect.Signature:
        """Return the signature that `help()` and editors show.

        Args:
            first: the names in front of the arguments.
            own: keyword arguments of the method itself, with their types.
            returns: the type of what it returns.
        """
        kind = inspect.Parameter
        shown = [kind(name, kind.POSITIONAL_OR_KEYWORD) for name in first]
        for name, each in self.each.items():
            by_place = name in self.positional
            shown.append(
                kind(
                    name,
                    kind.POSITIONAL_OR_KEYWORD if by_place else kind.KEYWORD_ONLY,
                    default=kind.empty if each.required else UNSET,
                    annotation=shown_type(each.ref),
                )
            )
        for name, type_ in own.items():
            default = kind.empty if name == "to" else None
            shown.append(kind(name, kind.KEYWORD_ONLY, default=default, annotation=type_))
        shown.sort(key=lambda each: (each.kind, each.default is not kind.empty))
        return inspect.Signature(shown, return_annotation=returns)


def shown_type(ref: TypeRef) -> str:
    """Return a declared type as Python writes it, with the names of classes as they are."""
    words = {"guid": "str", "id": "str", "json": "Any", "file": "BinarySource", "text": "str", "none": "None"}
    if ref.item is not None:
        inner = shown_type(ref.item)
        text = f"list[{inner}]" if ref.kind == "list" else f"dict[str, {inner}]"
    else:
        text = ref.custom.python.__name__ if ref.custom is not None else words.get(ref.kind, ref.kind)
    return f"{text} | None" if ref.nullable else text


def arguments_of(resource: ResourceSpec, name: str, operation: OperationSpec) -> Arguments:
    """Collect the arguments of a call from its path, its parameters and its body."""
    each: dict[str, Argument] = {}
    # The item itself first: Bundle.get_one(client, "61875", content_guid=…).
    for placeholder in sorted(operation.placeholders, key=lambda each: each != resource.key_param):
        ref = _placeholder_type(resource, placeholder)
        each[placeholder] = Argument(name=placeholder, where="path", ref=ref, wire=placeholder, required=True)
    for param, spec in operation.params.items():
        each[param] = Argument(
            name=param,
            where="header" if spec.header else "query",
            ref=spec.ref,
            wire=spec.header or spec.wire or param,
            required=spec.required,
            join=spec.join,
            doc=spec.doc,
            values=spec.values,
            secret=spec.secret,
            terms=spec.terms,
            rules=spec,
        )
    for field_name, field_spec in {**resource.sent_by(name), **operation.body}.items():
        required = field_spec.required or field_name in operation.required
        # What an update leaves out stays as it is; a default would change it.
        kept = name == "update" and field_name not in operation.body
        each[field_name] = Argument(
            name=field_name,
            where="body",
            ref=field_spec.ref,
            wire=field_spec.wire or field_name,
            required=required or ((field_name == operation.whole or operation.raw) and not field_spec.ref.nullable),
            doc=field_spec.doc,
            values=field_spec.values,
            secret=field_spec.secret,
            default="" if kept else field_spec.default,
            rules=field_spec,
        )
    return Arguments(f"{resource.name}.{name}", each)


def _placeholder_type(resource: ResourceSpec, placeholder: str) -> TypeRef:
    if placeholder == resource.key_param and resource.key in resource.fields:
        return resource.fields[resource.key].ref
    return TypeRef("guid" if placeholder.endswith("_guid") else "id")


def path_segment(call: str, name: str, value: object, ref: TypeRef) -> str:
    """Return a value as one segment of a path; no value can reach any other path.

    Raises:
        ValueError: it is empty, too long, or has control characters, half characters or a step
            such as `..`; a guid also with anything that no guid has.
    """
    text = str(value)
    if len(text) > _LONGEST:
        msg = f"{call}() {name}: a text of {len(text)} characters can't stand in a path; {_LONGEST} is the most"
        raise ValueError(msg)
    if ref.kind == "guid" and not _GUID.fullmatch(text):
        msg = f"{call}() {name}: {text!r} is not a guid, such as '6fd8666d-12e6-45d1-95a0-552679a6d5f9'"
        raise ValueError(msg)
    # Percent-encoded slashes, too: what stands before a server may decode them before it looks for steps.
    steps = _SLASHES.split(text)
    if not text or _UNFIT.search(text) or any(_STEP.fullmatch(step) for step in steps):
        msg = f"{call}() {name}: {text!r} can't stand in a path"
        raise ValueError(msg)
    if name == _OPEN_PATH:
        parts = text.split("/")
        if "" in parts:
            msg = f"{call}() {name}: {text!r} is not a path inside the bundle"
            raise ValueError(msg)
        return "/".join(quote(part, safe="") for part in parts)
    return quote(text, safe="")


def query_text(value: object, join: str) -> str:
    """Return a value as the query spells it: lists joined, times in RFC 3339, booleans in lower case.

    Raises:
        ValueError: one of a list would be read as several; or a time has no zone.
    """
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, Secret):
        return value.reveal()
    if isinstance(value, datetime.datetime):
        return moment(value)
    if isinstance(value, (list, tuple)):
        texts = [query_text(each, join) for each in value]
        if parted := next((text for text in texts if join in text), None):
            msg = f"{parted!r} can't be one of a list in the query: the server parts lists at {join!r}"
            raise ValueError(msg)
        return join.join(texts)
    return str(value)
