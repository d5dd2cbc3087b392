"""What goes when a record goes: all that lies in it, and what its relations say about those that name it."""

from __future__ import annotations

from collections.abc import Iterator

from attrs import frozen

from connectapi.spec.model import RelationSpec, ResourceSpec, placeholders
from connectapi.testing.conditions import Condition, equals
from connectapi.testing.refusal import Refusal
from connectapi.testing.store import Records
from connectapi.testing.world import World

__all__ = ["Tie", "remove", "ties_of"]


@frozen
class Tie:
    """A field of one resource that holds the key of another one, which must be there."""

    spec: ResourceSpec
    relation: RelationSpec
    wire: str
    number: bool

    def to(self, key: str) -> Condition:
        """The record names the one with this key."""
        return equals(self.wire, int(key) if self.number and key.isdigit() else key)


def ties_of(world: World, spec: ResourceSpec) -> Iterator[Tie]:
    """Yield the fields of a resource that others of its records' lives hang on: relations with `gone`."""
    fields = world.fields(spec.name)
    for relation in spec.relations.values():
        if relation.gone and relation.by in fields and world.has(relation.since):
            field = fields[relation.by]
            yield Tie(spec, relation, field.wire or relation.by, field.ref.kind == "int")


def remove(world: World, records: Records, kind: str, key: str, scope: str | None = None) -> None:
    """Delete a record and, from kind to kind, what goes with it: the bundles of content, its jobs and so on.

    Raises:
        Refusal: a record that stays holds on to it.
    """
    ties = [tie for spec in world.specs.values() for tie in ties_of(world, spec) if tie.relation.one == kind]
    for tie in ties:
        if tie.relation.gone == "refuse" and records.count(tie.spec.name, tie.to(key)):
            message = f"There is a {tie.spec.name} that needs this {kind}; delete it first, or have it name another."
            raise Refusal(409, "CannotDelete", message)
    records.delete(kind, key=key, scope=scope)
    for tie in ties:
        for row in records.rows(tie.spec.name, tie.to(key)):
            if tie.relation.gone == "delete":
                remove(world, records, tie.spec.name, row.key, row.scope)
            else:
                records.change(tie.spec.name, row.key, {tie.wire: None}, row.scope)
    _remove_parts(world, records, kind, key, scope)


def _remove_parts(world: World, records: Records, kind: str, key: str, scope: str | None) -> None:
    own = world.specs[kind]
    param = own.key_param
    if world.parents.get(param) != kind:
        return
    for spec in world.specs.values():
        if spec.name == kind or param not in placeholders(spec.path):
            continue
        if param in spec.scope:
            within = f"{scope}/{key}" if scope and set(own.scope) <= set(spec.scope) else key
            for row in records.rows(spec.name, scope=within):
                remove(world, records, spec.name, row.key, within)
        else:
            records.delete(spec.name, key=key)
