"""Work that goes on on the server: following its log, and waiting for its end."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any, Final, cast

from connectapi.errors import TaskError, TimeoutError
from connectapi.query.session import session_of
from connectapi.resource.record import Record

if TYPE_CHECKING:
    from typing_extensions import Self

__all__ = ["TaskMixin"]

#: The first and the longest pause between two looks at a server that does not hold the request, in seconds.
_PAUSES: Final = (0.05, 1.0)

#: How long the last look may take, in seconds.
_LAST_LOOK: Final = 1.0


class TaskMixin:
    """What a task can do beyond its declared calls."""

    __slots__ = ()

    def wait(self, *, timeout: float = 600.0, hold: int = 1, on_line: Callable[[str], object] | None = None) -> Self:
        """Wait until the task ends, and return it with the whole of its log.

        Args:
            timeout: the longest wait in all, in seconds.
            hold: the longest the server keeps one request open, in whole seconds.
            on_line: is called with each line of the log, as it comes.

        Raises:
            TaskError: the task ended in failure; the error shows the log's last lines.
            TimeoutError: `timeout` has passed; the task goes on running on the server.

        Source: GET /v1/tasks/{task_id}
        """
        for line in self.follow(timeout=timeout, hold=hold):
            if on_line is not None:
                on_line(line)
        return self

    def follow(self, *, timeout: float = 600.0, hold: int = 1) -> Iterator[str]:
        """Yield the lines of the log as they come, until the task ends.

        Takes and raises what `wait` does.

        Source: GET /v1/tasks/{task_id}
        """
        task = cast(Any, self)
        client, _ = session_of(cast(Record, self))
        progress = client.progress
        ends = time.monotonic() + timeout
        lines: list[str] = []
        position, pause = 0, _PAUSES[0]
        while True:
            left = ends - time.monotonic()
            try:
                # The last look has a little more time than is left, not to miss by a hair what is done.
                with client.deadline(max(left, _LAST_LOOK)) as hurried:
                    wait = min(hold, max(0, int(left)))
                    found = type(task).get_one(hurried, task.id, first=position, wait=wait)
            except TimeoutError as error:
                if client.time_left() > 0 and time.monotonic() >= ends:
                    raise self._still_runs(timeout) from error
                raise
            fresh = list(found.output or [])
            position = found.last if found.last is not None else position + len(fresh)
            lines += fresh
            self._take_over(found, lines)
            if progress is not None:
                progress(task, list(fresh))
            yield from fresh
            if found.finished:
                break
            if time.monotonic() >= ends:
                raise self._still_runs(timeout)
            pause = _PAUSES[0] if fresh else min(pause * 2, _PAUSES[1])
            time.sleep(max(0.0, min(pause, ends - time.monotonic(), client.time_left())))
        if task.code or task.error:
            raise TaskError(str(task.id), task.error or "it ended with an error", task.code, tuple(lines))

    def _still_runs(self, timeout: float) -> TimeoutError:
        said = f"task {cast(Any, self).id} still runs after {timeout:g} s"
        return TimeoutError(f"{said}; it goes on on the server: wait() again to follow it")

    def _take_over(self, found: Any, lines: list[str]) -> None:
        for name in found._spec.fields:
            if (value := getattr(found, name)) is not None:
                object.__setattr__(self, name, value)
        object.__setattr__(self, "output", list(lines))
