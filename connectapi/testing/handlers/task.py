"""Tasks: how they stand, now or when they have ended."""

from __future__ import annotations

from connectapi.testing.call import Answer, Call
from connectapi.testing.refusal import Refusal, invalid
from connectapi.testing.registry import handles
from connectapi.testing.tasks import ends, progress

__all__: list[str] = []


@handles("Task", "get_one", alone=True)
def get_one(call: Call) -> Answer:
    """Return a task as it stands; `wait` seconds later at the most if it has not ended."""
    first, wait = call.params.get("first", 0), call.params.get("wait", 0)
    if wait < 0:
        raise invalid("wait", "can't be less than 0.")
    with call.world.store.reading() as records:
        task = records.get("Task", call.key)
    if task is None:
        raise Refusal(404, "TaskDoesNotExist", "There is no such task.")
    left = ends(task) - call.world.clock.now().timestamp()
    if wait and left > 0:
        call.world.clock.sleep(min(wait, call.world.limits.wait, left))
    return progress(call.world, task, first)
