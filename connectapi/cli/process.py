"""A command of the user's, run to its end: signals reach it, and its exit code comes back."""

from __future__ import annotations

import os
import signal
import subprocess
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from types import FrameType
from typing import Any, Final

__all__ = ["CANNOT_RUN", "GLANCE", "NOT_FOUND", "ending_as_by_ctrl_c", "run_process"]

#: The exit codes of a command that is there but can't be run, and of one that isn't, as shells have them.
CANNOT_RUN: Final = 126
NOT_FOUND: Final = 127

#: How long a command may take to end when it was told to, in seconds. Who told us may wait ten of them
#: before it ends us by force, and then nobody would be left to end the command.
_GRACE: Final = 8.0

#: How often a process that waits looks up, in seconds: Python sees a signal that came just before it began
#: to wait when it has done so.
GLANCE: Final = 0.25

#: What tells a process to end. Windows has just the first, and there the console tells the command itself.
_INTERRUPT: Final = signal.SIGINT
_ENDING: Final = tuple(getattr(signal, name) for name in ("SIGTERM", "SIGHUP") if hasattr(signal, name))


def run_process(command: Sequence[str], environment: Mapping[str, str]) -> int:
    """Run a command, and return its exit code; 128 and the signal's number if a signal ended it.

    While it runs, this process does not end by Ctrl-C or by a request to end: these are the command's,
    and when that has ended there is something to return.

    Raises:
        OSError: it can't be run.
    """
    child = _Child()
    with _handling({_INTERRUPT: child.interrupt, **dict.fromkeys(_ENDING, child.end)}):
        code = child.run(command, environment)
    return code if code >= 0 else 128 - code


class _Child:
    """The command's process, and what reaches it; a signal that comes before it has begun waits for it."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[bytes] | None = None
        self._early: list[int] = []
        self._timer: threading.Timer | None = None

    def run(self, command: Sequence[str], environment: Mapping[str, str]) -> int:
        self._process = subprocess.Popen(command, env=environment)  # noqa: S603 -- the user's own
        try:
            for number in self._early:
                self._process.send_signal(number)
            waiting = threading.Thread(target=self._process.wait, daemon=True)
            waiting.start()
            while waiting.is_alive():
                waiting.join(GLANCE)
            return self._process.returncode
        finally:
            if self._timer is not None:
                self._timer.cancel()

    def end(self, number: int, _: FrameType | None) -> None:
        if self._timer is None:
            self._timer = threading.Timer(_GRACE, self._kill)
            self._timer.daemon = True
            self._timer.start()
        self._send(number)

    def interrupt(self, number: int, _: FrameType | None) -> None:
        # At a terminal, Ctrl-C goes to all programs that run there; a second one would be one too many.
        if os.name == "posix" and not _in_foreground():
            self._send(number)

    def _send(self, number: int) -> None:
        if self._process is None:
            self._early.append(number)
        else:
            self._process.send_signal(number)

    def _kill(self) -> None:
        if self._process is not None:
            self._process.kill()


@contextmanager
def ending_as_by_ctrl_c() -> Iterator[None]:
    """Let a request to end do what Ctrl-C does; once it was done, what follows is not interrupted by another."""

    def stop(number: int, _: FrameType | None) -> None:
        for each in (_INTERRUPT, *_ENDING):
            signal.signal(each, signal.SIG_IGN)
        raise KeyboardInterrupt

    with _handling(dict.fromkeys((_INTERRUPT, *_ENDING), stop)):
        yield


@contextmanager
def _handling(handlers: Mapping[int, Callable[[int, FrameType | None], Any]]) -> Iterator[None]:
    """Handle signals in this way; threads other than the first can't, and leave all as it is."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = {number: signal.signal(number, handler) for number, handler in handlers.items()}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, signal.SIG_DFL if handler is None else handler)


def _in_foreground() -> bool:
    """Whether what is typed at the terminal, if there is one, goes to this process and its children."""
    try:
        terminal = os.open("/dev/tty", os.O_RDONLY | os.O_NOCTTY)
    except OSError:
        return False
    try:
        return os.tcgetpgrp(terminal) == os.getpgrp()
    except OSError:
        return False
    finally:
        os.close(terminal)
