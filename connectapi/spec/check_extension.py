"""What makes an extension right: by itself, and within what it extends."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import chain
from typing import Final

import attrs

from connectapi.errors import did_you_mean
from connectapi.spec.check import (
    CLASS_NAME,
    Names,
    argument_faults,
    field_faults,
    held_faults,
    member_faults,
    operation_faults,
    relation_faults,
    target_faults,
    type_faults,
)
from connectapi.spec.check_rules import absent, references
from connectapi.spec.fault import Fault
from connectapi.spec.model import ExtensionSpec, OperationSpec, ResourceSpec

__all__ = ["check_alone", "check_within"]

#: What only a resource can get, and no type nested in one.
_OF_RESOURCES: Final = ("actions", "params", "relations", "mixin", "commands")


def check_alone(extension: ExtensionSpec, known: Callable[[str], bool]) -> Iterator[Fault]:
    """Yield what is wrong with an extension whatever it extends; `known` as for `check`."""
    spec = _as_resource(extension)
    names = Names(spec, known)
    if not CLASS_NAME.fullmatch(extension.extends):
        yield Fault(("extends",), f"{extension.extends!r}: a resource is named in CapWords")
    elif not known(extension.extends):
        yield Fault(("extends",), f"no resource or type is called {extension.extends!r}")
    fields = extension.fields.items()
    yield from chain.from_iterable(field_faults(("fields", name), name, field, names) for name, field in fields)
    yield from type_faults(extension.types, names)
    yield from target_faults(spec)
    for name, operation in extension.actions.items():
        yield from member_faults(("actions", name), name, spec)
        yield from operation_faults(("actions", name), operation, spec, names)
    for name, params in extension.params.items():
        for fault in argument_faults((), OperationSpec(params=params), names):
            yield Fault(("params", name, *fault.place[1:]), fault.message)
    for name, relation in extension.relations.items():
        yield from member_faults(("relations", name), name, spec)
        yield from relation_faults(("relations", name), relation, names)


def _as_resource(extension: ExtensionSpec) -> ResourceSpec:
    return ResourceSpec(
        name=extension.extends,
        doc=extension.doc,
        fields=extension.fields,
        types=extension.types,
        actions=extension.actions,
        relations=extension.relations,
        mixin=extension.mixin,
        commands=extension.commands,
    )


def check_within(extension: ExtensionSpec, spec: ResourceSpec) -> Iterator[Fault]:
    """Yield what is wrong with an extension where it stands; `spec` is the resource with all of its extensions."""
    if extension.extends != spec.name:
        for word in _OF_RESOURCES:
            if getattr(extension, word):
                yield Fault((word,), f"{extension.extends} is a type within {spec.name}: only a resource can get these")
        return
    added = attrs.evolve(spec, actions=extension.actions, relations=extension.relations, methods={}, like="")
    yield from (fault for fault in references(added) if fault.place[1] in getattr(extension, fault.place[0]))
    for name, relation in extension.relations.items():
        yield from held_faults(("relations", name), relation, spec)
    calls = spec.operations()
    for name, params in extension.params.items():
        if name not in calls:
            yield Fault(("params", name), f"{spec.name} has no call of that name{did_you_mean(name, list(calls))}")
            continue
        for param, entry in params.items():
            for word, names in entry.filter.items():
                yield from absent(("params", name, param, "filter", word), names, spec.fields)
