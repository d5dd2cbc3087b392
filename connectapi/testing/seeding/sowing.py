"""From the items of a file to records: their keys, whom they name, what they have; every fault is noted."""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Final
from uuid import UUID, uuid4, uuid5

from attrs import define, field

from connectapi.errors import did_you_mean
from connectapi.spec.fault import Fault, Place
from connectapi.spec.model import FieldSpec
from connectapi.testing.conditions import equals
from connectapi.testing.generic import complete
from connectapi.testing.refusal import Refusal
from connectapi.testing.seeding.item import Item, finish_of, word_of, words_of
from connectapi.testing.seeding.references import Reference, naming, references, tree_field
from connectapi.testing.store import Document, Records
from connectapi.testing.values import check_field
from connectapi.testing.world import World, stamp

__all__ = ["Sowing"]

#: Guids are made from names and this one, so that a file gives the same ones each time.
_SPACE: Final = UUID("b9f6a0f8-6c1f-4f0e-9a51-0f4d0b6c2a11")

_AGO: Final = re.compile(r"(\d+(?:\.\d+)?) (second|minute|hour|day|week)s? ago")


@define(eq=False)
class Sowing:
    """Items on their way into the records, within one transaction.

    `folder` is where paths in the file begin. `later` is done when all records are there, `last` after
    that, and `undoing` if they can't be kept after all.
    """

    world: World
    records: Records
    folder: Path
    items: list[Item] = field(factory=list)
    faults: list[Fault] = field(factory=list)
    later: list[Callable[[], object]] = field(factory=list)
    last: list[Callable[[], object]] = field(factory=list)
    undoing: list[Callable[[], object]] = field(factory=list)
    _named: dict[tuple[str, str], list[Item]] = field(factory=dict, init=False)
    _keyed: dict[tuple[str, str], Item] = field(factory=dict, init=False)
    _references: dict[str, dict[str, Reference]] = field(factory=dict, init=False)

    def fault(self, place: Place, message: str) -> None:
        """Note what is wrong."""
        self.faults.append(Fault(place, message))

    def undo(self) -> None:
        """Take back what is not in the records, such as files."""
        for each in self.undoing:
            each()

    # Who is who ------------------------------------------------------------------------------

    def add(self, item: Item) -> Item:
        """Take in an item, with a key if that does not depend on others."""
        own, above = naming(self.world, item.spec), tree_field(item.spec)
        name = item.given.get(own)
        if isinstance(name, str):
            over = (
                next(
                    (
                        item.given[word]
                        for word, each in self.references(item).items()
                        if each.name == above and word in item.given
                    ),
                    None,
                )
                if above
                else None
            )
            item.label = f"{over}/{name}" if isinstance(over, str) else name
            self._named.setdefault((item.kind, name), []).append(item)
        item.key = self._key(item)
        if item.key:
            self._keyed.setdefault((item.kind, item.key), item)
        self.items.append(item)
        return item

    def references(self, item: Item) -> dict[str, Reference]:
        """Return the references of an item by the words for them."""
        if item.kind not in self._references:
            self._references[item.kind] = references(self.world, item.spec)
        return self._references[item.kind]

    def _key(self, item: Item) -> str:
        spec = item.spec
        declared = self.world.fields(spec.name).get(spec.key)
        given = item.given.get(spec.key)
        if given is not None and spec.key not in self.references(item):
            if declared is not None and declared.ref.kind in {"id", "int"} and str(given).isdigit():
                self.records.skip(spec.name, int(given))
            return str(given)
        if declared is None or spec.key in self.references(item):
            return ""
        if declared.ref.kind in {"id", "int"}:
            return str(self.records.number(spec.name))
        return self._guid(item) if declared.ref.kind == "guid" else ""

    def _guid(self, item: Item) -> str:
        within = f"{item.parent.key}/" if item.parent is not None else ""
        guid = str(uuid5(_SPACE, f"{item.spec.snake}:{within}{item.label}"))
        taken = (item.kind, guid) in self._keyed or self.records.get(item.kind, guid) is not None
        return str(uuid4()) if taken or not item.label else guid

    def keys(self, kind: str, text: object) -> set[str]:
        """Return the keys of the records that a name or a key means: those of the file, else those that are there."""
        return {each.key for each in self._called(kind, str(text))} or set(self._kept(kind, str(text)))

    def refer(self, kind: str, text: Any, place: Place, *, strict: bool = True) -> str:
        """Return the key of the record that a name or a key means; note a fault and return nothing if there is none."""
        found = self.keys(kind, text)
        if len(found) == 1:
            return found.pop()
        if found:
            key = self.world.specs[kind].key
            self.fault(place, f"there are {len(found)} records of {kind} called {text!r}; write the {key} of the one")
        elif strict:
            known = [name for owner, name in self._named if owner == kind]
            self.fault(place, f"no {kind} is called {text!r}{did_you_mean(str(text), known)}")
        return "" if strict or found else str(text)

    def administrator(self) -> str:
        """Return the guid of the first administrator."""
        of_file = (
            each for each in self.items if each.kind == "User" and each.given.get("user_role") == "administrator"
        )
        there = self.records.find("User", equals("user_role", "administrator"), limit=1)
        return there[0]["guid"] if there else next((each.key for each in of_file), "")

    def _called(self, kind: str, text: str) -> Iterator[Item]:
        tree = tree_field(self.world.specs[kind])
        for item in self._named.get((kind, text.rpartition("/")[2] if tree else text), ()):
            if item.label == text or (tree and item.label.endswith(f"/{text}")):
                yield item
        if (kind, text) in self._keyed:
            yield self._keyed[kind, text]

    def _kept(self, kind: str, text: str) -> Iterator[str]:
        """Yield the keys of the records that are there already and go by a name or a key."""
        if self.records.get(kind, text) is not None:
            yield text
        spec, fields = self.world.specs[kind], self.world.fields(kind)
        own, tree = naming(self.world, spec), tree_field(spec)
        if own in fields:
            for row in self.records.rows(
                kind, equals(fields[own].wire or own, text.rpartition("/")[2] if tree else text)
            ):
                label = self.label_of(kind, row.document) if tree else text
                if label == text or label.endswith(f"/{text}"):
                    yield row.key

    def label_of(self, kind: str, document: Document) -> str:
        """Return the names from the top of a tree down to a record."""
        spec, fields = self.world.specs[kind], self.world.fields(kind)
        above = document.get(fields[tree_field(spec)].wire or tree_field(spec))
        name = str(document.get(naming(self.world, spec)))
        over = self.record(kind, above) if above is not None else None
        return f"{self.label_of(kind, over)}/{name}" if over else name

    def record(self, kind: str, key: str) -> Document | None:
        """Return a record that is there, or that is to be."""
        item = self._keyed.get((kind, key))
        return item.document if item is not None else self.records.get(kind, key)

    # What they have --------------------------------------------------------------------------

    def fill(self, item: Item) -> None:
        """Work out the fields of an item."""
        if item.parent is not None:
            item.path.update({**item.parent.path, item.parent.spec.key_param: item.parent.key})
        fields, own = self.world.fields(item.kind), self.references(item)
        for name, value in item.given.items():
            if word_of(item.kind, name) is not None:
                continue
            if name in own:
                self._refer(item, name, own[name], value)
            elif name in fields:
                self._set(item, name, fields[name], value)
            else:
                known = [*fields, *own, *words_of(item.kind), *item.spec.relations]
                self.fault(item.at(name), f"a {item.kind} has no such field{did_you_mean(name, known)}")
        if item.key and item.spec.key in fields:
            key = fields[item.spec.key]
            item.document[key.wire or item.spec.key] = int(item.key) if key.ref.kind == "int" else item.key

    def _set(self, item: Item, name: str, spec: FieldSpec, value: Any) -> None:
        try:
            value = self._moment(value) if spec.ref.kind == "datetime" else value
            item.document[spec.wire or name] = check_field(name, value, spec, self.world.fields)
        except Refusal as refusal:
            why = "a secret of this form can't be" if spec.secret else refusal.message.removeprefix(f"{name}: ")
            self.fault(item.at(name), why.rstrip("."))

    def _refer(self, item: Item, word: str, reference: Reference, value: Any) -> None:
        fields = self.world.fields(item.kind)
        key = None if value is None else self.refer(reference.kind, value, item.at(word), strict=reference.strict)
        if reference.name in fields:
            spec = fields[reference.name]
            document_key = int(key) if key and spec.ref.kind == "int" else key
            item.document[spec.wire or reference.name] = document_key
        if key and reference.name in {*item.spec.scope, item.spec.key_param}:
            item.path[reference.name] = key
        if key and item.spec.key == reference.name:
            item.key = key

    def speak(self, item: Item) -> None:
        """Do what the words of an item say that are no fields, and see to the whole."""
        for name, value in item.given.items():
            if (function := word_of(item.kind, name)) is not None:
                function(self, item, value)
        finish = finish_of(item.kind)
        if finish is not None:
            finish(self, item)

    def keep(self, item: Item) -> None:
        """Make the record."""
        if "created_time" in item.document and "updated_time" in self.world.fields(item.kind):
            item.document.setdefault("updated_time", item.document["created_time"])
        if not item.whole:
            key, item.document = complete(self.world, self.records, item.spec, item.document, item.path)
            item.key = item.key or key
        self.records.insert(item.kind, item.key, item.document, item.scope)

    def _moment(self, value: Any) -> Any:
        """Return a moment as Connect writes it, from YAML's own form or from words such as `3 days ago`."""
        now = self.world.clock.now()
        if isinstance(value, datetime.datetime):
            return stamp(value if value.tzinfo else value.replace(tzinfo=datetime.timezone.utc))
        if isinstance(value, datetime.date):
            return f"{value}T00:00:00Z"
        if value == "now":
            return stamp(now)
        if isinstance(value, str) and (match := _AGO.fullmatch(value)):
            return stamp(now - datetime.timedelta(**{f"{match[2]}s": float(match[1])}))
        return value
