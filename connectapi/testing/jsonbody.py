"""A body of JSON as the server takes it: of finite numbers, and not nested without end."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from typing import Any, Final

from connectapi.testing.refusal import bad

__all__ = ["read_json"]

#: How deep a body may be nested. SQLite's functions for JSON give up at 1,000.
_DEEPEST: Final = 100


def read_json(data: bytes) -> Any:
    """Read a body; an empty one is an empty object.

    Raises:
        Refusal: it is no JSON, or not of a kind that can be kept.
    """
    if not data.strip():
        return {}
    try:
        value = json.loads(data.decode(), parse_constant=_no_constant, parse_float=_finite)
    except (ValueError, RecursionError) as error:
        why = "it is nested too deeply" if isinstance(error, RecursionError) else error
        raise _unreadable(why) from None
    # What has fewer brackets than that can't be nested deeper; nearly all bodies are seen to be right by that.
    if data.count(b"[") + data.count(b"{") > _DEEPEST and _depth(value) > _DEEPEST:
        raise _unreadable(f"it is nested more than {_DEEPEST} deep")
    return value


def _unreadable(why: object) -> Exception:
    return bad(f"The body is not JSON that this server can read: {why}.", "CannotParseRequestBody")


def _depth(value: Any) -> int:
    depth, level = 0, [value]
    while level := [each for each in level if isinstance(each, (dict, list))]:
        depth += 1
        level = [each for above in level for each in (above.values() if isinstance(above, Mapping) else above)]
    return depth


def _finite(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        msg = f"{text[:40]} is too large a number"
        raise ValueError(msg)
    return number


def _no_constant(name: str) -> Any:
    msg = f"{name} is not a number in JSON"
    raise ValueError(msg)
