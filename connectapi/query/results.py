"""What a question for several records gives: a list of all, or an iterator over page by page."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Generic, Protocol, SupportsIndex, TypeVar, overload

from connectapi.errors import did_you_mean
from connectapi.query.ahead import in_order
from connectapi.query.frame import Tabular
from connectapi.query.page import Page
from connectapi.query.session import session_of
from connectapi.resource.record import Record, plain
from connectapi.spec.model import ResourceSpec

__all__ = ["ResourceIterator", "ResourceList"]

T = TypeVar("T")


class ResourceList(list[T], Tabular):
    """A list of records, all read; slicing gives another one.

    `meta` is what the server said of the list as a whole, such as `total` or `warnings`.
    """

    __slots__ = ("_kind", "meta")

    def __init__(
        self, records: Iterable[T] = (), meta: Mapping[str, Any] | None = None, *, kind: type[Record] | None = None
    ) -> None:
        super().__init__(records)
        self.meta: dict[str, Any] = dict(meta or {})
        self._kind = kind

    @overload
    def __getitem__(self, index: SupportsIndex) -> T: ...
    @overload
    def __getitem__(self, index: slice) -> ResourceList[T]: ...
    def __getitem__(self, index: SupportsIndex | slice) -> T | ResourceList[T]:
        if isinstance(index, slice):
            return ResourceList(super().__getitem__(index), self.meta, kind=self._kind)
        return super().__getitem__(index)

    def dicts(self, *, secrets: bool = False) -> list[dict[str, Any]]:
        """Return every record as a plain dictionary, see `Record.dict`."""
        return [plain(record, secrets=secrets) for record in self]

    def _rows(self) -> Iterator[Sequence[Any]]:
        yield self

    def _record(self) -> type[Record] | None:
        kinds = {type(each) for each in self if each is not None}
        kind = kinds.pop() if len(kinds) == 1 else self._kind if not kinds else None
        return kind if kind is not None and issubclass(kind, Record) else None

    def related(self, name: str, **arguments: object) -> Iterator[tuple[T, Any]]:
        """Yield each record with what one of its relations leads to, in order.

        As many requests are under way at once as the client's `concurrency` says; no more are sent
        when the reader stops.

        Args:
            name: the relation, such as `bundles` or `owner_user`.
            arguments: what its `get` takes.

        Returns:
            Pairs of the record and a `ResourceList`, or one record or None where the relation leads
            to one.

        Raises:
            AttributeError: the records have no such relation; nothing was sent.
            ConnectError: a request failed; what came before it has been yielded.

        Example:
            >>> from connectapi import Client, Content
            >>> pairs = Content.get(Client("demo"), name="till-reconciliation").related("permissions")
            >>> [(content.name, len(permissions)) for content, permissions in pairs]
            [('till-reconciliation', 2)]
        """
        records = [each for each in self if isinstance(each, Record)]
        for cls in {type(each): None for each in records}:
            relations = cls._spec.relations if isinstance(cls._spec, ResourceSpec) else {}
            if name not in relations:
                msg = f"{cls.__name__} has no relation {name!r}{did_you_mean(name, list(relations))}"
                raise AttributeError(msg, name=name, obj=self)
        width = session_of(records[0])[0].concurrency if records else 1
        answers = in_order(lambda record: getattr(record, name).get(**arguments), records, width)
        return zip(records, answers, strict=True)


class Reading(Protocol):
    """Begins to read a list: pages of records, or of light rows that have their fields."""

    def __call__(self, *, light: bool) -> Iterator[Page]:
        """Give the pages."""
        ...


class ResourceIterator(Iterator[T], Tabular, Generic[T]):
    """Records as they come, one page of them in memory at a time.

    Nothing is sent before the first is asked for. A table of them is made without the records
    themselves, in half the time.
    """

    __slots__ = ("_begun", "_kind", "_reading", "_records")

    def __init__(self, reading: Reading, kind: type[Record] | None) -> None:
        self._reading = reading
        self._kind = kind
        self._begun = False
        self._records: Iterator[T] = (each for page in reading(light=False) for each in page.records)

    def __iter__(self) -> ResourceIterator[T]:
        return self

    def __next__(self) -> T:
        self._begun = True
        return next(self._records)

    def close(self) -> None:
        """Read no further; requests that are under way are waited for."""
        self._begun = True
        self._records = iter(())

    def dicts(self, *, secrets: bool = False) -> Iterator[dict[str, Any]]:
        """Yield every record as a plain dictionary, see `Record.dict`."""
        return (plain(record, secrets=secrets) for record in self)

    def _rows(self) -> Iterator[Sequence[Any]]:
        if self._begun:
            yield list(self)
            return
        self._begun = True
        self._records = iter(())
        for page in self._reading(light=True):
            yield page.records

    def _record(self) -> type[Record] | None:
        return self._kind
