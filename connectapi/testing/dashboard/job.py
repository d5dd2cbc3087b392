"""What ran: the log of a job, and how a task stands."""

from __future__ import annotations

from typing import Final

from werkzeug.wrappers import Response

from connectapi.testing.dashboard.values import lines
from connectapi.testing.dashboard.visit import Visit
from connectapi.testing.refusal import absent

__all__ = ["download", "show", "task"]

#: What the head of the page shows already.
_IN_HEAD: Final = frozenset({"tag", "key", "content_guid", "error"})


def show(visit: Visit, guid: str, key: str) -> Response:
    """Show a job and its log."""
    path = {"content_guid": guid, "job_key": key}
    job = visit.ask("Job", "get_one", path)
    spec = visit.world.specs["Job"]
    return visit.render(
        "job.html",
        title=f"Job {job['tag']}",
        job=job,
        content=visit.link("Content", guid),
        log=visit.ask("Job", "log", path)["entries"],
        error=visit.ask_or(None, "Job", "get_error", path),
        facts=lines(visit, spec, job, [name for name in spec.fields if name not in _IN_HEAD]),
    )


def download(visit: Visit, guid: str, key: str) -> Response:
    """Give the log as a text file."""
    answer = visit.answer("Job", "download_log", {"content_guid": guid, "job_key": key})
    if not isinstance(answer, Response):
        raise absent("The log")
    return answer


def task(visit: Visit, task_id: str) -> Response:
    """Show how a task stands; the page comes anew by itself until the task has ended."""
    found = visit.ask("Task", "get_one", {"task_id": task_id})
    guid = visit.request.args.get("content", "")
    return visit.render("task.html", title="Task", task=found, content=visit.link("Content", guid))
