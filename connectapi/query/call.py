"""One call of the API, ready to be made: arguments in, request out, answer read."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO, Final, ParamSpec, TypeVar, cast

import attrs
from attrs import define

from connectapi.codec.decode import Reader, parse
from connectapi.codec.encode import form_bytes, json_bytes
from connectapi.codec.rows import row_reader
from connectapi.errors import DecodeError, NotFoundError, UnsupportedError
from connectapi.http.auth import masked_quote
from connectapi.http.values import Request, Response
from connectapi.locks import cached_property
from connectapi.query.arguments import Arguments, arguments_of, path_segment, query_text
from connectapi.query.session import BinarySink, BinarySource, Session, bind_all
from connectapi.resource.catalog import Catalog
from connectapi.resource.conversion import conversion_of
from connectapi.resource.record import Record
from connectapi.spec.grammar import TypeRef
from connectapi.spec.model import OperationSpec, ResourceSpec
from connectapi.types import Secret

__all__ = ["Call", "hidden"]

P = ParamSpec("P")
R = TypeVar("R")

_JSON: Final = "application/json"

#: From this length on, a text in a secret map is hidden, in characters.
_WORD: Final = 8


def hidden(error: DecodeError, response: Response) -> DecodeError:
    """Return an error about an answer without the secrets of the call, which the server may have sent back."""
    error.__traceback__ = error.__context__ = None  # the frames below have the whole answer in their locals
    return attrs.evolve(error, found=masked_quote(error.found, response.secrets))


@define(slots=False, eq=False)
class Call:
    """A declared call of one resource. Made once and kept; safe to share between threads."""

    catalog: Catalog
    resource: ResourceSpec
    name: str
    operation: OperationSpec

    def __str__(self) -> str:
        return f"{self.resource.name}.{self.name}"

    @cached_property
    def arguments(self) -> Arguments:
        """What it takes."""
        return arguments_of(self.resource, self.name, self.operation)

    @cached_property
    def reader(self) -> Reader[Any]:
        """How its answer is read."""
        ref = attrs.evolve(self.operation.answer, nullable=False)
        target = self.catalog.annotation(ref)
        if self.operation.items:
            target = _envelope(self.operation.items, target)
        kind = next(self.operation.answer.names(), str(self))
        conversion = conversion_of(ref)
        return Reader(
            target,
            kind,
            self.operation.renames,
            self.operation.items,
            wired=_wired(self.catalog, kind),
            convert=conversion.read if conversion else None,
        )

    @cached_property
    def row_reader(self) -> Callable[[bytes], Any]:
        """How its answer is read as light rows."""
        return row_reader(self.reader.annotation)

    @cached_property
    def item(self) -> type[Record] | None:
        """The class of the records that its answer is a list of."""
        item = self.operation.answer.item
        return self.catalog.record(item.kind) if item is not None and item.named else None

    @cached_property
    def key(self) -> str:
        """The field that tells those records from one another; empty if none does."""
        spec = self.item._spec if self.item is not None else None
        return spec.key if isinstance(spec, ResourceSpec) else ""

    def run(self, session: Session, values: Mapping[str, object], to: BinarySink | None = None) -> Any:
        """Make the call and return what its answer says, bound to the client.

        Args:
            session: the client.
            values: the arguments by name, checked.
            to: where a download goes.
        """
        if self.operation.answer.kind == "file":
            with self.request(values) as request:
                return self._explained(session, session.download, request, cast(BinarySink, to))
        response = self.send(session, values)
        return self.read(response, session, values)

    def send(self, session: Session, values: Mapping[str, object], added: tuple[tuple[str, str], ...] = ()) -> Response:
        """Make the call and return the answer as it came; `added` is what its query has beside the arguments."""
        if not self._has_body:
            return self._explained(session, session.send, self._without_body(values, added))
        with self.request(values, added) as request:
            return self._explained(session, session.send, request)

    def read(self, response: Response, session: Session, values: Mapping[str, object]) -> Any:
        """Return what an answer says: a record, a list, text, plain data or None."""
        kind = self.operation.answer.kind
        if kind == "none" or response.status == 204:  # noqa: PLR2004 -- No Content
            self._expect_no_page(response)
            return [] if kind == "list" else None
        if kind == "text":
            return response.body.decode("utf-8", "replace")
        try:
            found = self.reader.read(response.body, self.operation.call)
        except DecodeError as error:
            raise hidden(error, response) from None
        if self.operation.items:
            found = getattr(found, self.operation.items) or []
        bind_all(found, session, self.scope(values))
        return found

    def _expect_no_page(self, response: Response) -> None:
        """Raise where a call that returns nothing was answered by a page, or by JSON that is none: it was not done."""
        media = response.headers.get("Content-Type", "").partition(";")[0].strip().lower()
        if response.body and media in {"text/html", _JSON}:
            self.decoded(response, lambda data, request: parse(data, str(self), request))

    def decoded(self, response: Response, read: Callable[[bytes, str], R]) -> R:
        """Return what an answer is read as; what can't be read is shown without the secrets of the call."""
        try:
            return read(response.body, self.operation.call)
        except DecodeError as error:
            raise hidden(error, response) from None

    def scope(self, values: Mapping[str, object]) -> dict[str, str]:
        """Return the values of the path's placeholders, which say where the answer's records lie."""
        arguments = self.arguments.each
        return {
            name: str(self._as_sent(values[name], arguments[name].ref))
            for name in self.operation.placeholders
            if name in values
        }

    @contextmanager
    def request(self, values: Mapping[str, object], added: tuple[tuple[str, str], ...] = ()) -> Iterator[Request]:
        """Make the request, with the file open that it streams from."""
        request, each = self._without_body(values, added), self.arguments.each
        with self._body({name: value for name, value in values.items() if each[name].where == "body"}) as body:
            yield request if body is None else attrs.evolve(request, body=body, media=self.operation.media)

    def _without_body(self, values: Mapping[str, object], added: tuple[tuple[str, str], ...]) -> Request:
        """Make the request but for its body."""
        query, headers = [], {}
        for name, value in values.items():
            argument = self.arguments.each[name]
            if argument.where == "query" and value is not None and value != []:
                query.append((argument.wire, query_text(self._as_sent(value, argument.ref), argument.join)))
            elif argument.where == "header" and value is not None:
                headers[argument.wire] = query_text(self._as_sent(value, argument.ref), argument.join)
        hidden = tuple(each for name in self.arguments.secret for each in _texts(values.get(name)))
        return Request(
            verb=self.operation.verb,
            path=self._path(values),
            query=(*query, *added),
            headers=headers,
            accept=_JSON if self.operation.answer.kind not in {"file", "text"} else "*/*",
            repeatable=self.operation.repeatable,
            secrets=hidden,
        )

    @cached_property
    def _has_body(self) -> bool:
        return any(argument.where == "body" for argument in self.arguments.each.values())

    def _path(self, values: Mapping[str, object]) -> str:
        path = self.operation.path
        for name in self.operation.placeholders:
            ref = self.arguments.each[name].ref
            segment = path_segment(str(self), name, self._as_sent(values[name], ref), ref)
            path = path.replace(f"{{{name}}}", segment)
        return path

    @contextmanager
    def _body(self, given: Mapping[str, object]) -> Iterator[bytes | BinaryIO | None]:
        operation, arguments = self.operation, self.arguments.each
        if operation.raw:
            source = next((each for each in given.values() if each is not None), None)
            if source is None:
                yield None
                return
            with _opened(cast(BinarySource, source)) as opened:
                yield opened
        elif operation.whole:
            yield json_bytes(self._as_sent(given[operation.whole], arguments[operation.whole].ref))
        elif not self._has_body:
            yield None
        else:
            fields = {arguments[name].wire: self._as_sent(value, arguments[name].ref) for name, value in given.items()}
            yield json_bytes(fields) if operation.media == _JSON else form_bytes(fields)

    def _as_sent(self, value: object, ref: TypeRef) -> object:
        """Return a value as it is sent: an id is text, though a number may be given; a plugin's value is JSON."""
        if ref.item is not None and isinstance(value, (list, tuple)):
            return [self._as_sent(each, ref.item) for each in value]
        if ref.kind == "id" and isinstance(value, int):
            return str(value)
        return self._as_json(value, ref) if self.catalog.index.words else value

    def _as_json(self, value: object, ref: TypeRef) -> object:
        if isinstance(value, Mapping) and ref.item is not None:
            return {key: self._as_sent(each, ref.item) for key, each in value.items()}
        if isinstance(value, Mapping) and ref.named:
            keys = {each.wire or name: each.ref for name, each in self.catalog.index.type(ref.kind).fields.items()}
            return {key: self._as_sent(each, keys[key]) if key in keys else each for key, each in value.items()}
        if ref.item is not None:  # of a filter's list, one item may stand alone
            return self._as_sent(value, ref.item)
        conversion = conversion_of(ref)
        return value if conversion is None else conversion.write(value)

    def _explained(self, session: Session, send: Callable[P, R], /, *args: P.args, **kwargs: P.kwargs) -> R:
        """Send, and turn a 404 of a call that the server is too old for into an `UnsupportedError`."""
        try:
            return send(*args, **kwargs)
        except NotFoundError as error:
            too_old = self.unsupported(session)
            if too_old is not None:
                raise too_old from error
            raise

    def unsupported(self, session: Session, given: Iterable[str] = ()) -> UnsupportedError | None:
        """Return the error of a server that is too old for this call, or for arguments of it; None if it is not.

        Args:
            session: the client, which may have to ask for the server's release.
            given: the names of the arguments.
        """
        since_when = {name: each.since for name, each in self.operation.params.items()}
        since_when |= {name: each.since for name, each in self.operation.body.items()}
        needs = {f"{self}({name}=…)": since_when[name] for name in given if since_when.get(name)}
        needs[str(self)] = self.operation.since
        what, since = max(needs.items(), key=lambda each: _release(each[1]))
        version = session.server_version() if since else None
        return UnsupportedError(what, since, version) if version and _release(version) < _release(since) else None


