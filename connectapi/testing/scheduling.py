"""Schedules at work: a report is rendered when its time has come, and the next time is worked out."""

from __future__ import annotations

import datetime
from typing import Final

from connectapi.testing.agenda import Occasion, cancel, expect, happens
from connectapi.testing.jobs import standing
from connectapi.testing.recurrence import BadPatternError, Pattern, read_pattern
from connectapi.testing.rendering import skip_rendering, start_rendering
from connectapi.testing.store import Document, Records
from connectapi.testing.values import moment
from connectapi.testing.world import World, stamp

__all__ = ["described", "last_run", "pattern_of", "plan"]

_EVENT: Final = "schedule"

#: How many of the times that went by while nobody looked are made up for: the last ones.
_MADE_UP: Final = 50

#: When a schedule began of which nobody knows that.
_EPOCH: Final = datetime.datetime(1970, 1, 1, tzinfo=datetime.timezone.utc)

#: How the exit of a job reads; a job without one is still running.
_STATUS: Final = {0: "success"}


def pattern_of(schedule: Document) -> Pattern:
    """Return the pattern of a schedule; raises as `read_pattern`."""
    start = moment(schedule.get("start_time") or schedule.get("_made") or "") or _EPOCH
    end = moment(schedule.get("end_time") or "")
    return read_pattern(schedule["type"], schedule["schedule"], schedule["timezone"], start, end)


def plan(world: World, records: Records, schedule: Document, after: datetime.datetime) -> str | None:
    """Expect the next time of a schedule, instead of the one expected before, and return it."""
    about, following = str(schedule["id"]), pattern_of(schedule).after(after)
    cancel(records, about, _EVENT)
    if following is None:
        return None
    expect(world, records, following.timestamp(), _EVENT, about)
    return stamp(following)


@happens(_EVENT)
def due(occasion: Occasion) -> None:
    """Begin to render what a schedule is about, and expect its next time."""
    world, records = occasion.world, occasion.records
    schedule = records.get("Schedule", occasion.about)
    variant = schedule and records.get("AppVariant", str(schedule["variant_id"]))
    content = variant and records.get("Content", variant["_content"])
    if not schedule or not variant or not content:
        return
    job = _run(occasion, schedule, content, variant)
    at = datetime.datetime.fromtimestamp(occasion.at, datetime.timezone.utc)
    try:
        # Whoever looks again after a year is not to wait for each minute of it.
        long_ago = occasion.now - pattern_of(schedule).shortest * _MADE_UP
        following = plan(world, records, schedule, max(at, long_ago))
    except BadPatternError:  # another machine, on which the state goes on, may lack the time zone
        following = None
    last = {"job_key": job["key"], "scheduled_time": stamp(at)} if job else schedule.get("_last")
    records.change("Schedule", occasion.about, {"next_run": following, "_last": last})


def _run(occasion: Occasion, schedule: Document, content: Document, variant: Document) -> Document | None:
    if not content.get("bundle_id"):
        return None
    if content.get("locked"):
        return skip_rendering(occasion.records, content, variant, occasion.at, "The content is locked.")
    activate = bool(schedule.get("activate"))
    _, job = start_rendering(
        occasion.world, occasion.records, content, variant, activate=activate, begun=occasion.at, scheduled=True
    )
    return job


# Told of --------------------------------------------------------------------------------------------


def described(schedule: Document) -> Document:
    """Return the pattern of a schedule in the parts that RFC 5545 gives it; empty ones if it can't be followed."""
    try:
        pattern = pattern_of(schedule)
    except BadPatternError:
        return {"dtstart": "", "rrules": [], "until": ""}
    return {"dtstart": pattern.beginning, "rrules": [f"RRULE:{pattern.rule}"], "until": pattern.until}


def last_run(records: Records, schedule: Document, content_guid: str, now: float) -> Document | None:
    """Return how the last time of a schedule went, if there was one and its job is still kept."""
    last = schedule.get("_last")
    job = records.get("Job", last["job_key"], content_guid) if last else None
    if last is None or job is None:
        return None
    shown = standing(job, now)
    done = shown["end_time"] is not None
    status = "skipped" if shown.get("skip_reason") else _STATUS.get(shown["exit_code"], "failed") if done else "running"
    return {
        **last,
        "status": status,
        "queued_time": shown["queued_time"],
        "start_time": shown["start_time"],
        "end_time": shown["end_time"],
        "run_duration_ms": round((job["_ends"] - job["_begun"]) * 1000) if done else None,
        "exit_code": shown["exit_code"],
    }
