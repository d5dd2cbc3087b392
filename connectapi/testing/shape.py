"""From a kept record to the answer that shows it: declared fields only, each of its type, secrets never."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final, NamedTuple

from attrs import define, field

from connectapi.spec.grammar import TypeRef
from connectapi.spec.model import FieldSpec
from connectapi.testing.call import Call
from connectapi.testing.store import Document
from connectapi.testing.world import World

__all__ = ["BLANK", "Shape", "shown", "view"]

#: Adds to a record what is worked out for each answer: the caller's role, addresses, counts.
View = Callable[[Call, Document, frozenset[str]], Document]

_VIEWS: Final[dict[str, View]] = {}
_CLEAN: Final[set[str]] = set()

#: What stands for a value that was never set, where null may not.
BLANK: Final[Mapping[str, Any]] = {"str": "", "text": "", "int": 0, "float": 0.0, "bool": False, "id": "", "guid": ""}


def view(kind: str, *, clean: bool = False) -> Callable[[View], View]:
    """Register what is added to the records of a kind before they are shown.

    Args:
        kind: the resource.
        clean: whether what is left of its secret fields can be shown.
    """

    def register(function: View) -> View:
        _VIEWS[kind] = function
        if clean:
            _CLEAN.add(kind)
        return function

    return register


def shown(
    call: Call, kind: str, document: Document, include: frozenset[str] = frozenset(), *, secrets: bool = False
) -> Document:
    """Return a record of a resource as an answer has it.

    Args:
        call: the call that is answered.
        kind: the resource.
        document: the record.
        include: the values of the `include` parameter: without them some fields are left out.
        secrets: whether secret fields are shown, as in the answer that creates the record.
    """
    if kind in _VIEWS:
        document = _VIEWS[kind](call, document, include)
    return Shape(call, include, secrets=secrets or kind in _CLEAN).fields(kind, document)


#: How many ways of showing a type are kept; there are more only if somebody asks for includes at random.
_SHAPES: Final = 1000


class _Line(NamedTuple):
    """What an answer has of a field."""

    wire: str
    blank: Any
    #: The type of what is no scalar.
    ref: TypeRef | None
    #: Whether the field is left out where the record has none.
    if_there: bool


@define
class Shape:
    """How the answer to one call is made."""

    call: Call
    include: frozenset[str] = frozenset()
    secrets: bool = field(default=False, kw_only=True)

    def fields(self, name: str, document: Mapping[str, Any]) -> Document:
        """Return the declared fields of a resource or nested type, in their order."""
        shaped: Document = {}
        for wire, blank, ref, if_there in _lines(self.call.world, name, self.include, secrets=self.secrets):
            value = document.get(wire)
            if value is None:
                if if_there and wire not in document:
                    continue
                value = blank if ref is None else self.value(ref, None)
            elif ref is not None:
                value = self.value(ref, value)
            shaped[wire] = value
        return shaped

    def value(self, ref: TypeRef, value: Any) -> Any:
        """Return a value in the shape of its type; a missing one as null or as what stands for it."""
        if ref.scalar:
            return BLANK.get(ref.kind) if value is None and not ref.nullable else value
        if ref.item is not None:
            return self._items(ref, ref.item, value)
        return None if value is None and ref.nullable else self.fields(ref.kind, value or {})

    def _items(self, ref: TypeRef, item: TypeRef, value: Any) -> Any:
        if value is None:
            return None if ref.nullable else [] if ref.kind == "list" else {}
        if ref.kind == "list":
            return [self.value(item, each) for each in value]
        return {key: self.value(item, each) for key, each in value.items()}


def _lines(world: World, name: str, include: frozenset[str], *, secrets: bool) -> Sequence[_Line]:
    """Return what an answer has of each field of a type; it is the same for every row of a list."""
    key = (name, include, secrets)
    found: Sequence[_Line] | None = world.shapes.get(key)
    if found is None:
        if len(world.shapes) >= _SHAPES:
            world.shapes.clear()
        found = world.shapes[key] = [
            _line(spec.wire or own_name, spec)
            for own_name, spec in world.fields(name).items()
            if (not spec.include or spec.include in include) and (not spec.secret or secrets or spec.include)
        ]
    return found


def _line(wire: str, spec: FieldSpec) -> _Line:
    ref, scalar = spec.ref, spec.ref.scalar
    blank = BLANK.get(ref.kind) if scalar and not ref.nullable else None
    return _Line(wire, blank, None if scalar else ref, bool(spec.include or spec.secret or spec.deprecated))
