"""The keys of a JSON text that the classes it is read into do not know, and their values.

msgspec drops unknown keys when it fills attrs classes. Reading the same text a second time, into
structs that have the same keys, refuse others and leave the values alone, finds out exactly whether
there are any, for about half of the time that the first reading takes. Where there are, their names
are learned: from then on the structs have them too, and give their values in that same reading.
"""

from __future__ import annotations

import re
import types
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cache
from operator import attrgetter
from typing import Any, Final, Union, get_args, get_origin

import attrs
import msgspec
from attrs import frozen

__all__ = ["Unknown", "unknown_of"]

#: So many unknown names of one class are learned; a server that makes up names is read without.
_MOST: Final = 64

#: What no key that msgspec knows can have in it.
_UNSPEAKABLE: Final = re.compile(r'[\\"\x00-\x1f]')

#: The names that were learned, by class.
Names = Mapping[type, tuple[str, ...]]


def unknown_of(annotation: Any) -> Unknown | None:
    """Return what finds the unknown keys in texts of a type; None if there can be none in it."""
    return Unknown(annotation) if any(True for _ in _classes(annotation)) else None


class Unknown:
    """Finds the unknown keys in texts of one type; safe to share between threads."""

    def __init__(self, annotation: Any) -> None:
        self._annotation = annotation
        self._known = _Known.of(annotation, {})

    def keep(self, data: bytes, value: Any) -> bool:
        """Keep the values of a text's unknown keys with the records that were read from it.

        Args:
            data: the text.
            value: what msgspec has read from it.

        Returns:
            Whether that could be done.
        """
        known = self._known
        try:
            shape = known.decode(data)
        except msgspec.ValidationError:
            names = _learned(self._annotation, msgspec.json.decode(data), known.names)
            if names is None:
                return False
            known = _Known.of(self._annotation, names)
            try:
                shape = known.decode(data)
            except msgspec.ValidationError:
                return False  # null where msgspec took it, but no struct does
            self._known = known
        if known.plan is not None:
            known.plan.keep([shape], [value])
        return True


@frozen
class _Known:
    """The names that were learned, and what follows from them."""

    names: Names
    decode: Callable[[bytes], Any]
    plan: _Plan | None

    @classmethod
    def of(cls, annotation: Any, names: Names) -> _Known:
        """Make what follows from some names."""
        return cls(names, _decoder(annotation, names), _Plan.of(annotation, names))


def _decoder(annotation: Any, names: Names) -> Callable[[bytes], Any]:
    made: dict[type, Any] = {}
    return msgspec.json.Decoder(_shape(annotation, names, made)).decode


def _shape(annotation: Any, names: Names, made: dict[type, Any]) -> Any:
    if isinstance(annotation, type) and attrs.has(annotation):
        if annotation not in made:
            made[annotation] = _struct(annotation, names, made)
        return made[annotation]
    parts = [_shape(each, names, made) for each in get_args(annotation)]
    inner = next((each for each in parts if each not in {msgspec.Raw, type(None)}), None)
    if inner is None:
        return type(None) if annotation is type(None) else msgspec.Raw
    origin = get_origin(annotation)
    if origin is list:
        return list[inner]  # type: ignore[valid-type]  # made here
    if origin is dict:
        return dict[str, inner]  # type: ignore[valid-type]  # made here
    return inner | None


def _struct(cls: type, names: Names, made: dict[type, Any]) -> Any:
    own = [(attribute.name, _shape(attribute.type, names, made), None) for attribute in _attributes(cls)]
    # Under names of ours: a key can be any text.
    extra = {_slot(index): name for index, name in enumerate(names.get(cls, ()))}
    fields = [*own, *((slot, Any, msgspec.UNSET) for slot in extra)]
    return msgspec.defstruct(cls.__name__, fields, forbid_unknown_fields=True, gc=False, rename=extra)


def _slot(index: int) -> str:
    return f"_unknown_{index}"


@cache
def _attributes(cls: type) -> tuple[attrs.Attribute[Any], ...]:
    found: tuple[attrs.Attribute[Any], ...] = attrs.fields(attrs.resolve_types(cls))
    return found


def _classes(annotation: Any) -> Iterator[type]:
    """Yield the class in a type: there is one at the most."""
    if isinstance(annotation, type) and attrs.has(annotation):
        yield annotation
    for each in get_args(annotation):
        yield from _classes(each)


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


def _learned(annotation: Any, data: Any, names: Names) -> Names | None:
    """Return the names with those added that some plain data has; None if they can't all be learned."""
    found = {cls: dict.fromkeys(each) for cls, each in names.items()}

    def look(annotation: Any, values: Iterable[Any]) -> None:
        cls, objects = _insides(annotation, values)
        known = {attribute.name for attribute in _attributes(cls)}
        for each in objects:
            if not each.keys() <= known:
                found.setdefault(cls, {}).update(dict.fromkeys(key for key in each if key not in known))
        for attribute in _attributes(cls):
            if any(True for _ in _classes(attribute.type)):
                look(attribute.type, [each.get(attribute.name) for each in objects])

    look(annotation, [data])
    if any(len(each) > _MOST or any(map(_UNSPEAKABLE.search, each)) for each in found.values()):
        return None
    return {cls: tuple(each) for cls, each in found.items()}


@frozen
class _Plan:
    """Where the learned names of a class, and of those within it, are to be kept."""

    annotation: Any
    put: Callable[[Any, dict[str, Any]], None]
    own: tuple[str, ...]
    within: tuple[tuple[str, _Plan], ...]

    @classmethod
    def of(cls, annotation: Any, names: Names) -> _Plan | None:
        """Make the plan for a type; None if there is nothing to keep."""
        for record in _classes(annotation):
            within = [(each.name, plan) for each in _attributes(record) if (plan := cls.of(each.type, names))]
            if record in names or within:
                return cls(annotation, record._extra.__set__, names.get(record, ()), tuple(within))  # type: ignore[attr-defined]
        return None

    def keep(self, shapes: Iterable[Any], records: Iterable[Any]) -> None:
        """Give the records what the shapes have of the learned names."""
        _, shapes = _insides(self.annotation, shapes)
        _, records = _insides(self.annotation, records)
        columns = [map(attrgetter(_slot(index)), shapes) for index in range(len(self.own))]
        for record, values in zip(records, zip(*columns, strict=True), strict=False):
            extra = {name: value for name, value in zip(self.own, values, strict=True) if value is not msgspec.UNSET}
            if extra:
                self.put(record, extra)
        for name, plan in self.within:
            get = attrgetter(name)
            plan.keep(map(get, shapes), map(get, records))
