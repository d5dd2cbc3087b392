"""Jobs: what ran for content, and what it logged."""

from __future__ import annotations

from uuid import uuid4

from werkzeug.wrappers import Response

from connectapi.testing import generic
from connectapi.testing.call import Answer, Call, Reply
from connectapi.testing.conditions import Order
from connectapi.testing.refusal import Refusal
from connectapi.testing.registry import access, handles
from connectapi.testing.shape import Shape
from connectapi.testing.store import Document

__all__: list[str] = []

access("Job", "get_one", needs="edit")

_ACTIVE = 0


@handles("Job", "get", needs="edit")
def get(call: Call) -> Answer:
    """List jobs, the newest first."""
    answer: Answer = generic.listed(call, usual=[Order("place", ascending=False)])
    return answer


@handles("Job", "kill", needs="edit")
def kill(call: Call) -> Answer:
    """Order a job to be ended, which is refused once it has ended."""
    job = call.item()
    if job["status"] != _ACTIVE:
        raise Refusal(409, "InactiveJob", "The job has ended already.")
    ended = {"status": 2, "exit_code": -9, "end_time": call.world.now()}
    call.records.change("Job", call.key, ended, call.scope)
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
    """List the lines of the log, the last ones if not all are wanted."""
    lines, most = call.item().get("_log", []), call.params.get("max_lines")
    kept = lines if most is None or most < 0 else lines[max(0, len(lines) - most) :]
    return {call.operation.items: [Shape(call).fields("LogEntry", line) for line in kept]}


@handles("Job", "tail", needs="edit")
def tail(call: Call) -> Answer:
    """Return the last line of the log."""
    lines = call.item().get("_log", [])
    return Shape(call).fields("LogEntry", lines[-1] if lines else {"source": "stdout"})


@handles("Job", "download_log", needs="edit")
def download_log(call: Call) -> Answer:
    """Return the log as text."""
    job = call.item()
    name = "".join(c for c in call.params.get("filename") or f"job-{job['key']}.log" if c.isalnum() or c in "._- ")
    text = "".join(f"{line['timestamp']} {line['data']}\n" for line in job.get("_log", []))
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(text.encode(errors="replace"), mimetype="text/plain", headers=headers)


@handles("Job", "get_error", needs="edit")
def get_error(call: Call) -> Answer:
    """Return why the job failed, if it did."""
    reason = call.item().get("_error")
    if not reason:
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
