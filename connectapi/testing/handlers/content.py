"""Content: names and owners, what is worked out for each caller, and what goes with it when it goes."""

from __future__ import annotations

from typing import Final

from connectapi.testing import generic, publishing
from connectapi.testing.call import Answer, Call, Reply
from connectapi.testing.conditions import Order, equals
from connectapi.testing.handlers.schedule import content_schedules
from connectapi.testing.identity import visible
from connectapi.testing.refusal import bad, denied
from connectapi.testing.registry import handles
from connectapi.testing.shape import view
from connectapi.testing.store import Document
from connectapi.testing.ties import refuse_clashes
from connectapi.testing.variants import forget_renderings

__all__: list[str] = []

#: What tells of the server's insides, and so is hidden from viewers.
_INSIDES: Final = (
    *("environment_guid", "cluster_name", "image_name", "r_version", "py_version", "quarto_version", "node_version"),
    *("r_environment_management", "py_environment_management", "service_account_name"),
    *("default_image_name", "default_environment_guid"),
)
_ADMINISTRATORS: Final = ("owner_guid", "run_as", "run_as_current_user", "service_account_name")


@view("Content")
def show(call: Call, document: Document, include: frozenset[str]) -> Document:
    """Add addresses, the caller's role, and what was asked to be included."""
    guid = document["guid"]
    shown = {
        **document,
        "content_url": call.url(f"/content/{guid}/"),
        "dashboard_url": call.url(f"/connect/#/apps/{guid}"),
        "app_role": call.app_role(document),
    }
    if not call.user.is_at_least("publisher"):
        shown.update(dict.fromkeys(_INSIDES))
    if "owner" in include:
        shown["owner"] = call.records.get("User", document["owner_guid"])
    if "tags" in include:
        found = (call.records.get("Tag", tag) for tag in document.get("_tags", ()))
        shown["tags"] = [tag for tag in found if tag]
    if "vanity_url" in include and (vanity := call.records.get("Vanity", guid)):
        shown["vanity_url"] = call.url(vanity["path"])
    if "bookmarked" in include:
        shown["bookmarked"] = call.user.guid in document.get("_bookmarks", {})
    if "schedule" in include:
        shown["schedules"] = content_schedules(call, guid)
    return shown


@handles("Content", "get")
def get(call: Call) -> Answer:
    """List the content that the caller may see, the newest first."""
    answer: Answer = generic.listed(call, *visible(call.caller), usual=[Order("place", ascending=False)])
    return answer


@handles("Content", "create")
def create(call: Call) -> Answer:
    """Make content that has nothing in it yet."""
    body = call.body
    _check(call, body)
    _check_name(call, body["name"], call.user.guid)
    defaults = {"access_type": "acl", "app_mode": "unknown", "owner_guid": call.user.guid}
    _, document = generic.complete(call.world, call.records, call.spec, {**defaults, **body}, {})
    refuse_clashes(call, document, document["guid"], given=body)
    call.records.insert("Content", document["guid"], document)
    return generic.answered(call, document)


@handles("Content", "update")
def update(call: Call) -> Answer:
    """Change settings; some are for administrators."""
    content, body = call.item(), call.body
    _check(call, {name: value for name, value in body.items() if value != content.get(name)})
    merged = {**content, **body}
    if merged["name"] != content["name"] or merged["owner_guid"] != content["owner_guid"]:
        _check_name(call, merged["name"], merged["owner_guid"])
    refuse_clashes(call, merged, call.key, given=body)
    most, least = merged.get("max_processes"), merged.get("min_processes")
    if most is not None and least is not None and least > most:
        raise bad("min_processes is more than max_processes.", "MinProcessesOverMaxProcesses")
    return generic.answered(call, call.records.change("Content", call.key, body))


@handles("Content", "delete")
def delete(call: Call) -> Answer:
    """Delete content with its bundles, jobs, permissions, vanity URL and files."""
    guid = call.item()["guid"]
    forget_renderings(call.records, guid)
    generic.remove(call.world, call.records, "Content", guid)
    call.after.append(lambda: publishing.forget(call.world, guid))
    return Reply(204)


def _check(call: Call, body: Document) -> None:
    """Refuse values that no content can be given, or that this caller may not set."""
    if body.get("content_category") not in {None, "", "mcp"}:
        raise bad("content_category can be set to 'mcp' or to nothing.", "ContentCategoryChanged")
    for name in _ADMINISTRATORS:
        if body.get(name) and not call.user.is_administrator:
            raise denied(f"Only administrators may set {name}.")
    if (owner := body.get("owner_guid")) is not None:
        user = call.records.get("User", owner)
        if user is None or user["user_role"] == "viewer":
            raise bad("The new owner is no user who may publish.", "InvalidOwner")


def _check_name(call: Call, name: str, owner_guid: str) -> None:
    if call.records.count("Content", equals("name", name), equals("owner_guid", owner_guid)):
        raise bad(f"The owner has content called {name!r} already.", "DuplicateName")
