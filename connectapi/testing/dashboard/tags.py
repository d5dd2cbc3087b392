"""The tags as the trees that they form."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

from attrs import frozen
from werkzeug.wrappers import Response

from connectapi.testing.dashboard.visit import Link, Visit, address

__all__ = ["show"]


@frozen
class Branch:
    """A tag, how many content items have it, and the tags below it."""

    tag: Link
    count: int
    below: list[Branch]


def show(visit: Visit) -> Response:
    """Show all tags."""
    tags = visit.ask("Tag", "get")
    contents = visit.ask("Content", "get", include="tags")
    counts = Counter(tag["id"] for content in contents for tag in content.get("tags") or ())
    return visit.render("tags.html", title="Tags", branches=_branches(tags, counts, None))


def _branches(tags: list[Mapping[str, Any]], counts: Mapping[str, int], parent: str | None) -> list[Branch]:
    found = []
    for tag in tags:
        if tag["parent_id"] == parent:
            link = Link(tag["name"], address(q=f"tag:{tag['id']}"))
            found.append(Branch(link, counts[tag["id"]], _branches(tags, counts, tag["id"])))
    return found
