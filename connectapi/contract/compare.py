"""Declared operations against those of an OpenAPI document: what is missing, and what differs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Final

import attrs
from attrs import frozen

from connectapi.contract.differences import NOTHING, Deviation, Difference, Kind
from connectapi.contract.fields import FieldComparer, Spot
from connectapi.contract.openapi import Operation, Schema, operations, shape
from connectapi.spec.index import SpecIndex
from connectapi.spec.model import FieldSpec, OperationSpec, ResourceSpec

__all__ = ["PAGING", "Comparison", "compare"]

#: The parameters that paging sends, which a paged call does not declare.
PAGING: Final[Mapping[str, tuple[str, ...]]] = {
    "offset": ("page_number", "page_size"),
    "keyset": ("limit", "next", "previous"),
}

#: What paging reads of an answer, from its top down, beside the records.
_READ: Final[Mapping[str, tuple[str, ...]]] = {"offset": ("total",), "keyset": ("paging", "cursors", "next")}


@frozen
class Comparison:
    """What came of holding declarations against a contract.

    `operations` are the contract's; `stale` are the deviations that are none any more.
    """

    operations: tuple[str, ...]
    differences: tuple[Difference, ...]
    stale: tuple[Deviation, ...] = ()

    @property
    def undeclared(self) -> tuple[Difference, ...]:
        """The operations of the contract that nothing declares."""
        return tuple(each for each in self.differences if each.kind == "operation" and each.declared == NOTHING)

    @property
    def unknown(self) -> tuple[Difference, ...]:
        """The declared operations that the contract does not have."""
        return tuple(each for each in self.differences if each.kind == "operation" and each.contract == NOTHING)

    @property
    def unexplained(self) -> tuple[Difference, ...]:
        """The differences for which there is no reason."""
        return tuple(each for each in self.differences if not each.reason)

    def of_declared(self, specs: Iterable[ResourceSpec]) -> Comparison:
        """Return what of this is about the calls of some resources; what else there is, is others' business."""
        own = {shape(operation.call) for spec in specs for operation in spec.operations().values()}
        calls = tuple(each for each in self.operations if shape(each) in own)
        differences = tuple(each for each in self.differences if each not in self.undeclared)
        return Comparison(calls, differences)


def compare(
    specs: Iterable[ResourceSpec],
    index: SpecIndex,
    document: Mapping[str, object],
    deviations: Iterable[Deviation] = (),
) -> Comparison:
    """Hold declared resources against an OpenAPI 3 document.

    Args:
        specs: the resources.
        index: where the types that they name are declared.
        document: the document, as plain data.
        deviations: the differences that are meant.

    Raises:
        ValueError: the document is not OpenAPI 3, or not whole.
    """
    contract = operations(document)
    fields = FieldComparer(index)
    declared: set[str] = set()
    found: list[Difference] = []
    for spec in specs:
        for name, operation in spec.operations().items():
            key = shape(operation.call)
            declared.add(key)
            if key in contract:
                found += _Pair(spec, name, operation, contract[key], fields).differences()
            else:
                found.append(Difference("operation", operation.call, declared=f"{spec.name}.{name}"))
    missing = (each for key, each in contract.items() if key not in declared)
    found += (Difference("operation", each.call, contract=each.call) for each in missing)
    return _explained(tuple(each.call for each in contract.values()), found, tuple(deviations))


def _explained(calls: tuple[str, ...], found: list[Difference], deviations: tuple[Deviation, ...]) -> Comparison:
    used: set[Deviation] = set()
    differences: list[Difference] = []
    for each in dict.fromkeys(found):  # two declarations of one operation can differ in the same way
        covering = [deviation for deviation in deviations if deviation.covers(each)]
        used.update(covering)
        differences.append(attrs.evolve(each, reason=covering[0].reason) if covering else each)
    return Comparison(calls, tuple(differences), tuple(each for each in deviations if each not in used))


