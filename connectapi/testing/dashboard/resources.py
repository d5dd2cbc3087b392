"""Pages of any resource, made from its declaration alone: its list, one item of it, what lies in that."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from attrs import evolve, frozen
from werkzeug.wrappers import Response

from connectapi.spec.model import OperationSpec, RelationSpec, ResourceSpec
from connectapi.testing.dashboard.paging import Heading, Pages, Sorting
from connectapi.testing.dashboard.values import Line, lines
from connectapi.testing.dashboard.visit import Link, Visit, address
from connectapi.testing.formats import words
from connectapi.testing.refusal import Refusal, absent

__all__ = ["index", "show"]

_SIZE: Final = 25

#: How many records of a relation the page of an item shows.
_SOME: Final = 10


#: Parameters of lists that are no filters: what the headings of columns do, and more fields than a table shows.
_NO_FILTERS: Final = frozenset({"sort", "order", "asc_order", "include"})


@frozen(kw_only=True)
class Row:
    """A record in a list: the values of its label, and the address of its page if it has one."""

    href: str
    cells: list[Line]


@frozen(kw_only=True)
class Table:
    """A list of records: what they are, the headings, the rows, and how many there are in all."""

    spec: ResourceSpec
    headings: Sequence[Heading]
    rows: list[Row]
    total: int
    name: str = ""
    doc: str = ""
    more: str = ""
    following: str = ""

    @property
    def opens(self) -> bool:
        """Whether rows need a link of their own, since their first value leads to another record."""
        return bool(self.rows) and bool(self.rows[0].href) and self.rows[0].cells[0].value.kind == "link"


@frozen(kw_only=True)
class Filter:
    """A field of the form above a list, from a declared parameter."""

    name: str
    label: str
    doc: str
    value: str
    values: list[str]


def index(visit: Visit) -> Response:
    """Show all resources whose list, or whose only record, the visitor may read."""
    found = [
        (Link(words(spec.collection), address(spec.collection)), spec.doc)
        for spec in visit.world.specs.values()
        if spec.collection and not spec.scope and _first(visit, spec)
    ]
    return visit.render("all_resources.html", title="All resources", resources=found)


def show(visit: Visit, collection: str, keys: str = "") -> Response:
    """Show the list of a resource, or one item: the keys on the way to it are the parts of the path."""
    spec = next((each for each in visit.world.specs.values() if each.collection == collection), None)
    if spec is None:
        raise absent("This page")
    parts = [part for part in keys.split("/") if part]
    path = dict(zip(spec.scope, parts, strict=False))
    further = parts[len(spec.scope) :]
    if len(path) < len(spec.scope) or len(further) > 1:
        raise absent("This page")
    if further:
        return _item(visit, spec, {**path, spec.key_param: further[0]})
    return _item(visit, spec, path) if "get" not in spec.methods else _list(visit, spec, path)


def _first(visit: Visit, spec: ResourceSpec) -> bool:
    """Whether the page at the resource's own address has something to show."""
    name = "get" if "get" in spec.methods else "get_one"
    operation = spec.methods.get(name)
    if operation is None or operation.deprecated or any(each.required for each in operation.params.values()):
        return False
    if operation.placeholders or not visit.may(spec.name, name):
        return False
    return name == "get" or visit.ask_or(None, spec.name, name) is not None


# Lists ------------------------------------------------------------------------------------------


def _list(visit: Visit, spec: ResourceSpec, path: Mapping[str, str]) -> Response:
    args, base = visit.request.args, (spec.collection, *path.values())
    filters = _filters(spec.methods["get"], args)
    asked = {each.name: each.value for each in filters if each.value}
    sorting = Sorting.declared(spec.methods["get"], args)
    pages = Pages.wanted(args, _SIZE)
    table = _table(visit, spec, path, pages=pages, cursor=args.get("next", ""), **asked, **sorting.asked)
    asked_too = {**asked, **sorting.kept}
    return visit.render(
        "list.html",
        title=words(spec.collection),
        spec=spec,
        table=evolve(table, headings=sorting.over(table.headings, address(*base, **asked))),
        filters=filters,
        kept=sorting.kept,
        own=address(*base),
        parents=_parents(visit, spec, path),
        pages=pages.of(table.total, address(*base, **asked_too)),
        following=address(*base, next=table.following, **asked_too) if table.following else "",
    )


