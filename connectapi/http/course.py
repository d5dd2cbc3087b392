"""How one call goes, over all of its tries: until when, with what, and what has failed so far."""

from __future__ import annotations

import time

from attrs import define, evolve, field

from connectapi.errors import APIError, ConnectError, TimeoutError
from connectapi.http.budget import Budget
from connectapi.http.deadline import Deadline, earlier
from connectapi.http.log import log_retry
from connectapi.http.options import Options
from connectapi.http.retry import Failure
from connectapi.http.steps import Wait
from connectapi.http.upload import Upload
from connectapi.http.values import CORRELATION_ID, Request
from connectapi.http.wire import Attempt
from connectapi.types import FailedAttempt

__all__ = ["Course"]


@define
class Course:
    """One call: its options and its deadline, and the tries that failed.

    `unsure` says that one of those may have done what was asked for.
    """

    options: Options
    deadline: Deadline | None
    budget: Budget
    streamed: bool
    _failed: list[FailedAttempt] = field(factory=list)
    unsure: bool = field(default=False, init=False)

    @classmethod
    def begin(cls, request: Request | None, options: Options, budget: Budget, *, streamed: bool = False) -> Course:
        """Return the course of a call that begins now; what is streamed takes as long as it takes."""
        deadline = options.deadline
        uploads = request is not None and isinstance(request.body, Upload)
        if options.timeout is not None and not streamed and not uploads:
            deadline = earlier(deadline, Deadline(options.timeout, "timeout"))
        return cls(options, deadline, budget, streamed)

    def aside(self, request: Request) -> Course:
        """Return the course of what the auth of this call does for itself, which ends no later."""
        course = Course.begin(request, self.options, self.budget)
        return evolve(course, deadline=earlier(self.deadline, course.deadline))

    def wait(self, step: Wait) -> None:
        """Wait for another thread.

        Raises:
            TimeoutError: the deadline came first.
        """
        left = None if self.deadline is None else max(self.deadline.left(), 0.0)
        if not step.until.wait(left):
            msg = f"another thread, which gets the token for this call too, was not done within {self.deadline}"
            raise TimeoutError(f"{msg}. Nothing was sent.", unsent=True, passing=True)

    @property
    def attempts(self) -> tuple[FailedAttempt, ...]:
        """The tries that failed so far."""
        return tuple(self._failed)

    def delay(self, attempt: Attempt, error: ConnectError, started: float) -> float | None:
        """Note a try that failed, and return how long to wait before the next one; None if there is to be none."""
        failed = FailedAttempt(
            reason=_reason(attempt.request, error),
            took=time.monotonic() - started,
            correlation_id=getattr(error, "correlation_id", None) or attempt.request.headers.get(CORRELATION_ID),
        )
        failure = Failure(request=attempt.request, error=error, number=attempt.number)
        delay = self.options.retries.delay(failure)
        if delay is not None and self._possible(attempt.request, delay):
            failed = evolve(failed, delay=delay)
            self.unsure = self.unsure or not (failure.unsent or failure.refused)
            log_retry(attempt.request, failed, attempt.number)
        else:
            delay = None
        self._failed.append(failed)
        return delay

    def _possible(self, request: Request, delay: float) -> bool:
        """Whether there is time for a further try, something to send, and a retry in store."""
        if self.deadline is not None and self.deadline.left() <= delay:
            return False
        if isinstance(request.body, Upload) and not request.body.rewind():
            return False
        return self.budget.spend()


def _reason(request: Request, error: ConnectError) -> str:
    """Return what went wrong, without what to do about it."""
    if isinstance(error, APIError):
        return f"{error.status} {error.reason}".rstrip()
    return str(error).removeprefix(f"{request}: ").split(". ", maxsplit=1)[0].rstrip(".")
