"""What follows from the names in a resource file, filled in: calls, answers, the argument of the key."""

from __future__ import annotations

from typing import Final

import attrs

from connectapi.spec.model import ExtensionSpec, OperationSpec, ResourceSpec, placeholders

__all__ = ["complete", "complete_extension"]

#: Verb and path suffix of each method, where the file doesn't say otherwise.
_DEFAULT_CALLS: Final = {
    "get": ("GET", False),
    "get_one": ("GET", True),
    "create": ("POST", False),
    "update": ("PATCH", True),
    "delete": ("DELETE", True),
}


def complete(spec: ResourceSpec) -> ResourceSpec:
    """Fill in what follows from the names: calls, answers and documentation of the methods."""
    spec = attrs.evolve(spec, key_param=_key_param(spec))
    methods = {
        name: _complete_method(spec, name, operation)
        for name, operation in spec.methods.items()
        if name in _DEFAULT_CALLS
    }
    actions = {
        name: _complete_answer(operation, operation.returns or "none") for name, operation in spec.actions.items()
    }
    types = {name: attrs.evolve(each, name=name) for name, each in spec.types.items()}
    unknown = {name: operation for name, operation in spec.methods.items() if name not in methods}
    return attrs.evolve(spec, methods={**methods, **unknown}, actions=actions, types=types)


def complete_extension(spec: ExtensionSpec) -> ExtensionSpec:
    """Fill in what follows from the names in an extension."""
    actions = {
        name: _complete_answer(operation, operation.returns or "none") for name, operation in spec.actions.items()
    }
    types = {name: attrs.evolve(each, name=name) for name, each in spec.types.items()}
    return attrs.evolve(spec, actions=actions, types=types)


def _key_param(spec: ResourceSpec) -> str:
    if spec.key_param or not spec.key:
        return spec.key_param
    # A vanity URL is found by its content's guid: there the key is a placeholder of the path itself.
    own = spec.key in placeholders(spec.path)
    return spec.key if own else f"{spec.snake}_{spec.key}"


def _complete_method(spec: ResourceSpec, name: str, operation: OperationSpec) -> OperationSpec:
    verb, of_item = _DEFAULT_CALLS[name]
    placed = spec.key_param in placeholders(spec.path)
    suffix = f"/{{{spec.key_param}}}" if of_item and spec.key and not placed else ""
    call = operation.call or f"{verb} {spec.path}{suffix}"
    returns = operation.returns or {"get": f"list of {spec.name}", "delete": "none"}.get(name, spec.name)
    return _complete_answer(attrs.evolve(operation, call=call), returns)


def _complete_answer(operation: OperationSpec, returns: str) -> OperationSpec:
    items = operation.items or ("results" if operation.page else "")
    status = operation.status or ((204,) if returns == "none" else (200,))
    return attrs.evolve(operation, returns=returns, items="" if items == "none" else items, status=status)
