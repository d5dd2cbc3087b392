"""The records of jobs."""

from __future__ import annotations

from collections.abc import Sequence

from connectapi.testing.store import Document, Records
from connectapi.testing.tasks import token

__all__ = ["add_job"]


def add_job(
    records: Records,
    content: Document,
    bundle_id: str,
    tag: str,
    lines: Sequence[str],
    *,
    start: str,
    end: str,
    error: str = "",
    key: str = "",
) -> Document:
    """Add a job that has ended.

    Args:
        records: where it goes.
        content: the content it ran for.
        bundle_id: the bundle that it ran.
        tag: what it did, in Connect's word.
        lines: what it logged.
        start: when it began.
        end: when it ended.
        error: why it failed, if it did.
        key: what identifies it; made if empty.
    """
    number = records.number("Job")
    document = {
        "id": str(number),
        "pid": str(20_000 + number),
        "key": key or token(),
        "content_id": content["id"],
        "app_id": content["id"],
        "content_guid": content["guid"],
        "variant_id": "0",
        "bundle_id": bundle_id,
        "start_time": start,
        "end_time": end,
        "last_heartbeat_time": end,
        "tag": tag,
        "exit_code": 1 if error else 0,
        "status": 2,
        "hostname": "localhost",
        "cluster": "Local",
        "image": "Local",
        "run_as": "rstudio-connect",
        "_error": error,
        "_log": [{"source": _source(line), "timestamp": start, "data": line} for line in lines],
    }
    return records.insert("Job", document["key"], document, content["guid"])


def _source(line: str) -> str:
    return "stderr" if line.startswith("Error") else "stdout"
