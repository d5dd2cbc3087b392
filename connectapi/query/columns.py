"""Records, or rows that look like them, → columns of Apache Arrow.

A column's type follows from the field's, so that an empty answer has the same columns as a full one.
Times are UTC; an object is a struct, a list a list, a map a map; a field of any JSON is its text.
"""

from __future__ import annotations

import datetime
import types
from collections.abc import Callable, Sequence
from itertools import accumulate
from typing import TYPE_CHECKING, Any, Final, Union, get_args, get_origin

import attrs

from connectapi.codec.encode import json_bytes, written
from connectapi.codec.lenient import Mismatch, describe, read_time
from connectapi.errors import ConfigError, DecodeError
from connectapi.plugins.implementation import naming
from connectapi.resource.record import Record
from connectapi.types import MASK

if TYPE_CHECKING:
    import pyarrow

    from connectapi.spec.fieldtypes import FieldType

__all__ = ["arrow", "batch", "schema"]


def arrow() -> Any:
    """Return the module pyarrow.

    Raises:
        ConfigError: it is not installed.
    """
    try:
        import pyarrow
    except ModuleNotFoundError as error:
        msg = "columns need pyarrow: pip install 'connectapi[data]'"
        raise ConfigError(msg) from error
    return pyarrow


def schema(cls: type[Record]) -> pyarrow.Schema:
    """Return the columns of a class: a field each, in order."""
    return arrow().schema([(attribute.name, _column(attribute)) for attribute in _attributes(cls)])


def batch(cls: type[Record], rows: Sequence[Any], *, secrets: bool) -> pyarrow.RecordBatch:
    """Return some records as columns.

    Args:
        cls: their class.
        rows: the records, or anything that has its fields as attributes; times may be RFC 3339 text.
        secrets: whether secret fields are shown; they are masked otherwise.

    Raises:
        DecodeError: a text is no time.
        ValueError: a number does not fit its column.
    """
    try:
        arrays = [_field(attribute, rows, secrets=secrets) for attribute in _attributes(cls)]
    except Mismatch as mismatch:
        path, found = f"$[*]{mismatch.path}", describe(mismatch.found)
        raise DecodeError(cls.__name__, path, mismatch.expected, found) from None
    return arrow().RecordBatch.from_arrays(arrays, schema=schema(cls))


def _attributes(cls: Any) -> tuple[attrs.Attribute[Any], ...]:
    found: tuple[attrs.Attribute[Any], ...] = attrs.fields(cls)
    return found


def _field(attribute: attrs.Attribute[Any], rows: Sequence[Any], *, secrets: bool) -> Any:
    name, custom = attribute.name, attribute.metadata.get("column")
    values = [getattr(row, name) if row is not None else None for row in rows]
    if attribute.metadata.get("secret") and not secrets:
        values = [None if value is None else MASK for value in values]
        return arrow().array(values, arrow().string()).cast(_column(attribute))
    try:
        if custom is not None:
            return _cells(custom, attribute, values)
        values = [written(attribute, value) for value in values] if attribute.metadata.get("conversion") else values
        return _array(attribute.type, values, secrets=secrets)
    except Mismatch as mismatch:
        raise mismatch.within(f".{name}") from None


def _column(attribute: attrs.Attribute[Any]) -> Any:
    """Return the type of a field's column: a plugin's type may say another than that of its JSON."""
    custom = attribute.metadata.get("column")
    return _type(attribute.type) if custom is None else custom.column(arrow())


def _cells(custom: FieldType, attribute: attrs.Attribute[Any], values: list[Any]) -> Any:
    read = attribute.metadata["conversion"].read
    made = [value if isinstance(value, custom.python) else read(value) for value in values]
    with naming(custom.plugin, f"column of {custom.word!r}"):
        cells = [value if value is None or custom.cell is None else custom.cell(value) for value in made]
        return arrow().array(cells, _column(attribute))


def _bare(annotation: Any) -> Any:
    """Return a type without its `| None`."""
    if get_origin(annotation) in {Union, types.UnionType}:
        return next(each for each in get_args(annotation) if each is not type(None))
    return annotation


def _type(annotation: Any) -> Any:
    bare = _bare(annotation)
    if bare in _SCALARS:
        return _SCALARS[bare](arrow())
    origin, parts = get_origin(bare), get_args(bare)
    if origin is list:
        return arrow().list_(_type(parts[0]))
    if origin is dict:
        return arrow().map_(arrow().string(), _type(parts[1]))
    return arrow().struct(list(schema(bare)))


_SCALARS: Final[dict[Any, Callable[[Any], Any]]] = {
    str: lambda pa: pa.string(),
    int: lambda pa: pa.int64(),
    float: lambda pa: pa.float64(),
    bool: lambda pa: pa.bool_(),
    datetime.datetime: lambda pa: pa.timestamp("us", "UTC"),
    Any: lambda pa: pa.string(),
}


def _array(annotation: Any, values: list[Any], *, secrets: bool) -> Any:
    pa, bare = arrow(), _bare(annotation)
    if bare in _SCALARS:
        return _MAKERS[bare](values) if bare in _MAKERS else pa.array(values, _type(bare))
    origin, parts = get_origin(bare), get_args(bare)
    if origin is list:
        flat = [item for value in values if value is not None for item in value]
        return pa.ListArray.from_arrays(_offsets(values), _array(parts[0], flat, secrets=secrets))
    if origin is dict:
        keys = [key for value in values if value is not None for key in value]
        flat = [item for value in values if value is not None for item in value.values()]
        items = _array(parts[1], flat, secrets=secrets)
        return pa.MapArray.from_arrays(_offsets(values), pa.array(keys, pa.string()), items)
    fields = [_field(attribute, values, secrets=secrets) for attribute in _attributes(bare)]
    missing = pa.array([value is None for value in values], pa.bool_())
    return pa.StructArray.from_arrays(fields, fields=list(schema(bare)), mask=missing)


def _offsets(values: list[Any]) -> Any:
    """Return where each list begins among all items, null where there is no list."""
    ends = list(accumulate((len(value) if value is not None else 0 for value in values), initial=0))
    starts = [None if value is None else start for value, start in zip(values, ends, strict=False)]
    return arrow().array([*starts, ends[-1]], arrow().int32())


def _times(values: list[Any]) -> Any:
    pa = arrow()
    wanted = pa.timestamp("us", "UTC")
    if any(isinstance(value, datetime.datetime) for value in values):
        return pa.array([_in_utc(value) for value in values], wanted)
    texts = pa.array(values, pa.string())
    try:
        return texts.cast(wanted)
    except pa.ArrowInvalid:
        # Finer than a microsecond, to which records round; or something that only msgspec reads.
        return pa.array([_in_utc(read_time(value)) for value in values], wanted)


def _texts(values: list[Any]) -> Any:
    # An id may have come as a number.
    return arrow().array([str(value) if value.__class__ is int else value for value in values], arrow().string())


def _documents(values: list[Any]) -> Any:
    return arrow().array([None if value is None else json_bytes(value).decode() for value in values], arrow().string())


def _in_utc(value: datetime.datetime | None) -> datetime.datetime | None:
    if value is None or value.tzinfo is not None:
        return value
    return value.replace(tzinfo=datetime.timezone.utc)


#: What makes an array of values that are not just as they are to be.
_MAKERS: Final[dict[Any, Callable[[list[Any]], Any]]] = {str: _texts, Any: _documents, datetime.datetime: _times}
