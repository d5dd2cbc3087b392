"""Classes with behaviour that no declaration can say: a resource's own, and those that extensions bring."""

from __future__ import annotations

import importlib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from attrs import frozen

from connectapi.errors import ConnectError, PluginError, SpecError
from connectapi.resource.record import Record
from connectapi.spec.model import ResourceSpec, TypeSpec

__all__ = ["Mixin", "find_mixins", "refuse_clashes"]


@frozen
class Mixin:
    """A class that a resource's class derives from. `plugin` is empty for the resource's own."""

    cls: type
    file: str
    plugin: str = ""

    def names(self) -> dict[str, Any]:
        """Return the public attributes, by name."""
        found: dict[str, Any] = {}
        for base in reversed(self.cls.__mro__[:-1]):
            found.update({name: each for name, each in vars(base).items() if not name.startswith("_")})
        return found


def find_mixins(spec: ResourceSpec) -> tuple[Mixin, ...]:
    """Import the mixins of a resource, in the order of its bases: that of the extension that was added last comes first.

    Raises:
        SpecError: the resource's own is not there, or has slots of its own.
        PluginError: so has that of an extension, or it can't stand beside the others.
    """
    added = [
        Mixin(_found(each.mixin, each.file, each.plugin), each.file, each.plugin)
        for each in spec.extensions
        if each.mixin
    ]
    own = [Mixin(_found(spec.mixin, spec.file), spec.file)] if spec.mixin else []
    mixins = (*added[::-1], *own)
    if not added:
        return mixins
    try:
        type(spec.name, (*(each.cls for each in mixins), Record), {"__slots__": ()})
    except TypeError as error:
        names = ", ".join(f"{each.cls.__name__} ({Path(each.file).name})" for each in mixins)
        reason = f"no {spec.name} can derive from all of its mixins: {names}: {error}"
        raise PluginError(mixins[0].plugin, reason) from error
    return mixins


def _found(target: str, path: str, plugin: str = "") -> type:
    module, _, name = target.partition(":")
    file = Path(path).name
    try:
        mixin = getattr(importlib.import_module(module), name)
    except ConnectError:
        raise
    except Exception as error:
        reason = f"{file}: mixin: can't find {target!r}: {type(error).__name__}: {error}"
        raise _unfit(plugin, reason) from error
    if not isinstance(mixin, type) or any(vars(each).get("__slots__") != () for each in mixin.__mro__[:-1]):
        reason = f"{file}: mixin: {target!r} must be a class with `__slots__ = ()`, and so must what it derives from"
        raise _unfit(plugin, reason)
    return mixin


def _unfit(plugin: str, reason: str) -> ConnectError:
    return PluginError(plugin, reason) if plugin else SpecError(reason)


def refuse_clashes(spec: ResourceSpec | TypeSpec, namespace: Mapping[str, object], mixins: Sequence[Mixin]) -> None:
    """Refuse public names that two of a class's parts have.

    Args:
        spec: what is declared.
        namespace: the methods and properties that the declaration gives.
        mixins: the mixins.

    Raises:
        SpecError: a declared name is one of every record, or of the type's own mixin.
        PluginError: an extension's mixin has a name that is there already.
    """
    own = [each for each in mixins if not each.plugin]
    # Read and changed as any other, perhaps by a method that a mixin wraps around them.
    declared = spec.fields.keys() | (namespace.keys() - {"get_one", "update"})
    public = {name for name in dir(Record) if not name.startswith("__")}.union(*(each.names() for each in own))
    if clashes := sorted(declared & public):
        for each in getattr(spec, "extensions", ()):
            if added := {*each.fields, *each.actions, *each.relations} & public:
                reason = (
                    f"{Path(each.file).name} extends {spec.name} with {min(added)!r}, which is a method of it already"
                )
                raise PluginError(each.plugin, reason)
        file = Path(getattr(spec, "file", "") or spec.name).name
        where = f" or of its mixin {own[0].cls.__name__}" if own else ""
        msg = f"{file}: {spec.name}: {', '.join(clashes)}: already a name of every record{where}"
        raise SpecError(msg)
    taken: dict[str, tuple[Any, str]] = dict.fromkeys({*public, *spec.fields, *namespace}, (None, ""))
    for mixin in own:
        taken |= {name: (each, "") for name, each in mixin.names().items()}
    for mixin in (each for each in reversed(mixins) if each.plugin):
        for name, each in mixin.names().items():
            first, holder = taken.setdefault(name, (each, mixin.plugin))
            if first is not each:
                raise _refusal(spec.name, mixin, name, holder)


def _refusal(resource: str, mixin: Mixin, name: str, holder: str) -> PluginError:
    file = Path(mixin.file).name
    whose = f"which the mixin of the plugin {holder!r} has too" if holder else "which is there already"
    said = f"its mixin {mixin.cls.__name__} ({file}) gives {resource} {name!r}, {whose}"
    return PluginError(mixin.plugin, f"{said}; switch one of them off, or rename it")
