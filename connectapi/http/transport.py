"""The one way to the server; each step adds one concern and calls the next.

send, stream, download → _authenticated → _followed → _retried → _once → _opened
"""

from __future__ import annotations

import copy
import math
import os
import sys
import time
from collections.abc import Generator, Iterator
from contextlib import closing, contextmanager
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, BinaryIO, Final, TypeVar, cast, overload
from urllib.parse import urlencode
from uuid import uuid4

from attrs import evolve
from urllib3 import Retry, Timeout
from urllib3.exceptions import HTTPError

from connectapi.errors import ConnectError, TransportError
from connectapi.http.address import Address
from connectapi.http.auth import Auth
from connectapi.http.budget import Budget
from connectapi.http.course import Course
from connectapi.http.deprecation import warn_if_deprecated
from connectapi.http.download import Download
from connectapi.http.failure import answer_failure
from connectapi.http.hooks import Hooks
from connectapi.http.log import log_call
from connectapi.http.options import CONNECTIONS, Options
from connectapi.http.place import placed
from connectapi.http.pool import Connections
from connectapi.http.redirect import Redirects
from connectapi.http.security import Security
from connectapi.http.steps import Step, TokenRequest, Wait
from connectapi.http.stream import Stream
from connectapi.http.upload import Upload, pieces
from connectapi.http.values import CORRELATION_ID, Headers, Readable, Request, Response
from connectapi.http.wire import Attempt, bare, busy, wire_failure
from connectapi.types import Secret

if TYPE_CHECKING:
    from typing_extensions import Self

__all__ = ["USER_AGENT", "Transport"]

V = TypeVar("V")

USER_AGENT: Final = f"connectapi (Python {sys.version_info[0]}.{sys.version_info[1]})"

#: As `retries=False`, but made once.
_NO_RETRIES: Final = Retry(total=False, redirect=False)

#: What a repeated DELETE finds, and what the lost answer to the first one was.
_NOT_FOUND: Final = 404
_NO_CONTENT: Final = 204

#: The shortest wait that a socket can have, in seconds: none would mean not to wait at all.
_LEAST: Final = 0.001


