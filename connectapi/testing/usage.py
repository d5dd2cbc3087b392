"""Who opened which content, as the server's instrumentation has it."""

from __future__ import annotations

from werkzeug.wrappers import Request

from connectapi.testing.identity import Caller
from connectapi.testing.store import Document
from connectapi.testing.world import World

__all__ = ["record_hit"]


def record_hit(world: World, content: Document, caller: Caller | None, request: Request, below: str) -> None:
    """Note that a page of a content item was opened."""
    agent = request.headers.get("User-Agent")
    opened = {"content_guid": content["guid"], "user_guid": caller.guid if caller else None}
    data = {
        "path": f"/{below}",
        "query": request.query_string.decode("latin-1"),
        "user_agent": agent,
        "sec_fetch_dest": request.headers.get("Sec-Fetch-Dest"),
        "sec_fetch_site": request.headers.get("Sec-Fetch-Site"),
    }
    now = world.now()
    with world.store.writing() as records:
        number = str(records.number("ContentHit"))
        records.insert("ContentHit", number, {"id": number, **opened, "timestamp": now, "data": data})
        visit = {**opened, "time": now, "bundle_id": content["bundle_id"], "path": f"/{below}"}
        records.insert("ContentVisit", number, {**visit, "data_version": 3, "user_agent": agent})
