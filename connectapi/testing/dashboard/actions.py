"""What a person does with a form: use another bundle, lock and unlock, upload."""

from __future__ import annotations

from werkzeug.utils import redirect
from werkzeug.wrappers import Response

from connectapi.testing.dashboard.visit import Visit, address

__all__ = ["deploy", "lock", "upload"]


def deploy(visit: Visit, guid: str) -> Response:
    """Deploy the bundle that the form names, and go to the task that tells how it goes."""
    bundle_id = visit.request.form.get("bundle_id", "")
    answer = visit.tell("Content", "deploy", {"content_guid": guid}, {"bundle_id": bundle_id})
    return redirect(address("tasks", answer["task_id"], content=guid), 303)


def lock(visit: Visit, guid: str) -> Response:
    """Lock the content, with a message to its visitors, or unlock it."""
    form = visit.request.form
    locked = form.get("locked") == "true"
    body = {"locked": locked, **({"locked_message": form.get("message", "")} if locked else {})}
    visit.tell("Content", "update", {"content_guid": guid}, body)
    return redirect(address("content", guid), 303)


def upload(visit: Visit, guid: str) -> Response:
    """Keep the archive that came with the form as a bundle of the content."""
    bundle = visit.pass_on("Bundle", "create", {"content_guid": guid})
    return redirect(f"{address('content', guid)}#bundle-{bundle['id']}", 303)
