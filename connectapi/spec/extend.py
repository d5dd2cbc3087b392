"""What plugins add to the resources of others: joined to them, or refused by the names of both plugins."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TypeAlias, TypeVar

import attrs
from attrs import define, frozen

from connectapi.errors import PluginError, SpecError
from connectapi.spec.check_extension import check_within
from connectapi.spec.model import ExtensionSpec, FieldSpec, OperationSpec, ParamSpec, ResourceSpec

__all__ = ["joined", "refuse_unfit"]

T = TypeVar("T")

#: Where a name must be the only one of its kind, and the name.
_Name: TypeAlias = tuple[str, str]


def joined(spec: ResourceSpec, extensions: Sequence[ExtensionSpec]) -> ResourceSpec:
    """Return a resource with what extensions add to it, after its own; of two things of one name the first stays."""
    for each in extensions:
        spec = attrs.evolve(spec, types=_after(spec.types, each.types))
        if each.extends == spec.name:
            spec = attrs.evolve(
                spec,
                fields=_after(spec.fields, each.fields),
                actions=_after(spec.actions, each.actions),
                relations=_after(spec.relations, each.relations),
                commands=_after(spec.commands, each.commands),
            )
        elif each.extends in spec.types:
            inner = spec.types[each.extends]
            grown = attrs.evolve(inner, fields=_after(inner.fields, each.fields))
            spec = attrs.evolve(spec, types={**spec.types, each.extends: grown})
    for each in extensions:
        spec = attrs.evolve(
            spec, methods=_with_params(spec.methods, each.params), actions=_with_params(spec.actions, each.params)
        )
    return attrs.evolve(spec, extensions=tuple(extensions))


def _after(own: Mapping[str, T], added: Mapping[str, T]) -> dict[str, T]:
    return {**own, **{name: each for name, each in added.items() if name not in own}}


def _with_params(
    calls: Mapping[str, OperationSpec], added: Mapping[str, Mapping[str, ParamSpec]]
) -> dict[str, OperationSpec]:
    return {
        name: attrs.evolve(call, params=_after(call.params, added[name])) if name in added else call
        for name, call in calls.items()
    }


def refuse_unfit(bare: ResourceSpec, whole: ResourceSpec, owner: str) -> None:
    """Refuse extensions that clash with their resource or with each other, or that do not fit it.

    Args:
        bare: the resource without its extensions, with the fields that it takes over.
        whole: the resource with them.
        owner: the plugin that declares the resource.

    Raises:
        PluginError: two plugins have something of one name; both are named.
        SpecError: an extension is wrong by itself.
    """
    taken = _Taken({name: _Holder(owner, bare.file, what) for name, what in _names(bare)})
    for each in whole.extensions:
        taken.add(each)
    for each in whole.extensions:
        faults = list(check_within(each, whole))
        if faults:
            from connectapi.spec.load import located  # YAML loads where something is wrong

            text = Path(each.file).read_text(encoding="utf-8")
            raise SpecError("\n".join(located(text, each.file, each.extends, faults)))


@frozen
class _Holder:
    """Who has a name, and for what."""

    plugin: str
    file: str
    what: str


@define
class _Taken:
    """The names that a resource and its extensions have."""

    names: dict[_Name, _Holder]

    def add(self, extension: ExtensionSpec) -> None:
        """Add the names of an extension, or refuse one that is taken."""
        for name, what in _names(extension):
            holder = _Holder(extension.plugin, extension.file, what)
            first = self.names.setdefault(name, holder)
            if first is not holder:
                raise _refusal(extension, name, holder, first)


def _refusal(extension: ExtensionSpec, name: _Name, holder: _Holder, first: _Holder) -> Exception:
    file, other = Path(extension.file).name, Path(first.file).name
    key = f" (in JSON {name[1]!r})" if name[0].startswith("key of ") else ""
    said = f"{file} extends {extension.extends} with {holder.what}{key}, but"
    if first.plugin == holder.plugin:
        return SpecError(f"{said} {first.what} is there already ({other})")
    return PluginError(
        holder.plugin,
        f"{said} {first.what} of the plugin {first.plugin!r} is there already ({other}); "
        "switch one of them off, or rename what it adds",
    )


def _names(spec: ResourceSpec | ExtensionSpec) -> Iterator[tuple[_Name, str]]:
    """Yield the names that a resource or an extension takes up, and what has each."""
    home = spec.name if isinstance(spec, ResourceSpec) else spec.extends
    yield from _of_fields(home, spec.fields)
    for name in spec.actions:
        yield (home, name), f"the action {name!r}"
    for name in spec.relations:
        yield (home, name), f"the relation {name!r}"
    for name in spec.commands:
        yield ("command", name), f"the command {name!r}"
    for name, each in spec.types.items():
        yield from _of_fields(name, each.fields)
    yield from _of_extended_calls(spec) if isinstance(spec, ExtensionSpec) else _of_calls(spec)


def _of_fields(home: str, fields: Mapping[str, FieldSpec]) -> Iterator[tuple[_Name, str]]:
    for name, each in fields.items():
        yield (home, name), f"the field {name!r}"
        yield (f"key of {home}", each.wire or name), f"the field {name!r}"


def _of_calls(spec: ResourceSpec) -> Iterator[tuple[_Name, str]]:
    for call, each in spec.operations().items():
        for name in (*each.placeholders, *each.params, *each.body, *spec.sent_by(call)):
            yield (f"argument of {call}", name), f"the argument {name!r} of {call}"


def _of_extended_calls(spec: ExtensionSpec) -> Iterator[tuple[_Name, str]]:
    for call, params in spec.params.items():
        for name in params:
            yield (f"argument of {call}", name), f"the parameter {name!r} of {call}"
    for name, sent in spec.fields.items():
        for call in ("create", "update"):
            if sent.write in {call, "always"}:
                yield (f"argument of {call}", name), f"the field {name!r}"
