"""Which fields hold the key of another record, and which record a name means."""

from __future__ import annotations

from attrs import frozen

from connectapi.spec.model import ResourceSpec
from connectapi.testing.seeding.item import NAMING
from connectapi.testing.world import World

__all__ = ["Reference", "naming", "references", "tree_field"]

_ENDINGS = ("_guid", "_id", "_key")


@frozen
class Reference:
    """A field, or a placeholder of the path, that holds the key of a record of another kind.

    `strict` says that there must be such a record; otherwise a key stands for itself.
    """

    name: str
    kind: str
    strict: bool


def references(world: World, spec: ResourceSpec) -> dict[str, Reference]:
    """Return the references of a resource by the words for them: the field's name, less its ending, the relation's."""
    found: dict[str, Reference] = {}
    for name in (*world.fields(spec.name), *spec.scope, spec.key_param):
        kind = world.parents.get(name, spec.name)
        if kind != spec.name and name.endswith(_ENDINGS):
            _note(found, Reference(name, kind, name not in world.fields(spec.name)))
    for word, relation in spec.relations.items():
        of_others = world.parents.get(relation.by, spec.name) != spec.name
        if relation.one in world.specs and (relation.by != spec.key or of_others):
            _note(found, Reference(relation.by, relation.one, strict=True), word)
    plain = {name for name, field in world.fields(spec.name).items() if field.ref.scalar}
    return {word: each for word, each in found.items() if word == each.name or word not in plain}


def _note(found: dict[str, Reference], reference: Reference, *words: str) -> None:
    name = reference.name
    short = next((name.removesuffix(ending) for ending in _ENDINGS if name.endswith(ending)), name)
    found.update(dict.fromkeys((name, short, *words), reference))


def naming(world: World, spec: ResourceSpec) -> str:
    """Return the word that a record goes by: the first text that it takes to create one; empty if there is none."""
    if spec.name in NAMING:
        return NAMING[spec.name][0]
    fields, method = world.fields(spec.name), spec.methods.get("create")
    for name in method.required if method else ():
        if name in fields and fields[name].ref.kind == "str":
            return name
    if spec.key in fields and fields[spec.key].ref.kind == "str":
        return spec.key
    own = references(world, spec)
    return next((word for word in own if word == spec.key_param), "")


def tree_field(spec: ResourceSpec) -> str:
    """Return the field that holds the key of the record above, of the same kind; empty if there are no trees."""
    return next((each.by for each in spec.relations.values() if each.one == spec.name), "")
