"""Tasks: how they stand, now or when they have ended."""

from __future__ import annotations

from typing import Final

from connectapi.testing.agenda import settle
from connectapi.testing.call import Answer, Call
from connectapi.testing.refusal import Refusal
from connectapi.testing.registry import handles
from connectapi.testing.tasks import ends, is_over, progress

__all__: list[str] = []

#: How often a call that waits looks whether the task was ended before its time, in seconds.
_GLANCE: Final = 0.25

#: The shortest sleep, in seconds: one below a clock's own steps would move a clock that leaps by nothing.
_TICK: Final = 0.001


@handles("Task", "get_one", alone=True)
def get_one(call: Call) -> Answer:
    """Return a task as it stands; `wait` seconds later at the most if it has not ended."""
    world, first, wait = call.world, call.params.get("first", 0), call.params.get("wait", 0)
    until = world.clock.now().timestamp() + min(wait, world.limits.wait)
    while True:
        now = world.clock.now().timestamp()
        settle(world, now)  # so that what a finished task brought about is there
        with world.store.reading() as records:
            task = records.get("Task", call.key)
        if task is None:
            raise Refusal(404, "TaskDoesNotExist", "There is no such task.")
        goes_on = not is_over(task, now) and now < until
        if not goes_on or not world.sleep(max(_TICK, min(_GLANCE, until - now, ends(task) - now))):
            return progress(task, now, first)
