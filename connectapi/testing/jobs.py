"""The records of jobs: processes that ran for content, as far as anyone can tell from outside."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from typing import Final

from attrs import field, frozen

from connectapi.testing.store import Document, Records
from connectapi.testing.tasks import Outcome, cut, is_over, story, token, told
from connectapi.testing.world import stamp

__all__ = ["KILLED", "Job", "add_job", "finish_job", "log_of", "moment_text", "standing"]

#: What is the same for all jobs; the status 2 stands for a job whose end was noted.
_USUAL: Final[Document] = {
    "variant_id": "0",
    "status": 2,
    "hostname": "localhost",
    "cluster": "Local",
    "image": "Local",
    "run_as": "rstudio-connect",
    "ppid": "1",
}

#: The exit code of a job that was killed.
KILLED: Final = -9


@frozen(kw_only=True)
class Job:
    """A process that runs for content.

    `tag` says what it does, in Connect's word; `begun` and `until` when it begins and ends, in seconds
    since the epoch; `pace` the seconds between two lines of its log; `error` why it fails, if it does;
    `task_id` the task that tells of it, `more` further values of its record, and `key` identifies it.
    """

    bundle_id: str
    tag: str
    lines: Sequence[str]
    begun: float
    pace: float = 0.0
    until: float | None = None
    error: str = ""
    task_id: str = ""
    more: Document = field(factory=dict)
    key: str = field(factory=token)


def add_job(records: Records, content: Document, job: Job) -> Document:
    """Write down a job of a content item."""
    number = records.number("Job")
    document = {
        **_USUAL,
        "id": str(number),
        "pid": str(20_000 + number),
        "key": job.key,
        "content_id": content["id"],
        "app_id": content["id"],
        "content_guid": content["guid"],
        "bundle_id": job.bundle_id,
        "start_time": moment_text(job.begun),
        "tag": job.tag,
        "exit_code": 1 if job.error else 0,
        "_error": job.error,
        "_task": job.task_id,
        **story(job.begun, job.pace, job.lines, job.until),
        **job.more,
    }
    return records.insert("Job", job.key, document, content["guid"])


def finish_job(records: Records, content_guid: str, key: str, at: float, outcome: Outcome) -> None:
    """End a job at a moment, with the last lines of its log."""
    job = records.get("Job", key, content_guid)
    if job is not None:
        end = {"exit_code": outcome.code, "_error": outcome.error, **cut(job, at, outcome.lines)}
        records.change("Job", key, end, content_guid)


def standing(job: Document, now: float) -> Document:
    """Return a job as it stands at a moment: it runs until its end, and only then has an exit code."""
    if is_over(job, now):
        end = moment_text(job["_ends"])
        return {**job, "end_time": end, "last_heartbeat_time": end}
    return {**job, "status": 0, "exit_code": None, "end_time": None, "last_heartbeat_time": moment_text(now)}


def log_of(job: Document, now: float) -> list[Document]:
    """Return the lines that a job has logged by a moment."""
    return [{"source": _source(line), "timestamp": moment_text(at), "data": line} for at, line in told(job, now)]


def moment_text(seconds: float) -> str:
    """Return a moment in seconds since the epoch as Connect writes it."""
    return stamp(datetime.datetime.fromtimestamp(seconds, datetime.timezone.utc))


def _source(line: str) -> str:
    return "stderr" if line.startswith("Error") else "stdout"
