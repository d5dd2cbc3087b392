"""The application that the server runs: a request in, an answer out, never a traceback."""

from __future__ import annotations

import json
import logging
from collections import deque
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, Final, NamedTuple
from uuid import uuid4

from werkzeug.exceptions import ClientDisconnected, HTTPException, RequestEntityTooLarge
from werkzeug.wrappers import Request, Response

from connectapi.testing.access import authorize
from connectapi.testing.agenda import settle
from connectapi.testing.call import Answer, Call, Reply
from connectapi.testing.dispatch import carry_out
from connectapi.testing.identity import identify
from connectapi.testing.refusal import Refusal
from connectapi.testing.routes import API, Routes
from connectapi.testing.serving import Site
from connectapi.testing.world import World

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

__all__ = ["Application", "Seen"]

_log: Final = logging.getLogger("connectapi.testing")

#: How many of the latest calls the server remembers.
_REMEMBERED: Final = 10_000


class Seen(NamedTuple):
    """A request that the server has answered."""

    verb: str
    path: str
    status: int


class Application:
    """A WSGI application: the API below `/__api__`, all else is the site."""

    def __init__(self, world: World, routes: Routes) -> None:
        self.world = world
        self.routes = routes
        self.site = Site(world, routes)
        self.seen: deque[Seen] = deque(maxlen=_REMEMBERED)

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer a request."""
        request = Request(environ)
        request.max_content_length = self.world.limits.body
        response = self._answer(request)
        response.headers["X-Correlation-ID"] = request.headers.get("X-Correlation-ID") or str(uuid4())
        response.headers.setdefault("X-Content-Type-Options", "nosniff")
        response.call_on_close(request.close)  # the files of a form
        self.seen.append(Seen(request.method, request.path, response.status_code))
        return response(environ, start_response)

    def _answer(self, request: Request) -> Response:
        in_api = request.path == API or request.path.startswith(f"{API}/")
        try:
            settle(self.world)
            return self._call(request) if in_api else self.site.answer(request)
        except Refusal as refusal:
            return _refused(refusal)
        except ClientDisconnected:
            return _refused(Refusal(400, "InvalidContentLength", "The connection ended before the body did."))
        except RequestEntityTooLarge:
            most = request.max_content_length
            return _refused(Refusal(413, "InvalidContentLength", f"The body is too large: {most} bytes is the most."))
        except HTTPException as error:
            return _refused(Refusal(error.code or 500, "BadRequest", error.description or error.name))
        except Exception:  # noqa: BLE001 -- whatever goes wrong, the client gets an answer
            _log.exception("%s %s failed", request.method, request.path)
            return _refused(Refusal(500, "InternalFailure", "The server failed; its log has the reason."))

    def _call(self, request: Request) -> Response:
        route, path = self.routes.match(request)
        with self.world.store.reading() as records:
            caller = None if route.operation.role == "anonymous" else identify(self.world, records, request)
            call = Call(self.world, route.spec, route.name, route.operation, path, request, records, caller)
            authorize(call, route.needs)
            if not route.writes and not route.handler.alone:
                return _response(call, route.handler.function(call))
        return _response(call, carry_out(call, route))


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


def _refused(refusal: Refusal) -> Response:
    return _json(refusal.status, refusal.document())


def _empty(status: int) -> Response:
    response = Response(status=status)
    del response.headers["Content-Type"]
    return response


def _json(status: int, body: Any) -> Response:
    return Response(json.dumps(body, separators=(",", ":")), status=status, mimetype="application/json")
