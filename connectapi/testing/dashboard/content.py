"""The page of one content item: what it is, who may see it, its bundles, jobs, use and settings."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from attrs import frozen
from werkzeug.wrappers import Response

from connectapi.testing.dashboard.usage import Days, per_day
from connectapi.testing.dashboard.values import Line, lines
from connectapi.testing.dashboard.visit import Link, Visit, address
from connectapi.testing.refusal import absent
from connectapi.testing.store import Document

__all__ = ["download", "show"]

#: What the head of the page shows already, and so does not stand among the settings.
_IN_HEAD: Final = frozenset({"name", "title", "description", "access_type", "owner_guid", "locked", "locked_message"})

_VERSIONS: Final = {"r_version": "R", "py_version": "Python", "quarto_version": "Quarto", "node_version": "Node.js"}


@frozen(kw_only=True)
class Bundle:
    """A row of the bundles."""

    bundle: Mapping[str, Any]
    creator: Link
    runs_with: list[str]


@frozen(kw_only=True)
class Share:
    """A row of those who may see it."""

    who: Link
    kind: str
    role: str


def show(visit: Visit, guid: str) -> Response:
    """Show a content item."""
    path = {"content_guid": guid}
    content = visit.ask("Content", "get_one", path, include="owner,tags,vanity_url")
    return visit.render(
        "content.html",
        title=content["title"] or content["name"],
        content=content,
        vanity_url=content.get("vanity_url"),
        owner=visit.link("User", content["owner_guid"]),
        tags=[Link(tag["name"], address(q=f"tag:{tag['id']}")) for tag in content.get("tags") or ()],
        opens=content["bundle_id"] is not None and content["app_role"] != "none",
        shares=_shares(visit, path),
        bundles=_bundles(visit, path),
        jobs=visit.ask_or(None, "Job", "get", path),
        days=_days(visit, guid),
        settings=_settings(visit, content),
        variables=visit.ask_or(None, "Content", "list_environment", path),
        variants=_variants(visit, path),
        may=_may(visit, path),
    )


def download(visit: Visit, guid: str, bundle_id: str) -> Response:
    """Give a bundle back as it was uploaded."""
    answer = visit.answer("Bundle", "download", {"content_guid": guid, "bundle_id": bundle_id})
    if not isinstance(answer, Response):
        raise absent("The archive")
    return answer


def _may(visit: Visit, path: Mapping[str, str]) -> dict[str, bool]:
    """Return what the visitor may do with the content."""
    return {
        "deploy": visit.may("Content", "deploy", path),
        "lock": visit.may("Content", "update", path),
        "upload": visit.may("Bundle", "create", path),
        "download": visit.may("Bundle", "download", path),
    }


def _shares(visit: Visit, path: Mapping[str, str]) -> list[Share] | None:
    found = visit.ask_or(None, "Permission", "get", path)
    if found is None:
        return None
    kinds = {"user": "User", "group": "Group"}
    return [
        Share(
            who=visit.link(kinds.get(each["principal_type"], "User"), each["principal_guid"]),
            kind=each["principal_type"],
            role=each["role"],
        )
        for each in found
    ]


def _bundles(visit: Visit, path: Mapping[str, str]) -> list[Bundle] | None:
    found = visit.ask_or(None, "Bundle", "get", path)
    if found is None:
        return None
    return [
        Bundle(
            bundle=each,
            creator=visit.link("User", each.get("created_by")),
            runs_with=[f"{name} {each[field]}" for field, name in _VERSIONS.items() if each.get(field)],
        )
        for each in found
    ]


def _days(visit: Visit, guid: str) -> Days | None:
    hits = visit.ask_or(None, "ContentHit", "get", content_guid=guid)
    if hits is None:
        return None
    # Older servers know no such filter.
    return per_day(visit, [each for each in hits if each["content_guid"] == guid])


def _settings(visit: Visit, content: Document) -> list[Line]:
    spec = visit.world.specs["Content"]
    names = [name for name, field in spec.fields.items() if field.write != "never" and name not in _IN_HEAD]
    return lines(visit, spec, content, names)


@frozen(kw_only=True)
class Variant:
    """A variant of a report, and when it is rendered by itself."""

    variant: Mapping[str, Any]
    schedules: list[str]


def _variants(visit: Visit, path: Mapping[str, str]) -> list[Variant]:
    found = []
    for each in visit.ask_or([], "AppVariant", "get", path):
        schedules = visit.ask_or([], "Schedule", "get", {"variant_id": str(each["id"])})
        texts = [f"{schedule['type']} {schedule['schedule']} ({schedule['timezone']})" for schedule in schedules]
        found.append(Variant(variant=each, schedules=texts))
    return found