class Transport:
    """Sends requests to one server. Safe to share between threads, and to use on after a fork.

    Args:
        address: where the server is.
        auth: how calls show who is calling.
        options: how calls are made, where they don't bring options of their own.
        user_agent: how calls name the program that makes them.
        connections: how many there are at most; a call that finds all of them in use waits.
        security: how TLS connections are made.
        proxy: the URL of a proxy, empty for none; left out, what the environment says.
        hooks: what is done about each call before and after it.
    """

    def __init__(
        self,
        address: Address,
        auth: Auth,
        options: Options | None = None,
        *,
        user_agent: str = USER_AGENT,
        connections: int = CONNECTIONS,
        security: Security | None = None,
        proxy: str | None = None,
        hooks: Hooks | None = None,
    ) -> None:
        self._hooks = hooks
        self._address = address
        self._origin = address.origin
        self._auth = auth
        self._options = options or Options()
        self._headers = Headers({"Accept-Encoding": "gzip", "User-Agent": user_agent})
        self._connections = Connections(self._origin, connections, security, proxy)
        self._budget = Budget(self._options.retries.budget)

    def __repr__(self) -> str:
        return f"<Transport to {self._address.api_endpoint}>"

    def send(self, request: Request, options: Options | None = None) -> Response:
        """Send a request and return the answer, read to its end.

        Raises:
            APIError: the server answered with status 400 or more; its subclass says which.
            TransportError: no answer came, or a redirect; `TimeoutError` and `TLSError` are of it.
        """
        request = self._complete(request)
        course = Course.begin(request, options or self._options, self._budget)
        _, response = self._authenticated(request, course)
        if response.status == _NOT_FOUND and request.verb == "DELETE" and course.unsure:
            # A try before this one deleted it, and that answer was lost.
            response = Response(status=_NO_CONTENT, reason="No Content", headers=response.headers)
        self._check(request, response, course)
        return response

    @contextmanager
    def stream(self, request: Request, options: Options | None = None) -> Iterator[Stream]:
        """Send a request and give the answer with its body unread, for the length of a `with` block.

        Raises:
            APIError: the server answered with status 400 or more; its subclass says which.
            TransportError: no answer came, or a redirect; `TimeoutError` and `TLSError` are of it.
        """
        request = self._complete(request)
        course = Course.begin(request, options or self._options, self._budget, streamed=True)
        stream, response = self._authenticated(request, course)
        with closing(stream):
            self._check(request, response, course)
            yield stream

    @overload
    def download(self, request: Request, to: str | os.PathLike[str], options: Options | None = None) -> Path: ...
    @overload
    def download(self, request: Request, to: BinaryIO, options: Options | None = None) -> None: ...
    @overload
    def download(
        self, request: Request, to: str | os.PathLike[str] | BinaryIO, options: Options | None = None
    ) -> Path | None: ...

    def download(
        self, request: Request, to: str | os.PathLike[str] | BinaryIO, options: Options | None = None
    ) -> Path | None:
        """Send a request and stream the answer's body into a file.

        What breaks off is gone on with where the server allows that, else begun again.

        Args:
            request: what to send.
            to: a path, where the file appears when it is whole, and not before; or a file open for
                binary writing, where a failure may leave a part.
            options: how the call is made, if not as the transport makes all of them.

        Returns:
            The path, if one was given.

        Raises:
            APIError: the server answered with status 400 or more; its subclass says which.
            FileNotFoundError: there is no directory for the file; nothing was sent.
            TransportError: no answer came, or a redirect, or it broke off.
        """
        if isinstance(to, str | os.PathLike):
            path = Path(to)
            with placed(path) as file:
                self.download(request, file, options)
            return path
        options = options or self._options
        course = Course.begin(request, options, self._budget, streamed=True)
        Download(request, course, self._origin).run(partial(self.stream, options=options), to)
        return None

    def run(self, steps: Generator[Step, Response, V], options: Options | None = None) -> V:
        """Take the steps to credentials that no call of this transport waits for, and return what they lead to.

        Args:
            steps: what yields a `TokenRequest` or a `Wait`, as an auth flow does.
            options: how the requests are made, if not as the transport makes all of them.

        Raises:
            TransportError: no answer came, and the steps can't do without.
        """
        course = Course.begin(None, options or self._options, self._budget)
        try:
            step = next(steps)
            while True:
                if isinstance(step, Request):
                    raise TypeError("a request for credentials is a TokenRequest, where no call waits for them")
                step = self._aside(step, steps, course)
        except StopIteration as end:
            return cast("V", end.value)
        finally:
            steps.close()

    def with_auth(self, auth: Auth) -> Transport:
        """Return the same transport, over the same connections, for calls that show who is calling in another way."""
        made = copy.copy(self)
        made._auth = auth
        return made

    def close(self) -> None:
        """Close the connections; a later call is a `TransportError`."""
        self._connections.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()

    # The steps ---------------------------------------------------------------------------------

    def _complete(self, request: Request) -> Request:
        """Add what every call carries; all tries at it share these, the correlation id too."""
        return self._completed(request if self._hooks is None else self._hooks.before(request))

    def _completed(self, request: Request) -> Request:
        framing = request.headers.framing()
        if framing is not None:
            raise ValueError(f"the header {framing!r} says where a request goes or ends: it can't be given")
        headers = self._headers.copy()
        headers["Accept"] = request.accept
        headers[CORRELATION_ID] = str(uuid4())
        if request.media is not None:
            headers["Content-Type"] = request.media
        if request.body is not None and not isinstance(request.body, bytes):
            upload = Upload(request.body)
            request = evolve(request, body=upload)
            if upload.length is not None:
                headers["Content-Length"] = str(upload.length)
        return request.with_headers(headers | request.headers)

    def _check(self, request: Request, response: Response, course: Course) -> None:
        if self._hooks is not None:
            self._hooks.after(request, response)
        warn_if_deprecated(request, response.headers)
        if response.status >= 400:  # noqa: PLR2004 -- HTTP's own boundary
            failure = self._failure(request, response)
            failure.attempts = course.attempts
            raise failure

    def _failure(self, request: Request, response: Response) -> ConnectError:
        """Return the error that an answer of status 400 or more stands for."""
        return cast("ConnectError", answer_failure(request, response, self._origin, self._secrets(request)))

    def _secrets(self, request: Request) -> tuple[Secret, ...]:
        """Return what nothing that is said about a call may show."""
        return (*self._auth.secrets(), *request.secrets, *(self._connections.secrets or ()))

    def _authenticated(self, request: Request, course: Course) -> tuple[Stream, Response]:
        """Send what the auth yields until it yields no more; the last answer to the call itself counts."""
        flow = self._auth.flow(request)
        stream, response = None, None
        try:
            step = next(flow, request)
            while True:
                if stream is not None and response is not None:
                    if isinstance(step, Request) and isinstance(step.body, Upload) and not step.body.rewind():
                        return stream, response
                    stream.close()  # what a message needs is read; others can have the connection
                if isinstance(step, Request):
                    stream, response = self._followed(step, course)
                    step = flow.send(response)
                else:
                    step = self._aside(step, flow, course.aside(request))
        except StopIteration:
            if stream is None or response is None:
                raise RuntimeError(f"{type(self._auth).__name__}.flow did not send the call") from None
            return stream, response
        except BaseException:
            if stream is not None:
                stream.close()
            raise
        finally:
            flow.close()

    def _aside(self, step: TokenRequest | Wait, flow: Generator[Step, Response, object], course: Course) -> Step:
        """Do what the auth needs for itself, and return what it wants next."""
        try:
            given = self._granted(step.request, course) if isinstance(step, TokenRequest) else None
            if isinstance(step, Wait):
                course.wait(step)
        except Exception as error:
            # Out of time: the flow is closed, not told, so that it passes no failure on to others that have time.
            if course.deadline is not None and course.deadline.passed():
                raise
            return flow.throw(error)
        return next(flow) if given is None else flow.send(given)

    def _granted(self, request: Request, course: Course) -> Response:
        """Send a request for credentials and return its answer, of whatever status."""
        stream, response = self._followed(self._completed(request), course)
        stream.close()
        return response

    def _followed(self, request: Request, course: Course) -> tuple[Stream, Response]:
        """Go where the server says, as long as that is on the same server."""
        target = self._target(request)
        stream, response = self._retried(request, course, target)
        if response.status < 300 or response.status >= 400:  # noqa: PLR2004 -- HTTP's own boundaries
            return stream, response
        redirects = Redirects(request, self._origin, target, self._secrets(request))
        while (elsewhere := redirects.next(response)) is not None:
            stream, response = self._retried(request, course, elsewhere)
        return stream, response

    def _retried(self, request: Request, course: Course, target: str) -> tuple[Stream, Response]:
        """Try until it goes well, or there is no use or no time to try again."""
        if self._connections.secrets is None:
            self._connections.pool()
        number, secrets = 1, (*self._auth.secrets(), *request.secrets, *(self._connections.secrets or ()))
        while True:
            attempt = Attempt(request, self._origin, course.options, course.deadline, number, secrets)
            started = time.monotonic()
            try:
                stream, response = self._once(attempt, target, started, streamed=course.streamed)
                if response.status < 400:  # noqa: PLR2004 -- HTTP's own boundary
                    self._budget.earn()
                    return stream, response
                delay = course.delay(attempt, self._failure(request, response), started)
                if delay is None:
                    return stream, response
            except TransportError as error:
                delay = course.delay(attempt, error, started)
                if delay is None:
                    error.attempts = course.attempts
                    raise
            time.sleep(delay)
            number += 1

    def _once(self, attempt: Attempt, target: str, started: float, *, streamed: bool) -> tuple[Stream, Response]:
        """Send a request once; what comes back is read, but for a good answer that is `streamed`."""
        stream = None
        try:
            stream = self._opened(attempt, target, started)
            if stream.status < 200:  # noqa: PLR2004 -- HTTP's own boundary
                stream.refuse()
            if not streamed:
                return stream, stream.response()
            if stream.status >= 300:  # noqa: PLR2004 -- HTTP's own boundary
                return stream, stream.start()
            return stream, Response(
                status=stream.status, reason=stream.reason, headers=stream.headers, secrets=attempt.secrets
            )
        except BaseException as error:
            outcome = type(error).__name__
            if stream is not None:
                stream.close(outcome)
            else:
                log_call(attempt.request, attempt.number, started, outcome)
            raise

    def _opened(self, attempt: Attempt, target: str, started: float) -> Stream:
        """Send a request and return the answer with its body unread."""
        request, deadline, options = attempt.request, attempt.deadline, attempt.options
        connect, read = options.connect_timeout, attempt.read_timeout
        left = math.inf if deadline is None else deadline.left()
        limits = Timeout(connect=max(min(connect, left), _LEAST), read=max(min(read, left), _LEAST))
        pool = self._connections.pool()
        slot = pool.slots.take(min(read, left))
        if slot is None:
            raise busy(attempt, pool.slots.number)
        try:
            answer = pool.urlopen(
                request.verb,
                pool.prefix + target,
                body=_sendable(request.body),  # no local holds it: a traceback that shows locals would show it
                headers=request.headers,
                timeout=limits,
                retries=_NO_RETRIES,
                redirect=False,
                assert_same_host=False,
                preload_content=False,
                pool_timeout=deadline,  # type: ignore[arg-type]  # see `Pool._get_conn`
            )
            return Stream(answer, attempt, started, slot)
        except HTTPError as error:
            slot.release()
            raise wire_failure(
                bare(error, attempt.secrets), attempt, partial(pool.certificate, attempt.deadline)
            ) from error
        except BaseException as error:  # noqa: BLE001 -- an interrupt's frames show the key as well
            slot.release()
            raise bare(error)  # noqa: B904 -- it is the same error

    def _target(self, request: Request) -> str:
        target = request.path if request.from_origin else self._address.url(request.path)[len(self._origin) :]
        return f"{target}?{urlencode(request.query)}" if request.query else target


def _sendable(body: bytes | Readable | None) -> bytes | Iterator[bytes] | None:
    return body if body is None or isinstance(body, bytes) else pieces(body)
