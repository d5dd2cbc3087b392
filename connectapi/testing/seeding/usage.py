"""What the file may leave out of how content was opened."""

from __future__ import annotations

from connectapi.testing.seeding.item import Item, finishes
from connectapi.testing.seeding.sowing import Sowing
from connectapi.testing.usage import record_visit

__all__: list[str] = []


@finishes("ContentHit")
def hit(sowing: Sowing, item: Item) -> None:
    """Let a hit be that of a browser, and have the visit, or the session, that it belongs to."""
    data = {"path": "/", "query": "", "user_agent": "Mozilla/5.0", "sec_fetch_dest": "document"}
    item.document = {"user_guid": None, **item.document, "data": {**data, **(item.document.get("data") or {})}}
    sowing.last.append(lambda: _visit(sowing, item))


def _visit(sowing: Sowing, item: Item) -> None:
    content = sowing.records.get("Content", item.document["content_guid"])
    if content is not None:
        bundle = sowing.records.get("Bundle", content.get("bundle_id") or "", content["guid"])
        record_visit(sowing.records, content, item.document, bundle)
