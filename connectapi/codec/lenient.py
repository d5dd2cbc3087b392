"""Plain data → objects, taking what real servers send beside the contract.

Rules, in short: null is welcome anywhere; a number is welcome as text and text as a number where
nothing is lost; one object is welcome as a list of one and the other way round; unknown keys are
kept. What remains is a `Mismatch`, with the path to it.
"""

from __future__ import annotations

import datetime
import types
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any, Final, Union, get_args, get_origin

import attrs
import msgspec

__all__ = ["Fill", "Mismatch", "converter", "describe", "fill", "read_time"]

#: How much of a text that was found a message shows, in characters.
_SHOWN: Final = 60

Convert = Callable[[Any], Any]


class Mismatch(Exception):
    """A value can't be read as what was asked for."""

    def __init__(self, expected: str, found: object) -> None:
        super().__init__(expected, found)
        self.expected = expected
        self.found = found
        self.path = ""
        self.item = ""

    def within(self, step: str) -> Mismatch:
        """Note one step of the way from the top of the answer to the value."""
        self.path = step + self.path
        return self


def describe(value: object) -> str:
    """Say what a JSON value is, in few words and without quoting much of it."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return f"the JSON value {str(value).lower()}"
    if isinstance(value, (int, float)):
        return f"the number {short(str(value))}"
    if isinstance(value, str):
        return f"the text {value!r}" if len(value) <= _SHOWN else f"a text that begins {value[:_SHOWN]!r}"
    if isinstance(value, list):
        return f"a list of {len(value)}"
    return (
        f"an object with the keys {[short(key) for key in sorted(value)[:6]]}"
        if isinstance(value, dict)
        else repr(value)
    )


def short(text: str) -> str:
    """Return a text, or its beginning if it is too long to be shown."""
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…"


def _text(value: Any) -> Any:
    if isinstance(value, str):
        return value
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return str(value)
    raise Mismatch("text", value)


def _whole(value: Any) -> Any:
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, str):
        try:
            return msgspec.convert(value, int, strict=False)
        except msgspec.ValidationError:
            pass
    raise Mismatch("a whole number", value)


def _number(value: Any) -> Any:
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        try:
            return float(value)
        except OverflowError:
            raise Mismatch("a number that a computer can hold", value) from None
    if isinstance(value, str):
        try:
            return msgspec.convert(value, float, strict=False)
        except msgspec.ValidationError:
            pass
    raise Mismatch("a number", value)


def _flag(value: Any) -> Any:
    if isinstance(value, bool):
        return value
    if isinstance(value, str) and value in {"true", "false"}:
        return value == "true"
    raise Mismatch("true or false", value)


def read_time(value: Any) -> datetime.datetime | None:
    """Return the time that a text says; None for None.

    Raises:
        Mismatch: it is no RFC 3339 text.
    """
    if value is None:
        return None
    try:
        return msgspec.convert(value, datetime.datetime)
    except msgspec.ValidationError:
        raise Mismatch("a time as RFC 3339 text", value) from None


_SCALARS: Final[Mapping[Any, Convert]] = {
    str: _text,
    int: _whole,
    float: _number,
    bool: _flag,
    datetime.datetime: read_time,
    Any: lambda value: value,
}


@cache
def converter(annotation: Any) -> Convert:
    """Return the function that reads plain data as `annotation`; null is read as None."""
    if annotation in _SCALARS:
        return _unless_null(_SCALARS[annotation])
    if isinstance(annotation, type) and attrs.has(annotation):
        return _unless_null(_object(annotation))
    origin, args = get_origin(annotation), get_args(annotation)
    if origin is list:
        return _unless_null(_list(args[0]))
    if origin is dict:
        return _unless_null(_map(args[1]))
    if origin in {Union, types.UnionType}:
        return converter(next(each for each in args if each is not type(None)))
    msg = f"no way to read {annotation!r}"
    raise TypeError(msg)


def _unless_null(convert: Convert) -> Convert:
    return lambda value: None if value is None else convert(value)


def _list(item: Any) -> Convert:
    convert = converter(item)
    kinds = get_args(item) if get_origin(item) in {Union, types.UnionType} else (item,)
    of_objects = any(isinstance(each, type) and attrs.has(each) for each in kinds)

    def read(value: Any) -> Any:
        # One thing where several are declared is a list of that thing.
        values = value if isinstance(value, list) else [value]
        found = []
        for index, each in enumerate(values):
            try:
                one = convert(each)
                if of_objects and isinstance(one, list):
                    found += one  # a list among the objects: those in it
                else:
                    found.append(one)
            except Mismatch as mismatch:
                mismatch.item = mismatch.item or _name_of(each)
                raise mismatch.within(f"[{index}]" if values is value else "") from None
        return found

    return read


def _name_of(value: object) -> str:
    """Return what identifies an object to a person: its guid, id, key or name."""
    if isinstance(value, dict):
        for key in ("guid", "id", "key", "name"):
            if isinstance(value.get(key), (str, int)):
                return f"{key} {short(str(value[key]))}"
    return ""


def _map(item: Any) -> Convert:
    convert = converter(item)

    def read(value: Any) -> Any:
        if not isinstance(value, dict):
            raise Mismatch("an object", value)
        found = {}
        for key, each in value.items():
            try:
                found[key] = convert(each)
            except Mismatch as mismatch:
                raise mismatch.within(f".{short(key)}") from None
        return found

    return read


def _object(cls: type) -> Convert:
    def read(value: Any) -> Any:
        if isinstance(value, list):
            # Several where one is declared: the only one, else all of them, so that none is lost.
            found: list[Any] = []
            for each in value:
                one = read(each)
                found += one if isinstance(one, list) else [one]
            return found[0] if len(found) == 1 else found
        if not isinstance(value, dict):
            raise Mismatch(f"an object ({cls.__name__})", value)
        record: Any = object.__new__(cls)
        for name in _members(cls):
            object.__setattr__(record, name, None)
        fill(cls, value).onto(record)
        return record

    return read


@cache
def _members(cls: type) -> dict[str, tuple[str, Convert]]:
    """Return attribute → (key in JSON, how its value is read) of an attrs class."""
    return {
        attribute.name: (attribute.metadata.get("wire") or attribute.name, _member(attribute))
        for attribute in attrs.fields(attrs.resolve_types(cls))
    }


def _member(attribute: attrs.Attribute[Any]) -> Convert:
    annotation: Any = attribute.type
    convert, conversion = converter(annotation), attribute.metadata.get("conversion")
    return convert if conversion is None else lambda value: conversion.read(convert(value))


@attrs.frozen
class Fill:
    """What one JSON object says of a record: the fields it has, and its unknown keys."""

    values: Mapping[str, Any]
    extra: Mapping[str, Any]

    def onto(self, record: object) -> None:
        """Write it onto a record; fields that the object left out stay as they are."""
        for name, value in self.values.items():
            object.__setattr__(record, name, value)
        if self.extra:
            object.__setattr__(record, "_extra", {**getattr(record, "_extra", {}), **self.extra})


def fill(cls: type, data: Any) -> Fill:
    """Read a JSON object as far as it goes: only declared fields are set, the rest is `extra`."""
    if not isinstance(data, dict):
        raise Mismatch(f"an object ({cls.__name__})", data)
    values: dict[str, Any] = {}
    rest = dict(data)
    for name, (key, convert) in _members(cls).items():
        if key in rest:
            try:
                values[name] = convert(rest.pop(key))
            except Mismatch as mismatch:
                raise mismatch.within(f".{key}") from None
    return Fill(values, rest)
