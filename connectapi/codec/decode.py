"""JSON answers → objects, by the fast road where the answer keeps to the contract.

The fast road (`fast`) reads the bytes once. An answer that does not fit takes the lenient road: plain
data first, then `lenient`. Which road an answer took changes nothing in what the reader gets.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any, Final, Generic, TypeVar, cast

import attrs
import msgspec

from connectapi.codec.collector import paused
from connectapi.codec.fast import FastRoad
from connectapi.codec.lenient import Fill, Mismatch, converter, describe, fill
from connectapi.errors import DecodeError
from connectapi.locks import cached_property

__all__ = ["Reader", "parse"]

T = TypeVar("T")

_TOO_DEEP: Final = "JSON nested too deeply to be an answer"

#: How much is shown of what the parser says, in characters: it names the whole way to a place, however deep.
_SHOWN: Final = 200

#: From this size on, stopping the collector is worth its own time, in bytes.
_LARGE: Final = 2**14

_TITLE: Final = re.compile(rb"<title[^>]*>\s*([^<]{1,80}?)\s*</title>", re.IGNORECASE)


@attrs.define(slots=False)
class Reader(Generic[T]):
    """Reads answers as one type; made once for each call of the API and kept.

    Args:
        annotation: the type to read: a class, `list[...]`, `dict[str, ...]` or a scalar.
        name: how error messages call it.
        renames: keys of the answer's object, and the field each fills.
        items: the key under which the answer's object holds its list, if it has one; a bare list is
            taken for it.
        wired: whether classes in it have fields under other names than their keys.
        convert: makes what the answer is of what was read, where its type is a plugin's, or a list of such; it may
            raise `Mismatch`.
    """

    annotation: Any
    name: str
    renames: Mapping[str, str] = attrs.field(factory=dict)
    items: str = ""
    wired: bool = False
    convert: Callable[[Any], Any] | None = None
    #: How many answers took the lenient road.
    lenient: int = attrs.field(default=0, init=False)

    def read(self, data: bytes, request: str = "") -> T:
        """Read one answer.

        Raises:
            DecodeError: it can't be read; the error says where and what was found.
        """
        if len(data) < _LARGE:
            found = self._read(data, request)
        else:
            with paused():
                found = self._read(data, request)
        return found if self.convert is None else cast(T, self._guarded(lambda: self._as_values(found), request))

    def _read(self, data: bytes, request: str) -> T:
        if self._fast is not None:
            try:
                value = self._fast.read(data)
            except (msgspec.DecodeError, UnicodeDecodeError, RecursionError, Mismatch):
                value = None  # the lenient road says where it is, and what
            if value is not None and not self._without_list(value):
                return cast(T, value)
        return self._leniently(data, request)

    def read_part(self, data: bytes, cls: type, request: str = "") -> Fill:
        """Read one object as far as it goes: what it leaves out is not set."""
        found: Fill = self._guarded(lambda: fill(cls, self._renamed(parse(data, self.name, request))), request)
        return found

    @cached_property
    def _fast(self) -> FastRoad | None:
        return None if self.wired or self.renames else FastRoad(self.annotation)

    def _without_list(self, value: Any) -> bool:
        """Whether this object may be no page of a list; the lenient road knows whether the key is there."""
        return bool(self.items) and getattr(value, self.items) is None

    @cached_property
    def _wants_list(self) -> bool:
        return getattr(self.annotation, "__origin__", None) is list

    def _as_values(self, found: Any) -> Any:
        if self.convert is None or not self.items:
            return self.convert(found) if self.convert else found
        try:
            setattr(found, self.items, self.convert(getattr(found, self.items)))
        except Mismatch as mismatch:
            raise mismatch.within(f".{self.items}") from None
        return found

    def _leniently(self, data: bytes, request: str) -> T:
        self.lenient += 1
        return cast(T, self._guarded(lambda: self._converted(parse(data, self.name, request)), request))

    def _converted(self, data: Any) -> Any:
        if data is None and self._wants_list:
            return []  # how servers written in Go say that a list is empty
        found = converter(self.annotation)(self._renamed(data))
        if found is None or (isinstance(found, list) and not self._wants_list and self.annotation is not Any):
            raise Mismatch("one object", data)
        return found

    def _renamed(self, data: Any) -> Any:
        if self.items and isinstance(data, list):
            return {self.items: data}
        if self.items and isinstance(data, dict) and data and self.items not in data:
            raise Mismatch(f"an object with {self.items!r}", data)
        if self.renames and isinstance(data, dict):
            return {self.renames.get(key, key): value for key, value in data.items()}
        return data

    def _guarded(self, step: Callable[[], Any], request: str) -> Any:
        try:
            return step()
        except RecursionError:
            raise DecodeError(self.name, "", "an answer", _TOO_DEEP, request) from None
        except Mismatch as mismatch:
            raise DecodeError(
                resource=self.name,
                path=f"${mismatch.path}",
                expected=mismatch.expected,
                found=describe(mismatch.found),
                request=request,
                item=mismatch.item,
            ) from None


def parse(data: bytes, name: str, request: str = "") -> Any:
    """Read JSON as plain data; a `DecodeError` says what came instead of JSON."""
    try:
        return msgspec.json.decode(data)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise DecodeError(name, "", "JSON", _instead(data, error), request) from None


def _instead(data: bytes, error: Exception) -> str:
    start = data[:4096].lstrip()
    if not start:
        return "an empty answer"
    if start.startswith(b"<"):
        title = _TITLE.search(start)
        named = f" titled {title[1].decode('utf-8', 'replace')!r}" if title else ""
        return f"an HTML page{named} (a login page? check the URL)"
    if isinstance(error, RecursionError):
        return _TOO_DEEP
    return f"{len(data)} bytes that are not JSON ({str(error)[:_SHOWN]})"
