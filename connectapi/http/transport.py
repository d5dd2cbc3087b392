"""The one way to the server; each step adds one concern and calls the next.

send, stream, download → _authenticated → _attempted → _once
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Final, overload
from urllib.parse import urlencode
from uuid import uuid4

from attrs import evolve
from typing_extensions import Self
from urllib3 import Retry, Timeout
from urllib3.exceptions import HTTPError

from connectapi.http.address import Address
from connectapi.http.auth import Auth
from connectapi.http.deprecation import warn_if_deprecated
from connectapi.http.failure import Attempt, answer_failure, wire_failure, without_frames
from connectapi.http.place import placed
from connectapi.http.pool import Connections
from connectapi.http.stream import Stream, log_call
from connectapi.http.upload import Upload, pieces
from connectapi.http.values import CORRELATION_ID, Headers, Request, Response, seconds

__all__ = ["USER_AGENT", "Transport"]

USER_AGENT: Final = f"connectapi (Python {sys.version_info[0]}.{sys.version_info[1]})"

#: As `retries=False`, but made once.
_NO_RETRIES: Final = Retry(total=False, redirect=False)

#: How much of the body of an answer that is an error is read when the call is a stream, in bytes.
_ERROR_BODY: Final = 64 * 1024


class Transport:
    """Sends requests to one server. Safe to share between threads, and to use on after a fork.

    Args:
        address: where the server is.
        auth: how calls show who is calling.
        connect_timeout: the longest wait for a connection, in seconds.
        read_timeout: the longest silence of the server during a call, in seconds.
        user_agent: how calls name the program that makes them.
        pool_size: how many connections stay open between calls.

    Raises:
        ValueError: a limit is not a time.
    """

    def __init__(
        self,
        address: Address,
        auth: Auth,
        *,
        connect_timeout: float = 10.0,
        read_timeout: float = 60.0,
        user_agent: str = USER_AGENT,
        pool_size: int = 8,
    ) -> None:
        self._address = address
        self._auth = auth
        self._connect_timeout = seconds("connect_timeout", connect_timeout)
        self._read_timeout = seconds("read_timeout", read_timeout)
        self._headers = Headers({"Accept-Encoding": "gzip", "User-Agent": user_agent})
        self._connections = Connections(address.origin, pool_size)

    def __repr__(self) -> str:
        return f"<Transport to {self._address.api_endpoint}>"

    def send(self, request: Request) -> Response:
        """Send a request and return the answer, read to its end.

        Raises:
            APIError: the server answered with status 400 or more; its subclass says which.
            TransportError: no answer came, or a redirect; `TimeoutError` and `TLSError` are of it.
        """
        request = self._complete(request)
        _, response = self._authenticated(request, streamed=False)
        self._check(request, response)
        return response

    @contextmanager
    def stream(self, request: Request) -> Iterator[Stream]:
        """Send a request and give the answer with its body unread, for the length of a `with` block.

        Raises:
            APIError: the server answered with status 400 or more; its subclass says which.
            TransportError: no answer came, or a redirect; `TimeoutError` and `TLSError` are of it.
        """
        request = self._complete(request)
        stream, response = self._authenticated(request, streamed=True)
        with closing(stream):
            self._check(request, response)
            yield stream

    @overload
    def download(self, request: Request, to: str | os.PathLike[str]) -> Path: ...
    @overload
    def download(self, request: Request, to: BinaryIO) -> None: ...
    @overload
    def download(self, request: Request, to: str | os.PathLike[str] | BinaryIO) -> Path | None: ...

    def download(self, request: Request, to: str | os.PathLike[str] | BinaryIO) -> Path | None:
        """Send a request and stream the answer's body into a file.

        Args:
            request: what to send.
            to: a path, where the file appears when it is whole, and not before; or a file open for
                binary writing, where a failure may leave a part.

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
                self.download(request, file)
            return path
        write = to.write  # what is no file fails here, before anything is sent
        with self.stream(request) as stream:
            for chunk in stream.chunks():
                write(chunk)
        return None

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

    def _check(self, request: Request, response: Response) -> None:
        warn_if_deprecated(request, response.headers)
        failure = answer_failure(request, response, self._address.origin, self._auth.secrets())
        if failure is not None:
            raise failure

    def _authenticated(self, request: Request, *, streamed: bool) -> tuple[Stream, Response]:
        """Send what the auth yields until it yields no more; the last answer counts."""
        with closing(self._auth.flow(request)) as flow:
            outgoing = next(flow, request)
            while True:
                stream, response = self._attempted(outgoing, streamed=streamed)
                try:
                    outgoing = flow.send(response)
                except StopIteration:
                    return stream, response
                except BaseException:
                    stream.close()
                    raise
                if isinstance(outgoing.body, Upload) and not outgoing.body.rewind():
                    return stream, response
                stream.close()

    def _attempted(self, request: Request, *, streamed: bool) -> tuple[Stream, Response]:
        """Try once: the place where a policy of retries belongs."""
        return self._once(request, streamed=streamed)

    def _once(self, request: Request, *, streamed: bool) -> tuple[Stream, Response]:
        """Send a request once; what comes back is read, but for a good answer that is `streamed`."""
        read_timeout = request.timeout or self._read_timeout
        secrets = tuple(self._auth.secrets())
        attempt = Attempt(request, self._address.origin, self._connect_timeout, read_timeout, secrets)
        started = time.perf_counter()
        try:
            stream = self._opened(attempt, started)
            if not streamed:
                return stream, stream.response()
            if stream.status >= 300:  # noqa: PLR2004 -- HTTP's own boundary
                return stream, stream.response(_ERROR_BODY)
            return stream, Response(status=stream.status, reason=stream.reason, headers=stream.headers)
        except BaseException as error:
            log_call(attempt, started, type(error).__name__, request.headers.get(CORRELATION_ID))
            raise

    def _opened(self, attempt: Attempt, started: float) -> Stream:
        request, body = attempt.request, attempt.request.body
        target = self._address.url(request.path)[len(attempt.origin) :]
        if request.query:
            target = f"{target}?{urlencode(request.query)}"
        try:
            answer = self._connections.pool().urlopen(
                request.verb,
                target,
                body=body if body is None or isinstance(body, bytes) else pieces(body),
                headers=request.headers,
                timeout=Timeout(connect=attempt.connect_timeout, read=attempt.read_timeout),
                retries=_NO_RETRIES,
                redirect=False,
                preload_content=False,
            )
        except HTTPError as error:
            raise wire_failure(without_frames(error), attempt) from error
        except BaseException as error:  # noqa: BLE001 -- an interrupt's frames show the key as well
            raise without_frames(error)  # noqa: B904 -- it is the same error
        return Stream(answer, attempt, started)
