"""From the verb and the path of a request to the operation that it calls, and to what answers it."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Final

from attrs import evolve, frozen
from werkzeug.exceptions import MethodNotAllowed, NotFound
from werkzeug.routing import Map, MapAdapter, RequestRedirect, Rule
from werkzeug.wrappers import Request

from connectapi.spec.model import OperationSpec, ResourceSpec
from connectapi.testing import generic
from connectapi.testing.call import Answer, Call
from connectapi.testing.handlers import load
from connectapi.testing.refusal import Refusal
from connectapi.testing.registry import Handler, handler_of
from connectapi.testing.releases import reached

__all__ = ["API", "Route", "Routes"]

#: Where the API lies on the server.
API: Final = "/__api__"


@frozen(eq=False)
class Route:
    """An operation, and what answers it."""

    spec: ResourceSpec
    name: str
    operation: OperationSpec
    handler: Handler

    @property
    def writes(self) -> bool:
        """Whether a call may change the records."""
        return self.operation.verb != "GET"


class Routes:
    """All operations that the server's version has, by verb and path.

    `unanswered` names those that there is no rule and no handler for; their answer is 501. Servers
    of the same specs and version can share it. `added` are plugins' handlers, which come first.
    """

    def __init__(
        self,
        specs: Iterable[ResourceSpec],
        version: str,
        added: Mapping[tuple[str, str], Handler] = MappingProxyType({}),
    ) -> None:
        load()
        self._added = added
        self.unanswered: list[tuple[str, str]] = []
        self._groups: dict[str, list[Route]] = {}
        self._named: dict[tuple[str, str], Route] = {}
        # werkzeug takes a millisecond to make a rule; those of one group are made when a call first needs them.
        self._adapters: dict[str, MapAdapter] = {}
        self._lock = threading.Lock()
        for spec in specs:
            for name, operation in spec.operations().items():
                if reached(operation.since, version):
                    route = self._route(spec, name, operation)
                    others = (evolve(route, operation=evolve(operation, call=call)) for call in operation.also)
                    for each in (route, *others):
                        self._groups.setdefault(_group(each.operation.path), []).append(each)
                    self._named[spec.name, name] = route

    def all(self) -> list[Route]:
        """Return every route."""
        return [route for group in self._groups.values() for route in group]

    def named(self, resource: str, operation: str) -> Route | None:
        """Return the route of an operation; None if this version of the server does not have it."""
        return self._named.get((resource, operation))

    def match(self, request: Request) -> tuple[Route, dict[str, str]]:
        """Find what a request calls.

        Raises:
            Refusal: there is no such path, or not with this verb.
        """
        try:
            adapter = self._adapter(_group(request.path.removeprefix(API)))
            route, values = adapter.match(request.path, request.method)
        except MethodNotAllowed as error:
            allowed = ", ".join(sorted(error.valid_methods or ()))
            message = f"{request.method} is not a verb for {request.path}; it takes {allowed}."
            raise Refusal(405, "BadRequest", message) from None
        except (NotFound, RequestRedirect):
            raise _nothing(request) from None
        # A placeholder stands for one segment; werkzeug sees the path when its slashes are no longer escaped.
        if "path" not in values and "%2f" in request.environ.get("REQUEST_URI", "").partition("?")[0].lower():
            raise _nothing(request)
        return route, {name: str(value) for name, value in values.items()}

    def _adapter(self, group: str) -> MapAdapter:
        with self._lock:
            if group not in self._groups:
                raise NotFound
            if group not in self._adapters:
                rules = [
                    Rule(_pattern(route.operation), endpoint=route, methods=[route.operation.verb])
                    for route in self._groups[group]
                ]
                # The rules know no hosts, so that one adapter does for the calls to any.
                self._adapters[group] = Map(rules, strict_slashes=False, merge_slashes=False).bind("")
            return self._adapters[group]

    def _route(self, spec: ResourceSpec, name: str, operation: OperationSpec) -> Route:
        handler = self._added.get((spec.name, name)) or handler_of(spec.name, name)
        if handler is None and name in spec.methods:
            handler = Handler(generic.VERBS[name])
        if handler is None:
            self.unanswered.append((spec.name, name))
            handler = Handler(_unanswered)
        return Route(spec, name, operation, handler)


def _nothing(request: Request) -> Refusal:
    return Refusal(404, "ObjectDoesNotExist", f"This server has nothing at {request.path}.")


def _group(path: str) -> str:
    """Return what a path begins with: `v1/content`, `applications`."""
    parts = path.split("/", 3)[1:3]
    return "/".join(parts if parts[:1] == ["v1"] else parts[:1])


def _pattern(operation: OperationSpec) -> str:
    path = operation.path
    for name in operation.placeholders:
        # The end of a path within a bundle; every other placeholder stands for one segment.
        converter = "path:" if name == "path" and path.endswith("{path}") else ""
        path = path.replace(f"{{{name}}}", f"<{converter}{name}>")
    return f"{API}{path}"


def _unanswered(call: Call) -> Answer:
    message = f"The embedded server does not answer {call.kind}.{call.name} ({call.operation.call}) yet."
    raise Refusal(501, "InternalFailure", message)
