"""Schedules of variants: when they are due, what was changed, how it went."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, Final

from connectapi.testing import generic
from connectapi.testing.call import Answer, Call
from connectapi.testing.conditions import Order, equals
from connectapi.testing.identity import may_edit, visible
from connectapi.testing.paging import enveloped
from connectapi.testing.recurrence import BadPatternError
from connectapi.testing.refusal import Refusal, absent, bad, denied
from connectapi.testing.registry import handles
from connectapi.testing.scheduling import described, last_run, pattern_of, plan
from connectapi.testing.shape import Shape, shown
from connectapi.testing.store import Document
from connectapi.testing.values import moment
from connectapi.testing.variants import RENDERED
from connectapi.testing.world import stamp

__all__ = ["content_schedules", "the_variant", "variant_schedule"]

#: How many changes of a variant's schedule are told, and how many times a calendar has of one schedule.
_TOLD: Final = 100
_MOST_TIMES: Final = 500

#: The calendar says how often such patterns are due, but not when.
_DENSE: Final = frozenset({"minute", "hour"})
_NEWEST: Final = (Order("place", ascending=False),)

#: The key of the details that a calendar has, on the wire.
_DETAILS: Final = "extra"


def the_variant(call: Call, *, edit: bool = False) -> Document:
    """Return the variant that the path, or else the body, names, if the caller may see, or edit, its content."""
    variant = call.item("AppVariant", call.path.get("variant_id") or str(call.body.get("variant_id")))
    _allowed(call, variant, edit=edit)
    return variant


def variant_schedule(call: Call, schedule: Document, content_guid: str) -> Document:
    """Return a schedule as answers on variants and content have it."""
    return {
        "type": "rrule",
        "schedule": described(schedule),
        "next_run": schedule["next_run"],
        "email": schedule.get("email"),
        "timezone": schedule["timezone"],
        "start_time": schedule.get("start_time"),
        "end_time": schedule.get("end_time"),
        "last_run": last_run(call.records, schedule, content_guid, call.world.clock.now().timestamp()),
    }


def content_schedules(call: Call, content_guid: str) -> list[Document]:
    """Return the schedules of the variants of a content item, each with its variant."""
    return [
        {**variant_schedule(call, schedule, content_guid), "variant": variant}
        for variant in call.records.find("AppVariant", scope=content_guid)
        for schedule in call.records.find("Schedule", scope=str(variant["id"]))
    ]


@handles("Schedule", "get")
def get(call: Call) -> Answer:
    """List the schedule of a variant, if it has one."""
    the_variant(call)
    return [_plain(schedule) for schedule in generic.listed(call)]


@handles("Schedule", "create")
def create(call: Call) -> Answer:
    """Give a variant its schedule."""
    variant = the_variant(call, edit=True)
    content, scope = call.item("Content", variant["_content"]), str(variant["id"])
    if call.records.count("Schedule", scope=scope):
        raise Refusal(409, "DuplicateSchedule", "The variant has a schedule already.")
    if content["app_mode"] not in RENDERED:
        raise bad("Only a report has schedules.", "InvalidAppForVariantSchedule")
    own = {"app_id": variant["app_id"], "content_id": variant["app_id"], "variant_id": variant["id"]}
    key, document = generic.complete(call.world, call.records, call.spec, {**call.body, **own}, {})
    document = {**document, "_made": call.world.now()}
    _planned(call, document)
    call.records.insert("Schedule", key, document, scope)
    _note(call, variant, "created", document)
    return _plain(generic.answered(call, document))


@handles("Schedule", "update", "delete")
def change(call: Call) -> Answer:
    """Change or delete a schedule."""
    schedule = call.item()
    variant = call.records.get("AppVariant", str(schedule["variant_id"]))
    if variant is None:
        raise absent("The variant")
    _allowed(call, variant, edit=True)
    if call.name == "delete":
        _note(call, variant, "deleted", None)
        return generic.delete(call)  # what was expected of it comes to nothing
    changes = {
        name: value for name, value in call.body.items() if name not in {"id", "app_id", "content_id", "variant_id"}
    }
    document = _planned(call, {**schedule, **changes})
    call.records.change("Schedule", call.key, document)
    _note(call, variant, "updated", document)
    return _plain(generic.answered(call, document))


@handles("Schedule", "calendar")
def calendar(call: Call) -> Answer:
    """List the schedules that are due in a span of time, of the content that the caller may see."""
    first, last, detailed = call.params.get("start"), call.params.get("end"), call.params.get("detailed")
    found: list[Document] = []
    for content in call.records.find("Content", *visible(call.caller)):
        for variant in call.records.find("AppVariant", scope=content["guid"]):
            for schedule in call.records.find("Schedule", scope=str(variant["id"])):
                times = _times(call, schedule, first, last)
                if times or (first is None and last is None):
                    extra = _extra(call, schedule, content, variant, times) if detailed else None
                    document = shown(call, "Schedule", {**schedule, _DETAILS: extra})
                    found.append(document if detailed else _plain(document))
    answer: Answer = enveloped(call, found)
    return answer


@handles("Content", "schedule_history")
def history(call: Call) -> Answer:
    """List how the schedules of the variants were changed."""
    key = call.params.get("variant")
    named = [equals("key", key)] if key else []
    variants = call.records.find("AppVariant", *named, scope=call.key)
    return {call.operation.items: [_history(call, variant) for variant in variants]}


def _plain(schedule: Document | None) -> Document:
    """Return a schedule as it is told where nobody asks for details; clients send back what they got."""
    return {name: value for name, value in (schedule or {}).items() if name != _DETAILS}


def _history(call: Call, variant: Document) -> Document:
    notes = variant.get("_changes", [])
    schedule = call.records.find("Schedule", scope=str(variant["id"]), limit=1)
    current = {"schedule": described(schedule[0]), "next_run": schedule[0]["next_run"]} if schedule else None
    entries = [{**note, "user": call.records.get("User", note["user"])} for note in reversed(notes[-_TOLD:])]
    document = {
        "variant_key": variant["key"],
        "current_schedule": current,
        "history": entries,
        "total_count": variant.get("_change_count", 0),
    }
    return Shape(call).fields("VariantScheduleHistory", document)


def _note(call: Call, variant: Document, what: str, schedule: Document | None) -> None:
    note = {
        "change_type": what,
        "change_time": call.world.now(),
        "user": call.user.guid,
        "new_schedule": {"schedule": described(schedule)} if schedule else None,
    }
    changes = {
        "_changes": [*variant.get("_changes", []), note][-_TOLD:],
        "_change_count": variant.get("_change_count", 0) + 1,
    }
    call.records.change("AppVariant", str(variant["id"]), changes)


def _planned(call: Call, schedule: Document) -> Document:
    """Return a schedule with its next time, which is expected from now on; refuse what can't be followed."""
    try:
        schedule["next_run"] = plan(call.world, call.records, schedule, call.world.clock.now())
    except BadPatternError as error:
        raise bad(f"The schedule can't be followed: {error}.", "InvalidSchedule") from None
    return schedule


