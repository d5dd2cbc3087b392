"""The cursor of a page, without reading the page."""

from __future__ import annotations

from functools import cache

import msgspec

__all__ = ["peek_cursor"]


class _Cursors(msgspec.Struct):
    next: str | None = None


class _Paging(msgspec.Struct):
    cursors: _Cursors | None = None


class _Top(msgspec.Struct):
    paging: _Paging | None = None


def peek_cursor(data: bytes) -> str | None:
    """Return the cursor of the page after this one; None if there is none, or none to be found quickly."""
    try:
        top = _decoder().decode(data)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None  # the page's own reading says what is wrong
    cursors = top.paging.cursors if top.paging else None
    return cursors.next if cursors else None


@cache
def _decoder() -> msgspec.json.Decoder[_Top]:
    return msgspec.json.Decoder(_Top)
