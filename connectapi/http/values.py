"""What is sent and what comes back: plain values, free of any I/O."""

from __future__ import annotations

import io
import math
import re
from collections.abc import ItemsView, Iterator, Mapping, MutableMapping
from typing import Any, Final, Protocol, TypeVar, cast, overload

import msgspec
from attrs import field, fields, frozen

from connectapi.errors import DecodeError
from connectapi.types import JSON, MASK, Secret

__all__ = ["CORRELATION_ID", "Headers", "Readable", "Request", "Response", "seconds"]

D = TypeVar("D")

#: The header by which a call is found again in the server's log.
CORRELATION_ID: Final = "X-Correlation-Id"

#: What may be sent again: RFC 9110 has it that twice does what once does.
_IDEMPOTENT: Final = frozenset({"GET", "HEAD", "OPTIONS", "PUT", "DELETE", "TRACE"})

_SENSITIVE: Final = re.compile(r"authorization|cookie|token|secret|api-?key", re.IGNORECASE)
_NAME: Final = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_HALF: Final = re.compile(r"[\ud800-\udfff]")
_UNSENDABLE: Final = re.compile(r"[^\t\x20-\x7e\x80-\xff]")
_PATH: Final = re.compile(r"/(?:[A-Za-z0-9._~!$&'()*+,;=:@/-]|%[0-9A-Fa-f]{2})*")
#: A step that leads up, as it is or as what stands before a server may read it: with its slash, its dots or what
#: follows a semicolon decoded or cut off.
_DOT_STEP: Final = re.compile(r"(?:/|%2f|%5c)(?:\.|%2e){1,2}(?:(?:;|%3b)[^/]*)?(?:/|%2f|%5c|$)", re.IGNORECASE)
_CONTROL: Final = re.compile(r"%(?:[01][0-9a-f]|7f)", re.IGNORECASE)

#: The headers that say where a request goes and where it ends: what sends it writes them, and nobody else.
_FRAMING: Final = frozenset(
    {"Connection", "Content-Length", "Expect", "Host", "Keep-Alive", "Te", "Trailer", "Transfer-Encoding", "Upgrade"}
)

#: How much of a path that is none a message shows, in characters.
_SHOWN: Final = 200

#: Sockets refuse a limit much longer than this, in seconds: about eleven days.
_LONGEST: Final = 1_000_000


class Readable(Protocol):
    """What a body can be streamed from: a file open for binary reading, or anything that reads like one."""

    def read(self, size: int = -1, /) -> bytes:
        """Return the next bytes, at most `size`; none at the end."""
        ...


class Headers(MutableMapping[str, str]):
    """HTTP headers, their names in any case; values that must stay secret are masked in the repr.

    This object goes down to urllib3 as it is, so no traceback that shows locals shows a key.
    A pickle leaves those values out.
    """

    __slots__ = ("_values",)

    def __init__(self, headers: Mapping[str, str] | None = None) -> None:
        self._values = {name.title(): value for name, value in headers.items()} if headers else {}

    def __getitem__(self, name: str) -> str:
        return self._values[name.title()]

    def __setitem__(self, name: str, value: str) -> None:
        self._values[name.title()] = value

    def __delitem__(self, name: str) -> None:
        del self._values[name.title()]

    def __iter__(self) -> Iterator[str]:
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)

    def __contains__(self, name: object) -> bool:
        return isinstance(name, str) and name.title() in self._values

    def __repr__(self) -> str:
        shown = {name: MASK if _SENSITIVE.search(name) else value for name, value in self._values.items()}
        return f"Headers({shown})"

    def __reduce__(self) -> tuple[type[Headers], tuple[dict[str, str]]]:
        return Headers, ({name: value for name, value in self._values.items() if not _SENSITIVE.search(name)},)

    @overload
    def get(self, name: str, /) -> str | None: ...
    @overload
    def get(self, name: str, /, default: str) -> str: ...
    @overload
    def get(self, name: str, /, default: D) -> str | D: ...
    def get(self, name: str, /, default: object = None) -> object:
        """Return a value, or another if there is none; the inherited method takes three steps to it."""
        return self._values.get(name.title(), default)

    def items(self) -> ItemsView[str, str]:
        """Return the pairs; the inherited method would look up each name."""
        return self._values.items()

    def copy(self) -> Headers:
        """Return headers that change on their own, and mask what these mask; urllib3 asks for it."""
        return _holding(self._values.copy())

    def unsendable(self) -> str | None:
        """Return the name of a header that HTTP can't carry, if there is one."""
        if not self._values:
            return None
        if all(map(_NAME.fullmatch, self._values)) and not _UNSENDABLE.search("".join(self._values.values())):
            return None
        return next(
            name for name, value in self._values.items() if _UNSENDABLE.search(value) or not _NAME.fullmatch(name)
        )

    def framing(self) -> str | None:
        """Return the name of a header that only what sends a request may write, if there is one."""
        if _FRAMING.isdisjoint(self._values):
            return None
        return next(name for name in self._values if name in _FRAMING)

    def __or__(self, headers: Headers) -> Headers:
        """Return these headers with further ones, which win."""
        return _holding(self._values | headers._values)


