"""Tags: trees of words, and the content below each of them."""

from __future__ import annotations

from connectapi.testing import generic
from connectapi.testing.call import Answer, Call, Reply
from connectapi.testing.conditions import Order, equals, has_item
from connectapi.testing.identity import visible
from connectapi.testing.refusal import absent, bad
from connectapi.testing.registry import handles
from connectapi.testing.store import Document

__all__ = ["below"]


@handles("Tag", "get_one")
def get_one(call: Call) -> Answer:
    """Return a tag, by its id or by the names from its category down to it."""
    found = call.records.get("Tag", call.key)
    if found is None:
        parent: str | None = None
        for name in call.key.split(","):
            step = call.records.find("Tag", equals("name", name.strip()), equals("parent_id", parent))
            if not step:
                raise absent("The tag")
            found, parent = step[0], step[0]["id"]
    assert found is not None  # noqa: S101 -- split() gives one part at least
    return generic.answered(call, found)


@handles("Tag", "create")
def create(call: Call) -> Answer:
    """Make a tag."""
    body = {"parent_id": None, **call.body}
    _check(call, body, "")
    key, document = generic.complete(call.world, call.records, call.spec, body, {})
    call.records.insert("Tag", key, document)
    return generic.answered(call, document)


@handles("Tag", "update")
def update(call: Call) -> Answer:
    """Rename a tag, or put it elsewhere."""
    changed = {**call.item(), **call.body}
    _check(call, changed, call.key)
    changes = {**call.body, "updated_time": call.world.now()}
    return generic.answered(call, call.records.change("Tag", call.key, changes))


@handles("Tag", "delete")
def delete(call: Call) -> Answer:
    """Delete a tag and all below it, and take them off the content."""
    gone = below(call, call.item()["id"])
    for content in call.records.find("Content", has_item("_tags", gone)):
        kept = [tag for tag in content["_tags"] if tag not in gone]
        call.records.change("Content", content["guid"], {"_tags": kept})
    for tag in gone:
        call.records.delete("Tag", key=tag)
    return Reply(204)


@handles("Tag", "list_content")
def list_content(call: Call) -> Answer:
    """List the content with this tag."""
    tagged = has_item("_tags", below(call, call.item()["id"]))
    order = [Order("place", ascending=False)]
    answer: Answer = generic.listed(call, tagged, *visible(call.caller), usual=order, kind="Content")
    return answer


def below(call: Call, tag_id: str) -> list[str]:
    """Return a tag and all below it."""
    found, step = [tag_id], [tag_id]
    while step:
        step = [tag["id"] for parent in step for tag in call.records.find("Tag", equals("parent_id", parent))]
        found += step
    return found


def _check(call: Call, tag: Document, own: str) -> None:
    name, parent = tag.get("name") or "", tag.get("parent_id")
    if not name.strip():
        raise bad("A tag needs a name.", "NoEmptyTagName")
    if parent is not None and call.records.get("Tag", parent) is None:
        raise bad("There is no such tag to put it below.", "InvalidParentTag")
    if own and parent in below(call, own):
        raise bad("A tag can't be put below itself.", "InvalidParentTag")
    for other in call.records.find("Tag", equals("parent_id", parent)):
        if other["name"].lower() == name.lower() and other["id"] != own:
            raise bad(f"There is a tag called {name!r} beside it already.", "NoDuplicateTagNames")
