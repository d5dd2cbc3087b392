"""The bound face of a resource: `client.content.get(…)` for `Content.get(client, …)`."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from typing import Any, ClassVar

from connectapi.query.hiding import hiding
from connectapi.query.session import Session
from connectapi.resource.build import MODULE
from connectapi.resource.catalog import Catalog
from connectapi.resource.record import Binding, Record
from connectapi.spec.model import ResourceSpec

__all__ = ["Collection", "collection_class"]


class Collection:
    """All methods of one resource, with the client and what else is known filled in."""

    __slots__ = ("_client", "_preset")

    _record: ClassVar[type[Record]]

    def __init__(self, client: Session, preset: Mapping[str, Any] | None = None) -> None:
        self._client = client
        self._preset = dict(preset or {})

    def __repr__(self) -> str:
        known = ", ".join(f"{name}={value!r}" for name, value in self._preset.items())
        return f"<{type(self).__name__}{' of ' if known else ''}{known}>"

    def _fill(self, method: Any, kwargs: dict[str, object]) -> dict[str, object]:
        """Add what is known to the arguments of a method that takes it."""
        takes = inspect.signature(method).parameters
        return {**{name: value for name, value in self._preset.items() if name in takes}, **kwargs}


def collection_class(catalog: Catalog, resource: str) -> type[Collection]:
    """Return the class of a resource's collection, made when first asked for."""
    found = catalog.derived.get(resource)
    if found is None:
        # Of two threads that come at once, both get the class of the first.
        found = catalog.derived.setdefault(resource, _build(catalog.record(resource), catalog.spec(resource)))
    cls: type[Collection] = found
    return cls


def _build(record: type[Record], spec: ResourceSpec) -> type[Collection]:
    members: dict[str, Any] = {"__slots__": (), "__doc__": f"{spec.doc}", "__module__": MODULE, "_record": record}
    names = dict.fromkeys((*spec.operations(), *(("iter", "count") if "get" in spec.methods else ())))
    for name in names:
        operation = spec.operations().get(name)
        if operation is not None and name != "get_one" and spec.of_item(operation):
            lies = tuple(each for each in spec.scope if each in operation.placeholders)
            members[name] = _item_method(record, spec, name, lies)
        else:
            members[name] = _list_method(record, name)
    return type(f"{spec.name}Collection", (Collection,), members)


def _list_method(record: type[Record], name: str) -> Callable[..., Any]:
    inner = getattr(record, name)

    def method(self: Collection, *args: object, **kwargs: object) -> Any:
        return inner(self._client, *args, **self._fill(inner, kwargs))

    return _dressed(method, inner, ("self",), ("client",))


def _item_method(record: type[Record], spec: ResourceSpec, name: str, lies: tuple[str, ...]) -> Callable[..., Any]:
    inner = getattr(record, name)

    def method(self: Collection, *args: object, **kwargs: object) -> Any:
        # The item comes first, then where it lies, as far as the collection does not know that.
        place = {each: self._preset[each] for each in lies if each in self._preset}
        given = iter(args)
        for each in (spec.key_param, *lies):
            if each not in place:
                place[each] = kwargs.pop(each) if each in kwargs else next(given, None)
        missing = [each for each, value in place.items() if value is None]
        if missing:
            msg = f"{spec.name}.{inner.__name__}() needs {', '.join(map(repr, missing))}"
            raise TypeError(msg)
        one = record(**{spec.key: place.pop(spec.key_param)})
        object.__setattr__(one, "_binding", Binding(self._client, {k: str(v) for k, v in place.items()}))
        return getattr(one, inner.__name__)(*given, **self._fill(inner, kwargs))

    return _dressed(method, inner, ("self", spec.key_param, *lies), ("self",))


def _dressed(
    method: Callable[..., Any], inner: Any, first: tuple[str, ...], drop: tuple[str, ...]
) -> Callable[..., Any]:
    signature = inspect.signature(inner)
    method = hiding(method, getattr(inner, "hides", ()))
    kind = inspect.Parameter
    own = [kind(name, kind.POSITIONAL_OR_KEYWORD) for name in first]
    rest = [each for name, each in signature.parameters.items() if name not in {*drop, *first}]
    method.__name__ = inner.__name__
    method.__doc__ = inner.__doc__
    method.__signature__ = signature.replace(parameters=[*own, *rest])  # type: ignore[attr-defined]
    return method
