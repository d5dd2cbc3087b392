"""Which path of a tag's operations is the list of a resource, and which schema is its record."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final, Literal

from attrs import frozen

from connectapi.contract.compare import PAGING
from connectapi.contract.draft_types import has_class
from connectapi.contract.naming import python_name
from connectapi.contract.openapi import Operation, Schema
from connectapi.spec.index import SpecIndex

__all__ = ["Listing", "Main", "answer_of", "listing_of", "main_of"]

#: What may identify a record, if its placeholder does not say.
_KEYS: Final = ("guid", "id", "key", "name")


@frozen
class Listing:
    """How an answer holds a list: in which pages, under which key, and of what."""

    page: Literal["", "offset", "keyset"]
    size: int | None
    items: str
    schema: Schema


@frozen
class Main:
    """The resource among the operations.

    `path` is that of its list, or of the one thing that there is; `item` that of one of many, empty
    if it has none; `key` the member of the record that tells which one.
    """

    path: str
    item: str
    key: str
    schema: Schema


def answer_of(operation: Operation) -> Schema | None:
    """Return the schema of the JSON that a success answers, if it does."""
    return next((schema for media, schema in operation.answers.items() if media.endswith("json")), None)


def listing_of(operation: Operation) -> Listing | None:
    """Return how an answer holds a list, or None if it is something else."""
    schema = answer_of(operation)
    if schema is None:
        return None
    page, size = _paging(operation)
    if schema.kind == "array":
        return Listing(page, size, "none" if page else "", schema.items) if schema.items is not None else None
    arrays = {str(key): member for key, member in schema.properties.items() if member.kind == "array"}
    key = "results" if "results" in arrays else next(iter(arrays)) if len(arrays) == 1 else ""
    if not key or not (page or len(schema.properties) == 1):
        return None
    items = arrays[key].items
    return Listing(page, size, "" if page and key == "results" else key, items) if items is not None else None


def _paging(operation: Operation) -> tuple[Literal["", "offset", "keyset"], int | None]:
    if all(name in operation.query for name in PAGING["offset"]):
        return "offset", operation.query["page_size"].maximum
    if all(name in operation.query for name in PAGING["keyset"]):
        return "keyset", operation.query["limit"].maximum
    return "", None


def main_of(wanted: Sequence[Operation], index: SpecIndex) -> Main | None:
    """Return the resource among operations: the one that most of them are about.

    None if none of them reads a thing that has no class yet.
    """
    by_call = {operation.call: operation for operation in wanted}
    paths = list(dict.fromkeys(call.partition(" ")[2] for call in by_call))
    parents = (path.rpartition("/")[0] for path in paths if path.endswith("}"))
    best, most = None, 0
    for path in dict.fromkeys((*parents, *paths)):
        item = next(
            (each for each in paths if each.startswith(f"{path}/{{") and each.count("/") == path.count("/") + 1), ""
        )
        one, many = by_call.get(f"GET {item}"), by_call.get(f"GET {path}")
        schema = _record(one, many)
        count = sum(call.partition(" ")[2] in {path, item} for call in by_call)
        # One reading of one thing, among other calls, is rather an action of what they are about.
        stray = count == 1 < len(wanted) and one is None and many is not None and listing_of(many) is None
        if schema is not None and count > most and not stray and not has_class(schema, index):
            key = _key(item.rpartition("{")[2].rstrip("}"), map(str, schema.properties)) if item else ""
            best, most = Main(path, item, key, schema), count
    return best


def _record(one: Operation | None, many: Operation | None) -> Schema | None:
    """Return the schema of the record that is read alone, or in a list."""
    for operation in filter(None, (one, many)):
        listing = listing_of(operation)
        schema = listing.schema if listing is not None else answer_of(operation)
        if schema is not None and schema.kind == "object" and schema.properties:
            return schema
    return None


def _key(placeholder: str, members: Iterable[str]) -> str:
    name = python_name(placeholder)
    known = list(members)
    return next((each for each in (placeholder, name, name.rpartition("_")[2], *_KEYS) if each in known), "")
