"""The `.pyi` files that tell editors and type checkers of the classes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from textwrap import indent
from typing import Final

from connectapi.exports import HOMES
from connectapi.query.arguments import Argument, Arguments, arguments_of
from connectapi.spec.fieldtypes import FieldType
from connectapi.spec.grammar import TypeRef
from connectapi.spec.index import SpecIndex
from connectapi.spec.model import FieldSpec, OperationSpec, ParamSpec, RelationSpec, ResourceSpec, TypeSpec

__all__ = ["MAKER", "package_stub", "plugin_stub", "resources_stub"]

#: What writes the stubs of connectapi's own resources.
MAKER: Final = "python -m connectapi.generate"

_FIRST: Final = "# Made from the resource files by `{maker}`. Do not edit.\n"

_IMPORTS: Final = """
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, Literal

from connectapi.client.client import Client
from connectapi.query.collection import Collection
from connectapi.query.relations import One
from connectapi.query.results import ResourceIterator, ResourceList
from connectapi.query.search import Search
from connectapi.query.session import BinarySink, BinarySource
from connectapi.resource.record import Record
"""

_OWN_IMPORTS: Final = """\
from connectapi.plugins.manager import Plugins
from connectapi.resource.catalog import Catalog
from connectapi.spec.index import SpecIndex
"""

_OWN_FUNCTIONS: Final = """\
def default_catalog() -> Catalog: ...
def default_index() -> SpecIndex: ...
def catalog_of(plugins: Plugins) -> Catalog: ...
def class_named(name: str) -> Any: ..."""

_WORDS: Final = {
    "guid": "str",
    "id": "str",
    "json": "Any",
    "file": "BinarySource",
    "text": "str",
    "none": "None",
    "float": "float",
}


def package_stub(index: SpecIndex, maker: str = MAKER) -> str:
    """Return the text of `connectapi/__init__.pyi`."""
    lines = [_FIRST.format(maker=maker)]
    homes: dict[str, list[str]] = {}
    for name, home in HOMES.items():
        homes.setdefault(home, []).append(name)
    homes["connectapi.resources"] = index.names()
    for home in sorted(homes):
        names = "".join(f"    {name} as {name},\n" for name in sorted(homes[home]))
        lines.append(f"from {home} import (\n{names})")
    return "\n".join([*lines, "", "__version__: str", ""])


def resources_stub(index: SpecIndex, maker: str = MAKER) -> str:
    """Return the text of `connectapi/resources.pyi`, with the classes of all plugins of the index."""
    specs = list(index.specs())
    blocks = [*_classes(specs), _collections(index), _OWN_FUNCTIONS]
    return _text(maker, _OWN_IMPORTS + _further_imports(specs), blocks)


def plugin_stub(index: SpecIndex, names: Iterable[str], homes: Mapping[str, str], maker: str, own: str = "") -> str:
    """Return the text of a stub of a plugin's module, which has the classes of its resources.

    Args:
        index: what is declared.
        names: the plugin's resources.
        homes: the modules that plugins' classes are in; all others are in `connectapi.resources`.
        maker: the command that makes it.
        own: what else the module has, as a stub says it.
    """
    specs = [index.resource(name) for name in names]
    classes = {each for spec in specs for each in (spec.name, *spec.types)}
    others: dict[str, set[str]] = {}
    for word in sorted({word for spec in specs for word in _mentioned(spec)}):
        name = word.removesuffix("Collection") if not index.knows(word) else word
        if name not in classes:
            others.setdefault(homes.get(name, "connectapi.resources"), set()).add(word)
    imports = "".join(f"from {home} import {', '.join(sorted(words))}\n" for home, words in sorted(others.items()))
    home = homes[specs[0].name]
    return _text(maker, imports + _further_imports(specs, home), [*_classes(specs, home), *([own] if own else [])])


def _text(maker: str, imports: str, blocks: Iterable[str]) -> str:
    return _FIRST.format(maker=maker) + _IMPORTS + imports + "\n" + "\n\n".join(blocks) + "\n"


def _further_imports(specs: Sequence[ResourceSpec], home: str = "") -> str:
    """Return the imports of mixins, but for those at home, and of the modules of plugins' types of values."""
    mixins = [each.partition(":") for spec in specs for each in spec.mixins]
    own = sorted({f"from {module} import {name}\n" for module, _, name in mixins if _is_own(module)})
    modules = {each.python.__module__ for spec in specs for each in _custom(spec)}
    modules |= {module for module, _, _ in mixins if not _is_own(module) and module != home}
    return "".join([*own, *(f"import {each}\n" for each in sorted(modules - {"builtins"}))])


