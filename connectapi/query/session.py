"""What the query methods need of a client."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager
from functools import cache
from itertools import repeat
from pathlib import Path
from typing import Any, BinaryIO, Protocol, TypeVar, Union, get_args

import attrs

from connectapi.http.values import Request, Response
from connectapi.resource.catalog import Catalog
from connectapi.resource.record import Binding, Record
from connectapi.spec.model import ResourceSpec

__all__ = ["BinarySink", "BinarySource", "Session", "bind_all", "session_of"]

#: Where an upload can come from: a path, the bytes themselves, or a file open for binary reading.
BinarySource = Union[str, "os.PathLike[str]", bytes, BinaryIO]

#: Where a download can go: a path, or a file open for binary writing.
BinarySink = Union[str, "os.PathLike[str]", BinaryIO]

R = TypeVar("R")


class Session(Protocol):
    """A client, as far as the query methods know it."""

    @property
    def catalog(self) -> Catalog:
        """The classes it reads answers into."""
        ...

    @property
    def concurrency(self) -> int:
        """How many requests the reading of one list may have under way at once."""
        ...

    @property
    def progress(self) -> Callable[[Record, list[str]], None] | None:
        """What is told how tasks go on: the task, and the new lines of its log; None if nobody wants to know."""
        ...

    def send(self, request: Request) -> Response:
        """Send a request and return the answer; an answer of status 400 or more is raised."""
        ...

    def download(self, request: Request, to: BinarySink) -> Path | None:
        """Send a request and stream the answer's body to a path or a file."""
        ...

    def deadline(self, seconds: float) -> AbstractContextManager[Session]:
        """Give, for a `with` block, the same client with a deadline for all that it does."""
        ...

    def time_left(self) -> float:
        """Return how many seconds are left until this client's deadline; infinity if it has none."""
        ...

    def without_deadline(self) -> Session:
        """Return the same client without its deadline."""
        ...

    def server_version(self) -> str | None:
        """Return the release that the server says it is, or None where it hides that."""
        ...


def session_of(record: Record) -> tuple[Session, Mapping[str, str]]:
    """Return the client a record is bound to, and where the record lies.

    Raises:
        ValueError: it is bound to none.
    """
    binding: Binding | None = getattr(record, "_binding", None)
    if binding is None:
        name = type(record).__name__
        msg = f"this {name} belongs to no client: it was not read from a server, or was unpickled; call .bind(client) first"
        raise ValueError(msg)
    return binding.client, binding.scope


def bind_all(found: object, session: Session, scope: Mapping[str, str]) -> None:
    """Bind a record, or every record in a list, and the records nested in them, to a client."""
    if isinstance(found, Record):
        _bind([found], type(found), Binding(session, scope))
    elif isinstance(found, list):
        records = [each for each in found if each is not None]  # null may stand among them
        if records and isinstance(records[0], Record):
            _bind(records, type(records[0]), Binding(session, scope))


def _bind(records: list[Record], cls: type[Record], binding: Binding) -> None:
    # The slot's own setter, and a loop in C: this is done once for each record of a page.
    set_binding: Callable[[Record, Binding], None] = Record.__dict__["_binding"].__set__
    deque(map(set_binding, records, repeat(binding)), maxlen=0)
    for name in _nested(cls):  # type: ignore[arg-type]  # a class has a hash; mypy looks at that of its instances
        for record in records:
            value = getattr(record, name)
            if value is not None:
                bind_all(value, binding.client, binding.scope)


@cache
def _nested(cls: type[Record]) -> list[str]:
    """Return the fields of a class that hold records with calls of their own, or hold some that do."""
    return [
        attribute.name
        for attribute in attrs.fields(cls)  # type: ignore[arg-type]  # every subclass is an attrs class
        if any(isinstance(each._spec, ResourceSpec) or _nested(each) for each in _records_in(attribute.type))  # type: ignore[arg-type]  # as in `_bind`
    ]


def _records_in(annotation: Any) -> Iterator[type[Record]]:
    parts = get_args(annotation)
    for each in parts:
        yield from _records_in(each)
    if not parts and isinstance(annotation, type) and issubclass(annotation, Record):
        yield annotation
