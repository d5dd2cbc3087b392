"""The requests that the server has answered, for tests to look at."""

from __future__ import annotations

import datetime
import json
import threading
from collections import deque
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any, Final, NamedTuple, overload
from urllib.parse import parse_qsl

from typing_extensions import Self
from werkzeug.datastructures import EnvironHeaders, Headers

from connectapi.testing.faults import Fault
from connectapi.testing.patterns import CallPattern

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

__all__ = ["Requests", "Seen", "masked"]

#: The most that is kept of all requests' bodies together, in bytes.
_KEPT_IN_ALL: Final = 16 * 2**20

#: How many of the latest requests are kept.
_REMEMBERED: Final = 10_000

#: What headers are called in a WSGI environment.
_HEADERS: Final = ("HTTP_", "CONTENT_")
_SECRET: Final = ("HTTP_AUTHORIZATION", "HTTP_COOKIE", "HTTP_PROXY_AUTHORIZATION", "HTTP_X_RSC_AUTHORIZATION")
_MASK: Final = "XXXXXXXX"


class _Line(NamedTuple):
    verb: str
    path: str
    status: int


class Seen(_Line):
    """A request that the server has answered: verb, path and status, and what else there is to know of it.

    It compares and unpacks as those three. `status` is 0 if there was no answer.
    """

    #: The query as it came.
    query_string: str
    #: The body, or the beginning of one that is longer than 64 KiB.
    body: bytes
    #: What was called, such as `Content.create`; empty for what is not an operation.
    operation: str
    #: Whose key came with a call of the API; empty if none did.
    username: str
    #: When it came, by the server's clock.
    time: datetime.datetime
    #: The fault that struck it.
    fault: Fault | None
    _headers: WSGIEnvironment

    def __new__(
        cls,
        verb: str,
        path: str,
        status: int,
        *,
        query_string: str,
        headers: WSGIEnvironment,
        body: bytes,
        operation: str,
        username: str,
        time: datetime.datetime,
        fault: Fault | None,
    ) -> Self:
        """Put it all together."""
        seen = super().__new__(cls, verb, path, status)
        seen.query_string, seen._headers, seen.body = query_string, headers, body
        seen.operation, seen.username, seen.time, seen.fault = operation, username, time, fault
        return seen

    @property
    def query(self) -> dict[str, str]:
        """The query by its names; of a name that came twice, the last value."""
        return dict(parse_qsl(self.query_string, keep_blank_values=True))

    @property
    def headers(self) -> Headers:
        """The headers, less what is secret in them."""
        return Headers(EnvironHeaders(self._headers))

    @property
    def json(self) -> Any:
        """The body, read as JSON; ValueError if it isn't, or was too long to be kept."""
        return json.loads(self.body)

    def __repr__(self) -> str:
        fault = f", struck by {self.fault!r}" if self.fault is not None else ""
        return f"<{self.verb} {self.path} → {self.status}{fault}>"


class Requests:
    """The latest requests, the oldest first: indexed, sliced and compared as a list.

    At most 10,000 are kept, and 16 MiB of bodies.
    """

    def __init__(self) -> None:
        self._seen: deque[Seen] = deque()
        self._size = 0
        self._lock = threading.Lock()

    def add(self, seen: Seen) -> None:
        """Note a request; the oldest ones make room for it."""
        with self._lock:
            self._seen.append(seen)
            self._size += len(seen.body)
            while len(self._seen) > _REMEMBERED or self._size > _KEPT_IN_ALL:
                self._size -= len(self._seen.popleft().body)

    @property
    def last(self) -> Seen:
        """The latest request.

        Raises:
            IndexError: there was none.
        """
        return self._seen[-1]

    def find(
        self,
        verb: str = "*",
        path: str = "**",
        *,
        status: int | None = None,
        operation: str | None = None,
        username: str | None = None,
    ) -> list[Seen]:
        """Return the requests that are as told.

        Args:
            verb: the verb; `*` is any.
            path: the path, below `/__api__` or from the top: with placeholders or wildcards, as for a fault.
            status: the answer's status; 0 for requests that got none.
            operation: the operation, such as `Content.create`.
            username: whose key came with it.
        """
        calls = CallPattern.of(verb, path)
        return [
            seen
            for seen in self
            if status in {None, seen.status}
            and operation in {None, seen.operation}
            and username in {None, seen.username}
            and calls.matches(seen.verb, seen.path)
        ]

    def count(
        self,
        verb: str = "*",
        path: str = "**",
        *,
        status: int | None = None,
        operation: str | None = None,
        username: str | None = None,
    ) -> int:
        """Return how many requests are as told; arguments as for `find`."""
        return len(self.find(verb, path, status=status, operation=operation, username=username))

    def clear(self) -> None:
        """Forget all requests."""
        with self._lock:
            self._seen.clear()
            self._size = 0

    def __len__(self) -> int:
        return len(self._seen)

    def __iter__(self) -> Iterator[Seen]:
        with self._lock:
            return iter(list(self._seen))

    @overload
    def __getitem__(self, index: int) -> Seen: ...
    @overload
    def __getitem__(self, index: slice) -> list[Seen]: ...
    def __getitem__(self, index: int | slice) -> Seen | list[Seen]:
        return list(self)[index]

    def __eq__(self, other: object) -> bool:
        if isinstance(other, (list, Requests)):
            return list(self) == list(other)
        return NotImplemented

    __hash__ = None  # type: ignore[assignment]  # it changes

    def __repr__(self) -> str:
        return repr(list(self))


def masked(environ: WSGIEnvironment, secret: Iterable[str] = ()) -> WSGIEnvironment:
    """Return the headers in a WSGI environment, with a mask in place of what is secret; the scheme of a key can stay."""
    headers = {name: value for name, value in environ.items() if name.startswith(_HEADERS)}
    for name in (*_SECRET, *(f"HTTP_{each.upper().replace('-', '_')}" for each in secret)):
        if name in headers:
            headers[name] = _hidden(headers[name])
    return headers


def _hidden(value: str) -> str:
    scheme, space, _ = value.partition(" ")
    return f"{scheme} {_MASK}" if space and scheme.replace("-", "").isalpha() else _MASK
