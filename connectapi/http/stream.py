"""An answer whose body is still to be read."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from typing import Final, NoReturn

from urllib3 import BaseHTTPResponse
from urllib3.exceptions import HTTPError

from connectapi.errors import TooLargeError, TransportError
from connectapi.http.auth import masked
from connectapi.http.failure import one_line
from connectapi.http.log import log_call
from connectapi.http.slots import Slot
from connectapi.http.values import CORRELATION_ID, Headers, Response
from connectapi.http.wire import Attempt, bare, wire_failure

__all__ = ["Stream"]

#: How much of a body is read at once, in bytes.
_CHUNK: Final = 256 * 1024

#: How much is read of the body of an answer that is an error, in bytes.
_ERROR_BODY: Final = 64 * 1024

#: The encodings that are unpacked: what calls ask for, and its kin of old.
_ENCODINGS: Final = frozenset({"gzip", "x-gzip", "deflate", "identity", ""})

_CHECK: Final = "Check CONNECT_SERVER: is there a proxy before the server?"


class Stream:
    """An answer whose body is read in pieces, within the `with` block that opened it.

    `status`, `reason` and `headers` are there at once.
    """

    def __init__(self, answer: BaseHTTPResponse, attempt: Attempt, started: float, slot: Slot) -> None:
        self.status = answer.status
        self.reason, self.headers = _masked_head(answer, attempt)
        self._answer = answer
        self._attempt = attempt
        self._started = started
        self._received = 0
        self._slot: Slot | None = slot

    def __repr__(self) -> str:
        return f"<Stream of {self._attempt.request}: {self.status} {self.reason}>"

    def refuse(self) -> NoReturn:
        """Raise the error of an answer that is none to a call."""
        said = f"{self._attempt.origin} answers {self.status} {one_line(self.reason)}".rstrip()
        raise TransportError(f"{self._attempt.request}: {said}, which is no answer to a call. {_CHECK}")

    def chunks(self, size: int = _CHUNK) -> Iterator[bytes]:
        """Yield the body as soon as some of it comes, in pieces of at most `size` bytes.

        Raises:
            TooLargeError: it came packed, and unpacks to more than what is read into memory.
            TransportError: the connection broke off, or the `with` block has ended.
            TimeoutError: the server sent nothing for too long.
            ValueError: `size` is less than 1.
        """
        if size < 1:
            raise ValueError(f"size is a number of bytes, 1 or more; not {size}")
        # What comes as it is may be as long as it likes: a server has to send each byte of it.
        most = self._attempt.options.max_body if self._check_encoding() else math.inf
        while data := self._read(self._answer.read1, size):
            if self._received > most:
                raise self._too_large(f"unpacks to more than {most} bytes", "Download it from where it is not packed")
            yield data

    def response(self) -> Response:
        """Read the rest of the body, and return the whole answer.

        Raises:
            TooLargeError: it is longer than what is read into memory.
            TransportError: the connection broke off, or the body can't be unpacked.
        """
        most = self._attempt.options.max_body
        encoded = "Content-Encoding" in self.headers and self._check_encoding()
        length = self._answer.length_remaining
        if length is not None and length <= most and not encoded:
            return self._response(self._read(self._answer.read, None))
        body = self._read(self._answer.read, most + 1) if length is None or length <= most else None
        if body is None or len(body) > most:
            told = f"is {length} bytes long" if body is None else f"is longer than {most} bytes"
            raise self._too_large(f"{told}; at most {most} are read into memory", "Ask for less at once")
        return self._response(body)

    def start(self) -> Response:
        """Read as much of the body as a message about it needs, and return the answer with that."""
        return self._response(b"" if self._encoding not in _ENCODINGS else self._read(self._answer.read, _ERROR_BODY))

    def close(self, failure: str | None = None) -> None:
        """Give the connection back if all was read, else close it; log the call."""
        slot, self._slot = self._slot, None
        if slot is not None:
            if self._answer.connection is not None:  # else all was read, and it has gone back
                self._answer.close()
                self._answer.release_conn()
            slot.release()
            outcome = failure or f"{self.status}, {self._received} bytes"
            found_by = self.headers.get(CORRELATION_ID)
            log_call(self._attempt.request, self._attempt.number, self._started, outcome, found_by)

    @property
    def _encoding(self) -> str:
        return self.headers.get("Content-Encoding", "").strip().lower()

    def _check_encoding(self) -> bool:
        """Return whether the body has to be unpacked."""
        encoding = self._encoding
        if encoding not in _ENCODINGS:
            said = f"the answer of {self._attempt.origin} is packed as {one_line(encoding)!r}, which nobody asked for"
            raise TransportError(f"{self._attempt.request}: {said}. {_CHECK}")
        return encoding not in {"", "identity"}

    def _too_large(self, told: str, advice: str) -> TooLargeError:
        request, origin = self._attempt.request, self._attempt.origin
        return TooLargeError(f"{request}: the answer of {origin} {told}. {advice}, or raise max_body.")

    def _response(self, body: bytes) -> Response:
        self.close()
        return Response(
            status=self.status, reason=self.reason, headers=self.headers, body=body, secrets=self._attempt.secrets
        )

    def _read(self, read: Callable[[int | None], bytes], size: int | None) -> bytes:
        if self._slot is None:
            msg = f"{self._attempt.request}: this answer is closed: read it inside its with block"
            raise TransportError(msg)
        try:
            data = read(size)
        except HTTPError as error:
            raise wire_failure(bare(error, self._attempt.secrets), self._attempt) from error
        self._received += len(data)
        return data


def _masked_head(answer: BaseHTTPResponse, attempt: Attempt) -> tuple[str, Headers]:
    """Return reason and headers without the secrets that a server sends back."""
    reason, headers = answer.reason or "", dict(answer.headers.itermerged())
    text = "\n".join((reason, *headers.values()))
    if masked(text, attempt.secrets) != text:  # which is seldom so
        reason = masked(reason, attempt.secrets)
        headers = {name: masked(value, attempt.secrets) for name, value in headers.items()}
    return reason, Headers(headers)
