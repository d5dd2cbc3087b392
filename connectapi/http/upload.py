"""A request body that is streamed from a file."""

from __future__ import annotations

import io
from collections.abc import Iterator
from functools import partial
from typing import IO, Final, cast

from connectapi.errors import TransportError
from connectapi.http.values import Readable

__all__ = ["Upload", "pieces"]

#: How much is read from the file and written to the connection at once, in bytes.
_PIECE: Final = 256 * 1024


def pieces(body: Readable) -> Iterator[bytes]:
    """Return the body's bytes, a piece at a time, as urllib3 takes them."""
    return iter(partial(body.read, _PIECE), b"")


class Upload:
    """What a file holds from where it stands; `length` is in bytes, or None where it can't be known.

    It gives exactly `length` bytes: the server was told that many.
    """

    def __init__(self, source: Readable) -> None:
        self._source = source
        self._start, self.length = _extent(source)
        self._sent = 0

    def read(self, size: int = -1, /) -> bytes:
        """Return the next bytes, at most `size`; none at the end.

        Raises:
            TransportError: the file can't be read, or has become shorter.
            TypeError: it is open as text.
        """
        if self.length is not None:
            left = self.length - self._sent
            size = min(size, left) if size >= 0 else left
        try:
            data: object = self._source.read(size)
        except OSError as error:  # urllib3 would take it for a fault of the connection
            raise TransportError(f"the file to send can't be read: {error}") from error
        if not isinstance(data, bytes):
            raise TypeError(f"the file to send gives {type(data).__name__}, not bytes: open it with mode 'rb'")
        self._sent += len(data)
        if not data and size:
            self._check_end()
        return data

    def rewind(self) -> bool:
        """Go back to the start, to be sent again; False if the file can't."""
        if self._sent and self._start is not None:
            cast("IO[bytes]", self._source).seek(self._start)
            self._sent = 0
        return not self._sent

    def _check_end(self) -> None:
        if self.length is not None and self._sent < self.length:
            msg = f"the file to send ended after {self._sent} of {self.length} bytes: it was changed meanwhile"
            raise TransportError(msg)


def _extent(source: Readable) -> tuple[int | None, int | None]:
    """Return where a file stands and how many bytes come from there; None for what can't be known."""
    file = cast("IO[bytes]", source)
    try:
        start = file.tell()
        end = file.seek(0, io.SEEK_END)
        file.seek(start)
    except (AttributeError, OSError):  # a pipe, or an object that has only read()
        return None, None
    return start, max(end - start, 0)