def _holding(values: dict[str, str]) -> Headers:
    """Return headers of values whose names are in order already."""
    made = object.__new__(Headers)
    made._values = values
    return made


def _as_headers(headers: Mapping[str, str]) -> Headers:
    return headers if isinstance(headers, Headers) else Headers(headers)


def _upper(verb: str) -> str:
    # Of what is not ASCII some letters become ASCII in upper case.
    return verb.upper() if verb.isascii() else verb


def _shown_body(body: object) -> str:
    return f"<{len(body)} bytes>" if isinstance(body, bytes) else "<stream>" if body is not None else "None"


def seconds(name: str, limit: float) -> float:
    """Return a time limit as it is; `ValueError` if no socket can have it."""
    if not (math.isfinite(limit) and 0 < limit <= _LONGEST):
        msg = f"{name} is a number of seconds, more than 0 and at most {_LONGEST}; not {limit}"
        raise ValueError(msg)
    return limit


@frozen(kw_only=True)
class Request:
    """One call of the API, not yet sent; its repr shows no secret header and no body.

    Args:
        verb: the HTTP method.
        path: where it goes below the root of the API, percent-encoded, such as `/v1/content/abc`.
        query: names and values, in order, not yet encoded.
        headers: further headers; they win over those that the transport adds.
        body: bytes, or a file open for binary reading, which is streamed from where it stands; it is
            left open.
        media: the body's media type.
        timeout: the longest silence of the server, in seconds; None means the transport's own limit.
        accept: the media type wanted in the answer.
        repeatable: whether it may be sent again although its verb does not say so.
        from_origin: whether the path begins at the server's host, and not below the root of the API.
        secrets: what of it no message may show; then a pickle leaves the body out.

    Raises:
        TypeError: the body is neither bytes nor a binary file, or the query is no text.
        ValueError: the path, a parameter, a header or the time limit can't be sent.
    """

    verb: str = field(converter=_upper)
    path: str
    query: tuple[tuple[str, str], ...] = ()
    headers: Headers = field(factory=Headers, converter=_as_headers)
    body: bytes | Readable | None = field(default=None, repr=_shown_body)
    media: str | None = None
    timeout: float | None = None
    accept: str = "application/json"
    repeatable: bool = False
    from_origin: bool = False
    secrets: tuple[Secret, ...] = ()

    def __attrs_post_init__(self) -> None:
        if not (self.verb.isascii() and self.verb.isalpha()):
            msg = f"{self.verb!r} is not an HTTP method"
            raise ValueError(msg)
        if not _PATH.fullmatch(self.path) or _DOT_STEP.search(self.path) or _CONTROL.search(self.path):
            msg = (
                f"{_short(self.path)} is not a percent-encoded path below the API, such as /v1/content; "
                "it begins with a slash, has no '.' or '..' step, no control character and no query"
            )
            raise ValueError(msg)
        if self.body is not None and not isinstance(self.body, bytes):
            _check_source(self.body)
        pairs: tuple[tuple[object, object], ...] = self.query
        for name, value in pairs:
            if not (isinstance(name, str) and isinstance(value, str)):
                msg = f"a parameter's name and value are text, not {type(name).__name__} and {type(value).__name__}"
                raise TypeError(msg)
            if not (name.isascii() and value.isascii()) and _HALF.search(f"{name}{value}"):
                msg = f"the parameter {_short(name)} has half of a character in it (a lone surrogate), which can't be sent"
                raise ValueError(msg)
        if self.timeout is not None:
            seconds("timeout", self.timeout)
        _check(self.headers)

    def __str__(self) -> str:
        return f"{self.verb} {self.path}"

    @property
    def idempotent(self) -> bool:
        """Whether it does the same when it arrives twice."""
        return self.repeatable or self.verb in _IDEMPOTENT

    def with_headers(self, headers: Headers) -> Request:
        """Return this request with further headers; those it has of the same names are replaced.

        Raises:
            ValueError: one of them can't be sent.
        """
        _check(headers)
        # Nothing else is new, and need be checked again. This is on the way of every call, more than once.
        made = object.__new__(Request)
        for name in _FIELDS:
            object.__setattr__(made, name, getattr(self, name))
        object.__setattr__(made, "headers", self.headers | headers)
        return made

    def __reduce__(self) -> tuple[object, tuple[dict[str, object]]]:
        kept = {name: getattr(self, name) for name in (*_FIELDS, "headers")}
        return _unpickled, ({**kept, "body": None} if self.secrets else kept,)


