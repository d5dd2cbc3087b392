"""Deploying content: the answer comes at once, a task tells how it goes."""

from __future__ import annotations

import datetime
from typing import Final

from connectapi.testing import generic, publishing, tasks
from connectapi.testing.call import Answer, Call
from connectapi.testing.conditions import Order
from connectapi.testing.handlers.variant import RENDERED, default_variant
from connectapi.testing.jobs import Job, add_job
from connectapi.testing.refusal import absent, bad
from connectapi.testing.registry import handles
from connectapi.testing.store import Document, Records
from connectapi.testing.tasks import Outcome
from connectapi.testing.world import stamp

__all__ = ["take_over"]

_NEWEST: Final = (Order("place", ascending=False),)


@handles("Content", "deploy", "build", alone=True)
def deploy(call: Call) -> Answer:
    """Unpack a bundle and make it the active one, unless the call says otherwise."""
    body = call.body
    with call.world.store.reading() as records:
        content = _content(records, call.key)
        bundle = _bundle(records, content, body.get("bundle_id"))
        _same_kind(content, bundle)
    done = publishing.deploy(call.world, content, bundle)
    with call.world.store.writing() as records:
        # Meanwhile, either may have been deleted, and with it the files that were there then.
        if records.get("Bundle", bundle["id"], call.key) is None:
            publishing.forget(call.world, call.key, bundle["id"])
        content = _content(records, call.key)
        bundle = _bundle(records, content, bundle["id"])
        _same_kind(content, bundle)
        task = take_over(call, records, content, bundle, done, activate=body.get("activate") is not False)
    return generic.answered(call, task)


@handles("Content", "render")
def render(call: Call) -> Answer:
    """Make a task that says that nothing is rendered here."""
    content, _ = call.item(), call.body
    if content["app_mode"] not in RENDERED:
        raise bad(f"Content of the kind {content['app_mode']} is not rendered.", "NoRendering")
    if not content.get("bundle_id"):
        raise bad("The content was never deployed.", "BundleMissing")
    lines = [f"Rendering {content['name']}…", "Nothing was rendered: this server runs no code."]
    return generic.answered(call, tasks.begin(call.world, call.records, Outcome(lines=lines)))


def take_over(
    call: Call, records: Records, content: Document, bundle: Document, done: publishing.Deployment, *, activate: bool
) -> Document:
    """Write down what came of a deployment, and return its task."""
    if not done.error:
        records.change("Bundle", bundle["id"], done.bundle, content["guid"])
        done.lines.append("The bundle is in use now." if activate else "The bundle in use before stays in use.")
        if activate:
            changes = {**done.content, "bundle_id": bundle["id"], "last_deployed_time": call.world.now()}
            content = records.change("Content", content["guid"], changes)
            if content["app_mode"] in RENDERED:
                default_variant(records, content, call.world.now())
    task = tasks.begin(call.world, records, done.outcome)
    end = stamp(datetime.datetime.fromtimestamp(tasks.ends(task), datetime.timezone.utc))
    now = call.world.now()
    job = Job(bundle_id=bundle["id"], tag=done.tag, lines=done.lines, start=now, end=end, error=done.error)
    add_job(records, content, job)
    return task


def _content(records: Records, guid: str) -> Document:
    content = records.get("Content", guid)
    if content is None:
        raise absent("The content")
    if content.get("locked"):
        raise bad("The content is locked; unlock it before deploying.", "LockedContentBundle")
    return content


def _bundle(records: Records, content: Document, bundle_id: str | None) -> Document:
    if bundle_id is None:
        newest = records.find("Bundle", scope=content["guid"], order=_NEWEST, limit=1)
        if not newest:
            raise bad("The content has no bundle; upload one first.", "BundleMissing")
        return newest[0]
    bundle = records.get("Bundle", bundle_id, content["guid"])
    if bundle is None:
        raise absent("The bundle")
    return bundle


def _same_kind(content: Document, bundle: Document) -> None:
    before, mode = content["app_mode"], bundle.get("_mode")
    if before != "unknown" and mode is not None and mode != before:
        message = f"The content is of the kind {before} and can't become {mode}; make new content for that."
        raise bad(message, "AppModeChanged")
