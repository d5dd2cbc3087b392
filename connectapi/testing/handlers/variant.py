"""Variants of reports, and what was rendered of them."""

from __future__ import annotations

from connectapi.testing import generic, tasks
from connectapi.testing.call import Answer, Call, Reply
from connectapi.testing.conditions import any_of, contains, equals
from connectapi.testing.handlers.schedule import the_variant, variant_schedule
from connectapi.testing.identity import visible
from connectapi.testing.jobs import standing
from connectapi.testing.paging import enveloped
from connectapi.testing.refusal import bad, invalid
from connectapi.testing.registry import handles
from connectapi.testing.rendering import start_rendering
from connectapi.testing.shape import Shape, shown
from connectapi.testing.store import Document
from connectapi.testing.variants import renderings as kept_renderings

__all__: list[str] = []


@handles("AppVariant", "get_one")
def get_one(call: Call) -> Answer:
    """Return a variant."""
    return generic.answered(call, the_variant(call))


@handles("AppVariant", "render")
def render(call: Call) -> Answer:
    """Begin to render a variant."""
    variant, activate = the_variant(call, edit=True), call.params.get("activate") is not False
    content = call.item("Content", variant["_content"])
    task, _ = start_rendering(call.world, call.records, content, variant, activate=activate)
    return shown(call, "Task", tasks.progress(task, call.world.clock.now().timestamp()))


@handles("AppVariant", "renderings")
def renderings(call: Call) -> Answer:
    """List the renderings that are kept, the newest first."""
    found = kept_renderings(call.records, the_variant(call))
    return [Shape(call).fields("Rendering", each) for each in found]


@handles("AppVariant", "subscribers")
def subscribers(call: Call) -> Answer:
    """List the users who get each new rendering."""
    found = (call.records.get("User", guid) for guid in the_variant(call, edit=True).get("_subscribers", ()))
    return [shown(call, "User", user) for user in found if user]


@handles("AppVariant", "add_subscribers", "remove_subscriber")
def subscribe(call: Call) -> Answer:
    """Add users to those who get each new rendering, or take one out."""
    variant = the_variant(call, edit=call.name == "add_subscribers")
    if call.name == "add_subscribers":
        guids = [*variant.get("_subscribers", ()), *call.whole]
    else:
        guids = [guid for guid in variant.get("_subscribers", ()) if guid != call.path["user_guid"]]
    call.records.change("AppVariant", str(variant["id"]), {"_subscribers": list(dict.fromkeys(guids))})
    return Reply(204)


@handles("AppVariant", "send_mail")
def send_mail(call: Call) -> Answer:
    """Refuse: this server sends no mail."""
    _, _ = the_variant(call, edit=True), call.params
    raise bad("This server sends no e-mail.", "MissingServerSenderEmail")


@handles("Variant", "search")
def search(call: Call) -> Answer:
    """Find variants by words in the titles and names of their reports."""
    words = (any_of(contains("title", word), contains("name", word)) for word in call.params.get("q", "").split())
    found: list[Document] = []
    for content in call.records.find("Content", *visible(call.caller), *words):
        found += [_found(call, content, variant) for variant in call.records.find("AppVariant", scope=content["guid"])]
    if sort := call.params.get("sort"):
        if sort not in call.spec.fields:
            raise invalid("sort", f"{sort[:60]!r} is no field of a variant.")
        down = call.params.get("order") == "desc"
        found.sort(key=lambda each: (each.get(sort) is not None, each.get(sort)), reverse=down)
    answer: Answer = enveloped(call, found)
    return answer


def _found(call: Call, content: Document, variant: Document) -> Document:
    now, own = call.world.clock.now().timestamp(), equals("variant_id", str(variant["id"]))
    jobs = [standing(job, now) for job in call.records.find("Job", own, scope=content["guid"])]
    failed = [job["end_time"] for job in jobs if job["exit_code"]]
    skipped = [job["start_time"] for job in jobs if job.get("skip_reason")]
    document = {
        "content_guid": content["guid"],
        "content_name": content["name"],
        "content_title": content.get("title"),
        "variant_key": variant["key"],
        "variant_name": variant["name"],
        "is_default": variant["is_default"],
        "created_time": variant["created_time"],
        "render_time": variant.get("render_time"),
        "failures": len(failed),
        "last_failed": max(failed, default=None),
        "skips": len(skipped),
        "last_skipped": max(skipped, default=None),
    }
    if "schedule" in call.include:
        schedule = call.records.find("Schedule", scope=str(variant["id"]), limit=1)
        document["schedule"] = variant_schedule(call, schedule[0], content["guid"]) if schedule else None
    return shown(call, "Variant", document)
