"""What the words of plugins mean, in the types of a resource."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TypeVar

import attrs

from connectapi.errors import SpecError, did_you_mean
from connectapi.spec.fieldtypes import FieldType
from connectapi.spec.grammar import SCALARS, TypeRef, parse_type
from connectapi.spec.model import FieldSpec, OperationSpec, ParamSpec, ResourceSpec

__all__ = ["resolved"]

T = TypeVar("T", FieldSpec, ParamSpec)


def resolved(spec: ResourceSpec, words: Mapping[str, FieldType]) -> ResourceSpec:
    """Return a resource whose types know what plugins' words mean.

    Raises:
        SpecError: it has a word that no plugin adds.
    """
    resolver = _Resolver(Path(spec.file).name, words)
    return attrs.evolve(
        spec,
        fields=resolver.all(spec.fields),
        types={name: attrs.evolve(each, fields=resolver.all(each.fields)) for name, each in spec.types.items()},
        methods={name: resolver.call(each) for name, each in spec.methods.items()},
        actions={name: resolver.call(each) for name, each in spec.actions.items()},
    )


class _Resolver:
    def __init__(self, file: str, words: Mapping[str, FieldType]) -> None:
        self._file = file
        self._words = words

    def all(self, entries: Mapping[str, T]) -> dict[str, T]:
        return {name: self._entry(each) for name, each in entries.items()}

    def call(self, operation: OperationSpec) -> OperationSpec:
        params = {
            name: attrs.evolve(each, terms=self.all(each.terms)) if each.terms else each
            for name, each in self.all(operation.params).items()
        }
        operation = attrs.evolve(operation, params=params, body=self.all(operation.body))
        return attrs.evolve(operation, words=self._words) if self._added(parse_type(operation.returns)) else operation

    def _entry(self, entry: T) -> T:
        return attrs.evolve(entry, words=self._words) if self._added(entry.ref) else entry

    def _added(self, ref: TypeRef) -> bool:
        """Whether a type has a plugin's word in it."""
        word = next((each for each in ref.words() if each not in SCALARS), None)
        if word is not None and word not in self._words:
            near = did_you_mean(word, [*SCALARS, *self._words])
            raise SpecError(f"{self._file}: no plugin adds the type {word!r}{near}")
        return word is not None
