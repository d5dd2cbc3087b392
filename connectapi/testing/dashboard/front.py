"""The list of content: found by words and filters, sorted, in pages."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from attrs import frozen
from werkzeug.wrappers import Response

from connectapi.testing.conditions import Order
from connectapi.testing.dashboard.paging import Heading, Pages, Sorting
from connectapi.testing.dashboard.visit import Link, Visit, address
from connectapi.testing.identity import visible
from connectapi.testing.store import Document

__all__ = ["show"]

_SIZE: Final = 25

#: The columns, and the field that each can be sorted by.
_COLUMNS: Final = (
    Heading("Title", field="title"),
    Heading("Kind", field="app_mode"),
    Heading("Owner"),
    Heading("Tags"),
    Heading("Access", field="access_type"),
    Heading("Last deployed", field="last_deployed_time"),
)
_SORTED_BY: Final = tuple(each.field for each in _COLUMNS if each.field)

#: How the list is sorted if nobody says otherwise.
_USUAL: Final = Order("last_deployed_time", ascending=False)


@frozen(kw_only=True)
class Row:
    """A content item in the list; `deployed` is empty if it never was."""

    title: Link
    description: str
    kind: str
    category: str
    owner: Link
    tags: list[Link]
    access: str
    deployed: str
    locked: bool


def show(visit: Visit) -> Response:
    """Show the list."""
    args = visit.request.args
    query, sorting = args.get("q", "").strip(), Sorting.wanted(args, _SORTED_BY, _USUAL)
    pages = Pages.wanted(args, _SIZE)
    answer = _found(visit, query, sorting, pages)
    return visit.render(
        "front.html",
        title="Content",
        rows=[_row(visit, each) for each in answer["results"]],
        warnings=answer.get("warnings", []),
        query=query,
        pages=pages.of(answer["total"], address(q=query, **sorting.kept)),
        columns=sorting.over(_COLUMNS, address(q=query)),
        targets=[] if args else list(_targets(visit)),
    )


def _found(visit: Visit, query: str, sorting: Sorting, pages: Pages) -> Document:
    if visit.caller is None:  # who may not search may see what is for everyone
        order = [Order(sorting.field, sorting.ascending)]
        found = visit.records.find("Content", *visible(None), order=order, limit=_SIZE, offset=pages.offset)
        return {"results": found, "total": visit.records.count("Content", *visible(None))}
    answer: Document = visit.ask(
        "Content",
        "search",
        q=query,
        include="owner,tags",
        sort=sorting.field,
        order=sorting.word,
        page_number=pages.number,
        page_size=_SIZE,
    )
    return answer


def _row(visit: Visit, content: Document) -> Row:
    guid, owner_guid = content["guid"], content["owner_guid"]
    owner = content.get("owner") or visit.records.get("User", owner_guid) or {}
    # To those who did not sign in, people and the pages about content are closed.
    known = visit.caller is not None
    return Row(
        title=Link(content.get("title") or content["name"], address("content", guid) if known else f"/content/{guid}/"),
        description=content.get("description") or "",
        kind=content["app_mode"],
        category=content.get("content_category") or "",
        owner=Link(owner.get("username") or "", address("users", owner_guid) if known else ""),
        tags=[Link(tag["name"], address(q=f"tag:{tag['id']}")) for tag in content.get("tags") or ()],
        access=content["access_type"],
        deployed=content["last_deployed_time"] if content.get("bundle_id") else "",
        locked=bool(content.get("locked")),
    )


@frozen
class Target:
    """Content that an address such as `/connect/#/apps/GUID/logs` leads to, and what else it can be called there."""

    guid: str
    title: str
    drafts: list[str]


def _targets(visit: Visit) -> Iterator[Target]:
    """Yield what `dashboard_url` may lead to: a browser keeps what is behind the # to itself, and goes to that id."""
    drafts: dict[str, list[str]] = {}
    for bundle in visit.records.find("Bundle"):
        drafts.setdefault(bundle["content_guid"], []).append(bundle["id"])
    for content in visit.records.find("Content", *visible(visit.caller)):
        guid = content["guid"]
        unused = [each for each in drafts.get(guid, ()) if each != content.get("bundle_id")]
        yield Target(guid, content.get("title") or content["name"], unused)
