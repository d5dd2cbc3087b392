"""Is this JSON value, or this text in a query, of the type that a spec says?"""

from __future__ import annotations

import datetime
import re
import sys
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

from connectapi.spec.grammar import SCALARS, TypeRef
from connectapi.spec.model import FieldSpec, ParamSpec
from connectapi.spec.rules import broken_rule
from connectapi.testing.refusal import bad, invalid
from connectapi.testing.world import stamp

if TYPE_CHECKING:
    from connectapi.spec.fieldtypes import FieldType

__all__ = ["Fields", "check", "check_field", "from_query", "moment", "refuse_broken"]

#: Gives the fields of a nested type by its name.
Fields = Callable[[str], Mapping[str, FieldSpec]]

_LARGEST: Final = 2**63 - 1
_WORDS: Final = {"true": True, "1": True, "t": True, "false": False, "0": False, "f": False}
# Before 3.11, fromisoformat() takes neither `Z` nor fractions of any length.
_MOMENT: Final = re.compile(r"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d{1,9}))?(Z|[+-]\d\d:\d\d)", re.IGNORECASE)


def moment(text: str) -> datetime.datetime | None:
    """Read an RFC 3339 text; None if it isn't one."""
    match = _MOMENT.fullmatch(text)
    if not match:
        return None
    offset = "+00:00" if match[3] in "Zz" else match[3]
    try:
        read = datetime.datetime.fromisoformat(f"{match[1].upper()}.{(match[2] or '0')[:6]:0<6}{offset}")
        return read.astimezone(datetime.timezone.utc)
    except (ValueError, OverflowError):
        return None


def check_field(where: str, value: Any, spec: FieldSpec, fields: Fields) -> Any:
    """Return the value of a field as it is kept, or refuse it: its type, its known values, its rules."""
    value = check(where, value, spec.ref, fields)
    refuse_broken(where, value, spec, spec.code)
    return value


def refuse_broken(where: str, value: Any, spec: FieldSpec | ParamSpec | FieldType, code: str = "") -> None:
    """Refuse a value that is none of the known ones, or that breaks a rule. Known text may be empty besides."""
    for each in value if isinstance(value, list) else [value]:
        if spec.values and each not in {*spec.values, "", None}:
            raise bad(f"{where}: {each!r} is none of {', '.join(map(str, spec.values))}.", code or "InvalidParameter")
    if why := broken_rule(value, spec):
        raise bad(f"{where}: {why}.", code or "InvalidParameter")


def check(where: str, value: Any, ref: TypeRef, fields: Fields) -> Any:
    """Return a value of a body as it is kept, or refuse it if it is of another type.

    Args:
        where: the name that the refusal gives it.
        value: what was sent.
        ref: the type that it should have.
        fields: gives the fields of the types that `ref` names.
    """
    if value is None:
        if ref.nullable or ref.kind == "json":
            return None
        raise _misfit(where, value, ref)
    if ref.item is not None:
        return _checked_items(where, value, ref, fields)
    if ref.named:
        return _checked_object(where, value, ref, fields)
    if ref.custom is not None:
        found = check(where, value, ref.custom.ref, fields)
        refuse_broken(where, found, ref.custom)
        return found
    return _SCALARS[ref.kind](where, value)


def from_query(where: str, text: str, ref: TypeRef) -> Any:
    """Return a value of the query as Python has it, or refuse it."""
    if ref.custom is not None:
        found = from_query(where, text, ref.custom.ref)
        refuse_broken(where, found, ref.custom)
        return found
    if ref.kind == "int":
        if not re.fullmatch(r"[+-]?\d{1,18}", text):
            raise invalid(where, f"{text!r} is not a whole number.")
        return int(text)
    if ref.kind == "bool":
        if text.lower() not in _WORDS:
            raise invalid(where, f"{text!r} is neither true nor false.")
        return _WORDS[text.lower()]
    if ref.kind == "datetime":
        return _datetime(where, text)
    return text


def _checked_items(where: str, value: Any, ref: TypeRef, fields: Fields) -> Any:
    assert ref.item is not None  # noqa: S101 -- only lists and maps come here
    if ref.kind == "list":
        if not isinstance(value, list):
            raise _misfit(where, value, ref)
        return [check(f"{where}[{i}]", each, ref.item, fields) for i, each in enumerate(value)]
    if not isinstance(value, dict):
        raise _misfit(where, value, ref)
    return {_str(where, key): check(f"{where}.{key}", each, ref.item, fields) for key, each in value.items()}


def _checked_object(where: str, value: Any, ref: TypeRef, fields: Fields) -> Any:
    if not isinstance(value, dict):
        raise _misfit(where, value, ref)
    known = {spec.wire or name: spec for name, spec in fields(ref.kind).items()}
    checked = {}
    for key, each in value.items():
        if key not in known:
            raise bad(f"{where}: unknown field {key!r}.", "CannotParseRequestBody")
        spec = known[key]
        # As in Go, from which Connect is made: null for what can't be null is the same as leaving it out.
        if each is not None or spec.ref.nullable:
            checked[key] = check_field(f"{where}.{key}", each, spec, fields)
    return checked


def _misfit(where: str, value: Any, ref: TypeRef | str) -> Exception:
    found = "null" if value is None else f"{type(value).__name__} {str(value)[:40]!r}"
    wanted = SCALARS.get(str(ref), str(ref))
    return bad(f"{where}: expected {wanted}, found {found}.", "CannotParseRequestBody")


def _str(where: str, value: Any) -> str:
    if not isinstance(value, str):
        raise _misfit(where, value, "str")
    try:
        value.encode()
    except UnicodeEncodeError:
        raise bad(f"{where}: has half of a surrogate pair in it.", "CannotParseRequestBody") from None
    return value


def _int(where: str, value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int):
        raise _misfit(where, value, "int")
    if abs(value) > _LARGEST:
        raise bad(f"{where}: {str(value)[:40]} has more than 64 bits.", "InvalidRange")
    return value


def _float(where: str, value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise _misfit(where, value, "float")
    if abs(value) > sys.float_info.max:
        raise bad(f"{where}: {str(value)[:40]} has more than 64 bits.", "InvalidRange")
    return value


def _bool(where: str, value: Any) -> bool:
    if not isinstance(value, bool):
        raise _misfit(where, value, "bool")
    return value


def _id(where: str, value: Any) -> str:
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else _str(where, value)


def _guid(where: str, value: Any) -> str:
    text = _str(where, value)
    try:
        return str(UUID(text))
    except ValueError:
        raise bad(f"{where}: {text[:60]!r} is not a GUID.", "InvalidId") from None


def _datetime(where: str, value: Any) -> str:
    read = moment(_str(where, value))
    if read is None:
        raise bad(f"{where}: {value[:40]!r} is not an RFC 3339 date and time.", "InvalidTimeFormat")
    return stamp(read)


def _any(_where: str, value: Any) -> Any:
    return value


_SCALARS: Final[Mapping[str, Callable[[str, Any], Any]]] = {
    "str": _str,
    "text": _str,
    "int": _int,
    "float": _float,
    "bool": _bool,
    "id": _id,
    "guid": _guid,
    "datetime": _datetime,
    "json": _any,
    "file": _any,
}
