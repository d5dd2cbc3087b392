"""Ids that came as numbers, made text.

Servers differ in how they send an id, and one that sends numbers keeps to its own contract: such an
answer is no reason to leave the fast road. msgspec reads an id as it comes, and this makes it text.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import cache
from typing import Any, TypeAlias, get_args, get_origin

import attrs

__all__ = ["text_maker"]

#: Changes the ids in some values, all read as one type; None may stand among them.
Change: TypeAlias = Callable[[Iterable[Any]], None]


@cache
def text_maker(annotation: Any) -> Change | None:
    """Return what makes text of the ids in values of a type; None if it has none."""
    if isinstance(annotation, type) and attrs.has(annotation):
        return _of_class(annotation)
    origin, parts = get_origin(annotation), get_args(annotation)
    # A union is of one type and None, and a map's keys are text: there is one part at the most.
    change = next((change for part in parts if (change := text_maker(part)) is not None), None)
    return _of_items(change, origin) if change is not None and origin in {list, dict} else change


def _of_items(change: Change, origin: object) -> Change:
    if origin is list:
        return lambda values: change([each for value in values if value is not None for each in value])
    return lambda values: change([each for value in values if value is not None for each in value.values()])


def _of_class(cls: type) -> Change | None:
    ids: list[Any] = []
    parts: list[tuple[Any, Change]] = []
    for attribute in attrs.fields(attrs.resolve_types(cls)):
        slot = getattr(cls, attribute.name, None)
        if attribute.metadata.get("id"):
            ids.append(slot)
        elif (inner := text_maker(attribute.type)) is not None:
            parts.append((slot, inner))
    if not ids and not parts:
        return None

    def change(values: Iterable[Any]) -> None:
        records = [each for each in values if each is not None]
        # The slots' own getters and setters: once for each record of a page.
        for slot in ids:
            get, put = slot.__get__, slot.__set__
            for record in records:
                value = get(record)
                if value.__class__ is int:
                    put(record, str(value))
        for slot, inner in parts:
            inner(map(slot.__get__, records))

    return change