def _is_own(module: str) -> bool:
    return module.partition(".")[0] == "connectapi"


def _base(mixin: str, home: str) -> str:
    """Return how a stub names a mixin; plugins' with their modules, since two may call theirs the same."""
    module, _, name = mixin.partition(":")
    return name if _is_own(module) or module == home else f"{module}.{name}"


# What a resource speaks of -----------------------------------------------------------------


def _refs(spec: ResourceSpec) -> Iterator[TypeRef]:
    calls = spec.operations().values()
    groups: list[Mapping[str, FieldSpec | ParamSpec]] = [spec.fields, *(each.fields for each in spec.types.values())]
    groups += [group for call in calls for group in (call.body, call.params)]
    yield from (each.ref for group in groups for each in group.values())
    yield from (call.answer for call in calls)


def _mentioned(spec: ResourceSpec) -> Iterator[str]:
    """Yield the names of the classes that the stub of a resource speaks of."""
    for ref in _refs(spec):
        yield from ref.names()
    for relation in spec.relations.values():
        yield relation.one or f"{relation.many}Collection"


def _custom(spec: ResourceSpec) -> Iterator[FieldType]:
    for each in _refs(spec):
        ref = each
        while ref.item is not None:
            ref = ref.item
        if ref.custom is not None:
            yield ref.custom


# Classes -----------------------------------------------------------------------------------


def _classes(specs: Sequence[ResourceSpec], home: str = "") -> Iterator[str]:
    yield from (_plain_class(each) for spec in specs for each in spec.types.values())
    yield from (_resource_class(each, home) for each in specs)
    yield from map(_collection_class, specs)


def _plain_class(spec: TypeSpec) -> str:
    return "\n".join([f"class {spec.name}(Record):", _docstring(spec.doc), *_members(spec)])


def _members(spec: TypeSpec | ResourceSpec) -> Iterator[str]:
    for name, field in spec.fields.items():
        yield f"    {name}: {_field_type(field)}"
        if field.doc:
            yield _docstring(field.doc)
    fields = "".join(f", {name}: {_or_none(_field_type(f))} = None" for name, f in spec.fields.items())
    yield f"    def __init__(self{', *' if fields else ''}{fields}) -> None: ..."


def _resource_class(spec: ResourceSpec, home: str) -> str:
    bases = [*(_base(mixin, home) for mixin in spec.mixins), "Record"]
    lines = [f"class {spec.name}({', '.join(bases)}):", _docstring(spec.doc)]
    if not all(_is_own(mixin.partition(":")[0]) for mixin in spec.mixins):
        # Where modules import each other, mypy can't tell what the bases have for it.
        lines.append("    __slots__: tuple[str, ...]")
    lines += _members(spec)
    for name, operation in spec.operations().items():
        lines += _methods(spec, name, operation)
    for name, relation in spec.relations.items():
        lines += ["    @property", f"    def {name}(self) -> {_leads_to(relation)}:"]
        lines.append(indent(_docstring(relation.doc or f"Leads to {relation.many or relation.one}."), "    "))
    return "\n".join(lines)


def _leads_to(relation: RelationSpec) -> str:
    return f"{relation.many}Collection" if relation.many else f"One[{relation.one}]"


def _collection_class(spec: ResourceSpec) -> str:
    lines = [f"class {spec.name}Collection(Collection):", _docstring(spec.doc)]
    for name, operation in spec.operations().items():
        arguments = arguments_of(spec, name, operation)
        about_item = name != "get_one" and spec.of_item(operation)
        if about_item:
            known = tuple(each for each in operation.placeholders if each == spec.key_param)
            own = _parameters(arguments.without(known), operation, free=spec.scope)
            returns = spec.name if name == "update" else _answer(operation)
            lines += _method(name, f"self, {spec.key_param}: str", own, returns, operation.doc)
        else:
            for each, returns in _class_methods(spec, name, operation):
                own = _parameters(arguments, operation, free=spec.scope, sized=each != "count")
                lines += _method(each, "self", own, returns, operation.doc)
    return "\n".join(lines if spec.operations() else [*lines, "    ..."])


def _collections(index: SpecIndex) -> str:
    lines = ["class Collections:", _docstring("The collections of every resource, as attributes of a client.")]
    for name, resource in index.collections().items():
        lines += ["    @property", f"    def {name}(self) -> {resource}Collection: ..."]
    return "\n".join(lines)


# Methods -----------------------------------------------------------------------------------


