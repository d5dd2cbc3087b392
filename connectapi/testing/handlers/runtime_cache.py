"""Caches of packages: emptied on request, in a task."""

from __future__ import annotations

from connectapi.testing import tasks
from connectapi.testing.caches import cache_key
from connectapi.testing.call import Answer, Call
from connectapi.testing.refusal import absent
from connectapi.testing.registry import handles
from connectapi.testing.shape import Shape
from connectapi.testing.tasks import Outcome

__all__: list[str] = []


@handles("RuntimeCache", "purge")
def purge(call: Call) -> Answer:
    """Delete a cache, or only look whether there is such a one."""
    body = call.body
    cache = {name: body[name] for name in ("language", "version", "image_name")}
    key = cache_key(**cache)
    if call.records.get(call.kind, key) is None:
        raise absent("The cache")
    task = None
    if not body.get("dry_run"):
        call.records.delete(call.kind, key=key)
        lines = [f"Deleting the packages for {cache['language']} {cache['version']}…", "The cache was deleted."]
        task = tasks.begin(call.world, call.records, Outcome(lines=lines))
    return Shape(call).fields(call.operation.answer.kind, {**cache, "task_id": task["id"] if task else None})
