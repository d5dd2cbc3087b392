"""What a person is asked to do while a program waits."""

from __future__ import annotations

import sys

from attrs import frozen

__all__ = ["Prompt", "to_stderr"]


@frozen(kw_only=True)
class Prompt:
    """A page to open.

    Args:
        url: the page.
        code: what to type there; None if nothing.
        opened: whether a browser was sent there already.
        expires_in: how long there is time, in seconds.
    """

    url: str
    code: str | None = None
    opened: bool = False
    expires_in: float

    def __str__(self) -> str:
        minutes = max(1, round(self.expires_in / 60))
        within = f"within {minutes} minute{'s' if minutes > 1 else ''}"
        if self.code is not None:
            return f"Open this page, on any machine, {within}:\n  {self.url}\nIt shows the code {self.code}, or asks for it."
        if self.opened:
            return f"Go on in the browser, {within}. If it did not open:\n  {self.url}"
        return f"Open this page in a browser on this machine, {within}:\n  {self.url}"


def to_stderr(prompt: Prompt) -> None:
    """Print it where it gets into no pipe."""
    sys.stderr.write(f"{prompt}\n")
    sys.stderr.flush()
