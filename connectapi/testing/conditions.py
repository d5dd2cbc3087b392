"""Which records are meant, and in which order: small pieces of SQL over their JSON documents."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Final, TypeAlias

from attrs import frozen

__all__ = [
    "Condition",
    "Index",
    "Order",
    "alike",
    "all_of",
    "any_of",
    "at_least",
    "at_most",
    "beside",
    "beyond",
    "contains",
    "equals",
    "has_item",
    "has_part",
    "inside",
    "linked",
    "not_",
    "one_of",
    "order_index",
    "ordered",
    "starts",
    "together",
    "value_index",
    "with_keys",
]

Value: TypeAlias = "str | int | float | bool | None"

_NAME: Final = re.compile(r"\w+")


@frozen
class Condition:
    """Something that is true or not of a record."""

    sql: str
    values: tuple[Value, ...] = ()


@frozen
class Order:
    """A field to sort by; text sorts without regard to case."""

    field: str
    ascending: bool = True


@frozen
class Index:
    """What a table is looked up by; `name` tells it from the others of the table."""

    name: str
    sql: str


def equals(field: str, value: Value) -> Condition:
    """The field has this value; None is also what a missing field has."""
    return Condition(f"{_of(field)} IS ?", (value,))


def alike(field: str, text: str) -> Condition:
    """The field is this text; upper and lower case are the same."""
    return _same(Order(field), text)


def one_of(field: str, values: Iterable[Value]) -> Condition:
    """The field has one of these values."""
    listed = tuple(values)
    return Condition(f"{_of(field)} IN ({_marks(listed)})", listed)


def starts(field: str, text: str) -> Condition:
    """The field is text that starts so; upper and lower case are the same."""
    return Condition(f"substr(lower({_of(field)}), 1, ?) = lower(?)", (len(text), text))


def contains(field: str, text: str) -> Condition:
    """The field is text that has this in it; upper and lower case are the same."""
    return Condition(f"instr(lower(coalesce({_of(field)}, '')), lower(?)) > 0", (text,))


def at_least(field: str, value: Value) -> Condition:
    """The field is this or more."""
    return Condition(f"{_of(field)} >= ?", (value,))


def at_most(field: str, value: Value) -> Condition:
    """The field is this or less."""
    return Condition(f"{_of(field)} <= ?", (value,))


def has_item(field: str, values: Iterable[Value]) -> Condition:
    """The field is a list, with one of these values in it."""
    listed = tuple(values)
    items = f"json_each(document, '$.{_safe(field)}') AS item"
    return Condition(f"EXISTS (SELECT 1 FROM {items} WHERE item.value IN ({_marks(listed)}))", listed)  # noqa: S608


def has_part(field: str, name: str, values: Iterable[str]) -> Condition:
    """The field is a list of objects, one of which has one of these texts under a name, in any case of letters."""
    listed = tuple(value.lower() for value in values)
    part = f"lower(json_extract(item.value, '$.{_safe(name)}'))"
    items = f"json_each(document, '$.{_safe(field)}') AS item"
    return Condition(f"EXISTS (SELECT 1 FROM {items} WHERE {part} IN ({_marks(listed)}))", listed)  # noqa: S608


def with_keys(keys: Iterable[str]) -> Condition:
    """The record has one of these keys."""
    listed = tuple(keys)
    return Condition(f"key IN ({_marks(listed)})", listed)


def inside(kind: str, *conditions: Condition) -> Condition:
    """Some record of another kind, one that lies in this one, meets all of the conditions."""
    where = together(conditions, None)
    return Condition(f'key IN (SELECT scope FROM "{_safe(kind)}" WHERE {where.sql})', where.values)  # noqa: S608


def linked(kind: str, scope: str) -> Condition:
    """There is a record of another kind with the same key, in this scope: the users who are in a group."""
    return Condition(f'key IN (SELECT key FROM "{_safe(kind)}" WHERE scope = ?)', (scope,))  # noqa: S608


def any_of(*conditions: Condition) -> Condition:
    """At least one of the conditions is met."""
    sql = " OR ".join(f"({each.sql})" for each in conditions)
    return Condition(f"({sql or 'FALSE'})", tuple(value for each in conditions for value in each.values))


def all_of(*conditions: Condition) -> Condition:
    """All of the conditions are met."""
    return together(conditions, None)


def not_(condition: Condition) -> Condition:
    """The condition is not met."""
    return Condition(f"NOT coalesce({condition.sql}, FALSE)", condition.values)


def together(conditions: Sequence[Condition], scope: str | None) -> Condition:
    """All of the conditions are met, in one scope or in any."""
    if scope is not None:
        conditions = [Condition("scope = ?", (scope,)), *conditions]
    sql = " AND ".join(f"({each.sql})" for each in conditions)
    return Condition(sql or "TRUE", tuple(value for each in conditions for value in each.values))


def beside(kind: str, key: str) -> Condition:
    """The record lies where the record with this key does, and is another one."""
    same = f'scope IN (SELECT scope FROM "{_safe(kind)}" WHERE key = ?)'  # noqa: S608
    return Condition(f"{same} AND key IS NOT ?", (key, key))


def beyond(order: Sequence[Order], values: Sequence[Value]) -> Condition:
    """In this order, the record comes after one with these values; the order's last field tells all apart."""
    options: list[Condition] = []
    for i, (each, value) in enumerate(zip(order, values, strict=True)):
        before = [_same(*pair) for pair in zip(order[:i], values, strict=False)]
        options.append(all_of(*before, _after(each, value)))
    return any_of(*options)


def _same(order: Order, value: Value) -> Condition:
    return Condition(f"{_term(order)} IS ?", (value,))


def _after(order: Order, value: Value) -> Condition:
    """As SQLite sorts: null comes before all else."""
    term = _term(order)
    if order.ascending:
        return Condition(f"{term} IS NOT NULL") if value is None else Condition(f"{term} > ?", (value,))
    return Condition("FALSE") if value is None else Condition(f"({term} < ? OR {term} IS NULL)", (value,))


def value_index(field: str) -> Index:
    """Finds records by a field's value."""
    return Index(field, _of(field))


def order_index(order: Sequence[Order]) -> Index:
    """Holds records in an order, or against it."""
    return Index(" ".join(f"sorted {each.field}" for each in order), ", ".join(map(_sorting, order)))


def ordered(order: Sequence[Order]) -> str:
    """The SQL of an order; what is equal by it stands in order of insertion, or against it if that is its way."""
    last = Order("place", order[-1].ascending if order else True)
    return ", ".join(map(_sorting, (*order, last)))


def _sorting(order: Order) -> str:
    return f"{_term(order)} {'ASC' if order.ascending else 'DESC'}"


def _term(order: Order) -> str:
    return "place" if order.field == "place" else f"{_of(order.field)} COLLATE NOCASE"


@lru_cache(1000)
def _of(field: str) -> str:
    return f"json_extract(document, '$.{_safe(field)}')"


def _safe(name: str) -> str:
    if not _NAME.fullmatch(name):
        msg = f"{name!r} is not the name of a field or a table"
        raise ValueError(msg)
    return name


def _marks(values: Sequence[object]) -> str:
    return ", ".join("?" * len(values))
