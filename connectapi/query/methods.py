"""The methods and properties that a resource's class gets from its declaration."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from connectapi.codec.decode import Reader
from connectapi.query.arguments import Arguments, shown_type
from connectapi.query.call import Call
from connectapi.query.hiding import hiding
from connectapi.query.relations import relation_property
from connectapi.query.results import ResourceIterator, ResourceList
from connectapi.query.session import BinarySink, Session, session_of
from connectapi.resource.build import MODULE
from connectapi.resource.catalog import Catalog
from connectapi.resource.record import Record, changes
from connectapi.resource.values import check_value
from connectapi.spec.grammar import parse_type
from connectapi.spec.model import OperationSpec, ResourceSpec

__all__ = ["make_methods"]

_SIZE: Final = "page_size"
_WHOLE: Final = parse_type("int")


def make_methods(spec: ResourceSpec, catalog: Catalog) -> Mapping[str, object]:
    """Return the methods and properties of a resource's class by name."""
    members: dict[str, object] = {}
    for name, operation in spec.operations().items():
        members.update(_members(Call(catalog, spec, name, operation)))
    for name, relation in spec.relations.items():
        members[name] = relation_property(catalog, spec, name, relation)
    return members


def _members(call: Call) -> dict[str, object]:
    """Return what one declared call gives: usually one method, for a list three."""
    if call.name == "get":
        return {"get": _get(call), "iter": _iter(call), "count": _count(call)}
    if call.name == "get_one" and call.resource.of_item(call.operation):
        return {"get_one": _of_class(call), "refresh": _refresh(call)}
    if call.name == "update":
        return {"update": _update(call)}
    if not call.resource.of_item(call.operation):
        return {call.name: _of_class(call)}
    return {call.name: _of_record(call)}


# Methods of the class ----------------------------------------------------------------------


def _get(call: Call) -> object:
    def get(cls: type[Record], client: Session, *args: object, **kwargs: object) -> ResourceList[Any]:
        size = _page_size(call, kwargs)
        return _collected(client, call, call.arguments.bind(args, kwargs), size)

    doc = "Return all that match, as a list; a paged list is read to its end." if call.name == "get" else ""
    get.__name__ = call.name
    return classmethod(_dressed(get, call, ("cls", "client"), _answer(call.operation), doc))


def _collected(client: Session, call: Call, values: Mapping[str, object], size: int | None) -> ResourceList[Any]:
    """Read a list to its end, and keep what the server says of it as a whole."""
    from connectapi.query.pages import pages  # loads with the first list

    records: list[Any] = []
    meta: Mapping[str, Any] = {}
    for page in pages(client, call, values, size):
        records += page.records
        meta = {**meta, **page.meta}
    return ResourceList(records, meta, kind=call.item)


def _iter(call: Call) -> object:
    def iterate(cls: type[Record], client: Session, *args: object, **kwargs: object) -> ResourceIterator[Any]:
        size = _page_size(call, kwargs)
        from connectapi.query.pages import pages

        values = call.arguments.bind(args, kwargs)
        return ResourceIterator(
            lambda *, light: pages(client, call, values, size, gently=not light, light=light), call.item
        )

    doc = "Yield all that match, one page of them in memory at a time."
    iterate.__name__ = "iter"
    return classmethod(_dressed(iterate, call, ("cls", "client"), f"ResourceIterator[{call.resource.name}]", doc))


def _count(call: Call) -> object:
    def count(cls: type[Record], client: Session, *args: object, **kwargs: object) -> int:
        from connectapi.query.pages import total

        return total(client, call, call.arguments.bind(args, kwargs))

    doc = "Return how many match; one small request where the server tells the number, else a whole reading."
    return classmethod(_dressed(count, call, ("cls", "client"), "int", doc))


def _page_size(call: Call, kwargs: dict[str, object]) -> int | None:
    """Take the size of a page from the arguments of a method that reads pages."""
    size = kwargs.pop(_SIZE, None) if call.operation.page else None
    if size is None:
        return None
    check_value(f"{call}() {_SIZE}", size, _WHOLE)
    if not isinstance(size, int) or size < 1:
        msg = f"{call}() {_SIZE}: expected 1 or more, found {size}"
        raise ValueError(msg)
    return size


def _of_class(call: Call) -> object:
    if call.operation.page is not None:
        return _get(call)
    download = call.operation.answer.kind == "file"

    def method(cls: type[Record], client: Session, *args: object, **kwargs: object) -> Any:
        to = _target(call, kwargs) if download else None
        found = call.run(client, call.arguments.bind(args, kwargs), to)
        return ResourceList(found, kind=call.item) if isinstance(found, list) else found

    return classmethod(_dressed(method, call, ("cls", "client"), _answer(call.operation)))


# Methods of a record -----------------------------------------------------------------------


def _of_record(call: Call) -> object:
    known = _known_from_record(call)
    arguments = call.arguments.without(known)
    download = call.operation.answer.kind == "file"

    def method(self: Record, *args: object, **kwargs: object) -> Any:
        client, preset = _here(self, call)
        to = _target(call, kwargs) if download else None
        size = _page_size(call, kwargs)
        values = {**arguments.bind(args, kwargs), **preset}
        if call.operation.page is not None:
            return _collected(client, call, values, size)
        found = call.run(client, values, to)
        return ResourceList(found, kind=call.item) if isinstance(found, list) else found

    return _dressed(method, call, ("self",), _answer(call.operation), arguments=arguments)


