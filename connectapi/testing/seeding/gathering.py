"""From the text of a file to its items: which kinds they are of, which lie in which."""

from __future__ import annotations

from typing import Any

from connectapi.errors import did_you_mean
from connectapi.spec.fault import Place
from connectapi.spec.model import ResourceSpec
from connectapi.testing.seeding.item import NAMING, Item, word_of
from connectapi.testing.seeding.references import naming, tree_field
from connectapi.testing.seeding.sowing import Sowing

__all__ = ["gather"]


def gather(sowing: Sowing, data: Any) -> None:
    """Take in all items of a file."""
    if not isinstance(data, dict):
        sowing.fault((), "a seed is a mapping of resources, such as 'users:', to what there is of them")
        return
    specs = {word: spec for spec in sowing.world.specs.values() for word in (spec.collection, spec.name) if word}
    for word, entries in data.items():
        if word in specs:
            _several(sowing, specs[word], entries, (word,), None)
        else:
            sowing.fault((word,), f"no resource or collection has this name{did_you_mean(word, list(specs))}")


def _several(sowing: Sowing, spec: ResourceSpec, entries: Any, place: Place, parent: Item | None) -> None:
    if isinstance(entries, dict):
        for name, entry in entries.items():
            _one(sowing, spec, _beside(sowing, spec, name, entry), (*place, name), parent)
    elif isinstance(entries, list):
        for i, entry in enumerate(entries):
            _one(sowing, spec, entry, (*place, str(i)), parent)
    elif entries is not None:
        sowing.fault(place, f"expected a list or a mapping of names, found {_said(entries)}")


def _beside(sowing: Sowing, spec: ResourceSpec, name: str, entry: Any) -> Any:
    """Return the fields of an item that is written beside its name."""
    own, single = naming(sowing.world, spec), NAMING.get(spec.name, ("", ""))[1]
    if isinstance(entry, dict):
        return {own: name, **entry}
    if entry is None:
        return {own: name}
    return {own: name, single: entry} if single else entry


def _one(sowing: Sowing, spec: ResourceSpec, entry: Any, place: Place, parent: Item | None) -> None:
    if isinstance(entry, str) and (own := naming(sowing.world, spec)):
        entry = _stepwise(sowing, spec, own, entry, place) if tree_field(spec) else {own: entry}
    if not isinstance(entry, dict):
        sowing.fault(place, f"expected the fields of a {spec.name}, found {_said(entry)}")
        return
    parts = _parts(sowing, spec, entry)
    item = sowing.add(Item(spec, place, {name: value for name, value in entry.items() if name not in parts}, parent))
    for name, part in parts.items():
        _several(sowing, part, entry[name], item.at(name), item)


def _parts(sowing: Sowing, spec: ResourceSpec, entry: dict[str, Any]) -> dict[str, ResourceSpec]:
    """Return what is written within an item and lies within it, by the relation that leads there."""
    found: dict[str, ResourceSpec] = {}
    for name, relation in spec.relations.items():
        part = sowing.world.specs.get(relation.many)
        if name in entry and part is not None and spec.key_param in part.scope and word_of(spec.name, name) is None:
            found[name] = part
    return found


def _stepwise(sowing: Sowing, spec: ResourceSpec, own: str, text: str, place: Place) -> dict[str, Any]:
    """Return the fields of an item told by its path in a tree; what is missing above it is added."""
    above, _, name = text.rpartition("/")
    if not above:
        return {own: name}
    if not sowing.keys(spec.name, above):
        sowing.add(Item(spec, place, _stepwise(sowing, spec, own, above, place)))
    return {own: name, tree_field(spec): above}


def _said(value: object) -> str:
    """Return what a value is, without the value: it may be a secret."""
    names: dict[str, str] = {"dict": "a mapping", "list": "a list", "str": "text", "NoneType": "nothing"}
    return names.get(type(value).__name__, type(value).__name__)
