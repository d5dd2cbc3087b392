"""Values of the types that plugins add: made of JSON, and JSON again."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import TYPE_CHECKING, Any, TypeAlias

from attrs import frozen

from connectapi.codec.lenient import Mismatch
from connectapi.errors import PluginError
from connectapi.resource.values import check_value
from connectapi.spec.grammar import TypeRef

if TYPE_CHECKING:
    from connectapi.spec.fieldtypes import FieldType

__all__ = ["Conversion", "conversion_of"]

Step: TypeAlias = Callable[[Any], Any]


@frozen
class Conversion:
    """The way between the JSON of a type that has a plugin's word in it and its values; null stays None.

    `read` takes what the codec has read as the JSON's type, and raises a `Mismatch` where the plugin raises
    anything. `write` takes values, and leaves alone what is JSON already.
    """

    read: Step
    write: Step


@cache
def conversion_of(ref: TypeRef, *, secret: bool = False) -> Conversion | None:
    """Return the way for a type; None if no plugin's word is in it.

    Args:
        ref: the type.
        secret: whether no message may have a value in it.
    """
    if ref.custom is not None:
        return Conversion(_unless_null(_reader(ref.custom, secret=secret)), _unless_null(_writer(ref.custom)))
    inner = conversion_of(ref.item, secret=secret) if ref.item is not None else None
    if inner is None:
        return None
    if ref.kind == "list":
        return Conversion(_unless_null(_each_of_list(inner.read)), _unless_null(_each_of_list(inner.write)))
    return Conversion(_unless_null(_each_of_map(inner.read)), _unless_null(_each_of_map(inner.write)))


def _unless_null(step: Step) -> Step:
    return lambda value: None if value is None else step(value)


def _each_of_list(step: Step) -> Step:
    def convert(values: Any) -> Any:
        found = []
        for index, value in enumerate(values):
            try:
                found.append(step(value))
            except Mismatch as mismatch:
                raise mismatch.within(f"[{index}]") from None
        return found

    return convert


def _each_of_map(step: Step) -> Step:
    def convert(values: Any) -> Any:
        found = {}
        for key, value in values.items():
            try:
                found[key] = step(value)
            except Mismatch as mismatch:
                raise mismatch.within(f".{key}") from None
        return found

    return convert


class _Hidden:
    def __repr__(self) -> str:
        return "a secret that is none"


def _reader(custom: FieldType, *, secret: bool) -> Step:
    def read(value: Any) -> Any:
        try:
            return custom.made(value)
        except Exception as error:  # noqa: BLE001 -- a plugin's function may raise anything
            why = type(error).__name__ if secret else f"{type(error).__name__}: {error}"
            expected = f"{custom.word!r} (a type of the plugin {custom.plugin!r}, which says {why})"
            raise Mismatch(expected, _Hidden() if secret else value) from None

    return read


def _writer(custom: FieldType) -> Step:
    def write(value: Any) -> Any:
        if not isinstance(value, custom.python):
            return value
        found = custom.json_of(value)
        try:
            check_value(f"the JSON of a value of its type {custom.word!r}", found, custom.ref)
        except TypeError as error:
            raise PluginError(custom.plugin, str(error)) from None
        return found

    return write
