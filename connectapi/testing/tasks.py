"""Work that takes its time: its log comes line by line, and it has an end."""

from __future__ import annotations

import secrets
import string
from collections.abc import Sequence
from typing import Final

from attrs import frozen

from connectapi.testing.store import Document, Records
from connectapi.testing.world import World

__all__ = ["Outcome", "begin", "ends", "progress", "token"]

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


def begin(world: World, records: Records, outcome: Outcome) -> Document:
    """Make a task that comes to an outcome: all is known now, but told over time."""
    document: Document = {
        "id": token(),
        "code": outcome.code,
        "error": outcome.error,
        "_begun": world.clock.now().timestamp(),
        "_pace": world.pace,
        "_lines": list(outcome.lines),
    }
    return records.insert("Task", document["id"], document)


def ends(task: Document) -> float:
    """Return when a task ends, in seconds since the epoch."""
    return float(task["_begun"] + task["_pace"] * len(task["_lines"]))


def progress(world: World, task: Document, first: int) -> Document:
    """Return a task as it stands now, with its log from the position `first` on."""
    now = world.clock.now().timestamp()
    finished = now >= ends(task)
    passed = len(task["_lines"]) if finished else int(max(0.0, now - task["_begun"]) / task["_pace"])
    lines = task["_lines"][:passed]
    return {
        "id": task["id"],
        "output": lines[max(0, first) :],
        "result": None,
        "finished": finished,
        "code": task["code"] if finished else 0,
        "error": task["error"] if finished else "",
        "last": len(lines),
    }