def _unpickled(kept: dict[str, Any]) -> Request:
    return Request(**kept)


def _check_source(body: object) -> None:
    if not callable(getattr(body, "read", None)):
        msg = f"a body is bytes, or a file open for binary reading; not {type(body).__name__}"
        raise TypeError(msg)
    if isinstance(body, io.TextIOBase):
        msg = "the file to send gives text, not bytes: open it with mode 'rb'"
        raise TypeError(msg)


def _short(text: str) -> str:
    return repr(text) if len(text) <= _SHOWN else f"a text of {len(text)} characters, {text[:_SHOWN]!r}…,"


def _check(headers: Headers) -> None:
    unsendable = headers.unsendable()
    if unsendable is not None:
        msg = f"the header {unsendable!r} has a line break or another character that HTTP can't carry"
        raise ValueError(msg)


_FIELDS: Final = tuple(each.name for each in fields(Request) if each.name != "headers")


@frozen(kw_only=True)
class Response:
    """An answer, read to its end; its repr shows no secret header and no body."""

    status: int
    reason: str = ""
    headers: Headers = field(factory=Headers, converter=_as_headers)
    body: bytes = field(default=b"", repr=_shown_body)
    #: What no message about it may show.
    secrets: tuple[Secret, ...] = field(default=(), eq=False, repr=False)

    def __reduce__(self) -> tuple[object, tuple[int, str, Headers, bytes]]:
        return _unpickled_response, (self.status, self.reason, self.headers, self.body)

    @property
    def correlation_id(self) -> str | None:
        """The id under which the server logged the call, if it said so."""
        return self.headers.get(CORRELATION_ID)

    def json(self) -> JSON:
        """Return the body, read as JSON.

        Raises:
            DecodeError: it is something else.
        """
        try:
            return cast("JSON", msgspec.json.decode(self.body))
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            raise DecodeError(resource="the answer", path="", expected="JSON", found=self._instead()) from None

    def _instead(self) -> str:
        start = self.body[:1024].lstrip()
        if not start:
            return "an empty body"
        if start.startswith(b"<"):
            return "an HTML page (a login page? check the URL)"
        return f"{len(self.body)} bytes that are not JSON"


def _unpickled_response(status: int, reason: str, headers: Headers, body: bytes) -> Response:
    return Response(status=status, reason=reason, headers=headers, body=body)
