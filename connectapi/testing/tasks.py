"""Work that takes its time: its log comes line by line, and it has an end.

What it comes to is known from the start, and told over time: how it stands follows from the clock alone.
"""

from __future__ import annotations

import secrets
import string
from collections.abc import Sequence
from typing import Final

from attrs import frozen

from connectapi.testing.store import Document, Records
from connectapi.testing.world import World

__all__ = ["Outcome", "begin", "cut", "ends", "finish", "is_over", "progress", "story", "token", "told"]

_ALPHABET: Final = string.ascii_letters + string.digits


def token(length: int = 16) -> str:
    """Return letters and digits at random, as Connect names tasks and jobs."""
    return "".join(secrets.choice(_ALPHABET) for _ in range(length))


@frozen(kw_only=True)
class Outcome:
    """What a piece of work comes to: the lines that it logs, and its end. `code` is 0 unless it failed."""

    lines: Sequence[str]
    code: int = 0
    error: str = ""


# A log that comes over time -----------------------------------------------------------------------


def story(begun: float, pace: float, lines: Sequence[str], until: float | None = None) -> Document:
    """Return what a record keeps of a log that comes over time.

    Args:
        begun: when the work begins, in seconds since the epoch.
        pace: the seconds from one line to the next.
        lines: the lines.
        until: when it ends, if that is later than the last line.
    """
    usual = begun + pace * len(lines)
    return {"_begun": begun, "_pace": pace, "_lines": list(lines), "_ends": max(usual, until or usual)}


def ends(document: Document) -> float:
    """Return when work ends, in seconds since the epoch."""
    return float(document["_ends"])


def is_over(document: Document, now: float) -> bool:
    """Whether work has ended by a moment in seconds since the epoch."""
    return now >= ends(document)


def told(document: Document, now: float) -> list[tuple[float, str]]:
    """Return the lines that were logged by a moment, each with the moment at which it came."""
    lines, begun, pace = document["_lines"], document["_begun"], document["_pace"]
    if not is_over(document, now):
        lines = lines[: int(max(0.0, now - begun) / pace)] if pace else lines
    return [(min(begun + pace * (i + 1), ends(document)), line) for i, line in enumerate(lines)]


def cut(document: Document, now: float, lines: Sequence[str]) -> Document:
    """Return what changes when work ends at a moment: the lines until then stay, and some last ones come."""
    return {"_lines": [*(line for _, line in told(document, now)), *lines], "_ends": now}


# Tasks --------------------------------------------------------------------------------------------


def begin(
    world: World, records: Records, outcome: Outcome, until: float | None = None, begun: float | None = None
) -> Document:
    """Make a task that comes to an outcome.

    Args:
        world: the server.
        records: the transaction.
        outcome: what it comes to.
        until: the earliest moment at which it may end, in seconds since the epoch.
        begun: when it begins; now if left out.
    """
    begun = world.clock.now().timestamp() if begun is None else begun
    told_over_time = story(begun, world.pace, outcome.lines, until)
    document: Document = {"id": token(), "code": outcome.code, "error": outcome.error, **told_over_time}
    return records.insert("Task", document["id"], document)


def finish(records: Records, task_id: str, at: float, outcome: Outcome) -> None:
    """End a task at a moment, with the last lines of its log."""
    task = records.get("Task", task_id)
    if task is not None:
        end = {"code": outcome.code, "error": outcome.error, **cut(task, at, outcome.lines)}
        records.change("Task", task_id, end)


def progress(task: Document, now: float, first: int = 0) -> Document:
    """Return a task as it stands at a moment, with its log from the position `first` on."""
    over = is_over(task, now)
    lines = [line for _, line in told(task, now)]
    return {
        "id": task["id"],
        "output": lines[max(0, first) :],
        "result": None,
        "finished": over,
        "code": task["code"] if over else 0,
        "error": task["error"] if over else "",
        "last": len(lines),
    }
