"""Structs → records: what msgspec has read, as objects of the classes.

For each class a function is written, as attrs writes `__init__`: it makes many records at once, and takes
no call for one of them.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any, Final, TypeAlias, get_args, get_origin

import attrs
import msgspec
from attrs import define, field

from connectapi.codec.structs import Names, attributes, slot

__all__ = ["Make", "maker"]

#: Makes values, in order, of what was read for them; None is not among these.
Make: TypeAlias = Callable[[list[Any]], list[Any]]

_FUNCTION: Final = """\
def make(structs):
    made = []
    for struct in structs:
{body}
        made.append(record)
    return made
"""


def maker(annotation: Any, names: Names) -> Make | None:
    """Return what makes values of a type from what was read for it; None if that is the value already.

    Args:
        annotation: the type.
        names: the further keys that the structs have, by class.
    """
    if isinstance(annotation, type) and attrs.has(annotation):
        return _Writing(names).function(annotation)
    origin, parts = get_origin(annotation), get_args(annotation)
    # A union is of one type and None, and a map's keys are text: there is one part at the most.
    make = next((make for part in parts if (make := maker(part, names)) is not None), None)
    return _of_items(make, origin) if make is not None and origin in {list, dict} else make


def _of_items(make: Make, origin: object) -> Make:
    if origin is list:
        return lambda values: [make(each) for each in values]
    return lambda values: [dict(zip(each, make(list(each.values())), strict=True)) for each in values]


@define
class _Writing:
    """A function while it is written."""

    names: Names
    #: What stands in the text under a name of ours.
    _objects: dict[str, Any] = field(factory=lambda: {"unset": msgspec.UNSET, "new": object.__new__}, init=False)
    _lines: list[str] = field(factory=list, init=False)

    def function(self, cls: type) -> Make:
        self._record(cls, "record", "struct", "        ")
        text = _FUNCTION.format(body="\n".join(self._lines))
        exec(compile(text, f"<records of {cls.__name__}>", "exec"), self._objects)  # noqa: S102 -- as attrs does
        made: Make = self._objects["make"]
        return made

    def _record(self, cls: Any, record: str, struct: str, indent: str) -> None:
        """Write how a record is made of a struct; both are names in the text."""
        lines = [f"{record} = new({self._called(_twin(cls))})"]
        for each in attributes(cls):
            target, source = f"{record}.{each.name}", f"{struct}.{each.name}"
            inner = _class_in(each.type)
            if each.metadata.get("id"):  # it may have come as a number
                lines += [f"value = {source}", f"{target} = str(value) if value.__class__ is int else value"]
            elif (conversion := each.metadata.get("conversion")) is not None:  # of a type that a plugin adds
                lines.append(f"{target} = {self._called(conversion.read)}({source})")
            elif inner is not None:
                within, part = f"{record}_{each.name}", f"{struct}_{each.name}"
                self._write(indent, [*lines, f"{within} = {part} = {source}", f"if {part} is not None:"])
                self._record(inner, within, part, indent + "    ")
                lines = [f"{target} = {within}"]
            elif (make := maker(each.type, self.names)) is not None:
                made = f"{self._called(make)}([value])[0]"
                lines += [f"value = {source}", f"{target} = value if value is None else {made}"]
            else:
                lines.append(f"{target} = {source}")
        if further := self.names.get(cls):
            lines.append("extra = {}")
            for index, name in enumerate(further):
                lines += [f"value = {struct}.{slot(index)}", f"if value is not unset: extra[{name!r}] = value"]
            lines.append(f"if extra: {record}._extra = extra")
        self._write(indent, [*lines, f"{record}.__class__ = {self._called(cls)}"])

    def _write(self, indent: str, lines: list[str]) -> None:
        self._lines += [indent + each for each in lines]

    def _called(self, value: object) -> str:
        """Return a name for an object that the text speaks of."""
        name = f"given_{len(self._objects)}"
        self._objects[name] = value
        return name


def _class_in(annotation: Any) -> type | None:
    """Return the class that a type is of, with or without None; None if it is another type."""
    if get_origin(annotation) in {list, dict}:
        return None
    parts = get_args(annotation) or (annotation,)
    return next((each for each in parts if isinstance(each, type) and attrs.has(each)), None)


@cache
def _twin(cls: Any) -> Any:
    """Return a class of the same slots that does nothing on assignment.

    To fill an object of it takes a fraction of the time that the slots' own setters take. It becomes one of
    the class itself by a change of its `__class__`, which Python allows where the slots are alike.
    """
    # Of the base that has slots, and of no mixin: that would hear of a class more.
    return type(cls.__name__, (cls.__base__,), {"__slots__": tuple(each.name for each in attributes(cls))})
