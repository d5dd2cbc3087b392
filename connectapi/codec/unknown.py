"""The names of keys that classes do not know: learned from the answers that have them.

What reads such an answer again, with these names, gives the values of those keys in the same reading as
all the others; and so it does with every answer after that.
"""

from __future__ import annotations

import re
import types
from collections.abc import Iterable
from typing import Any, Final, Union, get_args, get_origin

from connectapi.codec.structs import Names, attributes, classes

__all__ = ["learned"]

#: So many unknown names of one class are learned; a server that makes up names is read without.
_MOST: Final = 64

#: What no key that msgspec knows can have in it.
_UNSPEAKABLE: Final = re.compile(r'[\\"\x00-\x1f]')


def learned(annotation: Any, data: Any, names: Names) -> Names | None:
    """Return the names with those added that some plain data has; None if they can't all be learned.

    Args:
        annotation: the type that the data is of.
        data: the data, which conforms to it but for those keys.
        names: the names so far.
    """
    found = {cls: dict.fromkeys(each) for cls, each in names.items()}

    def look(annotation: Any, values: Iterable[Any]) -> None:
        cls, objects = _insides(annotation, values)
        known = {attribute.name for attribute in attributes(cls)}
        for each in objects:
            if not each.keys() <= known:
                found.setdefault(cls, {}).update(dict.fromkeys(key for key in each if key not in known))
        for attribute in attributes(cls):
            if any(True for _ in classes(attribute.type)):
                look(attribute.type, [each.get(attribute.name) for each in objects])

    look(annotation, [data])
    if any(len(each) > _MOST or any(map(_UNSPEAKABLE.search, each)) for each in found.values()):
        return None
    return {cls: tuple(each) for cls, each in found.items()}


def _insides(annotation: Any, values: Iterable[Any]) -> tuple[type, list[Any]]:
    """Return the class in a type, and all that stands for it in some values of the type."""
    origin, parts = get_origin(annotation), get_args(annotation)
    there = [each for each in values if each is not None]
    if origin is list:
        return _insides(parts[0], [inner for each in there for inner in each])
    if origin is dict:
        return _insides(parts[1], [inner for each in there for inner in each.values()])
    if origin in {Union, types.UnionType}:
        return _insides(next(each for each in parts if each is not type(None)), there)
    return annotation, there
