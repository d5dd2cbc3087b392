"""Who opened what, who is active, who did what, and how much space it takes."""

from __future__ import annotations

import datetime
from typing import Any, Final

from connectapi.testing import generic
from connectapi.testing.call import Answer, Call
from connectapi.testing.conditions import Condition, Order, at_least, equals, one_of
from connectapi.testing.paging import enveloped
from connectapi.testing.registry import handles
from connectapi.testing.shape import Shape, shown
from connectapi.testing.store import Document
from connectapi.testing.world import stamp

__all__: list[str] = []

_WINDOWS: Final = (1, 7, 30, 365)


@handles("ContentHit", "get")
@handles("ContentVisit", "get")
@handles("ShinyUsage", "get")
def opened(call: Call) -> Answer:
    """List records of use; publishers get those of their own content."""
    conditions: list[Condition] = []
    if not call.user.is_administrator:
        own = call.records.find("Content", equals("owner_guid", call.user.guid))
        conditions.append(one_of("content_guid", [content["guid"] for content in own]))
    answer: Answer = generic.listed(call, *conditions)
    return answer


@handles("Metrics", "active_users")
def active_users(call: Call) -> Answer:
    """Count the users who were there in the last day, week, month and year."""
    now, windows = call.world.clock.now(), {}
    for days in _WINDOWS:
        since = stamp(now - datetime.timedelta(days=days))
        roles = [user["user_role"] for user in call.records.find("User", at_least("active_time", since))]
        counts = {short: roles.count(role) for short, role in _ROLES}
        windows[f"{days}d"] = {"total": len(roles), **counts}
    return {"windows": windows}


_ROLES: Final = (("admin", "administrator"), ("publisher", "publisher"), ("viewer", "viewer"))


# Storage ----------------------------------------------------------------------------------------


@handles("ContentStorage", "get")
def storage_list(call: Call) -> Answer:
    """List content by the space that its bundles take, the most first."""
    found = [_storage(call, content) for content in call.records.find("Content")]
    names = {"bundle_bytes_active": "bytes_active", "bundle_bytes_inactive": "bytes_inactive", "bundle_count": "count"}
    by = names.get(call.params.get("sort", ""), "bytes_total")
    found.sort(key=lambda each: each["bundles"][by], reverse=call.params.get("order") != "asc")
    answer = enveloped(call, [shown(call, "ContentStorage", each) for each in found])
    size = min(int(call.request.args.get("page_size") or 20), 500)
    return {**answer, "total_pages": -(-answer["total"] // size)}


@handles("ServerStorage", "get_one")
def server_storage(call: Call) -> Answer:
    """Add up the space that all bundles take."""
    found = [_storage(call, content)["bundles"] for content in call.records.find("Content")]
    totals = {
        name: sum(each[name] for each in found) for name in ("bytes_total", "bytes_active", "bytes_inactive", "count")
    }
    return Shape(call).fields(
        "ServerStorage", {"bundles": {**totals, "content_count": sum(1 for each in found if each["count"])}}
    )


@handles("Content", "storage")
def storage(call: Call) -> Answer:
    """Return the space that the bundles of one content item take, each of them."""
    content = call.item()
    whole = _storage(call, content)
    bundles = call.records.find("Bundle", scope=content["guid"], order=[Order("place", ascending=False)])
    listed = [
        {
            "id": bundle["id"],
            "created_time": bundle["created_time"],
            "size_bytes": bundle["size"],
            "is_active": bundle["id"] == content.get("bundle_id"),
        }
        for bundle in bundles
    ]
    sizes = {f"bundle_{name}": value for name, value in whole["bundles"].items()}
    return Shape(call).fields(call.operation.answer.kind, {**whole, **sizes, "bundles": listed})


def _storage(call: Call, content: Document) -> Document:
    owner = call.records.get("User", content["owner_guid"])
    sizes = {bundle["id"]: bundle["size"] for bundle in call.records.find("Bundle", scope=content["guid"])}
    total, active = sum(sizes.values()), sizes.get(content.get("bundle_id"), 0)
    bundles: dict[str, Any] = {
        "count": len(sizes),
        "bytes_total": total,
        "bytes_active": active,
        "bytes_inactive": total - active,
    }
    return {
        "content_guid": content["guid"],
        "content_name": content["name"],
        "content_title": content.get("title"),
        "owner_guid": content["owner_guid"],
        "owner_username": owner["username"] if owner else None,
        "app_mode": content["app_mode"],
        "bundles": bundles,
    }
