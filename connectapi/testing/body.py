"""The body of a request, read no further than it goes."""

from __future__ import annotations

import io
from typing import Any, BinaryIO

from werkzeug.exceptions import BadRequest

__all__ = ["CountedBody"]


class CountedBody(io.RawIOBase):
    """A body of known length, or one that tells its end itself.

    Args:
        source: where it comes from.
        length: how long it is in bytes; None if the source ends by itself.
    """

    def __init__(self, source: BinaryIO, length: int | None) -> None:
        super().__init__()
        self._source = source
        self._left = length
        self._ended = length == 0
        self._broken = False

    def readable(self) -> bool:
        """Return True."""
        return True

    def readinto(self, buffer: Any) -> int:
        """Read as much as there is and as fits."""
        if self._ended:
            return 0
        size = len(buffer) if self._left is None else min(len(buffer), self._left)
        try:
            data = self._source.read(size)
        except OSError as error:
            self._ended = self._broken = True
            msg = f"The body can't be read: {error}."
            raise BadRequest(msg) from None
        buffer[: len(data)] = data
        if self._left is not None:
            self._left -= len(data)
        self._ended = not data or self._left == 0
        return len(data)

    def drain(self, most: int) -> bool:
        """Read what is left, and say whether the next request can follow: that was no more than `most` bytes."""
        read = 0
        try:
            while not self._ended and read <= most:
                read += len(self.read(2**16) or b"")
        except BadRequest:
            return False
        return self._ended and not self._broken
