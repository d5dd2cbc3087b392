"""Who opened which content, as the server's instrumentation has it."""

from __future__ import annotations

from typing import Final

from werkzeug.wrappers import Request

from connectapi.testing.identity import Caller
from connectapi.testing.published import Place
from connectapi.testing.store import Document, Records
from connectapi.testing.world import World

__all__ = ["record_hit", "record_use", "record_visit"]

#: The kinds of content whose use is told in sessions rather than in visits.
_SHINY: Final = frozenset({"shiny", "rmd-shiny", "quarto-shiny", "python-shiny"})


def record_hit(world: World, place: Place, caller: Caller | None, request: Request) -> None:
    """Note that a page was opened."""
    below = place.below or ""
    data = {
        "path": f"/{below}",
        "query": request.query_string.decode("latin-1"),
        "user_agent": request.headers.get("User-Agent"),
        "sec_fetch_dest": request.headers.get("Sec-Fetch-Dest"),
        "sec_fetch_site": request.headers.get("Sec-Fetch-Site"),
    }
    now = world.now()
    with world.store.writing() as records:
        record_use(records, place.content, caller.guid if caller else None, now, data, place.bundle)


def record_use(
    records: Records, content: Document, user_guid: str | None, time: str, data: Document, bundle: Document | None
) -> None:
    """Write down that a content item was opened: a hit, and a visit, or a session if it is a Shiny app.

    Args:
        records: the transaction.
        content: the content item.
        user_guid: who opened it; None if nobody had to sign in.
        time: when, as Connect writes it. A session ends as it begins: no app runs here.
        data: what is known of the browser's request.
        bundle: the bundle that was shown, if it was one.
    """
    number = str(records.number("ContentHit"))
    hit = {"id": number, "content_guid": content["guid"], "user_guid": user_guid, "timestamp": time, "data": data}
    records.insert("ContentHit", number, hit)
    record_visit(records, content, hit, bundle)


def record_visit(records: Records, content: Document, hit: Document, bundle: Document | None) -> None:
    """Write down the visit that a hit is a part of, or the session if the content is a Shiny app."""
    number, time, data = hit["id"], hit["timestamp"], hit["data"]
    opened = {name: hit[name] for name in ("content_guid", "user_guid")}
    if content.get("app_mode") in _SHINY:
        records.insert("ShinyUsage", number, {**opened, "started": time, "ended": time, "data_version": 1})
        return
    visit = {**opened, **_variant(records, content), "time": time, "bundle_id": bundle["id"] if bundle else None}
    told = {"path": data["path"], "user_agent": data.get("user_agent"), "data_version": 3}
    records.insert("ContentVisit", number, {**visit, **told})


def _variant(records: Records, content: Document) -> Document:
    """Return which variant of a report is seen, and in which rendering; nothing for other content."""
    found = records.find("AppVariant", scope=content["guid"], limit=1)
    if not found:
        return {}
    rendering = found[0].get("rendering_id")
    return {"variant_key": found[0]["key"], "rendering_id": None if rendering is None else str(rendering)}
