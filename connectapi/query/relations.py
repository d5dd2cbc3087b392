"""From one record to others: `content.bundles`, `content.owner_user`. No attribute sends anything."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Generic, TypeVar

from attrs import frozen

from connectapi.query.collection import Collection, collection_class
from connectapi.query.session import Session, session_of
from connectapi.resource.catalog import Catalog
from connectapi.resource.record import Record
from connectapi.spec.model import RelationSpec, ResourceSpec

__all__ = ["One", "relation_property"]


R = TypeVar("R", bound=Record)


@frozen
class One(Generic[R]):
    """One other record, known by its key; `get()` reads it."""

    _catalog: Catalog
    _client: Session
    _resource: str
    #: The key and the place of the other record, by argument; None where there is no other record.
    key: Mapping[str, str] | None

    def get(self, **kwargs: object) -> R | None:
        """Read the other record, or return None where there is none."""
        if self.key is None:
            return None
        cls: Any = self._catalog.record(self._resource)
        found: R = cls.get_one(self._client, **self.key, **kwargs)
        return found


def relation_property(catalog: Catalog, spec: ResourceSpec, name: str, relation: RelationSpec) -> property:
    """Return the property of a class that leads to a relation's other end."""

    def many(self: Record) -> Collection:
        client, scope = session_of(self)
        return collection_class(catalog, relation.many)(client, _preset(self, spec, relation, scope))

    def one(self: Record) -> One[Record]:
        client, scope = session_of(self)
        target = catalog.spec(relation.one)
        value = getattr(self, relation.by)
        here = {**scope, **_own_key(self, spec)}
        place = {param: here[param] for param in target.scope if param in here}
        return One(catalog, client, relation.one, None if value is None else {**place, target.key_param: value})

    getter = many if relation.many else one
    getter.__name__ = name
    getter.__doc__ = relation.doc or f"Leads to the {relation.many or relation.one} of this {spec.name}."
    return property(getter)


def _preset(record: Record, spec: ResourceSpec, relation: RelationSpec, scope: Mapping[str, str]) -> dict[str, Any]:
    if relation.where:
        preset = {param: getattr(record, own) for param, own in relation.where.items()}
    else:
        preset = {**scope, **_own_key(record, spec)}
    missing = [name for name, value in preset.items() if value is None]
    if missing:
        msg = f"this {spec.name} has no {', '.join(missing)}: it was not read whole; call .refresh() first"
        raise ValueError(msg)
    return preset


def _own_key(record: Record, spec: ResourceSpec) -> dict[str, Any]:
    return {spec.key_param: getattr(record, spec.key)} if spec.key else {}
