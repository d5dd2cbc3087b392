"""Which function answers which operation, where no declaration can say how."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, Literal, TypeAlias

from attrs import frozen

from connectapi.testing.call import Answer, Call

__all__ = ["Handler", "Needs", "access", "handler_of", "handles", "needs_of"]

Function: TypeAlias = Callable[[Call], Answer]

#: What the caller must be able to do with the content item that a call is about.
Needs: TypeAlias = Literal["view", "edit", "collaborate", "nothing"]


@frozen
class Handler:
    """A function that answers calls. With `alone`, it opens transactions itself: it waits, or moves many bytes."""

    function: Function
    alone: bool = False


_HANDLERS: Final[dict[tuple[str, str], Handler]] = {}
_NEEDS: Final[dict[tuple[str, str], Needs]] = {}


def handles(
    resource: str, *operations: str, needs: Needs | None = None, alone: bool = False
) -> Callable[[Function], Function]:
    """Register the function that answers some operations of a resource.

    Args:
        resource: the name of the resource.
        operations: the names of its operations.
        needs: what the caller must be able to do with the content; to see it for a GET, else to edit it.
        alone: the function opens its transactions itself.
    """

    def register(function: Function) -> Function:
        for operation in operations:
            _HANDLERS[resource, operation] = Handler(function, alone)
            if needs is not None:
                _NEEDS[resource, operation] = needs
        return function

    return register


def access(resource: str, *operations: str, needs: Needs) -> None:
    """Say what operations that the general rules answer need."""
    _NEEDS.update({(resource, operation): needs for operation in operations})


def handler_of(resource: str, operation: str) -> Handler | None:
    """Return what answers an operation, if it was registered."""
    return _HANDLERS.get((resource, operation))


def needs_of(resource: str, operation: str, verb: str) -> Needs:
    """Return what the caller of an operation must be able to do with the content it is about."""
    return _NEEDS.get((resource, operation), "view" if verb == "GET" else "edit")
