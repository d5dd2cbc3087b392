"""One line for each try at a call, for who listens to the logger `connectapi`."""

from __future__ import annotations

import logging
import time
from typing import Final

from connectapi.http.values import CORRELATION_ID, Request
from connectapi.types import FailedAttempt

__all__ = ["log_call", "log_retry"]

_LOG: Final = logging.getLogger("connectapi")


def log_call(request: Request, number: int, started: float, outcome: str, correlation_id: str | None = None) -> None:
    """Log one try at a call: never its query, its headers or a body, which may hold secrets."""
    if _LOG.isEnabledFor(logging.DEBUG):
        elapsed = (time.monotonic() - started) * 1000
        found_by = correlation_id or request.headers.get(CORRELATION_ID)
        call = str(request)  # not the request itself: a log record keeps its arguments
        _LOG.debug("%s: %s in %.0f ms (attempt %d, correlation id %s)", call, outcome, elapsed, number, found_by)


def log_retry(request: Request, attempt: FailedAttempt, number: int) -> None:
    """Log that a call is tried again: why, and after how long."""
    call, delay = str(request), attempt.delay or 0.0
    _LOG.warning(
        "%s: %s; try %d follows in %.2f s (correlation id %s)",
        call,
        attempt.reason,
        number + 1,
        delay,
        attempt.correlation_id,
    )
