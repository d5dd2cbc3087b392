"""Who pays for content: more fields, calls and relations of a type that Connect has, as a plugin."""

from pathlib import Path

from connectapi import hookimpl


@hookimpl
def register_resources(register):
    register(Path(__file__).parent / "resources")


@hookimpl
def register_handlers(register):
    register(review, "Content", "review")


def review(call):
    """What the embedded server does: a server that has this would know by itself."""
    call.item()
    changes = {"reviewed_time": call.world.now(), "review_note": call.body.get("note")}
    return call.records.change(call.kind, call.key, changes, call.scope_or_any)
