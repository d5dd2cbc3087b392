"""Does a JSON text hold keys that the classes it is read into do not know?

msgspec drops unknown keys when it fills attrs classes. Reading the same text a second time, into
structs that have the same keys, refuse others and leave the values alone, finds out exactly, for
about half of the time that the first reading takes.
"""

from __future__ import annotations

import types
from collections.abc import Callable
from functools import cache
from typing import Any, Union, get_args, get_origin

import attrs
import msgspec

__all__ = ["key_checker"]


def key_checker(annotation: Any) -> Callable[[bytes], bool] | None:
    """Return a function that says whether a text has unknown keys; None if it can have none.

    The text must be one that msgspec has read into `annotation` before.
    """
    shape = _shape(annotation)
    if shape is msgspec.Raw:
        return None
    decode = msgspec.json.Decoder(shape).decode

    def has_unknown_keys(data: bytes) -> bool:
        try:
            decode(data)
        except msgspec.ValidationError:
            return True
        return False

    return has_unknown_keys


def _shape(annotation: Any) -> Any:
    if isinstance(annotation, type) and attrs.has(annotation):
        return _struct(annotation)
    origin, args = get_origin(annotation), get_args(annotation)
    if origin is list:
        inner = _shape(args[0])
        return msgspec.Raw if inner is msgspec.Raw else list[inner]  # type: ignore[valid-type]  # made here
    if origin is dict:
        inner = _shape(args[1])
        return msgspec.Raw if inner is msgspec.Raw else dict[str, inner]  # type: ignore[valid-type]  # made here
    if origin in {Union, types.UnionType}:
        inner = next(_shape(each) for each in args if each is not type(None))
        return msgspec.Raw if inner is msgspec.Raw else inner | None
    return msgspec.Raw


@cache
def _struct(cls: type) -> Any:
    fields = [(attribute.name, _shape(attribute.type), None) for attribute in attrs.fields(attrs.resolve_types(cls))]
    return msgspec.defstruct(cls.__name__, fields, forbid_unknown_fields=True, gc=False)