def _times(call: Call, schedule: Document, first: str | None, last: str | None) -> list[str]:
    if first is None and last is None:
        return []
    begin = moment(first) if first else call.world.clock.now()
    end = moment(last) if last else None
    assert begin is not None  # noqa: S101 -- parameters are checked
    try:
        found = pattern_of(schedule).between(begin, end or begin + datetime.timedelta(days=31), _MOST_TIMES)
    except BadPatternError:
        return []
    return [stamp(each) for each in found]


def _extra(call: Call, schedule: Document, content: Document, variant: Document, times: list[str]) -> Mapping[str, Any]:
    owner = call.records.get("User", content["owner_guid"]) or {}
    return {
        "description": f"{' '.join(described(schedule)['rrules'])} ({schedule['timezone']})",
        "content": {
            **{name: content.get(name) for name in ("guid", "title", "content_category")},
            "id": int(content["id"]),
            "type": content["app_mode"],
            "has_parameters": bool(content.get("parameterized")),
            "variant_id": variant["id"],
            "variant_name": variant["name"],
            "default_variant": variant["is_default"],
        },
        "owner": owner,
        "runs": [] if schedule["type"] in _DENSE else times,
        "run_count": len(times),
    }


def _allowed(call: Call, variant: Document, *, edit: bool) -> None:
    content = call.item("Content", variant["_content"])
    sees = call.user.is_administrator or call.app_role(content) != "none"
    if not sees or (edit and not may_edit(call.records, content, call.caller)):
        raise denied("You don't have permission to do this with the content of the variant.")