def _filters(operation: OperationSpec, args: Mapping[str, str]) -> list[Filter]:
    found = []
    for name, spec in operation.params.items():
        if name in _NO_FILTERS or spec.header or spec.required or spec.deprecated or spec.secret:
            continue
        wire = spec.wire or name
        values = ["true", "false"] if spec.ref.kind == "bool" else [str(each) for each in spec.values]
        value = args.get(wire, "").strip()
        found.append(Filter(name=wire, label=words(name), doc=spec.doc, value=value, values=values))
    return found


def _table(
    visit: Visit, spec: ResourceSpec, path: Mapping[str, str], *, pages: Pages, cursor: str = "", **asked: str
) -> Table:
    operation = spec.methods["get"]
    kind = operation.page.kind if operation.page else ""
    query: dict[str, Any] = dict(asked)
    if kind == "offset":
        query |= {"page_number": pages.number, "page_size": pages.size}
    elif kind == "keyset":
        query |= {"limit": pages.size, "next": cursor}
    answer = visit.ask(spec.name, "get", path, **query)
    found = answer[operation.items] if operation.items else answer
    total = answer.get("total", len(found)) if isinstance(answer, dict) else len(found)
    following = (answer.get("paging") or {}).get("cursors", {}).get("next") or "" if kind == "keyset" else ""
    if not kind:
        found = found[pages.offset : pages.offset + pages.size]
    rows = [_row(visit, spec, path, each) for each in found if isinstance(each, dict)]
    headings = [Heading(line.label, field=line.name) for line in rows[0].cells] if rows else []
    return Table(spec=spec, headings=headings, rows=rows, total=total, following=following)


def _row(visit: Visit, spec: ResourceSpec, path: Mapping[str, str], document: Mapping[str, Any]) -> Row:
    names = [name for name in spec.label if name != spec.key or len(spec.label) == 1]
    key = str(document.get(spec.key) or "")
    return Row(
        href=_page_of(visit, spec, path, key),
        cells=lines(visit, spec, document, names or list(spec.fields)),
    )


def _page_of(visit: Visit, spec: ResourceSpec, path: Mapping[str, str], key: str) -> str:
    """Return the address of an item's page; empty if there is none."""
    own = {**path, spec.key_param: key}
    operation = spec.methods.get("get_one")
    if not key or "/" in key or operation is None or not set(operation.placeholders) <= set(own):
        return ""
    return address(spec.collection, *path.values(), key) if visit.may(spec.name, "get_one", own) else ""


# Items ------------------------------------------------------------------------------------------


def _item(visit: Visit, spec: ResourceSpec, path: Mapping[str, str]) -> Response:
    document = visit.ask(spec.name, "get_one", path)
    if not isinstance(document, dict):
        raise absent("This page")
    return visit.render(
        "item.html",
        title=_title(visit, spec, document),
        spec=spec,
        facts=lines(visit, spec, document),
        parents=_parents(visit, spec, path),
        tables=[
            table for name, each in spec.relations.items() if (table := _related(visit, name, each, path, document))
        ],
    )


def _title(visit: Visit, spec: ResourceSpec, document: Mapping[str, Any]) -> str:
    """Return what heads the page of a record: what people call it, with the kind before a bare key."""
    kind = words(spec.snake)
    name = visit.called(spec.name, document) if spec.key else ""
    return name if name and name != str(document.get(spec.key)) else f"{kind} {name}".strip()


def _related(
    visit: Visit, name: str, relation: RelationSpec, path: Mapping[str, str], document: Mapping[str, Any]
) -> Table | None:
    """Return the first records of a relation; None if the visitor may not read them."""
    if not relation.many:
        return None
    spec = visit.world.specs[relation.many]
    asked = {param: str(document.get(own) or "") for param, own in relation.where.items()}
    params = {part: path[part] for part in spec.scope if part in path}
    # A filter without a value would be none: it would find everything.
    if "get" not in spec.methods or len(params) < len(spec.scope) or not all(asked.values()):
        return None
    try:
        table = _table(visit, spec, params, pages=Pages(1, _SOME), **asked)
    except Refusal:
        return None
    return evolve(table, name=words(name), doc=relation.doc, more=address(spec.collection, *params.values(), **asked))


def _parents(visit: Visit, spec: ResourceSpec, path: Mapping[str, str]) -> list[Link]:
    """Return the way down to a page: the lists and the records that it lies in."""
    found = []
    for name in spec.scope:
        kind = visit.world.parents.get(name)
        if kind and name in path:
            link = visit.link(kind, path[name])
            found += [link] if link.href else []
    if spec.key_param in path and "get" in spec.methods and visit.may(spec.name, "get", path):
        scope = [path[name] for name in spec.scope if name in path]
        found.append(Link(words(spec.collection), address(spec.collection, *scope)))
    return found
