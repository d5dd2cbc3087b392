"""Variants of reports, what was rendered of them, and their schedules."""

from __future__ import annotations

from typing import Any

from connectapi.testing import generic, tasks
from connectapi.testing.call import Answer, Call, Reply
from connectapi.testing.conditions import any_of, contains
from connectapi.testing.identity import may_edit, visible
from connectapi.testing.paging import enveloped
from connectapi.testing.refusal import Refusal, absent, bad, denied
from connectapi.testing.registry import handles
from connectapi.testing.shape import Shape, shown
from connectapi.testing.store import Document
from connectapi.testing.tasks import Outcome
from connectapi.testing.variants import renderings as kept_renderings

__all__: list[str] = []


def _variant(call: Call, *, edit: bool = False) -> Document:
    """Return the variant that the path names, if the caller may see, or edit, its content."""
    variant = call.item("AppVariant", call.path["variant_id"])
    _allowed(call, variant, edit=edit)
    return variant


def _allowed(call: Call, variant: Document, *, edit: bool) -> None:
    content = call.item("Content", variant["_content"])
    sees = call.user.is_administrator or call.app_role(content) != "none"
    if not sees or (edit and not may_edit(call.records, content, call.caller)):
        raise denied("You don't have permission to do this with the content of the variant.")


@handles("AppVariant", "get_one")
def get_one(call: Call) -> Answer:
    """Return a variant."""
    return generic.answered(call, _variant(call))


@handles("AppVariant", "render")
def render(call: Call) -> Answer:
    """Make a task that says that nothing is rendered here."""
    variant = _variant(call, edit=True)
    lines = [f"Rendering the variant {variant['name']}…", "Nothing was rendered: this server runs no code."]
    task = tasks.begin(call.world, call.records, Outcome(lines=lines))
    return shown(call, "Task", tasks.progress(task, call.world.clock.now().timestamp()))


@handles("AppVariant", "renderings")
def renderings(call: Call) -> Answer:
    """List the renderings that are kept, the newest first."""
    found = kept_renderings(call.records, _variant(call))
    return [Shape(call).fields("Rendering", each) for each in found]


@handles("AppVariant", "subscribers")
def subscribers(call: Call) -> Answer:
    """List the users who get each new rendering."""
    found = (call.records.get("User", guid) for guid in _variant(call, edit=True).get("_subscribers", ()))
    return [shown(call, "User", user) for user in found if user]


@handles("AppVariant", "add_subscribers", "remove_subscriber")
def subscribe(call: Call) -> Answer:
    """Add users to those who get each new rendering, or take one out."""
    variant = _variant(call, edit=call.name == "add_subscribers")
    if call.name == "add_subscribers":
        guids = [*variant.get("_subscribers", ()), *call.whole]
    else:
        guids = [guid for guid in variant.get("_subscribers", ()) if guid != call.path["user_guid"]]
    call.records.change("AppVariant", str(variant["id"]), {"_subscribers": list(dict.fromkeys(guids))})
    return Reply(204)


@handles("AppVariant", "send_mail")
def send_mail(call: Call) -> Answer:
    """Refuse: this server sends no mail."""
    _, _ = _variant(call, edit=True), call.params
    raise bad("This server sends no e-mail.", "MissingServerSenderEmail")


@handles("Variant", "search")
def search(call: Call) -> Answer:
    """Find variants by words in the titles and names of their reports."""
    words = (any_of(contains("title", word), contains("name", word)) for word in call.params.get("q", "").split())
    found: list[Any] = []
    for content in call.records.find("Content", *visible(call.caller), *words):
        found += [_found(call, content, variant) for variant in call.records.find("AppVariant", scope=content["guid"])]
    answer: Answer = enveloped(call, found)
    return answer


def _found(call: Call, content: Document, variant: Document) -> Document:
    document = {
        "content_guid": content["guid"],
        "content_name": content["name"],
        "content_title": content.get("title"),
        "variant_key": variant["key"],
        "variant_name": variant["name"],
        "is_default": variant["is_default"],
        "created_time": variant["created_time"],
    }
    return shown(call, "Variant", document)


# Schedules --------------------------------------------------------------------------------------


@handles("Schedule", "get")
def schedules(call: Call) -> Answer:
    """List the schedule of a variant, if it has one."""
    _variant(call)
    return generic.get(call)


@handles("Schedule", "create")
def create_schedule(call: Call) -> Answer:
    """Give a variant its schedule. Nothing is ever due: this server renders nothing."""
    variant = _variant(call, edit=True)
    if call.records.count("Schedule", scope=call.scope):
        raise Refusal(409, "DuplicateSchedule", "The variant has a schedule already.")
    values = {**call.body, "app_id": variant["app_id"], "content_id": variant["app_id"], "variant_id": variant["id"]}
    key, document = generic.complete(call.world, call.records, call.spec, values, {})
    call.records.insert("Schedule", key, document, call.scope)
    return generic.answered(call, document)


@handles("Schedule", "update", "delete")
def change_schedule(call: Call) -> Answer:
    """Change or delete a schedule."""
    variant = call.records.get("AppVariant", str(call.item()["variant_id"]))
    if variant is None:
        raise absent("The variant")
    _allowed(call, variant, edit=True)
    if call.name == "delete":
        return generic.delete(call)
    changes = {name: value for name, value in call.body.items() if name not in {"id", "app_id", "variant_id"}}
    return generic.answered(call, call.records.change("Schedule", call.key, changes))


@handles("Schedule", "calendar")
def calendar(call: Call) -> Answer:
    """List the schedules of the content that the caller may see."""
    guids = {content["guid"] for content in call.records.find("Content", *visible(call.caller))}
    variants = {str(each["id"]) for each in call.records.find("AppVariant") if each["_content"] in guids}
    found = [each for each in call.records.find("Schedule") if str(each["variant_id"]) in variants]
    answer: Answer = enveloped(call, [shown(call, "Schedule", each) for each in found])
    return answer
