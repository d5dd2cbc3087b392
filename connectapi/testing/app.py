"""The application that the server runs: a request in, an answer out, never a traceback."""

from __future__ import annotations

import datetime
import json
import logging
from collections.abc import Iterable
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Final
from uuid import uuid4

from attrs import define
from werkzeug.exceptions import ClientDisconnected, HTTPException, RequestEntityTooLarge
from werkzeug.wrappers import Request, Response

from connectapi.testing import credentials
from connectapi.testing.access import authorize
from connectapi.testing.agenda import settle
from connectapi.testing.body import KEPT, Body, CountedBody
from connectapi.testing.call import Answer, Call, Reply
from connectapi.testing.dispatch import carry_out
from connectapi.testing.effects import put_effect
from connectapi.testing.faults import Fault, Faults
from connectapi.testing.identity import Caller, identify
from connectapi.testing.refusal import Refusal
from connectapi.testing.requests import Requests, Seen, masked
from connectapi.testing.routes import API, Route, Routes
from connectapi.testing.serving import Site
from connectapi.testing.store import no_room
from connectapi.testing.world import World

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

__all__ = ["Application"]

_log: Final = logging.getLogger("connectapi.testing")


@define
class _Noted:
    """What is found out about a request while it is answered."""

    time: datetime.datetime
    route: Route | None = None
    caller: Caller | None = None
    fault: Fault | None = None


class Application:
    """A WSGI application: the API below `/__api__`, all else is the site."""

    def __init__(self, world: World, routes: Routes) -> None:
        self.world = world
        self.routes = routes
        self.site = Site(world, routes)
        self.faults = Faults(routes.all())
        self.requests = Requests()

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer a request."""
        request = Request(environ)
        request.max_content_length = self.world.limits.body
        noted = _Noted(self.world.clock.now(), fault=self.faults.strike(request.method, request.path))
        response = self._answer(request, noted) if noted.fault is None else self._struck(request, noted, noted.fault)
        response.headers["X-Correlation-ID"] = request.headers.get("X-Correlation-ID") or str(uuid4())
        response.headers.setdefault("X-Content-Type-Options", "nosniff")
        response.call_on_close(request.close)  # the files of a form
        self.requests.add(_seen(request, response.status_code, noted))
        return response(environ, start_response)

    def _struck(self, request: Request, noted: _Noted, fault: Fault) -> Response:
        """Do what a fault says, the rest of which happens when the answer is sent."""
        put_effect(request.environ, fault.effect)
        response = fault.effect.instead(request)
        if response is None:
            return self._answer(request, noted)
        with suppress(Refusal), self.world.store.reading() as records:
            noted.route, _ = self.routes.match(request)
            noted.caller = identify(self.world, records, request)
        return response

    def _answer(self, request: Request, noted: _Noted) -> Response:
        in_api = request.path == API or request.path.startswith(f"{API}/")
        try:
            settle(self.world)
            return self._call(request, noted) if in_api else self.site.answer(request)
        except Refusal as refusal:
            return _refused(refusal)
        except ClientDisconnected:
            return _refused(Refusal(400, "InvalidContentLength", "The connection ended before the body did."))
        except RequestEntityTooLarge:
            most = request.max_content_length
            return _refused(Refusal(413, "InvalidContentLength", f"The body is too large: {most} bytes is the most."))
        except HTTPException as error:
            return _refused(Refusal(error.code or 500, "BadRequest", error.description or error.name))
        except Exception as error:  # noqa: BLE001 -- whatever goes wrong, the client gets an answer
            return _failed(request, error)

    def _call(self, request: Request, noted: _Noted) -> Response:
        route, path = self.routes.match(request)
        noted.route = route
        with self.world.store.reading() as records:
            caller = None if route.operation.role == "anonymous" else identify(self.world, records, request)
            noted.caller = caller
            call = Call(self.world, route.spec, route.name, route.operation, path, request, records, caller)
            authorize(call)
            call.check_params()
            credential = caller.credential if caller is not None else None
            if credential is not None and credentials.note_use(self.world, credential):
                records.look_again()
            if not route.writes and not route.handler.alone:
                return _response(call, route.handler.function(call))
        return _response(call, carry_out(call, route))


def _seen(request: Request, status: int, noted: _Noted) -> Seen:
    body, route = request.environ["wsgi.input"], noted.route
    if isinstance(body, CountedBody) and body.left <= KEPT:
        # Whatever was answered, tests want to see what was sent; a body this short is on its way already.
        body.drain(KEPT)
    params = route.operation.params.values() if route else ()
    return Seen(
        request.method,
        request.path,
        status,
        query_string=request.environ.get("QUERY_STRING", ""),
        headers=masked(request.environ, (spec.header for spec in params if spec.secret and spec.header)),
        body=body.kept if isinstance(body, Body) else b"",
        operation=f"{route.spec.name}.{route.name}" if route else "",
        username=noted.caller.username if noted.caller else "",
        time=noted.time,
        fault=noted.fault,
    )


def _response(call: Call, answer: Answer) -> Response:
    if isinstance(answer, Response):
        response = answer
    else:
        reply = answer if isinstance(answer, Reply) else Reply(call.operation.status[0], answer)
        response = _empty(reply.status) if _is_empty(call, reply) else _json(reply.status, reply.body)
        response.headers.update(reply.headers)
    if call.operation.deprecated:
        words = [word for word in call.operation.deprecated.split() if word.startswith("/")]
        response.headers["X-Deprecated-Endpoint"] = words[-1] if words else "n/a"
    return response


def _is_empty(call: Call, reply: Reply) -> bool:
    return reply.body is None and (reply.status == 204 or call.operation.answer.kind == "none")  # noqa: PLR2004


def _failed(request: Request, error: Exception) -> Response:
    if no_room(error):
        reason = getattr(error, "strerror", None) or error
        _log.error("%s %s failed: %s", request.method, request.path, reason)
        return _refused(Refusal(507, "InternalFailure", f"The server can't keep this: {reason}."))
    _log.error("%s %s failed", request.method, request.path, exc_info=error)
    return _refused(Refusal(500, "InternalFailure", "The server failed; its log has the reason."))


def _refused(refusal: Refusal) -> Response:
    return _json(refusal.status, refusal.document())


def _empty(status: int) -> Response:
    response = Response(status=status)
    del response.headers["Content-Type"]
    return response


def _json(status: int, body: Any) -> Response:
    return Response(json.dumps(body, separators=(",", ":")), status=status, mimetype="application/json")
