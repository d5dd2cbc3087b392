"""What the file may say of content beside its fields: files, tags, environment variables, a path of its own."""

from __future__ import annotations

from typing import Any

from connectapi.testing import publishing
from connectapi.testing.handlers.vanity import vanity_path
from connectapi.testing.refusal import Refusal
from connectapi.testing.seeding.deployment import Files, deploy, read_files
from connectapi.testing.seeding.item import NAMING, Item, finishes, word
from connectapi.testing.seeding.sowing import Sowing

__all__: list[str] = []

NAMING["Vanity"] = ("content", "path")


@finishes("Content")
def content(sowing: Sowing, item: Item) -> None:
    """Give content an owner and what else every item has."""
    usual = {"access_type": "acl", "app_mode": "unknown", "owner_guid": sowing.administrator()}
    item.document = {**usual, **item.document}
    if made := item.document.get("created_time"):
        item.document.setdefault("last_deployed_time", made)


@word("Content", "tags")
def tags(sowing: Sowing, item: Item, names: Any) -> None:
    """Put tags on content, and those above each."""
    if not isinstance(names, list):
        sowing.fault(item.at("tags"), "expected a list of tags")
        return
    found: list[str] = []
    for i, name in enumerate(names):
        place = (*item.at("tags"), str(i))
        line = _line(sowing, sowing.refer("Tag", name, place))
        if len(line) == 1:
            sowing.fault(place, f"{name!r} is a category, which content can't have; write a tag below it")
        found += line[:-1]
    item.document["_tags"] = list(dict.fromkeys(found))


def _line(sowing: Sowing, key: str) -> list[str]:
    """Return a tag and those above it, up to the category."""
    line: list[str] = []
    while key and key not in line and (tag := sowing.record("Tag", key)):
        line.append(key)
        key = tag.get("parent_id") or ""
    return line


@word("Content", "environment")
def environment(sowing: Sowing, item: Item, variables: Any) -> None:
    """Set environment variables."""
    if not isinstance(variables, dict):
        sowing.fault(item.at("environment"), "expected a mapping of names to values")
        return
    for name, value in variables.items():
        if not name or "=" in name:
            sowing.fault((*item.at("environment"), name), "the name of a variable has letters, and no '='")
        if not isinstance(value, str):
            sowing.fault((*item.at("environment"), name), "a variable's value is text (put it in quotes)")
    item.document["_environment"] = dict(variables)


@word("Content", "vanity")
def vanity(sowing: Sowing, item: Item, path: Any) -> None:
    """Give content a path of its own."""
    spec = sowing.world.specs["Vanity"]
    given = {"content": item.key, "path": path}
    if made := item.given.get("created_time"):
        given["created_time"] = made
    part = sowing.add(Item(spec, item.at("vanity"), given))
    sowing.fill(part)
    sowing.speak(part)


@finishes("Vanity")
def path_of_its_own(sowing: Sowing, item: Item) -> None:
    """Refuse a path that content can't have."""
    try:
        item.document["path"] = vanity_path(str(item.document.get("path") or ""))
    except Refusal as refusal:
        sowing.fault(item.at("path"), refusal.message.rstrip("."))
        return
    path = item.document["path"]
    others = [each.document for each in sowing.items if each.kind == "Vanity" and each is not item]
    for other in (*others, *sowing.records.find("Vanity")):
        taken = other.get("path") or ""
        if taken and (taken.startswith(path) or path.startswith(taken)):
            sowing.fault(item.at("path"), f"{path} and {taken} lie within each other")
            return


@word("Content", "files")
def files(sowing: Sowing, item: Item, given: Any) -> None:
    """Deploy a bundle: of a folder, or of texts by their names."""
    number = item.document.get("bundle_id")
    if number is not None and not number.isdigit():
        sowing.fault(item.at("bundle_id"), "the number of a bundle has digits only")
    try:
        read = read_files(sowing.folder, given)
    except ValueError as error:
        sowing.fault(item.at("files"), str(error))
        return
    sowing.later.append(lambda: _deploy(sowing, item, read))


def _deploy(sowing: Sowing, item: Item, read: Files) -> None:
    sowing.undoing.append(lambda: publishing.forget(sowing.world, item.key))
    wrong = deploy(sowing.world, sowing.records, item.document, read, set(item.given))
    if wrong:
        sowing.fault(item.at("files"), wrong)
