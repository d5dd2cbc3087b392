"""Secret arguments, hidden before anything can go wrong that would show them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from connectapi.types import Secret

__all__ = ["hiding"]


def hiding(method: Callable[..., Any], names: Sequence[str]) -> Callable[..., Any]:
    """Return a method that has the texts of some named arguments hidden; the same one, if there are none.

    A traceback that shows locals would show them in each frame from here to the wire.
    """
    if not names:
        return method

    def hidden(*args: Any, **kwargs: Any) -> Any:
        for name in names:
            if isinstance(kwargs.get(name), str):
                kwargs[name] = Secret(kwargs[name])
        return method(*args, **kwargs)

    hidden.__name__ = method.__name__
    hidden.hides = names  # type: ignore[attr-defined]  # for who wraps this in its turn
    return hidden
