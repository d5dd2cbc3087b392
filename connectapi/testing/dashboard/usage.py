"""How much content is used: how often each item was opened, on which days, by whom."""

from __future__ import annotations

import datetime
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any, Final

from attrs import frozen
from werkzeug.wrappers import Response

from connectapi.testing.dashboard.visit import Link, Visit
from connectapi.testing.world import stamp

__all__ = ["Days", "per_day", "show"]

#: How many days the pages look back.
_SPAN: Final = 28

#: How many content items and openings the page names.
_MOST: Final = 20
_LATEST: Final = 50


@frozen
class Bar:
    """One day, or one content item: how often it was opened, and how that compares with the most, in percent."""

    what: Link
    count: int
    share: float


@frozen
class Days:
    """The last days, each with how often content was opened."""

    bars: list[Bar]

    @property
    def total(self) -> int:
        """How often in all of the days."""
        return sum(bar.count for bar in self.bars)

    @property
    def busiest(self) -> Bar:
        """The day with the most."""
        return max(self.bars, key=lambda bar: bar.count)


@frozen
class Opening:
    """That somebody opened something."""

    time: str
    content: Link
    who: Link
    path: str


def show(visit: Visit) -> Response:
    """Show the use of all content whose use the visitor may know."""
    since = visit.world.clock.now() - datetime.timedelta(days=_SPAN)
    hits = visit.ask("ContentHit", "get", {}, **{"from": stamp(since)})
    counts = Counter(hit["content_guid"] for hit in hits)
    latest = sorted(hits, key=lambda hit: hit["timestamp"], reverse=True)[:_LATEST]
    return visit.render(
        "usage.html",
        title="Usage",
        days=per_day(visit, hits),
        contents=_bars((visit.link("Content", guid), count) for guid, count in counts.most_common(_MOST)),
        people=len({hit["user_guid"] for hit in hits if hit["user_guid"]}),
        openings=[_opening(visit, hit) for hit in latest],
        span=_SPAN,
    )


def per_day(visit: Visit, hits: Iterable[Mapping[str, Any]]) -> Days:
    """Count hits by the day, over the last weeks."""
    counts = Counter(hit["timestamp"][:10] for hit in hits)
    today = visit.world.clock.now().date()
    days = [str(today - datetime.timedelta(days=back)) for back in reversed(range(_SPAN))]
    return Days(_bars((Link(day, ""), counts[day]) for day in days))


def _bars(counted: Iterable[tuple[Link, int]]) -> list[Bar]:
    pairs = list(counted)
    most = max((count for _, count in pairs), default=0)
    return [Bar(what, count, round(100 * count / most, 1) if most else 0) for what, count in pairs]


def _opening(visit: Visit, hit: Mapping[str, Any]) -> Opening:
    who = visit.link("User", hit["user_guid"]) if hit["user_guid"] else Link("someone not signed in", "")
    path = (hit.get("data") or {}).get("path") or ""
    return Opening(hit["timestamp"], visit.link("Content", hit["content_guid"]), who, path)