def _texts(value: object) -> Iterator[Secret]:
    """Yield the texts in a secret value; a short one, among others, is no secret but a word."""
    if isinstance(value, Secret):
        yield value
    elif isinstance(value, str):
        yield Secret(value)
    elif isinstance(value, (Mapping, list, tuple)):
        for each in value.values() if isinstance(value, Mapping) else value:
            yield from (text for text in _texts(each) if len(text.reveal()) >= _WORD)


def _release(version: str) -> tuple[int, ...]:
    return tuple(
        int(part) for part in version.split("-", maxsplit=1)[0].split("+", maxsplit=1)[0].split(".") if part.isdigit()
    )


def _wired(catalog: Catalog, kind: str) -> bool:
    """Whether a class, or one within it, has a field under another name than its key."""
    fields = catalog.index.type(kind).fields.values() if catalog.index.knows(kind) else ()
    return any(field.wire or any(_wired(catalog, each) for each in field.ref.names()) for field in fields)


def _envelope(items: str, target: Any) -> type:
    """Make the class of an answer that holds its list under a key, beside what it says of the list."""
    names = dict.fromkeys(("total", "current_page", "total_pages", "paging", "warnings"))
    field: Any = attrs.field  # its published type has no room for a type that is made here
    members = {name: field(type=Any, default=None) for name in names if name != items}
    members[items] = field(type=target | None, default=None)
    return attrs.make_class("Page", members, bases=(_Extra,), slots=True, weakref_slot=False, kw_only=True)


class _Extra:
    __slots__ = ("_extra",)


@contextmanager
def _opened(source: BinarySource) -> Iterator[bytes | BinaryIO]:
    if isinstance(source, (str, os.PathLike)):
        with Path(source).open("rb") as file:
            yield file
    else:
        yield source
