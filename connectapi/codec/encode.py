"""Objects → the bytes of a request's body."""

from __future__ import annotations

import datetime
import math
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlencode

import attrs
import msgspec

from connectapi.types import Secret

__all__ = ["form_bytes", "json_bytes", "moment", "written"]


def json_bytes(value: object) -> bytes:
    """Return a value as JSON.

    In a record that is part of it, a field that is None is sent as null where the contract allows
    null, and left out elsewhere.

    Raises:
        ValueError: something in it can't stand in JSON.
    """
    with _explained():
        return msgspec.json.encode(_plain(value))


def form_bytes(values: Mapping[str, object]) -> bytes:
    """Return fields as an HTML form sends them; None is left out. As `json_bytes`."""
    with _explained():
        pairs = [(name, _form_text(value)) for name, value in values.items() if value is not None]
        return urlencode(pairs).encode("ascii")


def moment(value: datetime.datetime) -> str:
    """Return a time as RFC 3339 text, in UTC.

    Raises:
        ValueError: it has no time zone, so that it is not clear which moment is meant; or it has no
            year in UTC.
    """
    if value.tzinfo is None:
        msg = f"{value!r} has no time zone; give it one, such as .replace(tzinfo=datetime.timezone.utc)"
        raise ValueError(msg)
    try:
        return value.astimezone(datetime.timezone.utc).isoformat().replace("+00:00", "Z")
    except OverflowError:
        msg = f"{value!r} can't be sent: in UTC it lies outside of the years 1 to 9999"
        raise ValueError(msg) from None


@contextmanager
def _explained() -> Iterator[None]:
    """Say what can't be sent; the error from below has the whole text in it, which may be a secret."""
    try:
        yield
    except UnicodeEncodeError:
        msg = "a text to send has half of a character in it (a lone surrogate), which no encoding has room for"
        raise ValueError(msg) from None
    except RecursionError:
        msg = "what is to be sent is nested too deeply, or lies within itself"
        raise ValueError(msg) from None


def _plain(value: object) -> Any:
    if isinstance(value, Secret):
        return value.reveal()
    if isinstance(value, float) and not math.isfinite(value):
        msg = f"{value} can't be sent: JSON has no such number"
        raise ValueError(msg)
    if isinstance(value, datetime.datetime):
        return moment(value)
    if isinstance(value, Mapping):
        return {key: _plain(each) for key, each in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(each) for each in value]
    kind: Any = type(value)
    if attrs.has(kind):
        return {
            attribute.metadata.get("wire") or attribute.name: _plain(written(attribute, getattr(value, attribute.name)))
            for attribute in attrs.fields(kind)
            if getattr(value, attribute.name) is not None or attribute.metadata.get("nullable")
        }
    return value


def written(attribute: attrs.Attribute[Any], value: Any) -> Any:
    """Return the value of an attribute, as JSON where its type is a plugin's."""
    conversion = attribute.metadata.get("conversion")
    return value if conversion is None else conversion.write(value)


def _form_text(value: object) -> str:
    plain = _plain(value)
    if isinstance(plain, bool):
        return str(plain).lower()
    return plain if isinstance(plain, str) else msgspec.json.encode(plain).decode()
