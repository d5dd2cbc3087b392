"""Which function answers which operation, where no declaration can say how."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, TypeAlias

from attrs import frozen

from connectapi.testing.call import Answer, Call

__all__ = ["Handler", "handler_of", "handles"]

Function: TypeAlias = Callable[[Call], Answer]


@frozen
class Handler:
    """A function that answers calls. With `alone`, it opens transactions itself: it waits, or moves many bytes."""

    function: Function
    alone: bool = False


_HANDLERS: Final[dict[tuple[str, str], Handler]] = {}


def handles(resource: str, *operations: str, alone: bool = False) -> Callable[[Function], Function]:
    """Register the function that answers some operations of a resource.

    Args:
        resource: the name of the resource.
        operations: the names of its operations.
        alone: the function opens its transactions itself.
    """

    def register(function: Function) -> Function:
        for operation in operations:
            _HANDLERS[resource, operation] = Handler(function, alone)
        return function

    return register


def handler_of(resource: str, operation: str) -> Handler | None:
    """Return what answers an operation, if it was registered."""
    return _HANDLERS.get((resource, operation))
