"""One call of the API as its handler sees it: who asks, for what, with which arguments."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cached_property
from typing import Any, Final

import attrs
from attrs import define, field
from werkzeug.wrappers import Request, Response

from connectapi.spec.model import FieldSpec, OperationSpec, ParamSpec, ResourceSpec
from connectapi.testing.identity import AppRole, Caller, app_role, shared_roles
from connectapi.testing.jsonbody import read_json
from connectapi.testing.refusal import Refusal, absent, bad
from connectapi.testing.store import Document, Records
from connectapi.testing.values import check, check_field, from_query, refuse_broken
from connectapi.testing.world import World

__all__ = ["Answer", "Call", "Reply"]

#: From this many content items on, the caller's roles are looked up all at once.
_MANY: Final = 4

_FORM: Final = "application/x-www-form-urlencoded"


@define
class Reply:
    """An answer that differs from what the operation declares in its status or its headers."""

    status: int
    body: Any = None
    headers: Mapping[str, str] = field(factory=dict)


#: What a handler returns: JSON, a reply, or werkzeug's own response for what is not JSON.
Answer = Reply | Response | dict[str, Any] | list[Any] | None


@define(slots=False, eq=False)
class Call:
    """A call that was routed to an operation. `records` is the transaction that it runs in."""

    world: World
    spec: ResourceSpec
    name: str
    operation: OperationSpec
    path: Mapping[str, str]
    request: Request
    records: Records
    caller: Caller | None = None
    #: What is to be done when the changes of the call are kept for good, such as deleting files.
    after: list[Callable[[], object]] = field(factory=list)
    _asked: int = field(default=0, init=False)

    # Where -----------------------------------------------------------------------------------

    @property
    def kind(self) -> str:
        """The table of the resource's records."""
        return self.spec.name

    @property
    def key(self) -> str:
        """The key of the one item that the call is about; empty for what there is one of."""
        return self.path.get(self.spec.key_param, "")

    @property
    def scope(self) -> str:
        """Which records of the kind are meant: those of one content item, of one group, and so on."""
        return "/".join(self.path[name] for name in self.spec.scope if name in self.path)

    @property
    def scope_or_any(self) -> str | None:
        """The scope, or None if the call's path doesn't tell it."""
        told = self.spec.scope and all(name in self.path for name in self.spec.scope)
        return self.scope if told else None

    @property
    def user(self) -> Caller:
        """The caller, in a call that is not for everyone."""
        if self.caller is None:
            raise Refusal(401, "AuthRequired", "This call needs an API key.")
        return self.caller

    def app_role(self, content: Document) -> AppRole:
        """Return what the caller is to a content item, one of many perhaps."""
        self._asked += 1
        many = self._asked >= _MANY and self.operation.verb == "GET"
        return app_role(self.records, content, self.caller, self._shared if many else None)

    @cached_property
    def _shared(self) -> Mapping[str, set[str]] | None:
        return shared_roles(self.records, self.caller) if self.caller else None

    def url(self, path: str) -> str:
        """Return the address of a path, by the name under which the caller reaches the server."""
        return f"{self._host_url}{path.lstrip('/')}"

    @cached_property
    def _host_url(self) -> str:
        return self.request.host_url

    def item(self, kind: str | None = None, key: str | None = None, scope: str | None = None) -> Document:
        """Return the record that the call is about, or another one; refuse the call if there is none."""
        if kind is None:
            kind, key, scope = self.kind, self.key, self.scope_or_any
        found = self.records.get(kind, key or "", scope)
        if found is None:
            raise absent()
        return found

    # With what -------------------------------------------------------------------------------

    @cached_property
    def params(self) -> Mapping[str, Any]:
        """The declared parameters that came with the call, by our names, checked; an empty one did not come."""
        found: dict[str, Any] = {}
        for name, spec in self.operation.params.items():
            if spec.header:
                texts = [self.request.headers[spec.header]] if spec.header in self.request.headers else []
            else:
                texts = [text for text in self.request.args.getlist(spec.wire or name) if text]
            if texts and self.world.has(spec.since):
                found[name] = _parameter(spec.wire or name, spec, texts)
            elif spec.usual is not None:
                found[name] = spec.usual
            elif spec.required:
                raise bad(f"The parameter {spec.wire or name!r} is missing.", "ParameterMissing")
        return found

    def check_params(self) -> None:
        """Refuse parameters that are wrong, whether or not anything comes of them."""
        if self.operation.role != "anonymous":
            _ = self.params

    @cached_property
    def include(self) -> frozenset[str]:
        """What the caller wants to have in the answer beside the usual."""
        return frozenset(self.params.get("include", ()))

    @cached_property
    def body(self) -> Document:
        """The body, by the names on the wire: known fields only, each of its type, the required ones there."""
        sent = self._sent()
        if not isinstance(sent, dict):
            raise bad("The body must be a JSON object.", "CannotParseRequestBody")
        known = self.accepted
        checked: Document = {}
        for key, value in sent.items():
            if key not in known:
                raise bad(f"Unknown field {key!r}.", "CannotParseRequestBody")
            spec = known[key]
            # As in Go, from which Connect is made: null for what can't be null is the same as leaving it out.
            if value is not None or spec.ref.nullable:
                checked[key] = check_field(key, value, spec, self.world.fields)
        for key, spec in known.items():
            if spec.required and key not in checked:
                raise bad(f"The field {key!r} is missing.", "ParameterMissing")
        return checked

    @property
    def own_fields(self) -> Document:
        """What the body says of the resource's own fields; a plugin may have added some."""
        known = {spec.wire or name for name, spec in self.world.fields(self.kind).items()}
        return {key: value for key, value in self.body.items() if key in known}

    @cached_property
    def whole(self) -> Any:
        """The body of an operation that takes one value instead of an object."""
        spec = self.operation.body[self.operation.whole]
        return check("body", self._sent(), spec.ref, self.world.fields)

    @cached_property
    def accepted(self) -> Mapping[str, FieldSpec]:
        """The fields that the body may have, by their names on the wire."""
        modes = {"create": {"create", "always"}, "update": {"update", "always"}}.get(self.name, set())
        own = self.world.fields(self.kind).items() if self.name in self.spec.methods else ()
        fields = {name: spec for name, spec in own if spec.write in modes}
        fields.update({name: spec for name, spec in self.operation.body.items() if self.world.has(spec.since)})
        needed = {*self.operation.required, *(name for name, spec in fields.items() if spec.required)}
        return {spec.wire or name: attrs.evolve(spec, required=name in needed) for name, spec in fields.items()}

    def read_body(self) -> None:
        """Read the whole of the body, so that nobody waits for it later."""
        # The operation says what comes, not the client: curl calls any body a form if it isn't told better.
        self.request.get_data(cache=True, parse_form_data=self.operation.media == _FORM)

    def _sent(self) -> Any:
        if self.operation.media == _FORM:
            return self.request.form.to_dict()
        return read_json(self.request.get_data(cache=True))


def _parameter(where: str, spec: ParamSpec, texts: list[str]) -> Any:
    code = "InvalidInclude" if where == "include" else ""
    if spec.ref.kind != "list":
        value = from_query(where, texts[-1], spec.ref)
        refuse_broken(where, value, spec, code)
        return value
    parts = [part.strip() for text in texts for part in text.split(spec.join)]
    values = [from_query(where, part, spec.ref.item or spec.ref) for part in parts if part]
    for value in values:
        refuse_broken(where, value, spec, code)
    return values