def _refresh(call: Call) -> object:
    arguments = call.arguments.without(_known_from_record(call))

    def refresh(self: Record, *args: object, **kwargs: object) -> Record:
        client, preset = _here(self, call)
        values = {**arguments.bind(args, kwargs), **preset}
        _apply(self, call, client, values)
        changes(self).clear()
        return self

    doc = "Read this record anew, in place; changes that were not sent are dropped."
    return _dressed(refresh, call, ("self",), call.resource.name, doc, arguments=arguments)


def _update(call: Call) -> object:
    arguments = call.arguments.without(_known_from_record(call))
    whole = call.operation.sends == "all" or (not call.operation.sends and call.operation.verb == "PUT")

    def update(self: Record, *args: object, **kwargs: object) -> Record:
        client, preset = _here(self, call)
        given = arguments.bind(args, kwargs)
        writable = [n for n, a in arguments.each.items() if a.where == "body" and hasattr(type(self), n)]
        sent = [n for n in writable if n in changes(self) or (whole and getattr(self, n) is not None)]
        values = {**{n: getattr(self, n) for n in sent}, **given, **preset}
        if not any(n in arguments.each for n in values):
            return self
        _apply(self, call, client, values)
        for n in given:
            if n in writable and call.operation.answer.kind == "none":
                object.__setattr__(self, n, given[n])
        changes(self).clear()
        return self

    doc = "Send what changed since the record was read, and the arguments; nothing is sent if nothing changed."
    return _dressed(update, call, ("self",), call.resource.name, doc, arguments=arguments)


def _apply(record: Record, call: Call, client: Session, values: Mapping[str, object]) -> None:
    """Make a call that answers with the record, and take over the fields that the answer has."""
    response = call.send(client, values)
    if call.operation.answer.kind != "none" and response.body:
        reader: Reader[Any] = call.reader
        call.decoded(response, lambda data, request: reader.read_part(data, type(record), request)).onto(record)


def _known_from_record(call: Call) -> tuple[str, ...]:
    """Return the arguments of an item's call that the record itself answers."""
    resource = call.resource
    return tuple(
        name
        for name in call.operation.placeholders
        if name == resource.key_param or name in resource.scope or name in resource.fields
    )


def _here(record: Record, call: Call) -> tuple[Session, dict[str, str]]:
    """Return a record's client, and its values for the placeholders of a call's path."""
    client, scope = session_of(record)
    preset: dict[str, str] = {}
    for name in _known_from_record(call):
        own = call.resource.key if name == call.resource.key_param else name
        value = getattr(record, own, None) or scope.get(name)
        if value is None:
            msg = f"{call}() needs {own!r} of this {call.resource.name}, which is None"
            raise ValueError(msg)
        preset[name] = value
    return client, preset


# What they look like -----------------------------------------------------------------------


def _target(call: Call, kwargs: dict[str, object]) -> BinarySink:
    to: Any = kwargs.pop("to", None)
    if to is None:
        msg = f"{call}() needs 'to': a path or a file open for binary writing"
        raise TypeError(msg)
    return to  # type: ignore[no-any-return]  # checked where it is opened


def _answer(operation: OperationSpec) -> str:
    ref = operation.answer
    text = "Path | None" if ref.kind == "file" else shown_type(ref)
    if ref.kind == "list" or operation.page:
        text = text.replace("list[", "ResourceList[", 1)
    return f"{text} | None" if 204 in operation.status and ref.kind not in {"none", "list"} else text  # noqa: PLR2004


def _dressed(
    method: Callable[..., Any],
    call: Call,
    first: tuple[str, ...],
    returns: str,
    doc: str = "",
    *,
    arguments: Arguments | None = None,
) -> Callable[..., Any]:
    """Give a method the name, the signature and the documentation that its declaration makes."""
    arguments = arguments or call.arguments
    method = hiding(method, arguments.secret)
    method.__name__ = call.name if method.__name__ == "method" else method.__name__
    method.__qualname__ = f"{call.resource.name}.{method.__name__}"
    method.__module__ = MODULE
    own = {"page_size": "int"} if call.operation.page and returns != "int" else {}
    if call.operation.answer.kind == "file":
        own["to"] = "BinarySink"
    method.__signature__ = arguments.signature(first, own, returns)  # type: ignore[attr-defined]
    method.__doc__ = _doc(call, doc or call.operation.doc, arguments)
    return method


def _doc(call: Call, summary: str, arguments: Arguments) -> str:
    lines = [summary or f"{call.operation.verb} {call.operation.path}."]
    if summary != call.operation.doc and call.operation.doc:
        lines += ["", call.operation.doc]
    if arguments.each:
        lines += ["", "Args:"]
    for name, each in arguments.each.items():
        known = f" Known values: {', '.join(map(str, each.values))}." if each.values else ""
        lines.append(f"    {name} ({each.ref}): {each.doc}{known}".rstrip(": "))
    notes = []
    if call.operation.role:
        notes.append(f"Needs the role {call.operation.role} or more.")
    if call.operation.since:
        notes.append(f"Since Connect {call.operation.since}.")
    if call.operation.deprecated:
        notes.append(f"Deprecated: {call.operation.deprecated}.")
    if notes:
        lines += ["", " ".join(notes)]
    return "\n".join([*lines, "", f"Source: {call.operation.call}"])
