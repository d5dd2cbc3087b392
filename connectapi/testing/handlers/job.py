"""Jobs: what runs and ran for content, and what it logged."""

from __future__ import annotations

import datetime
import math
from functools import partial
from typing import Final
from uuid import uuid4

from werkzeug.wrappers import Response

from connectapi.testing import agenda, generic, publishing, tasks
from connectapi.testing.call import Answer, Call, Reply
from connectapi.testing.conditions import Order, at_least, at_most, equals
from connectapi.testing.identity import may_edit
from connectapi.testing.jobs import KILLED, finish_job, log_of, standing
from connectapi.testing.refusal import Refusal
from connectapi.testing.registry import handles
from connectapi.testing.shape import Shape, view
from connectapi.testing.store import Document
from connectapi.testing.tasks import Outcome, is_over
from connectapi.testing.values import moment
from connectapi.testing.world import stamp

__all__: list[str] = []

#: How the scheduled jobs of a part of a span are told apart, and how long such a part can be.
_FATES: Final = ("failed", "succeeded", "skipped")
_WIDTHS: Final = tuple(datetime.timedelta(minutes=minutes) for minutes in (5, 30, 60, 360, 1440, 10_080, 43_200))
_MOST_BUCKETS: Final = 48

_KILL_LINES = ("Error: the job was killed.",)


@view("Job")
def show(call: Call, document: Document, include: frozenset[str]) -> Document:
    """Show a job as it stands now."""
    _ = include
    return standing(document, _now(call))


@handles("Job", "get")
def get(call: Call) -> Answer:
    """List jobs, the newest first."""
    answer: Answer = generic.listed(call, usual=[Order("place", ascending=False)])
    return answer


@handles("Job", "kill")
def kill(call: Call) -> Answer:
    """End a job and fail its task, which is refused once it has ended."""
    job, now = call.item(), _now(call)
    if is_over(job, now):
        raise Refusal(409, "InactiveJob", "The job has ended already.")
    finish_job(call.records, job["content_guid"], job["key"], now, Outcome(lines=_KILL_LINES, code=KILLED))
    if task_id := job.get("_task"):
        for told in agenda.cancel(call.records, task_id):
            if told.get("fetched"):
                call.after.append(partial(publishing.forget, call.world, job["content_guid"], job["bundle_id"]))
        outcome = Outcome(lines=_KILL_LINES, code=1, error="The job was killed.")
        tasks.finish(call.records, task_id, now, outcome)
    order: Document = {
        "guid": str(uuid4()),
        "content_id": job["content_id"],
        "app_id": int(job["content_id"]),
        "content_guid": job["content_guid"],
        "app_guid": job["content_guid"],
        "job_id": int(job["id"]),
        "job_key": job["key"],
        "result": "Order to kill job registered",
    }
    return generic.answered(call, order)


@handles("Job", "log")
def log(call: Call) -> Answer:
    """List the lines of the log so far, the last ones if not all are wanted."""
    lines, most = _log(call), call.params.get("max_lines")
    kept = lines if most is None or most < 0 else lines[max(0, len(lines) - most) :]
    return {call.operation.items: [Shape(call).fields("LogEntry", line) for line in kept]}


@handles("Job", "tail")
def tail(call: Call) -> Answer:
    """Return the last line of the log so far."""
    lines = _log(call)
    return Shape(call).fields("LogEntry", lines[-1] if lines else {"source": "stdout"})


@handles("Job", "download_log")
def download_log(call: Call) -> Answer:
    """Return the log so far as text."""
    job = call.item()
    name = "".join(c for c in call.params.get("filename") or f"job-{job['key']}.log" if c.isalnum() or c in "._- ")
    text = "".join(f"{line['timestamp']} {line['data']}\n" for line in _log(call))
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(text.encode(errors="replace"), mimetype="text/plain", headers=headers)


@handles("Job", "get_error")
def get_error(call: Call) -> Answer:
    """Return why the job failed, if it did."""
    job = call.item()
    reason = job.get("_error")
    if not reason or not is_over(job, _now(call)):
        return Reply(204)
    return {"code": "build-failed-error", "summary": reason, "help_url": ""}


@handles("Job", "metrics")
def metrics(call: Call) -> Answer:
    """Return what was measured: nothing, since nothing runs."""
    job = call.item()
    return {"content_guid": job["content_guid"], "job_key": job["key"], "samples": []}


@handles("Job", "summary")
def summary(call: Call) -> Answer:
    """Count the scheduled jobs that began in a span of time, the last day if the call names none."""
    end = _given(call, "end") or call.world.clock.now()
    start = _given(call, "start") or end - datetime.timedelta(days=1)
    width = next((width for width in _WIDTHS if (end - start) / width <= _MOST_BUCKETS), _WIDTHS[-1])
    within = (equals("_scheduled", value=True), at_least("start_time", stamp(start)), at_most("start_time", stamp(end)))
    found = [_fate(standing(job, _now(call))) for job in call.records.find("Job", *within) if _counts(call, job)]
    buckets = []
    for i in range(max(0, math.ceil((end - start) / width))):
        first, last = stamp(start + i * width), stamp(start + (i + 1) * width)
        fates = [fate for begun, fate in found if first <= begun < last or begun == last == stamp(end)]
        buckets.append({"timestamp": first, **{fate: fates.count(fate) for fate in _FATES}})
    fates = [fate for _, fate in found]
    totals = {"waiting": 0, **{fate: fates.count(fate) for fate in (*_FATES, "running")}}
    return Shape(call).fields("JobSummary", {"totals": totals, "buckets": buckets})


def _fate(job: Document) -> tuple[str, str]:
    """Return when a job began, and how it went."""
    if job.get("skip_reason"):
        return job["start_time"], "skipped"
    if job["exit_code"] is None:
        return job["start_time"], "running"
    return job["start_time"], "failed" if job["exit_code"] else "succeeded"


def _counts(call: Call, job: Document) -> bool:
    content = call.records.get("Content", job["content_guid"])
    return content is not None and may_edit(call.records, content, call.caller)


def _given(call: Call, name: str) -> datetime.datetime | None:
    return moment(call.params[name]) if name in call.params else None


def _log(call: Call) -> list[Document]:
    return log_of(call.item(), _now(call))


def _now(call: Call) -> float:
    return call.world.clock.now().timestamp()
