"""The warning that a call is on its way out."""

from __future__ import annotations

import sys
import warnings
from types import FrameType
from typing import Final

from connectapi.http.failure import one_line
from connectapi.http.values import Headers, Request

__all__ = ["warn_if_deprecated"]

_HEADER: Final = "X-Deprecated-Endpoint"

#: What may stand between the user's line and this one: `with` and hooks go through the last two.
_NOT_THE_USER: Final = frozenset({"connectapi", "contextlib", "pluggy"})


def warn_if_deprecated(request: Request, headers: Headers) -> None:
    """Warn at the user's own line, if the server says that this call will go away."""
    replacement = headers.get(_HEADER)
    if replacement is not None:
        replacement = one_line(replacement)
        instead = "nothing replaces it" if replacement in {"", "n/a"} else f"use {replacement} instead"
        msg = f"{request} is deprecated on this server and will go away within a year: {instead}"
        warnings.warn(msg, DeprecationWarning, stacklevel=_stacklevel())


def _stacklevel() -> int:
    """Return how far the user's line is from the caller of this function, which counts as 1."""
    level = 0
    frame: FrameType | None = sys._getframe()
    while frame is not None and str(frame.f_globals.get("__name__")).partition(".")[0] in _NOT_THE_USER:
        frame = frame.f_back
        level += 1
    return level
