"""What hangs on content: environment variables, tags, bookmarks, thumbnail, packages."""

from __future__ import annotations

import re
from typing import Any, Final

from werkzeug.utils import send_file

from connectapi.testing.call import Answer, Call, Reply
from connectapi.testing.publishing import thumbnail_path, unpacked_path
from connectapi.testing.refusal import absent, bad
from connectapi.testing.registry import handles
from connectapi.testing.shape import Shape, shown

__all__: list[str] = []

_IMAGES: Final = (b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"GIF87a", b"GIF89a", b"RIFF")
_LARGEST_IMAGE: Final = 5 * 2**20
_VARIABLE: Final = re.compile(r"[^=\x00]+")

# Environment variables ------------------------------------------------------------------------


@handles("Content", "list_environment")
def list_environment(call: Call) -> Answer:
    """List the names of the environment variables."""
    return sorted(call.item().get("_environment", {}))


@handles("Content", "set_environment", "change_environment")
def set_environment(call: Call) -> Answer:
    """Set environment variables: PUT replaces all, PATCH changes those named, null removes one."""
    before = call.item().get("_environment", {}) if call.name == "change_environment" else {}
    after = dict(before)
    seen: set[str] = set()
    for variable in call.whole:
        name = variable.get("name") or ""
        if not _VARIABLE.fullmatch(name):
            raise bad("An environment variable has no name, or one with '=' in it.", "EmptyEnvironmentVariableName")
        if name in seen:
            raise bad(f"The environment variable {name!r} stands twice.", "DuplicateEnvironmentVariable")
        seen.add(name)
        after[name] = variable.get("value")
    kept = {name: value for name, value in after.items() if value is not None}
    call.records.change("Content", call.key, {"_environment": kept})
    return sorted(kept)


# Tags -----------------------------------------------------------------------------------------


@handles("Content", "list_tags")
def list_tags(call: Call) -> Answer:
    """List the tags of the content."""
    found = (call.records.get("Tag", tag) for tag in call.item().get("_tags", ()))
    return [shown(call, "Tag", tag) for tag in found if tag]


@handles("Content", "add_tag")
def add_tag(call: Call) -> Answer:
    """Put a tag on the content, and those above it, save the category."""
    tag = call.records.get("Tag", call.body["tag_id"])
    if tag is None:
        raise bad("There is no such tag.", "InvalidTag")
    if tag.get("parent_id") is None:
        raise bad("A category can't be put on content; put a tag below it.", "NoCategoryAppAssignment")
    tags = call.item().get("_tags", [])
    while tag is not None and tag.get("parent_id") is not None:
        if tag["id"] not in tags:
            tags = [*tags, tag["id"]]
        tag = call.records.get("Tag", tag["parent_id"])
    call.records.change("Content", call.key, {"_tags": tags})
    return None


@handles("Content", "remove_tag")
def remove_tag(call: Call) -> Answer:
    """Take a tag off the content, and those below it."""
    gone = {call.path["tag_id"]}
    tags = call.item().get("_tags", [])
    parents = {tag["id"]: tag.get("parent_id") for tag in call.records.find("Tag")}
    while below := {tag for tag in tags if tag not in gone and parents.get(tag) in gone}:
        gone |= below
    call.records.change("Content", call.key, {"_tags": [tag for tag in tags if tag not in gone]})
    return None


# Bookmarks ------------------------------------------------------------------------------------


@handles("Content", "get_bookmark")
def get_bookmark(call: Call) -> Answer:
    """Return the caller's own bookmark."""
    made = call.item().get("_bookmarks", {}).get(call.user.guid)
    if made is None:
        raise absent("The bookmark")
    return {"created_time": made}


@handles("Content", "add_bookmark")
def add_bookmark(call: Call) -> Answer:
    """Make a bookmark for the caller."""
    marks = call.item().get("_bookmarks", {})
    if call.user.guid in marks:
        raise bad("There is a bookmark already.", "DuplicateBookmark")
    call.records.change("Content", call.key, {"_bookmarks": {**marks, call.user.guid: call.world.now()}})
    return Reply(201)


@handles("Content", "remove_bookmark")
def remove_bookmark(call: Call) -> Answer:
    """Remove the caller's bookmark."""
    marks = dict(call.item().get("_bookmarks", {}))
    if marks.pop(call.user.guid, None) is None:
        raise absent("The bookmark")
    call.records.change("Content", call.key, {"_bookmarks": marks})
    return Reply(204)


# Thumbnail ------------------------------------------------------------------------------------


@handles("Content", "set_thumbnail")
def set_thumbnail(call: Call) -> Answer:
    """Keep the small image."""
    image = call.request.get_data(cache=True)
    if not image.startswith(_IMAGES) or len(image) > _LARGEST_IMAGE:
        raise bad(f"A thumbnail is a PNG, JPEG, GIF or WebP image of at most {_LARGEST_IMAGE} bytes.")
    path = thumbnail_path(call.world, call.item()["guid"])
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(image)
    return Reply(204)


@handles("Content", "delete_thumbnail")
def delete_thumbnail(call: Call) -> Answer:
    """Delete the small image."""
    thumbnail_path(call.world, call.item()["guid"]).unlink(missing_ok=True)
    return Reply(204)


# What the bundle in use needs -------------------------------------------------------------------


@handles("Content", "list_packages")
def list_packages(call: Call) -> Answer:
    """List the packages that the bundle in use names."""
    content = call.item()
    if not content.get("bundle_id"):
        return Reply(204)
    packages: list[Any] = content.get("_packages", [])
    return [Shape(call).fields("ContentPackage", package) for package in packages]


@handles("Content", "download_lockfile")
def download_lockfile(call: Call) -> Answer:
    """Return the requirements that the bundle in use brings."""
    content = call.item()
    name = content.get("_requirements")
    if not name or not content.get("py_version") or not content.get("bundle_id"):
        raise absent("The lockfile")
    path = unpacked_path(call.world, content["guid"], content["bundle_id"]) / name
    answer = send_file(
        path, call.request.environ, mimetype="text/plain", as_attachment=True, download_name=f"{name}.lock"
    )
    # Clients tell from it which Python the packages are for.
    answer.headers["Generated-By"] = f"connect; python={content['py_version']}"
    return answer


@handles("Content", "test_access")
def test_access(call: Call) -> Answer:
    """Say whether an anonymous visitor gets to see the content."""
    content = call.item()
    if content["access_type"] != "all":
        raise bad("The content is not shared with everyone.", "NotPublicContent")
    accessible = bool(content.get("bundle_id")) and not content.get("locked")
    return {
        "guid": content["guid"],
        "url": call.url(f"/content/{content['guid']}/"),
        "checked_at": call.world.now(),
        "accessible": accessible,
        "message": "" if accessible else "The content is locked or was never deployed.",
    }
