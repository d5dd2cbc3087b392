"""The body of a request, read no further than it goes."""

from __future__ import annotations

import io
import re
from typing import Any, Final

from werkzeug.exceptions import BadRequest, RequestTimeout

__all__ = ["KEPT", "Body", "ChunkedBody", "CountedBody"]

#: The longest line between chunks, in bytes, and how many lines there may be after the last chunk.
_LINE: Final = 256
_TRAILERS: Final = 20

#: The most that is kept of what was read, in bytes.
KEPT: Final = 2**16

_SIZE: Final = re.compile(rb"([0-9A-Fa-f]{1,15})[ \t]*(?:;[^\x00-\x08\x0a-\x1f\x7f]*)?\r\n")


class Body(io.RawIOBase):
    """A body that comes piece by piece and has an end, which not every client gets to."""

    def __init__(self, source: io.BufferedIOBase) -> None:
        super().__init__()
        self._source = source
        self._left = 0
        self._ended = False
        self._broken = False
        #: The beginning of what was read, for the record.
        self.kept = b""

    def readable(self) -> bool:
        """Return True."""
        return True

    def readinto(self, buffer: Any) -> int:
        """Read as much as there is and as fits.

        Raises:
            BadRequest: the rest of the body can't be read.
            RequestTimeout: it did not come.
        """
        try:
            return 0 if self._ended else self._some(buffer)
        except TimeoutError:
            self._ended = self._broken = True
            raise RequestTimeout("The body came too slowly.") from None
        except (OSError, ValueError) as error:
            self._ended = self._broken = True
            raise BadRequest(f"The body can't be read: {error}.") from None

    def drain(self, most: int) -> bool:
        """Read what is left, and say whether the next request can follow: that was no more than `most` bytes."""
        read = 0
        try:
            while not self._ended and read <= most:
                read += len(self.read(2**16) or b"")
        except (BadRequest, RequestTimeout):
            return False
        return self._ended and not self._broken

    def _some(self, buffer: Any) -> int:
        raise NotImplementedError

    def _piece(self, buffer: Any) -> int:
        data = self._source.read(min(len(buffer), self._left))
        buffer[: len(data)] = data
        if len(self.kept) < KEPT:
            self.kept += data[: KEPT - len(self.kept)]
        self._left -= len(data)
        return len(data)


class CountedBody(Body):
    """A body of known length.

    Args:
        source: where it comes from.
        length: how long it is in bytes.
    """

    def __init__(self, source: io.BufferedIOBase, length: int) -> None:
        super().__init__(source)
        self._left = length
        self._ended = length == 0

    @property
    def left(self) -> int:
        """How much is still to be read, in bytes."""
        return 0 if self._ended else self._left

    def _some(self, buffer: Any) -> int:
        count = self._piece(buffer)
        # A client that leaves too soon is told from the missing bytes by those who read the body.
        self._broken = not count and self._left > 0
        self._ended = not count or not self._left
        return count


class ChunkedBody(Body):
    """A body that comes in chunks, the last of which is empty; a chunk of any other form ends it."""

    def _some(self, buffer: Any) -> int:
        if not self._left:
            self._left = self._size()
            if not self._left:
                self._trailers()
                self._ended = True
                return 0
        count = self._piece(buffer)
        if not count:
            raise ValueError("it ends within a chunk")
        if not self._left and self._source.read(2) != b"\r\n":
            raise ValueError("a chunk is longer than it says")
        return count

    def _size(self) -> int:
        match = _SIZE.fullmatch(self._source.readline(_LINE))
        if not match:
            raise ValueError("a chunk does not begin with its size")
        return int(match[1], 16)

    def _trailers(self) -> None:
        for _ in range(_TRAILERS):
            line = self._source.readline(_LINE)
            if line == b"\r\n":
                return
            if not line.endswith(b"\r\n"):
                break
        raise ValueError("it does not end as it should")