def _class_methods(spec: ResourceSpec, name: str, operation: OperationSpec) -> list[tuple[str, str]]:
    if name == "get":
        return [("get", f"ResourceList[{spec.name}]"), ("iter", f"ResourceIterator[{spec.name}]"), ("count", "int")]
    return [(name, _answer(operation))]


def _methods(spec: ResourceSpec, name: str, operation: OperationSpec) -> list[str]:
    arguments = arguments_of(spec, name, operation)
    if name == "get_one" or not spec.of_item(operation):
        lines: list[str] = []
        for each, returns in _class_methods(spec, name, operation):
            own = _parameters(arguments, operation, sized=each != "count")
            lines += ["    @classmethod", *_method(each, "cls, client: Client", own, returns, operation.doc)]
        if name == "get_one" and spec.of_item(operation):
            rest = _parameters(arguments.without(operation.placeholders), operation)
            lines += _method("refresh", "self", rest, spec.name, "Read this record anew, in place.")
        return lines
    known = {spec.key_param, *spec.scope, *spec.fields}
    rest = _parameters(arguments.without([p for p in operation.placeholders if p in known]), operation)
    return _method(name, "self", rest, spec.name if name == "update" else _answer(operation), operation.doc)


def _method(name: str, first: str, parameters: list[str], returns: str, doc: str) -> list[str]:
    shown = ", ".join([first, *parameters])
    head = f"    def {name}({shown}) -> {returns}:"
    return [head, indent(_docstring(doc), "    ")] if doc else [f"{head} ..."]


def _parameters(
    arguments: Arguments, operation: OperationSpec, *, free: Iterable[str] = (), sized: bool = True
) -> list[str]:
    """Return the parameters of a method; those in `free` may be known by the collection already."""
    by_place = [arguments.each[name] for name in arguments.positional if name not in free]
    named = [each for each in arguments.each.values() if each not in by_place]
    shown = [_parameter(each, free) for each in by_place if each.required]
    shown += [_parameter(each, free) for each in by_place if not each.required]
    own = ["page_size: int | None = ..."] if operation.page and sized else []
    own += ["to: BinarySink"] if operation.answer.kind == "file" else []
    if named or own:
        shown += ["*", *(_parameter(each, free) for each in named), *own]
    return shown


def _parameter(argument: Argument, free: Iterable[str]) -> str:
    optional = not argument.required or argument.name in free
    text = _input_type(argument.ref, argument.values)
    if argument.where == "query" and argument.ref.item is not None:
        text = f"{text} | {_input_type(argument.ref.item, argument.values)}"  # one of a list may stand alone
    if argument.terms:
        text = f"{text} | Search"
    return f"{argument.name}: {text}{' = ...' if optional else ''}"


def _answer(operation: OperationSpec) -> str:
    ref = operation.answer
    if ref.kind == "file":
        return "Path | None"
    text = _python(ref)
    if ref.kind == "list":
        return text.replace("list[", "ResourceList[", 1)
    return _or_none(text) if 204 in operation.status and ref.kind != "none" else text  # noqa: PLR2004 -- No Content


# Types -------------------------------------------------------------------------------------


def _field_type(field: FieldSpec) -> str:
    text = _python(field.ref, field.values)
    return _or_none(text) if field.optional else text


def _python(ref: TypeRef, values: tuple[str | int, ...] = ()) -> str:
    if ref.item is not None:
        inner = _python(ref.item, values)
        text = f"list[{inner}]" if ref.kind == "list" else f"dict[str, {inner}]"
    elif values:
        text = f"Literal[{', '.join(map(repr, values))}]"
    elif ref.custom is not None:
        text = _class_of(ref.custom)
    else:
        text = _WORDS.get(ref.kind, ref.kind)
    return _or_none(text) if ref.nullable else text


def _class_of(custom: FieldType) -> str:
    module, name = custom.python.__module__, custom.python.__qualname__
    return name if module == "builtins" else f"{module}.{name}"


def _input_type(ref: TypeRef, values: tuple[str | int, ...]) -> str:
    if ref.item is not None:
        inner = _input_type(ref.item, values)
        text = f"Sequence[{inner}]" if ref.kind == "list" else f"Mapping[str, {inner}]"
    elif ref.named:
        text = f"{ref.kind} | Mapping[str, Any]"
    else:
        text = _python(TypeRef(ref.kind, custom=ref.custom), values)
    return _or_none(text) if ref.nullable else text


def _or_none(text: str) -> str:
    return text if text == "Any" or text.endswith("| None") else f"{text} | None"


def _docstring(text: str) -> str:
    safe = text.replace("\\", "\\\\").replace('"""', "'''")
    return f'    """{safe}"""'
