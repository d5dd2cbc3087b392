"""An answer whose body is still to be read."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator
from typing import Final

from urllib3 import BaseHTTPResponse
from urllib3.exceptions import HTTPError

from connectapi.errors import TransportError
from connectapi.http.auth import masked
from connectapi.http.failure import Attempt, wire_failure, without_frames
from connectapi.http.values import CORRELATION_ID, Headers, Response

__all__ = ["Stream", "log_call"]

_LOG: Final = logging.getLogger("connectapi")

#: How much of a body is read at once, in bytes.
_CHUNK: Final = 256 * 1024


def log_call(attempt: Attempt, started: float, outcome: str, correlation_id: str | None) -> None:
    """Log one call: never its query, its headers or a body, which may hold secrets."""
    if _LOG.isEnabledFor(logging.DEBUG):
        elapsed = (time.perf_counter() - started) * 1000
        call = str(attempt.request)  # not the request itself: a log record keeps its arguments
        _LOG.debug("%s: %s in %.0f ms (correlation id %s)", call, outcome, elapsed, correlation_id)


class Stream:
    """An answer whose body is read in pieces, within the `with` block that opened it.

    `status`, `reason` and `headers` are there at once.
    """

    def __init__(self, answer: BaseHTTPResponse, attempt: Attempt, started: float) -> None:
        self.status = answer.status
        self.reason = masked(answer.reason or "", attempt.secrets)
        self.headers = Headers({name: masked(value, attempt.secrets) for name, value in answer.headers.itermerged()})
        self._answer = answer
        self._attempt = attempt
        self._started = started
        self._received = 0
        self._open = True

    def __repr__(self) -> str:
        return f"<Stream of {self._attempt.request}: {self.status} {self.reason}>"

    def chunks(self, size: int = _CHUNK) -> Iterator[bytes]:
        """Yield the body as soon as some of it comes, in pieces of at most `size` bytes.

        Raises:
            TransportError: the connection broke off, or the `with` block has ended.
            TimeoutError: the server sent nothing for too long.
            ValueError: `size` is less than 1.
        """
        if size < 1:
            raise ValueError(f"size is a number of bytes, 1 or more; not {size}")
        while data := self._read(self._answer.read1, size):
            yield data

    def response(self, limit: int | None = None) -> Response:
        """Read the rest of the body, or its first `limit` bytes, and return the whole answer."""
        body = self._read(self._answer.read, limit)
        self.close()
        return Response(status=self.status, reason=self.reason, headers=self.headers, body=body)

    def close(self) -> None:
        """Give the connection back if all was read, else close it; log the call."""
        if self._open:
            self._open = False
            self._answer.close()
            self._answer.release_conn()
            sent = self._attempt.request.headers.get(CORRELATION_ID)
            outcome = f"{self.status}, {self._received} bytes"
            log_call(self._attempt, self._started, outcome, self.headers.get(CORRELATION_ID, sent))

    def _read(self, read: Callable[[int | None], bytes], size: int | None) -> bytes:
        if not self._open:
            msg = f"{self._attempt.request}: this answer is closed: read it inside its with block"
            raise TransportError(msg)
        try:
            data = read(size)
        except HTTPError as error:
            raise wire_failure(without_frames(error), self._attempt) from error
        self._received += len(data)
        return data
