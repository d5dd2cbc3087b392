"""What every class made from a resource file has in common."""

from __future__ import annotations

import builtins
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar

import attrs
from attrs import frozen

from connectapi.spec.model import ResourceSpec, TypeSpec
from connectapi.types import MASK

if TYPE_CHECKING:
    from typing_extensions import Self

__all__ = ["Binding", "Record", "assign", "changes", "plain", "plain_json"]


@frozen
class Binding:
    """What ties a record to a server: the client it was read by, and where in the API it lies."""

    client: Any
    scope: Mapping[str, str]


class Record:
    """One object of the API.

    Its fields are attributes. Two records are equal when their fields are; a record can be pickled,
    which leaves its client and its secrets behind.
    """

    __slots__ = ("__weakref__", "_binding", "_changed", "_extra")

    _spec: ClassVar[ResourceSpec | TypeSpec]

    if TYPE_CHECKING:
        _binding: Binding | None
        _changed: set[str]
        _extra: builtins.dict[str, Any]

    @property
    def extra(self) -> builtins.dict[str, Any]:
        """What the server sent beside the declared fields, by its key."""
        return builtins.dict(getattr(self, "_extra", {}))

    def dict(self, *, secrets: bool = False) -> builtins.dict[str, Any]:
        """Return the fields, in order, and what is in `extra`, as a plain dictionary.

        Args:
            secrets: whether secret fields are shown; they are masked otherwise.

        Returns:
            Nested records are dictionaries too; times stay `datetime` objects.

        Example:
            >>> from connectapi import User
            >>> User(username="ada").dict()["username"]
            'ada'
        """
        shown = {name: plain(value, secrets=secrets) for name, value in _items(self, secrets=secrets)}
        return {**shown, **getattr(self, "_extra", {})}

    def bind(self, client: Any) -> Self:
        """Tie this record to a client, such as after unpickling, and return it."""
        bound: Binding | None = getattr(self, "_binding", None)
        object.__setattr__(self, "_binding", Binding(client, bound.scope if bound else {}))
        return self

    def __str__(self) -> str:
        return " ".join(f"{name}={value!r}" for name, value in _items(self))

    def __repr__(self) -> str:
        return f"{type(self).__name__}({', '.join(f'{name}={value!r}' for name, value in _items(self))})"

    def __getstate__(self) -> tuple[Mapping[str, Any], Mapping[str, Any]]:
        hidden = _secret_names(type(self))
        values = {name: value for name, value in _values(self).items() if name not in hidden}
        return values, self.extra

    def __setstate__(self, state: tuple[Mapping[str, Any], Mapping[str, Any]]) -> None:
        values, extra = state
        for name in _names(type(self)):
            object.__setattr__(self, name, values.get(name))
        if extra:
            object.__setattr__(self, "_extra", builtins.dict(extra))

    def __copy__(self) -> Self:
        return self._copied(lambda value: value)

    def __deepcopy__(self, memo: Any) -> Self:
        from copy import deepcopy

        return self._copied(lambda value: deepcopy(value, memo))

    def _copied(self, each: Any) -> Self:
        other = type(self).__new__(type(self))
        for name, value in _values(self).items():
            object.__setattr__(other, name, each(value))
        for name in ("_binding", "_changed", "_extra"):
            if hasattr(self, name):
                value = getattr(self, name)
                object.__setattr__(other, name, value if name == "_binding" else each(value).copy())
        return other


def _fields(cls: Any) -> tuple[attrs.Attribute[Any], ...]:
    # Every subclass of Record is an attrs class, though none is written as one.
    found: tuple[attrs.Attribute[Any], ...] = attrs.fields(cls)
    return found


def _names(cls: type[Record]) -> tuple[str, ...]:
    return tuple(attribute.name for attribute in _fields(cls))


def _secret_names(cls: type[Record]) -> set[str]:
    return {attribute.name for attribute in _fields(cls) if attribute.metadata.get("secret")}


def _values(record: Record) -> dict[str, Any]:
    return {name: getattr(record, name) for name in _names(type(record))}


def _items(record: Record, *, secrets: bool = False) -> list[tuple[str, Any]]:
    hidden = set() if secrets else _secret_names(type(record))
    return [(name, MASK if name in hidden and value is not None else value) for name, value in _values(record).items()]


def plain(value: Any, *, secrets: bool = False) -> Any:
    """Return a value with every record in it as a dictionary."""
    if isinstance(value, Record):
        return value.dict(secrets=secrets)
    if isinstance(value, list):
        return [plain(each, secrets=secrets) for each in value]
    if isinstance(value, dict):
        return {key: plain(each, secrets=secrets) for key, each in value.items()}
    return value


def plain_json(value: Any) -> Any:
    """Return a value as `plain` does, secrets masked, but for values of plugins' types: those are JSON."""
    if isinstance(value, Record):
        conversions = {each.name: each.metadata["conversion"] for each in _fields(type(value))}
        shown = {
            name: plain_json(each if conversions[name] is None else conversions[name].write(each))
            for name, each in _items(value)
        }
        return {**shown, **value.extra}
    if isinstance(value, list):
        return [plain_json(each) for each in value]
    if isinstance(value, dict):
        return {key: plain_json(each) for key, each in value.items()}
    return value


def assign(record: Record, attribute: attrs.Attribute[Any], value: Any) -> Any:
    """Take note of an assignment, so that `update()` sends just what changed (an attrs hook)."""
    write = attribute.metadata.get("write", "always")
    if write in {"never", "create"}:
        when = "when it is created" if write == "create" else "by the server alone"
        writable = [each.name for each in _fields(type(record)) if each.metadata["write"] in {"update", "always"}]
        can = f"; what can be set: {', '.join(writable)}" if writable else ""
        msg = f"{type(record).__name__}.{attribute.name} is set {when}{can}"
        raise AttributeError(msg)
    check = attribute.metadata.get("check")
    if check is not None:
        check(f"{type(record).__name__}.{attribute.name}", value)
    changes(record).add(attribute.name)
    return value


def changes(record: Record) -> set[str]:
    """Return the names of the fields assigned since the record was read; add to it to add one."""
    if not hasattr(record, "_changed"):
        object.__setattr__(record, "_changed", set())
    return record._changed
