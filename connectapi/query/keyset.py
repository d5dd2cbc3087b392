"""A list in which each page gives a cursor to the next: one page is asked for ahead."""

from __future__ import annotations

from collections.abc import Generator, Mapping
from typing import TYPE_CHECKING, Any

from connectapi.codec.cursor import peek_cursor
from connectapi.codec.lenient import describe
from connectapi.errors import DecodeError
from connectapi.http.values import Response
from connectapi.query.page import Page, Read, Send, cursor_of

if TYPE_CHECKING:
    from concurrent.futures import Future

__all__ = ["by_cursor"]


def by_cursor(
    send: Send, read: Read, size: int, name: tuple[str, str], *, ahead: bool, gently: bool
) -> Generator[Page, None, None]:
    """Yield a list's pages, in order, until one gives no cursor.

    Args:
        send: asks for the page at a position.
        read: reads it.
        size: records a page.
        name: how errors call the list, and its verb and path.
        ahead: whether a page is asked for while the one before is read and used.
        gently: only once the reader has come to the second page.
    """
    following = _Following(send, ahead=ahead)
    seen: set[str] = set()
    position: dict[str, object] = {"limit": size}
    try:
        while True:
            response = following.answer(position)
            early = None if gently and not seen else peek_cursor(response.body)
            if early is not None and early not in seen:
                following.ask({"limit": size, "next": early})
            page = read(response)
            yield page
            cursor = cursor_of(page)
            if not cursor:
                return
            if not isinstance(cursor, str) or cursor in seen:
                found = "the same one again" if isinstance(cursor, str) else describe(cursor)
                raise DecodeError(name[0], "$.paging.cursors.next", "a cursor not given before", found, name[1])
            seen.add(cursor)
            position = {"limit": size, "next": cursor}
    finally:
        following.end()


class _Following:
    """The page after the one that is being read, on its way in another thread."""

    def __init__(self, send: Send, *, ahead: bool) -> None:
        self._send = send
        self._ahead = ahead
        self._pool: Any = None
        self._asked: tuple[Mapping[str, object], Future[Response]] | None = None

    def ask(self, position: Mapping[str, object]) -> None:
        """Ask for a page, and go on."""
        if not self._ahead:
            return
        if self._pool is None:
            from concurrent.futures import ThreadPoolExecutor  # as in `ahead`

            self._pool = ThreadPoolExecutor(1, thread_name_prefix="connectapi")
        self._asked = (position, self._pool.submit(self._send, position))

    def answer(self, position: Mapping[str, object]) -> Response:
        """Return the answer for a position: the one on its way, or a new one."""
        asked, self._asked = self._asked, None
        if asked is not None and asked[0] == position:
            return asked[1].result()
        return self._send(position)

    def end(self) -> None:
        """Wait for what is on its way, which nobody wants any more."""
        if self._pool is not None:
            self._pool.shutdown(cancel_futures=True)
