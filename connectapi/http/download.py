"""A download that goes on where it broke off, and is whole in the end."""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any, BinaryIO, Final

from connectapi.errors import APIError, DecodeError, TransportError
from connectapi.http.course import Course
from connectapi.http.stream import Stream
from connectapi.http.values import Headers, Request
from connectapi.http.wire import Attempt

__all__ = ["Download"]

_RANGE: Final = re.compile(r"bytes (\d+)-\d+/(?:\d+|\*)")

#: How much has to come for a connection to count as one that works, in bytes.
_PROGRESS: Final = 2**20

#: The headers that tell a body's digest, and how it is made: the server's own word, HTTP's old and its new one.
_DIGESTS: Final = (
    ("X-Content-Checksum", re.compile(r"(.+)"), "md5"),
    ("Content-Md5", re.compile(r"(.+)"), "md5"),
    ("Repr-Digest", re.compile(r"(?:^|,)\s*sha-256=:([^:]+):"), "sha256"),
)

_UNSATISFIABLE: Final = 416
_PARTIAL: Final = 206

#: Opens the answer to a request.
Open = Callable[[Request], AbstractContextManager[Stream]]


class Download:
    """One answer's body on its way into a file.

    Args:
        request: the call; without compression, since a part of what is packed can't be gone on from.
        course: how it is made.
        origin: the server's scheme, host and port.
    """

    def __init__(self, request: Request, course: Course, origin: str) -> None:
        plain = Headers({"Accept-Encoding": "identity"})
        self._request = request.with_headers(plain | request.headers)
        self._course = course
        self._origin = origin
        self._received = 0
        #: What the server knows this very content by; None if it can't be asked for the rest of it.
        self._validator: str | None = None
        self._digest: tuple[bytes, Any] | None = None

    def run(self, opened: Open, file: BinaryIO) -> None:
        """Stream the body into a file, from where that stands.

        Raises:
            APIError: the server answered with status 400 or more.
            TransportError: it broke off too often, or what came is not what the server says that it is.
        """
        write, start = file.write, _position(file)
        number = 1
        while True:
            before, started, begun = self._received, time.monotonic(), False
            try:
                with opened(self._next()) as stream:
                    begun = True
                    self._refuse_page(stream.headers)
                    if not self._goes_on(stream):
                        before = self._restart(file, start)
                        self._learn(stream.headers)
                    for chunk in stream.chunks():
                        write(chunk)
                        self._received += len(chunk)
                        if self._digest is not None:
                            self._digest[1].update(chunk)
                        del chunk  # what came is not to stand in a traceback
                self._check()
            except APIError as error:
                if error.status != _UNSATISFIABLE or not self._received:
                    raise
                self._validator = None  # what it had a part of is there no longer
                self._restart(file, start)
            except TransportError as error:
                if not begun:
                    raise  # it was tried as often as that is worth while
                number = 1 if self._received - before >= _PROGRESS else number
                self._wait(error, number, started, possible=self._validator is not None or start is not None)
                number += 1
            else:
                return

    def _next(self) -> Request:
        """Return the request for what is still to come."""
        if not self._received or self._validator is None:
            return self._request
        return self._request.with_headers(Headers({"Range": f"bytes={self._received}-", "If-Range": self._validator}))

    def _goes_on(self, stream: Stream) -> bool:
        """Whether an answer begins where the one before broke off."""
        if stream.status != _PARTIAL:
            return False
        found = _RANGE.fullmatch(stream.headers.get("Content-Range", ""))
        if found is None or int(found[1]) != self._received or self._validator is None:
            raise TransportError(f"{self._request}: {self._origin} sends another part of the file than was asked for.")
        return True

    def _refuse_page(self, headers: Headers) -> None:
        """Raise where a page for people came in place of the file, such as a proxy's that wants them to sign in."""
        media = headers.get("Content-Type", "").partition(";")[0].strip().lower()
        if media == "text/html" and "Content-Disposition" not in headers:
            raise DecodeError(
                "the file", "", "a file", "an HTML page (a login page? check the URL)", str(self._request)
            )

    def _restart(self, file: BinaryIO, start: int | None) -> int:
        """Forget what came, and go back to the beginning; return how much there is, which is nothing."""
        if self._received:
            if start is None:
                msg = "the server has other content by now, and the file can't be rewound: give a path"
                raise TransportError(f"{self._request}: {msg}.")
            file.seek(start)
            file.truncate()
        self._received = 0
        return 0

    def _learn(self, headers: Headers) -> None:
        """Note what tells this content from others, and what its digest is."""
        self._validator = self._digest = None
        if headers.get("Content-Encoding", "identity") == "identity":
            tag = headers.get("ETag", "")
            self._validator = tag if tag.startswith('"') else headers.get("Last-Modified")
            self._digest = _digest(headers)

    def _check(self) -> None:
        if self._digest is not None and self._digest[1].digest() != self._digest[0]:
            self._validator = None
            kind = self._digest[1].name
            said = f"what came is not what {self._origin} says that it is: its {kind} digest is another"
            raise TransportError(f"{self._request}: {said}. Try again.", passing=True)

    def _wait(self, error: TransportError, number: int, started: float, *, possible: bool) -> None:
        """Wait for the next try, or raise the error if there is to be none."""
        course = self._course
        attempt = Attempt(self._request, self._origin, course.options, course.deadline, number)
        delay = course.delay(attempt, error, started) if possible else None
        if delay is None:
            error.attempts = course.attempts
            raise error
        time.sleep(delay)


def _position(file: BinaryIO) -> int | None:
    """Return where a file stands; None if it can't be brought back there."""
    try:
        return file.tell() if file.seekable() else None
    except (AttributeError, OSError):
        return None


def _digest(headers: Headers) -> tuple[bytes, Any] | None:
    """Return the digest that the headers tell, and what makes one; None if they tell none that is one."""
    for name, pattern, kind in _DIGESTS:
        found = pattern.search(headers.get(name, ""))
        if found is not None:
            made = hashlib.new(kind, usedforsecurity=False)
            try:
                told = base64.b64decode(found[1].strip(), validate=True)
            except (binascii.Error, ValueError):
                continue
            if len(told) == made.digest_size:
                return told, made
    return None
