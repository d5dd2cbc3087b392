"""The records of jobs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from attrs import field, frozen

from connectapi.testing.store import Document, Records
from connectapi.testing.tasks import token

__all__ = ["Job", "add_job"]

#: What is the same for all jobs; the status 2 stands for a job whose end was noted.
_USUAL: Final[Document] = {
    "variant_id": "0",
    "status": 2,
    "hostname": "localhost",
    "cluster": "Local",
    "image": "Local",
    "run_as": "rstudio-connect",
}


@frozen(kw_only=True)
class Job:
    """A process that ran for content and has ended.

    `tag` says what it did, in Connect's word; `error` why it failed, if it did; `key` identifies it.
    """

    bundle_id: str
    tag: str
    lines: Sequence[str]
    start: str
    end: str
    error: str = ""
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
        "start_time": job.start,
        "end_time": job.end,
        "last_heartbeat_time": job.end,
        "tag": job.tag,
        "exit_code": 1 if job.error else 0,
        "_error": job.error,
        "_log": [{"source": _source(line), "timestamp": job.start, "data": line} for line in job.lines],
    }
    return records.insert("Job", job.key, document, content["guid"])


def _source(line: str) -> str:
    return "stderr" if line.startswith("Error") else "stdout"
