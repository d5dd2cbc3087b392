"""One visit of a page: who looks, and the operations of the API as that person may call them."""

from __future__ import annotations

import io
import json
from collections.abc import Mapping
from functools import cached_property
from typing import Any, Final, NamedTuple
from urllib.parse import quote, urlencode

from attrs import define, field
from werkzeug.wrappers import Request, Response

from connectapi.testing import pages
from connectapi.testing.access import authorize
from connectapi.testing.call import Answer, Call, Reply
from connectapi.testing.dispatch import carry_out
from connectapi.testing.entrance import form_token
from connectapi.testing.identity import Caller
from connectapi.testing.refusal import Refusal, absent
from connectapi.testing.routes import Route, Routes
from connectapi.testing.store import Document, Records
from connectapi.testing.world import World

__all__ = ["Link", "Visit", "address"]

#: Pages of the menu: where they lie, what they are called, and the operation that one must be allowed to call.
_MENU: Final = (
    ("/connect/", "Content", "Content", "search"),
    ("/connect/users/", "Users", "User", "get"),
    ("/connect/groups/", "Groups", "Group", "get"),
    ("/connect/tags/", "Tags", "Tag", "get"),
    ("/connect/content-usage/", "Usage", "ContentHit", "get"),
    ("/connect/all-resources/", "All resources", "Content", "search"),
)


class Link(NamedTuple):
    """What a record is called, and the address of its page; that is empty where there is none."""

    text: str
    href: str


class Entry(NamedTuple):
    """A page of the menu."""

    href: str
    text: str


def address(*parts: str, **query: str | int | None) -> str:
    """Return the path of a page of the dashboard; parts of the query that are empty are left out."""
    path = "".join(f"{quote(part, safe='')}/" for part in parts)
    asked = {name: value for name, value in query.items() if value not in {None, ""}}
    return f"/connect/{path}{'?' if asked else ''}{urlencode(asked)}"


@define(slots=False, eq=False)
class Visit:
    """A request for a page, in the transaction that it reads from. Whatever the API refuses, a page does not show."""

    world: World
    routes: Routes
    request: Request
    caller: Caller | None
    records: Records
    _links: dict[tuple[str, str], Link] = field(factory=dict, init=False)

    # What the API says -----------------------------------------------------------------------

    def ask(self, resource: str, operation: str, path: Mapping[str, str] | None = None, **query: Any) -> Any:
        """Call an operation that reads, and return its answer as JSON has it.

        Raises:
            Refusal: as the API refuses the call.
        """
        answer = self.answer(resource, operation, path, **query)
        return answer.body if isinstance(answer, Reply) else answer

    def ask_or(
        self, usual: Any, resource: str, operation: str, path: Mapping[str, str] | None = None, **query: Any
    ) -> Any:
        """As `ask`; what is refused, or not there, is as if it had answered `usual`."""
        try:
            return self.ask(resource, operation, path, **query)
        except Refusal:
            return usual

    def answer(self, resource: str, operation: str, path: Mapping[str, str] | None = None, **query: Any) -> Answer:
        """Call an operation that reads, and return its answer: a file's is a response."""
        call, route = self._call(resource, operation, path or {}, self._inner("GET", query, None))
        authorize(call)
        return carry_out(call, route) if route.handler.alone else route.handler.function(call)

    def tell(self, resource: str, operation: str, path: Mapping[str, str], body: Document) -> Any:
        """Call an operation that changes something, and return its answer as JSON has it."""
        call, route = self._call(resource, operation, path, self._inner("POST", {}, body))
        return self._carried_out(call, route)

    def pass_on(self, resource: str, operation: str, path: Mapping[str, str]) -> Any:
        """Call an operation with the form that came, and return its answer as JSON has it."""
        return self._carried_out(*self._call(resource, operation, path, self.request))

    def may(self, resource: str, operation: str, path: Mapping[str, str] | None = None) -> bool:
        """Whether this version of the server has an operation, and lets the visitor call it."""
        try:
            call, _ = self._call(resource, operation, path or {}, self.request)
            authorize(call)
        except Refusal:
            return False
        return True

    def _carried_out(self, call: Call, route: Route) -> Any:
        authorize(call)
        answer = carry_out(call, route)
        return answer.body if isinstance(answer, Reply) else answer

    def _call(self, resource: str, operation: str, path: Mapping[str, str], request: Request) -> tuple[Call, Route]:
        route = self.routes.named(resource, operation)
        if route is None:
            raise absent("This page")
        call = Call(self.world, route.spec, route.name, route.operation, path, request, self.records, self.caller)
        return call, route

    def _inner(self, verb: str, query: Mapping[str, Any], body: Document | None) -> Request:
        """Return the request that a client would have sent."""
        data = b"" if body is None else json.dumps(body).encode()
        kept = {key: value for key, value in self.request.environ.items() if not key.startswith("werkzeug.")}
        asked = [(name, str(value)) for name, value in query.items() if value not in {None, ""}]
        return Request(
            {
                **kept,
                "REQUEST_METHOD": verb,
                "QUERY_STRING": urlencode(asked),
                "CONTENT_TYPE": "application/json",
                "CONTENT_LENGTH": str(len(data)),
                "wsgi.input": io.BytesIO(data),
            }
        )

    # What a page has -------------------------------------------------------------------------

    def link(self, kind: str, key: str | None) -> Link:
        """Return what a record is called and where its page is, as far as the visitor may know."""
        if not key:
            return Link("", "")
        if (kind, key) not in self._links:
            self._links[kind, key] = self._found(kind, key)
        return self._links[kind, key]

    def _found(self, kind: str, key: str) -> Link:
        spec = self.world.specs[kind]
        found = self.ask_or(None, kind, "get_one", {spec.key_param: key}) if not spec.scope else None
        if not isinstance(found, dict):
            return Link(key, "")
        return Link(self.called(kind, found), address(spec.collection, key))

    def called(self, kind: str, document: Mapping[str, Any]) -> str:
        """Return what people call a record: the first of its label's texts, or its key."""
        spec = self.world.specs[kind]
        for name in spec.label:
            of_text = name in spec.fields and spec.fields[name].ref.kind == "str"
            if of_text and name != spec.key and document.get(name):
                return str(document[name])
        return str(document.get(spec.key, ""))

    @cached_property
    def menu(self) -> list[Entry]:
        """The pages that the visitor may open."""
        return [Entry(href, text) for href, text, kind, operation in _MENU if self.may(kind, operation)]

    def render(self, template: str, *, title: str, status: int = 200, **values: Any) -> Response:
        """Return a page of the dashboard."""
        return pages.render(
            f"dashboard/{template}",
            status,
            title=title,
            visitor=self.caller,
            menu=self.menu,
            token=form_token(self.request),
            here=self.request.path,
            version=self.world.version,
            **values,
        )
