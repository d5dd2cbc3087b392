"""The life of a deployment: it is under way for a while, and only at its end is its bundle in use."""

from __future__ import annotations

from functools import partial
from typing import Final

from connectapi.testing import publishing
from connectapi.testing.agenda import Occasion, expect, happens, upcoming
from connectapi.testing.caches import keep_caches
from connectapi.testing.conditions import Order
from connectapi.testing.jobs import Job, add_job, finish_job, moment_text
from connectapi.testing.store import Document, Records
from connectapi.testing.tasks import Outcome, begin, ends, finish
from connectapi.testing.variants import RENDERED, add_rendering, default_variant
from connectapi.testing.world import World

__all__ = ["start_deployment", "unlike"]

_EVENT: Final = "deployment"
_NEWEST: Final = (Order("place", ascending=False),)


def start_deployment(
    world: World,
    records: Records,
    content: Document,
    bundle: Document,
    done: publishing.Deployment,
    *,
    activate: bool,
    anew: bool = True,
) -> Document:
    """Begin a deployment of which it is known what will come of it, and return its task.

    Several of one content item can be under way at a time. They end in the order in which they began,
    so that the bundle of the last one stays in use.

    Args:
        world: the server.
        records: the transaction.
        content: the content item.
        bundle: the bundle.
        done: what comes of it.
        activate: whether the bundle is to be the one in use.
        anew: whether a report is rendered anew, and the deployment counts as the latest one.
    """
    guid, bundle_id = content["guid"], bundle["id"]
    before = [event["at"] for event in upcoming(records, _EVENT) if event["content"] == guid]
    outcome = Outcome(lines=done.lines, code=1 if done.error else 0, error=done.error)
    task = begin(world, records, outcome, max(before, default=None))
    begun, until = task["_begun"], ends(task)
    job = Job(
        bundle_id=bundle_id,
        tag=done.tag,
        lines=done.lines,
        begun=begun,
        pace=world.pace,
        until=until,
        error=done.error,
        task_id=task["id"],
    )
    add_job(records, content, job)
    told = {"error": done.error, "changes": done.content, "versions": done.bundle, "begun": begun}
    wanted = {"content": guid, "bundle": bundle_id, "job": job.key, "activate": activate, "anew": anew}
    expect(world, records, until, _EVENT, task["id"], **wanted, **told)
    return task


def unlike(content: Document, bundle: Document) -> str:
    """Return why a bundle can't be deployed to content, if it is of another kind."""
    before, mode = content["app_mode"], bundle.get("_mode")
    if before == "unknown" or mode is None or mode == before:
        return ""
    return f"The content is of the kind {before} and can't become {mode}; make new content for that."


@happens(_EVENT)
def end_deployment(occasion: Occasion) -> None:
    """Bring about what a deployment is for, unless it failed or what it is about is gone."""
    records, told = occasion.records, occasion.details
    content, bundle = records.get("Content", told["content"]), records.get("Bundle", told["bundle"], told["content"])
    error = told["error"] or _obstacle(content, bundle)
    if error or content is None or bundle is None:
        lines = [f"Error: {error}", "Deployment failed."]
    else:
        lines = ["Deployment succeeded.", _bring_about(occasion, content, bundle)]
    outcome = Outcome(lines=lines, code=1 if error else 0, error=error)
    finish(records, occasion.about, occasion.at, outcome)
    finish_job(records, told["content"], told["job"], occasion.at, outcome)


def _obstacle(content: Document | None, bundle: Document | None) -> str:
    if content is None:
        return "The content was deleted while it was deployed."
    if bundle is None:
        return "The bundle was deleted while it was deployed."
    return unlike(content, bundle)


def _bring_about(occasion: Occasion, content: Document, bundle: Document) -> str:
    records, told, now = occasion.records, occasion.details, moment_text(occasion.at)
    guid, bundle_id = content["guid"], bundle["id"]
    records.change("Bundle", bundle_id, {**told["versions"], "_deployed": True}, guid)
    if not told["activate"]:
        return "The bundle in use before stays in use." if content.get("bundle_id") else "No bundle is in use yet."
    changes = {**told["changes"], "bundle_id": bundle_id}
    if content.get("content_category") == "mcp" and not changes["content_category"]:
        del changes["content_category"]  # that is set by people, not by bundles
    if told["anew"] or content.get("bundle_id") != bundle_id:
        changes["last_deployed_time"] = now
    content = records.change("Content", guid, changes)
    records.change("Bundle", bundle_id, {"_was_active": True}, guid)
    keep_caches(records, content)
    if content["app_mode"] in RENDERED:
        variant = default_variant(records, content, now)
        if told["anew"]:
            add_rendering(records, variant, bundle_id, told["job"], told["begun"], occasion.at)
    _keep_few(occasion, content)
    return "The bundle is in use now."


def _keep_few(occasion: Occasion, content: Document) -> None:
    """Delete the oldest bundles when there are more than the server keeps, but none that is needed."""
    world, guid, records = occasion.world, content["guid"], occasion.records
    if not world.limits.bundles:
        return
    needed = {content["bundle_id"], *(event["bundle"] for event in upcoming(records, _EVENT))}
    for bundle in records.find("Bundle", scope=guid, order=_NEWEST)[world.limits.bundles :]:
        if bundle["id"] not in needed:
            records.delete("Bundle", key=bundle["id"], scope=guid)
            occasion.after.append(partial(publishing.forget, world, guid, bundle["id"]))
