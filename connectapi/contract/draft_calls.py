"""The operations of a document as the methods and actions of a resource."""

from __future__ import annotations

import keyword
from collections.abc import Mapping
from typing import Final

from connectapi.contract.compare import PAGING
from connectapi.contract.draft_main import Main, answer_of, listing_of
from connectapi.contract.draft_types import DOC, Types, entry
from connectapi.contract.naming import Paths, argument_name, python_name, singular, unique
from connectapi.contract.openapi import Operation, Schema
from connectapi.spec.check import RESERVED
from connectapi.spec.model import placeholders

__all__ = ["Calls"]

_JSON: Final = "application/json"
_FORM: Final = "application/x-www-form-urlencoded"

#: Verb → the word before what an action is about; a GET needs none.
_WORDS: Final[Mapping[str, str]] = {"POST": "add", "PUT": "set", "PATCH": "change", "DELETE": "remove"}

_ITEM_METHODS: Final[Mapping[str, str]] = {"GET": "get_one", "PATCH": "update", "PUT": "update", "DELETE": "delete"}
_LONE_METHODS: Final[Mapping[str, str]] = {"GET": "get_one", "POST": "create", "DELETE": "delete"}


class Calls:
    """The calls of one draft, in the order of the document.

    Args:
        types: the types of the draft.
        paths: the names of placeholders.
        main: the resource among the operations, if there is one.
        fields: its fields; those that a method sends get their `write` here.
    """

    def __init__(self, types: Types, paths: Paths, main: Main | None, fields: dict[str, dict[str, object]]) -> None:
        self._types = types
        self._paths = paths
        self._main = main
        self._fields = fields
        self.methods: dict[str, dict[str, object]] = {}
        self.actions: dict[str, dict[str, object]] = {}
        self.left_out: list[str] = []

    def add(self, operation: Operation) -> None:
        """Draft an operation; one whose path can't be written is left out."""
        verb, _, path = operation.call.partition(" ")
        ours = self._paths.ours(path)
        if ours is None:
            self.left_out.append(operation.call)
            return
        method = self._method(verb, path, operation)
        name = method or self._action(verb, ours)
        said: dict[str, object] = {}
        if not method or (method == "update" and verb != "PATCH"):
            said["call"] = f"{verb} {ours}"
        if operation.deprecated:
            said["deprecated"] = DOC
        self._draft(said, name, operation, placeholders(ours), method=bool(method))
        (self.methods if method else self.actions)[name] = {**said, "doc": DOC}

    def _method(self, verb: str, path: str, operation: Operation) -> str:
        main = self._main
        if main is None or path not in {main.path, main.item}:
            return ""
        if path == main.item:
            name = _ITEM_METHODS.get(verb, "") if main.key else ""
        elif not main.item and listing_of(operation) is None:
            name = _LONE_METHODS.get(verb, "")
        elif verb == "GET":
            listing = listing_of(operation)
            name = "get" if listing is not None and listing.schema.kind == "object" else ""
        else:
            name = "create" if verb == "POST" else ""
        return "" if name in self.methods else name

    def _action(self, verb: str, path: str) -> str:
        """Name an action: after the last word of its path, with a verb where it changes something."""
        steps = [step for step in path.split("/") if step and not step.startswith("{")]
        noun = python_name(steps[-1]) if steps else "root"
        if path.endswith("}"):
            name = f"{_WORDS.get(verb, 'read')}_{singular(noun)}"
        elif verb in {"GET", "POST"}:
            name = noun
        else:
            name = f"{_WORDS[verb]}_{noun}"
        taken = {*RESERVED, *self._fields, *self.actions}
        if name in taken or keyword.iskeyword(name):
            name = f"{_WORDS.get(verb, 'read')}_{singular(noun) if verb == 'POST' else noun}"
        return unique(name, taken)

    # What goes in --------------------------------------------------------------------------

    def _draft(
        self, said: dict[str, object], name: str, operation: Operation, taken: tuple[str, ...], *, method: bool
    ) -> None:
        answer = self._answer(name, operation, method=method)
        said.update({key: answer.pop(key) for key in ("page", "items") if key in answer})
        params = self._params(operation, taken, paged="page" in said)
        if params:
            said["params"] = params
        if operation.bodies:
            self._body(said, name, operation, (*taken, *params))
        said.update(answer)

    def _params(self, operation: Operation, taken: tuple[str, ...], *, paged: bool) -> dict[str, dict[str, object]]:
        left_to_paging = {
            each for names in PAGING.values() if paged and all(n in operation.query for n in names) for each in names
        }
        made: dict[str, dict[str, object]] = {}
        for group in (operation.query, operation.headers):
            for key, schema in group.items():
                if key in left_to_paging:
                    continue
                name = argument_name(key, {*taken, *made})
                more: dict[str, object] = {"header": key} if group is operation.headers else {}
                more |= {"required": True} if key in operation.required else {}
                type_ = self._types.base(schema, name)
                type_ = "str" if type_[0].isupper() or type_ == "json" or type_.startswith("map") else type_
                made[name] = entry(schema, type_, name if group is operation.headers else key, name, **more)
        return made

    def _body(self, said: dict[str, object], name: str, operation: Operation, taken: tuple[str, ...]) -> None:
        media = next((each for each in (_JSON, _FORM) if each in operation.bodies), next(iter(operation.bodies)))
        schema = operation.bodies[media]
        structured = media in {_JSON, _FORM}
        if structured and schema.properties:
            body = self._types.body(schema, taken)
            if name in {"create", "update"}:
                required = self._sent(name, body, taken)
                said.update({"required": required} if required else {})
        else:
            whole = argument_name("file" if not structured else "items" if schema.kind == "array" else "body", taken)
            type_ = self._types.ref(schema, f"{name}_{whole}") if structured else "file"
            body = {whole: {"type": type_, "doc": DOC}}
            said.update({"whole": whole} if structured else {})
        if media != _JSON:
            said["media"] = media
        if body:
            said["body"] = body

    def _sent(self, method: str, body: dict[str, dict[str, object]], taken: tuple[str, ...]) -> list[str]:
        """Move what are fields of the record out of a body; return the names of the needed ones."""
        required: list[str] = []
        by_key = {str(field.get("wire", name)): name for name, field in self._fields.items()}
        for argument, said in list(body.items()):
            name = by_key.get(str(said.get("wire", argument)), "")
            field = self._fields.get(name, {})
            if name and name not in taken and _plain(said) == _plain(field):
                del body[argument]
                write = method if field.get("write", method) == method else "always"
                self._fields[name] = {
                    "type": field["type"],
                    "write": write,
                    **{k: v for k, v in field.items() if k not in {"type", "write"}},
                }
                required += [name] if said.get("required") else []
        return required

    # What comes out ------------------------------------------------------------------------

    def _answer(self, name: str, operation: Operation, *, method: bool) -> dict[str, object]:
        listing, schema = listing_of(operation), answer_of(operation)
        said: dict[str, object] = {}
        if listing is not None and (name == "get" or listing.page or listing.items):
            if listing.page:
                said["page"] = {"kind": listing.page, **({"size": listing.size} if listing.size else {})}
            said.update({"items": listing.items} if listing.items else {})
            returns = f"list of {self._types.base(listing.schema, f'{name}_item')}"
            default = f"list of {self._types.resource}" if name == "get" else ""
        else:
            returns = self._returns(schema, name, operation)
            default = "none" if not method or name == "delete" else self._types.resource
        if returns != default:
            said["returns"] = returns
        if operation.status and set(operation.status) != {204 if returns == "none" else 200}:
            said["status"] = list(operation.status)
        return said

    def _returns(self, schema: Schema | None, name: str, operation: Operation) -> str:
        if schema is not None:
            return self._types.base(schema, name)
        if operation.answers:
            return "text" if "text/plain" in operation.answers else "file"
        # To read something without a schema is to get bytes.
        return "file" if operation.call.startswith("GET ") and 204 not in operation.status else "none"  # noqa: PLR2004


def _plain(said: Mapping[str, object]) -> str:
    return str(said.get("type", "")).removesuffix(" | null")
