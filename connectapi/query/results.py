"""What a question for several records gives."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, SupportsIndex, TypeVar, overload

from connectapi.resource.record import plain

__all__ = ["ResourceList"]

T = TypeVar("T")


class ResourceList(list[T]):
    """A list of records, all read; slicing gives another one.

    `meta` is what the server said of the list as a whole, such as `total` or `warnings`.
    """

    __slots__ = ("meta",)

    def __init__(self, records: Iterable[T] = (), meta: Mapping[str, Any] | None = None) -> None:
        super().__init__(records)
        self.meta: dict[str, Any] = dict(meta or {})

    @overload
    def __getitem__(self, index: SupportsIndex) -> T: ...
    @overload
    def __getitem__(self, index: slice) -> ResourceList[T]: ...
    def __getitem__(self, index: SupportsIndex | slice) -> T | ResourceList[T]:
        if isinstance(index, slice):
            return ResourceList(super().__getitem__(index), self.meta)
        return super().__getitem__(index)

    def dicts(self, *, secrets: bool = False) -> list[dict[str, Any]]:
        """Return every record as a plain dictionary, see `Record.dict`."""
        return [plain(record, secrets=secrets) for record in self]
