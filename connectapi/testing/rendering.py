"""The life of a rendering. Nothing is rendered here: a report that brought its rendering keeps that."""

from __future__ import annotations

from typing import Final

from connectapi.testing.agenda import Occasion, expect, happens
from connectapi.testing.jobs import Job, add_job, finish_job, moment_text
from connectapi.testing.manifest import job_tag
from connectapi.testing.store import Document, Records
from connectapi.testing.tasks import Outcome, begin, ends, finish
from connectapi.testing.variants import add_rendering
from connectapi.testing.world import World

__all__ = ["skip_rendering", "start_rendering"]

_EVENT: Final = "rendering"

#: The queue of scheduled renderings.
_QUEUE: Final = "scheduled"

#: The status of a job that never ran.
_SKIPPED: Final = 3


def start_rendering(
    world: World,
    records: Records,
    content: Document,
    variant: Document,
    *,
    activate: bool = True,
    begun: float | None = None,
    scheduled: bool = False,
) -> tuple[Document, Document]:
    """Begin to render a variant of a report that was deployed, and return task and job.

    Args:
        world: the server.
        records: the transaction.
        content: the report.
        variant: the variant.
        activate: whether people get to see the rendering.
        begun: when it begins, in seconds since the epoch; now if left out.
        scheduled: whether a schedule asks for it.
    """
    bundle_id = content["bundle_id"]
    bundle = records.get("Bundle", bundle_id, content["guid"]) or {}
    page = bundle.get("_page")
    lines = [
        f"Rendering the variant {variant['name']!r} of {content.get('title') or content['name']!r}…",
        "Nothing was rendered: this server runs no code."
        + (f" {page}, which came with the bundle, is shown as it is." if page else ""),
    ]
    task = begin(world, records, Outcome(lines=lines), begun=begun)
    job = Job(
        bundle_id=bundle_id,
        tag=job_tag(content["app_mode"]),
        lines=lines,
        begun=task["_begun"],
        pace=world.pace,
        task_id=task["id"],
        more=_more(variant, task["_begun"], scheduled=scheduled),
    )
    document = add_job(records, content, job)
    wanted = {"content": content["guid"], "variant": variant["id"], "bundle": bundle_id, "job": job.key}
    expect(world, records, ends(task), _EVENT, task["id"], **wanted, begun=task["_begun"], activate=activate)
    return task, document


def skip_rendering(records: Records, content: Document, variant: Document, begun: float, reason: str) -> Document:
    """Write down a scheduled rendering that does not take place, and return its job."""
    more = {**_more(variant, begun, scheduled=True), "status": _SKIPPED, "exit_code": None, "skip_reason": reason}
    job = Job(bundle_id=content["bundle_id"], tag=job_tag(content["app_mode"]), lines=(), begun=begun, more=more)
    return add_job(records, content, job)


def _more(variant: Document, begun: float, *, scheduled: bool) -> Document:
    queued = {"queued_time": moment_text(begun), "queue_name": _QUEUE} if scheduled else {}
    return {"variant_id": str(variant["id"]), "variant_key": variant["key"], "_scheduled": scheduled, **queued}


@happens(_EVENT)
def end_rendering(occasion: Occasion) -> None:
    """Keep what was rendered."""
    records, told = occasion.records, occasion.details
    variant = records.get("AppVariant", str(told["variant"]), told["content"])
    if variant is None:
        error = "The report was deleted while it was rendered."
        outcome = Outcome(lines=[f"Error: {error}"], code=1, error=error)
    else:
        key, bundle = told["job"], told["bundle"]
        add_rendering(records, variant, bundle, key, told["begun"], occasion.at, shown=told["activate"])
        outcome = Outcome(lines=["Rendering has ended."])
    finish(records, occasion.about, occasion.at, outcome)
    finish_job(records, told["content"], told["job"], occasion.at, outcome)
