"""Jobs: what runs and ran for content, and what it logged."""

from __future__ import annotations

from uuid import uuid4

from werkzeug.wrappers import Response

from connectapi.testing import agenda, generic, tasks
from connectapi.testing.call import Answer, Call, Reply
from connectapi.testing.conditions import Order
from connectapi.testing.jobs import KILLED, finish_job, log_of, standing
from connectapi.testing.refusal import Refusal
from connectapi.testing.registry import access, handles
from connectapi.testing.shape import Shape, view
from connectapi.testing.store import Document
from connectapi.testing.tasks import Outcome, is_over

__all__: list[str] = []

access("Job", "get_one", needs="edit")

_KILL_LINES = ("Error: the job was killed.",)


@view("Job")
def show(call: Call, document: Document, include: frozenset[str]) -> Document:
    """Show a job as it stands now."""
    _ = include
    return standing(document, _now(call))


@handles("Job", "get", needs="edit")
def get(call: Call) -> Answer:
    """List jobs, the newest first."""
    answer: Answer = generic.listed(call, usual=[Order("place", ascending=False)])
    return answer


@handles("Job", "kill", needs="edit")
def kill(call: Call) -> Answer:
    """End a job and fail its task, which is refused once it has ended."""
    job, now = call.item(), _now(call)
    if is_over(job, now):
        raise Refusal(409, "InactiveJob", "The job has ended already.")
    finish_job(call.records, job["content_guid"], job["key"], now, Outcome(lines=_KILL_LINES, code=KILLED))
    if task_id := job.get("_task"):
        agenda.cancel(call.records, "deployment", task_id)
        agenda.cancel(call.records, "rendering", task_id)
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


@handles("Job", "log", needs="edit")
def log(call: Call) -> Answer:
    """List the lines of the log so far, the last ones if not all are wanted."""
    lines, most = _log(call), call.params.get("max_lines")
    kept = lines if most is None or most < 0 else lines[max(0, len(lines) - most) :]
    return {call.operation.items: [Shape(call).fields("LogEntry", line) for line in kept]}


@handles("Job", "tail", needs="edit")
def tail(call: Call) -> Answer:
    """Return the last line of the log so far."""
    lines = _log(call)
    return Shape(call).fields("LogEntry", lines[-1] if lines else {"source": "stdout"})


@handles("Job", "download_log", needs="edit")
def download_log(call: Call) -> Answer:
    """Return the log so far as text."""
    job = call.item()
    name = "".join(c for c in call.params.get("filename") or f"job-{job['key']}.log" if c.isalnum() or c in "._- ")
    text = "".join(f"{line['timestamp']} {line['data']}\n" for line in _log(call))
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(text.encode(errors="replace"), mimetype="text/plain", headers=headers)


@handles("Job", "get_error", needs="edit")
def get_error(call: Call) -> Answer:
    """Return why the job failed, if it did."""
    job = call.item()
    reason = job.get("_error")
    if not reason or not is_over(job, _now(call)):
        return Reply(204)
    return {"code": "build-failed-error", "summary": reason, "help_url": ""}


@handles("Job", "metrics", needs="edit")
def metrics(call: Call) -> Answer:
    """Return what was measured: nothing, since nothing runs."""
    job = call.item()
    return {"content_guid": job["content_guid"], "job_key": job["key"], "samples": []}


@handles("Job", "summary")
def summary(call: Call) -> Answer:
    """Count scheduled jobs: there are none."""
    return Shape(call).fields("JobSummary", {})


def _log(call: Call) -> list[Document]:
    return log_of(call.item(), _now(call))


def _now(call: Call) -> float:
    return call.world.clock.now().timestamp()
