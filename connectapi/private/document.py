"""Documents with secrets in them, which no traceback that shows locals shows."""

from __future__ import annotations

from typing import Any

import msgspec

from connectapi.types import Secret

__all__ = ["as_secret", "secret_json"]


def secret_json(document: object) -> Secret:
    """Return an object as JSON, its secrets in plain text: for what keeps them."""
    return Secret(msgspec.json.encode(document, enc_hook=_plain).decode())


def as_secret(kind: type, value: Any) -> Any:
    """Read a text as a secret; for msgspec, whose messages show no value."""
    if kind is not Secret:
        raise NotImplementedError(kind.__name__)
    if not isinstance(value, str) or not value:
        raise TypeError("expected text")
    return Secret(value)


def _plain(value: object) -> str:
    if not isinstance(value, Secret):
        raise NotImplementedError(type(value).__name__)
    return value.reveal()
