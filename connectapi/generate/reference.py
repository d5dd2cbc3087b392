"""The reference: a page of Markdown for each resource, made from its declaration alone."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final

from connectapi.cli.others import command_name
from connectapi.generate import stubs
from connectapi.query.arguments import Argument, Arguments, arguments_of
from connectapi.spec.grammar import SCALARS, TypeRef
from connectapi.spec.index import SpecIndex
from connectapi.spec.model import FieldSpec, OperationSpec, ParamSpec, RelationSpec, ResourceSpec

__all__ = ["HEAD", "reference_pages"]

#: How a page begins, but for the command that makes it.
HEAD: Final = "<!-- Made from the resource files by `"

_WRITES: Final[Mapping[str, str]] = {"never": "", "create": "when made", "update": "later", "always": "always"}
_PAGES: Final[Mapping[str, str]] = {"offset": "page by page", "keyset": "from cursor to cursor"}

#: The first parameter of a method, which no caller gives.
_FIRST: Final = re.compile(r"\((?:cls|self)(?:, )?")

Row = Sequence[str]


def reference_pages(
    index: SpecIndex, resources: Iterable[str] | None = None, maker: str = stubs.MAKER
) -> dict[str, str]:
    """Return the name and the text of every page, with that of the table of contents.

    Args:
        index: what is declared.
        resources: the names of the resources that have a page; left out, all.
        maker: the command that makes them.
    """
    names = sorted(index.resources() if resources is None else resources)
    specs = [index.resource(name) for name in names]
    head = f"{HEAD}{maker}`. Do not edit. -->"
    pages = {f"{spec.snake}.md": _joined([head, *_page(spec, _Links(spec, index, names))]) for spec in specs}
    return {"index.md": _joined([head, *_contents(specs, index)]), **pages}


def _contents(specs: Iterable[ResourceSpec], index: SpecIndex) -> list[str]:
    rows = [
        (
            f"[{spec.name}]({spec.snake}.md)",
            _code(f"client.{spec.collection}") if spec.collection else "",
            str(len(spec.operations())),
            spec.doc,
        )
        for spec in specs
    ]
    intro = "Every resource has a page: its fields, its calls, and what it leads to."
    words = [(_code(word), meaning) for word, meaning in SCALARS.items()]
    words += [(_code(word), each.doc) for word, each in index.words.items()]
    words += [("`list of …`", "a list"), ("`map of …`", "an object with free keys"), ("`… | null`", "that, or null")]
    table = _table(("class", "collection", "calls", "what it is"), rows)
    return ["# Reference", intro, table, "## Types", _table(("type", "what it is"), words)]


def _page(spec: ResourceSpec, links: _Links) -> list[str]:
    parts = [f"# {spec.name}", _prose(spec.doc), _ways(spec)]
    if spec.fields:
        parts += ["## Fields", _fields(spec.fields, links)]
    if spec.operations():
        parts.append("## Calls")
        for name, operation in spec.operations().items():
            parts += _call(spec, name, operation, links)
    if spec.relations:
        rows = [(_code(name), links.relation(each), each.since, each.doc) for name, each in spec.relations.items()]
        parts += ["## Relations", _table(("name", "leads to", "since", "what it is"), rows)]
    if spec.types:
        parts.append("## Types")
        for each in spec.types.values():
            parts += [f"### {each.name}", _prose(each.doc), _fields(each.fields, links)]
    return parts


def _ways(spec: ResourceSpec) -> str:
    """Return how one gets at the resource."""
    lines = [f"- In Python: `from connectapi import {spec.name}`"]
    if spec.collection:
        lines[0] += f", or `client.{spec.collection}`, whose methods are the same without the `client`"
        lines.append(f"- On the command line: `{_group(spec)}`")
    if spec.key:
        name = f", which calls take as `{spec.key_param}`" if spec.key_param != spec.key else ""
        lines.append(f"- One of them is named by its `{spec.key}`{name}.")
    for mixin in spec.mixins:
        module, _, name = mixin.partition(":")
        lines.append(f"- Further methods come from `{name}` in `{module}`.")
    if spec.commands:
        names = ", ".join(_code(f"{_group(spec)} {name}") for name in spec.commands)
        lines.append(f"- Further commands: {names}")
    return "\n".join(lines)


# Fields ------------------------------------------------------------------------------------


def _fields(fields: Mapping[str, FieldSpec], links: _Links) -> str:
    rows = [
        (_code(name), links.type(each.ref), each.unit, each.since, _WRITES[each.write], _said(each))
        for name, each in fields.items()
    ]
    return _table(("name", "type", "unit", "since", "writable", "what it is"), rows)


def _said(each: FieldSpec | ParamSpec) -> str:
    """Return all that is declared of a field in words."""
    said = [each.doc]
    if each.values:
        known = ", ".join(_code(value) if value != "" else "empty" for value in each.values)
        said.append(f"Known values: {known}.")
    said += _rules(each)
    if isinstance(each, FieldSpec) and each.include:
        said.append(f"Only there if asked for with `include={each.include}`.")
    if isinstance(each, FieldSpec) and each.role:
        said.append(f"Only shown to the role {each.role} or more.")
    if each.secret:
        said.append("A secret: shown as `XXXXXXXX`.")
    wire = each.wire or (each.header if isinstance(each, ParamSpec) else "")
    if wire:
        said.append(f"On the wire: `{wire}`.")
    if each.deprecated:
        said.append(f"Deprecated: {each.deprecated}.")
    return " ".join(filter(None, said))


def _rules(each: FieldSpec | ParamSpec) -> Iterator[str]:
    counted = "" if each.ref.kind in {"int", "float"} else " items" if each.ref.item else " characters"
    if each.min is not None and each.max is not None:
        yield f"From {each.min:.15g} to {each.max:.15g}{counted}."
    elif each.min is not None:
        yield f"At least {each.min:.15g}{counted}."
    elif each.max is not None:
        yield f"At most {each.max:.15g}{counted}."
    if isinstance(each, FieldSpec) and each.pattern:
        yield f"Matches {_code(each.pattern)}."
    if isinstance(each, FieldSpec) and each.unique:
        within = f" among those with the same {' and '.join(each.unique)}" if isinstance(each.unique, tuple) else ""
        yield f"Unique{within}."
    if isinstance(each, ParamSpec) and each.usual is not None:
        yield f"{each.usual} if left out."


# Calls -------------------------------------------------------------------------------------


def _call(spec: ResourceSpec, name: str, operation: OperationSpec, links: _Links) -> Iterator[str]:
    arguments = arguments_of(spec, name, operation)
    yield f"### {name}"
    if operation.doc:
        yield _prose(operation.doc)
    if operation.deprecated:
        yield f"**Deprecated:** {_prose(operation.deprecated)}."
    yield "\n".join(
        [
            *(f"- {_code(signature)}" for signature in _signatures(spec, name, operation)),
            *([f"- {_code(_command(spec, name, operation, arguments))}"] if spec.collection else []),
            f"- {_code(operation.call)}: {_answer(operation, links)}",
            *([f"- {needs}"] if (needs := _needs(operation)) else []),
        ]
    )
    if arguments.each:
        rows = [_argument(each, _declared(spec, name, operation, each), links) for each in arguments.each.values()]
        yield _table(("argument", "type", "unit", "since", "in", "needed", "what it is"), rows)


def _signatures(spec: ResourceSpec, name: str, operation: OperationSpec) -> Iterator[str]:
    """Yield the methods of one call, as the stubs have them."""
    for line in stubs._methods(spec, name, operation):
        head = line.strip()
        if head.startswith("def "):
            head = head.removeprefix("def ").removesuffix(" ...").removesuffix(":")
            owner = spec.name if "(cls, " in head else spec.snake
            yield f"{owner}.{_FIRST.sub('(', head, count=1)}"


def _group(spec: ResourceSpec) -> str:
    return f"connectapi {spec.collection.replace('_', '-')}"


def _command(spec: ResourceSpec, name: str, operation: OperationSpec, arguments: Arguments) -> str:
    words = [_group(spec), command_name(name)]
    words += [each.name.upper() for each in arguments.each.values() if each.where == "path"]
    for each in arguments.each.values():
        if each.required and each.where != "path":
            words.append(f"--{each.name.replace('_', '-')} {each.name.upper()}")
    return " ".join([*words, "--to FILE"] if operation.answer.kind == "file" else words)


def _answer(operation: OperationSpec, links: _Links) -> str:
    text = {"none": "no answer", "file": "bytes, streamed", "text": "plain text"}.get(operation.answer.kind)
    said = [text or f"answers with {links.type(operation.answer)}"]
    if operation.page:
        size = operation.page.size
        said.append(f"{_PAGES[operation.page.kind]}, at most {size:,} at a time")
    said.append(f"status {' or '.join(map(str, operation.status))}")
    if operation.media != "application/json" and operation.body:
        said.append(f"sends `{operation.media}`")
    return ", ".join(said)


def _needs(operation: OperationSpec) -> str:
    said = []
    if operation.role:
        anyone = operation.role == "anonymous"
        said.append("Anyone may call it." if anyone else f"Needs the role {operation.role} or more.")
    if operation.scopes:
        said.append(f"Service tokens need {' or '.join(map(_code, operation.scopes))}.")
    if operation.since:
        said.append(f"Since Connect {operation.since}.")
    return " ".join(said)


def _declared(
    spec: ResourceSpec, name: str, operation: OperationSpec, argument: Argument
) -> FieldSpec | ParamSpec | None:
    """Return what an argument was declared as; None for one of the path."""
    if argument.where == "path":
        return None
    groups: list[Mapping[str, FieldSpec | ParamSpec]] = [operation.params, operation.body, spec.sent_by(name)]
    return next(group[argument.name] for group in groups if argument.name in group)


def _argument(argument: Argument, declared: FieldSpec | ParamSpec | None, links: _Links) -> Row:
    needed = "yes" if argument.required else ""
    unit, since = (declared.unit, declared.since) if declared is not None else ("", "")
    said = _said(declared) if declared is not None else links.placeholder(argument.name)
    if argument.default:
        said = f"{said} Left out, it is {_code(argument.default)}."
    return _code(argument.name), links.type(argument.ref), unit, since, argument.where, needed, said


# Markdown ----------------------------------------------------------------------------------


class _Links:
    """Types and resources as links to where they are described, if they have a page."""

    def __init__(self, page: ResourceSpec, index: SpecIndex, described: Iterable[str]) -> None:
        self._page = page
        self._index = index
        self._described = frozenset(described)
        self._keys = {f"{spec.snake}_{spec.key}": spec.name for spec in index.specs() if spec.key}

    def type(self, ref: TypeRef) -> str:
        """Return a type with its class as a link."""
        if ref.item is not None:
            text = f"{ref.kind} of {self.type(ref.item)}"
        else:
            text = self.name(ref.kind) if ref.named else ref.kind
        return f"{text} | null" if ref.nullable else text

    def relation(self, relation: RelationSpec) -> str:
        """Return what a relation leads to."""
        if relation.one:
            return f"the {self.name(relation.one)} of `{relation.by}`"
        return f"every {self.name(relation.many)}"

    def placeholder(self, name: str) -> str:
        """Return what a placeholder of a path names, where that follows from the conventions."""
        return f"The {self.name(self._keys[name])}." if name in self._keys else ""

    def name(self, name: str) -> str:
        """Return the name of a class as a link to its page; just the name if that is another's."""
        owner = self._index.resource(self._index.owner_of(name))
        if owner.name not in self._described:
            return _code(name)
        anchor = "" if owner.name == name else f"#{name.lower()}"
        page = "" if owner.name == self._page.name and anchor else f"{owner.snake}.md"
        return f"[{name}]({page}{anchor})"


def _table(columns: Row, rows: Sequence[Row]) -> str:
    """Return a table without the columns that say nothing."""
    kept = [number for number in range(len(columns)) if number in {0, 1} or any(row[number] for row in rows)]
    lines = [[columns[number] for number in kept], ["---" for _ in kept]]
    lines += [[_prose(row[number]).replace("|", "\\|") for number in kept] for row in rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _prose(text: str) -> str:
    """Return a text in which nothing outside of backticks is taken for HTML."""
    parts = text.split("`")
    parts[::2] = [part.replace("<", "&lt;") for part in parts[::2]]
    return " ".join("`".join(parts).split())


def _code(text: object) -> str:
    return f"`{text}`"


def _joined(parts: Iterable[str]) -> str:
    return "\n\n".join(part for part in parts if part) + "\n"
