"""Names → classes, each built when first asked for."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from attrs import define, field

from connectapi.errors import SpecError
from connectapi.locks import ForkLock
from connectapi.resource.build import build_record
from connectapi.resource.mixins import find_mixins
from connectapi.resource.record import Record
from connectapi.resource.values import annotation
from connectapi.spec.grammar import TypeRef
from connectapi.spec.index import SpecIndex
from connectapi.spec.model import ResourceSpec

__all__ = ["Catalog"]

#: Makes the methods and properties that a resource's class gets.
MakeMethods = Callable[[ResourceSpec, "Catalog"], Mapping[str, object]]


@define(eq=False)
class Catalog:
    """The classes of all declared resources. Thread-safe: each class is built once.

    Args:
        index: where resources are declared.
        make_methods: gives the methods of a resource's class.
    """

    index: SpecIndex
    make_methods: MakeMethods
    #: Room for the layers above: what they derive from a class is kept with it.
    derived: dict[str, Any] = field(factory=dict, init=False, repr=False)
    _classes: dict[str, type[Record]] = field(factory=dict, init=False, repr=False)
    _building: list[str] = field(factory=list, init=False, repr=False)
    _lock: ForkLock = field(factory=partial(ForkLock, 1), init=False, repr=False)

    def record(self, name: str) -> type[Record]:
        """Return the class of a resource or a nested type, building it if need be.

        Raises:
            SpecError: nothing of that name is declared, or its file is wrong.
        """
        found = self._classes.get(name)  # without the lock: a dictionary is read whole or not
        if found is not None:
            return found
        with self._lock:
            if name not in self._classes:
                self._classes[name] = self._built(name)
            return self._classes[name]

    def spec(self, name: str) -> ResourceSpec:
        """Return the declaration of a resource."""
        return self.index.resource(name)

    def annotation(self, ref: TypeRef) -> Any:
        """Return the Python type that a declared type stands for."""
        return annotation(ref, self.record)

    def _built(self, name: str) -> type[Record]:
        if name in self._building:
            circle = " → ".join([*self._building[self._building.index(name) :], name])
            msg = f"the fields of {name} lead back to itself: {circle}"
            raise SpecError(msg)
        self._building.append(name)
        try:
            spec = self.index.type(name)
            if isinstance(spec, ResourceSpec):
                methods = self.make_methods(spec, self)
                return build_record(spec, self.record, methods, find_mixins(spec))
            return build_record(spec, self.record, {})
        finally:
            self._building.pop()
