"""The head of a request, read to the letter of RFC 9112.

`http.server` reads heads with the parser for e-mail, which makes the best of everything: folded lines,
bare line feeds, names with spaces, two lengths. Where two programs can read one head in two ways, a
request can hide in another; so what is not plain HTTP is refused here, and told why.
"""

from __future__ import annotations

import re
from http.client import HTTPMessage
from io import BufferedIOBase
from typing import Final
from urllib.parse import unquote_to_bytes

from attrs import frozen

__all__ = ["BadHeadError", "Head", "read_head"]

#: The most that a head may have: bytes in its first line, bytes in all of its fields, fields.
_LINE: Final = 2**16
_FIELDS: Final = 2**16
_COUNT: Final = 100

_NAME: Final = r"[!#$%&'*+.^_`|~0-9A-Za-z-]+"
_FIRST: Final = re.compile(rf"({_NAME}) (\S+) HTTP/(\d)\.(\d)".encode())
_FIELD: Final = re.compile(rf"({_NAME}):[ \t]*([^\x00-\x08\x0a-\x1f\x7f]*?)[ \t]*".encode())
_ABSOLUTE: Final = re.compile(r"https?://([^/?#]*)(.*)", re.IGNORECASE)
_HOST: Final = re.compile(r"[!$&'()*+,;=\w.~%-]*(:\d{0,5})?|\[[0-9A-Fa-f:.]+\](:\d{0,5})?", re.ASCII)
_UNSAFE: Final = re.compile(r"[\x00-\x20\x7f#]")
_ESCAPE: Final = re.compile(r"%(?![0-9A-Fa-f]{2})")
_CONTROL: Final = re.compile(rb"[\x00-\x1f\x7f]")

#: What may be in a head once; a second one could mean another thing to another reader.
_ONCE: Final = frozenset({"host", "content-length", "transfer-encoding", "authorization", "x-rsc-authorization"})


class BadHeadError(Exception):
    """A head that is no HTTP, or more of it than the server takes; `status` is the answer's."""

    def __init__(self, message: str, status: int = 400) -> None:
        super().__init__(message)
        self.status = status


@frozen
class Head:
    """The head of a request. `path` is decoded, byte for byte, into Latin-1 as WSGI has it."""

    verb: str
    target: str
    path: str
    version: str
    headers: HTTPMessage

    @property
    def ends(self) -> bool:
        """Whether the connection is to end after the answer."""
        words = self.headers.get("Connection", "").lower().split(",")
        return self.version == "HTTP/1.0" or "close" in (word.strip() for word in words)


def read_head(file: BufferedIOBase) -> Head | None:
    """Read the head of the next request; None if there is none.

    Raises:
        BadHeadError: it can't be read in one way alone, or it is too large.
        TimeoutError: it did not come to its end in time.
    """
    line = file.readline(_LINE + 1)
    if line == b"\r\n":  # some clients end a body with an empty line too many
        line = file.readline(_LINE + 1)
    if not line:
        return None
    if len(line) > _LINE:
        raise BadHeadError(f"The request's first line is too long: {_LINE} bytes is the most.", 414)
    verb, target, version = _first(_whole(line))
    headers = _fields(file)
    target = _origin(target, headers)
    host = headers.get("Host", "")
    if "Host" not in headers and version != "HTTP/1.0":
        raise BadHeadError("The header Host is missing.")
    if not _HOST.fullmatch(host):
        raise BadHeadError("The header Host is no host and port.")
    return Head(verb, target, _decoded(target), version, headers)


def _whole(line: bytes) -> bytes:
    if not line.endswith(b"\n"):
        raise BadHeadError("The request ended within its head.")
    if not line.endswith(b"\r\n"):
        raise BadHeadError("A line of the request's head does not end with CR and LF.")
    return line[:-2]


def _first(line: bytes) -> tuple[str, str, str]:
    match = _FIRST.fullmatch(line)
    if not match:
        raise BadHeadError("The request's first line is not a verb, a path and a version of HTTP.")
    verb, target, major, minor = (part.decode("latin-1") for part in match.groups())
    if major != "1":
        raise BadHeadError(f"This server speaks HTTP/1.1, not HTTP/{major}.{minor}.", 505)
    return verb, target, "HTTP/1.0" if minor == "0" else "HTTP/1.1"


def _fields(file: BufferedIOBase) -> HTTPMessage:
    headers, left = HTTPMessage(), _FIELDS
    for count in range(_COUNT + 1):
        line = file.readline(left + 1)
        left -= len(line)
        if left < 0:
            raise BadHeadError(f"The request's headers are too large: {_FIELDS} bytes is the most.", 431)
        line = _whole(line)
        if not line:
            return headers
        match = _FIELD.fullmatch(line)
        if not match:  # what it is instead stays unsaid: it may have a key in it
            raise BadHeadError(f"Header {count + 1} of the request is not a name, a colon and a value on one line.")
        name = match[1].decode("latin-1")
        if name.lower() in _ONCE and name in headers:
            raise BadHeadError(f"There is more than one header {name}.")
        headers[name] = match[2].decode("latin-1")
    raise BadHeadError(f"The request has too many headers: {_COUNT} is the most.", 431)


def _origin(target: str, headers: HTTPMessage) -> str:
    """Return the target as path and query; a URL is that too, if it is one of the host that the header names."""
    if _UNSAFE.search(target):
        raise BadHeadError("The request's path has a character in it that must be escaped.")
    if match := _ABSOLUTE.fullmatch(target):
        if match[1].lower() != headers.get("Host", match[1]).lower():
            raise BadHeadError("The request's URL and its header Host name two hosts.")
        target = match[2] if match[2].startswith("/") else f"/{match[2]}"
    if not target.startswith("/"):
        raise BadHeadError("The request's path does not begin with a slash.")
    return target


def _decoded(target: str) -> str:
    path = target.partition("?")[0]
    if _ESCAPE.search(path):
        raise BadHeadError("The request's path has a % in it that is no escape.")
    decoded = unquote_to_bytes(path.encode("latin-1"))
    if _CONTROL.search(decoded):
        raise BadHeadError("The request's path has a control character in it.")
    return decoded.decode("latin-1")
