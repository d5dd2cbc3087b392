"""A first resource file for the operations of a tag that nothing declares."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from keyword import iskeyword
from typing import Final

from connectapi.contract.draft_calls import Calls
from connectapi.contract.draft_main import Main, main_of
from connectapi.contract.draft_types import DOC, Types
from connectapi.contract.layout import resource_text
from connectapi.contract.naming import Paths, class_name, python_name, singular, unique
from connectapi.contract.openapi import Operation, operations, schema_names, shape
from connectapi.errors import ConnectError, did_you_mean
from connectapi.http.failure import one_line
from connectapi.spec.index import SpecIndex
from connectapi.spec.load import load_text
from connectapi.spec.model import placeholders, snake_case

__all__ = ["drafted"]

#: What a person wants to see of most things, after what identifies them.
_LABEL: Final = ("name", "title", "username", "path", "status", "created_time")

_HEAD: Final = """\
# A draft, made from {source}: {count} under the tag '{tag}' that no resource declares.
# It loads as it is, and is not done. What a document can't tell is left to you:
# - a plain sentence of your own in the place of every "…": what it is, its unit, what null or 0 means;
# - the names of the resource, its types and its actions, which are guesses;
# - role (who may call it), since (the first release that has it), and which fields are secret.
# Save it as {file} in a folder of resource files; `connectapi contract check` then holds it against
# the document again.
"""


def drafted(document: Mapping[str, object], index: SpecIndex, tag: str, source: str = "a document") -> str:
    """Return the text of a resource file for what a tag has and nothing declares; empty if that is nothing.

    Args:
        document: an OpenAPI 3 document, as plain data.
        index: what is declared already.
        tag: the tag, as the document has it.
        source: where the document is from.

    Raises:
        ConnectError: the document is not whole, or has no such tag.
    """
    try:
        contract = operations(document)
        wanted = _undeclared(contract, index, tag)
        return _text(wanted, document, index, tag, source) if wanted else ""
    except (ValueError, RecursionError) as error:
        reason = error if isinstance(error, ValueError) else "its schemas lead back to themselves without an end"
        raise ConnectError(f"{one_line(source)}: {reason}") from None


def _undeclared(contract: Mapping[str, Operation], index: SpecIndex, tag: str) -> list[Operation]:
    tags = dict.fromkeys(each for operation in contract.values() for each in operation.tags)
    if tag not in tags:
        known = ", ".join(one_line(each) for each in tags)
        raise ConnectError(f"no operation has the tag {tag!r}{did_you_mean(tag, list(tags))}; the tags are: {known}")
    declared = {shape(operation.call) for spec in index.specs() for operation in spec.operations().values()}
    return [each for key, each in contract.items() if tag in each.tags and key not in declared]


def _text(wanted: list[Operation], document: Mapping[str, object], index: SpecIndex, tag: str, source: str) -> str:
    main = main_of(wanted, index)
    name = _resource_name(main, index, tag, schema_names(document))
    types, paths = Types(index, name), Paths(index.specs())
    resource: dict[str, object] = {"name": name, "collection": _collection(main, index, name)}
    fields: dict[str, dict[str, object]] = {}
    if main is not None:
        types.own(main.schema)
        fields = types.fields(main.schema)
        resource["path"] = paths.ours(main.path)
        resource.update(_key(main, paths, name, fields))
    calls = Calls(types, paths, main, fields)
    for operation in wanted:
        calls.add(operation)
    resource["label"] = _label(str(resource.get("key")), fields)
    resource.update(doc=DOC, fields=fields, types=types.made, methods=calls.methods, actions=calls.actions)
    text = _head(wanted, calls.left_out, tag, source, name) + resource_text({k: v for k, v in resource.items() if v})
    load_text(text, file=f"{snake_case(name)}.yaml", known=index.knows)
    return text


def _head(wanted: list[Operation], left_out: list[str], tag: str, source: str, name: str) -> str:
    count = f"{len(wanted)} operation{'s' if len(wanted) > 1 else ''}"
    head = _HEAD.format(source=one_line(source), count=count, tag=one_line(tag), file=f"{snake_case(name)}.yaml")
    lines = [f"# Left out, since no resource file can have such a path: {one_line(call)}\n" for call in left_out]
    return head + "".join(lines)


def _resource_name(main: Main | None, index: SpecIndex, tag: str, schemas: Collection[str]) -> str:
    taken = set(index.names())
    if main is not None and main.schema.name:
        wanted = class_name(main.schema.name)
    else:
        # The name of a schema is left to the type that these calls may answer with.
        wanted = class_name(singular(tag))
        taken.update(schemas)
    return unique(f"{wanted}Extra", taken, "") if wanted in taken else wanted


def _collection(main: Main | None, index: SpecIndex, name: str) -> str:
    last = "" if main is None else main.path.rpartition("/")[2]
    wanted = python_name(last) if last and "{" not in last else f"{snake_case(name)}s"
    return unique(f"{wanted}_" if iskeyword(wanted) else wanted, index.collections())


def _key(main: Main, paths: Paths, name: str, fields: Mapping[str, Mapping[str, object]]) -> dict[str, object]:
    """Return the key and, where it does not follow from the names, its placeholder."""
    if not main.key:
        return {}
    key = next(each for each, field in fields.items() if field.get("wire", each) == main.key)
    own = key in placeholders(paths.ours(main.path) or "")
    default = key if own else f"{snake_case(name)}_{key}"
    known = paths.known(main.item)
    if known is None:
        paths.name(main.item, default)
    return {"key": key, "key_param": "" if known in {None, default} else known}


def _label(key: str, fields: Mapping[str, Mapping[str, object]]) -> list[str]:
    plain = [
        name for name, field in fields.items() if str(field["type"])[0].islower() and " of " not in str(field["type"])
    ]
    wanted = [name for name in (key, *_LABEL) if name in plain]
    return list(dict.fromkeys(wanted if len(wanted) > 1 else [*wanted, *plain]))[:4]
