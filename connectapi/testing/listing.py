"""Which records a list call is about, and in which order."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Final

from attrs import frozen

from connectapi.spec.model import Comparison, ParamSpec
from connectapi.testing.call import Call
from connectapi.testing.conditions import (
    Condition,
    Order,
    any_of,
    at_least,
    at_most,
    contains,
    equals,
    has_item,
    starts,
)
from connectapi.testing.refusal import invalid

__all__ = ["Listing", "declared_order", "filters", "number_of", "wanted_order"]

#: The condition that each comparison means; `is` depends on the field besides.
_COMPARISONS: Final[Mapping[Comparison, Callable[[str, Any], Condition]]] = {
    "is": equals,
    "begins": starts,
    "contains": contains,
    "from": at_least,
    "to": at_most,
}

#: The largest number of a page, and of items in one.
_LARGEST: Final = 2**53


@frozen(kw_only=True)
class Listing:
    """The records that a list call is about, before it is cut into pages."""

    kind: str
    conditions: Sequence[Condition] = ()
    scope: str | None = None
    order: Sequence[Order] = ()


def filters(call: Call) -> list[Condition]:
    """Return what the call's parameters ask for: by their `filter`, or as the field that they are called like."""
    found: list[Condition] = []
    for name, value in call.params.items():
        values = value if isinstance(value, list) else [value]
        if values:
            found += (
                any_of(*(_condition(call, how, field, each) for field in fields for each in values))
                for how, fields in _compared(call, name, call.operation.params[name])
            )
    return found


def _compared(call: Call, name: str, spec: ParamSpec) -> Iterable[tuple[Comparison, tuple[str, ...]]]:
    if spec.filter:
        return spec.filter.items()
    return [("is", (name,))] if name in call.world.fields(call.kind) else []


def _condition(call: Call, how: Comparison, name: str, value: Any) -> Condition:
    spec = call.world.fields(call.kind)[name]
    wire = spec.wire or name
    if how == "is" and spec.ref.kind == "list":
        return has_item(wire, [value])
    return _COMPARISONS[how](wire, value)


def declared_order(call: Call) -> list[Order]:
    """Return the order that the operation declares."""
    fields, found = call.world.fields(call.kind), []
    for text in call.operation.order:
        name = text.removeprefix("-")
        found.append(Order(fields[name].wire or name, ascending=name == text))
    return found


def wanted_order(call: Call, usual: Sequence[Order] = (), kind: str | None = None) -> Sequence[Order]:
    """Return the order that a call asks for by `sort`, `order` and `asc_order`; else the usual, or the declared one.

    Args:
        call: the call.
        usual: the order, if the call asks for no other.
        kind: what is sorted, if not the resource of the call.
    """
    ascending = call.params.get("asc_order")
    if "order" in call.params:
        ascending = call.params["order"] == "asc"
    usual = usual or declared_order(call)
    if sort := call.params.get("sort"):
        return (Order(_sortable(call, kind or call.kind, sort), ascending is not False),)
    if ascending is None or not usual:
        return usual if ascending is not False else (Order("place", ascending=False),)
    return tuple(Order(each.field, ascending) for each in usual)


def _sortable(call: Call, kind: str, sort: str) -> str:
    for name, spec in call.world.fields(kind).items():
        if sort in {name, spec.wire} and spec.ref.scalar and spec.ref.kind != "json" and not spec.secret:
            return spec.wire or name
    raise invalid("sort", f"{sort[:60]!r} is no field to sort by.")


def number_of(call: Call, name: str, usual: int) -> int:
    """Return a number of a page, or of items in one, that the call asks for."""
    text = call.request.args.get(name, "")
    if not text:
        return usual
    if not text.isascii() or not text.isdigit() or len(text) > len(str(_LARGEST)) or not 0 < int(text) <= _LARGEST:
        raise invalid(name, f"{text[:40]!r} is not a number from 1 on.")
    return int(text)