@frozen
class _Pair:
    """A declared operation and the contract's."""

    resource: ResourceSpec
    name: str
    declared: OperationSpec
    contract: Operation
    fields: FieldComparer

    def differences(self) -> Iterator[Difference]:
        """Yield what differs between the two."""
        if set(self.declared.status) != set(self.contract.status):
            status = (_numbers(self.declared.status), _numbers(self.contract.status))
            yield self._at("answer").difference("status", *status)
        if self.contract.deprecated and not self.declared.deprecated:
            yield self._at("").difference("deprecated", "in use", "deprecated")
        yield from self._parameters()
        yield from self._body()
        yield from self._answer()

    def _at(self, place: str, missing: Kind = "answer") -> Spot:
        return Spot(self.contract.call, place, missing)

    def _parameters(self) -> Iterator[Difference]:
        params = self.declared.params
        query = {each.wire or name: each for name, each in params.items() if not each.header}
        headers = {each.header: each for each in params.values() if each.header}
        paging = PAGING[self.declared.page.kind] if self.declared.page else ()
        known = {name: each for name, each in self.contract.query.items() if name not in paging}
        yield from self.fields.parameters(self._at("query", "parameter"), query, known)
        yield from self.fields.parameters(self._at("header", "parameter"), headers, self.contract.headers)
        for name in paging:
            if name not in self.contract.query:
                yield Difference("parameter", self.contract.call, f"query.{name}", declared="paging")

    def _body(self) -> Iterator[Difference]:
        own = self.resource.sent_by(self.name)
        fields = {**own, **self.declared.body}
        spot, bodies, media = self._at("body", "body"), self.contract.bodies, self.declared.media
        if not fields and not bodies:
            return
        if not fields or media not in bodies:
            yield spot.difference("media", media if fields else NOTHING, ", ".join(bodies) or NOTHING)
        elif self.declared.whole:
            yield from self.fields.value(spot, fields[self.declared.whole].ref, bodies[media])
        elif not self.declared.raw:
            # One declaration serves the record and what is sent of it: null is the record's affair.
            free = own.keys() - self.declared.body.keys()
            yield from self.fields.members(spot, fields, bodies[media], any_null=free)

    def _answer(self) -> Iterator[Difference]:
        spot, ref = self._at("answer"), self.declared.answer
        schema = next((each for media, each in self.contract.answers.items() if media.endswith("json")), None)
        if schema is None:
            # Of what comes where it is not JSON, a contract need not say anything.
            if ref.kind not in {"none", "file", "text"}:
                yield spot.difference("answer", declared=ref)
        elif ref.kind in {"none", "file", "text"}:
            yield spot.difference("answer", ref, schema)
        elif self.declared.items:
            yield from self._envelope(spot, schema)
        elif self.declared.renames:
            yield from self.fields.members(spot, self._renamed(), schema, partial=True)
        else:
            # The answer to an update is laid over the record that is there: it may tell less.
            yield from self.fields.value(spot, ref, schema, partial=self.name == "update")

    def _envelope(self, spot: Spot, schema: Schema) -> Iterator[Difference]:
        items, found = self.declared.items, schema.properties.get(self.declared.items)
        if found is None:
            yield spot.difference("answer", f"{self.declared.answer} in {items}", schema)
            return
        yield from self.fields.value(spot.member(items, schema), self.declared.answer, found)
        if self.declared.page:
            yield from self._paging(spot, schema, _READ[self.declared.page.kind])
            return
        # What stands beside the records of a page is kept with the list; beside any other list it is lost.
        for key, each in schema.properties.items():
            if key != items:
                yield spot.member(key, schema).difference("answer", contract=each)

    def _paging(self, spot: Spot, schema: Schema, keys: tuple[str, ...]) -> Iterator[Difference]:
        for key in keys:
            spot, member = spot.member(key, schema), schema.properties.get(key)
            if member is None:
                yield spot.difference("answer", declared="paging")
                return
            schema = member

    def _renamed(self) -> Mapping[str, FieldSpec]:
        """Return the fields of the answer's type under the keys that this answer has for them."""
        fields = self.fields.index.type(self.declared.answer.kind).fields
        keys = {name: key for key, name in self.declared.renames.items()}
        return {name: attrs.evolve(each, wire=keys.get(name, each.wire)) for name, each in fields.items()}


def _numbers(status: Iterable[int]) -> str:
    return ", ".join(str(each) for each in sorted(status)) or NOTHING
