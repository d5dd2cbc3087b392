"""What is to happen later: written down with its moment, and done by the first call that comes after it.

No thread waits for anything. Whatever has come due is done before a call is answered, in its order and
as of its moment; so a clock that a test moves and a server that starts again find all as it should be.
"""

from __future__ import annotations

import datetime
import math
from collections.abc import Callable
from typing import Final, TypeAlias

from attrs import define, field, frozen

from connectapi.testing.conditions import Condition, Order, at_most, equals
from connectapi.testing.store import Document, Records
from connectapi.testing.world import World

__all__ = ["Occasion", "cancel", "expect", "happens", "settle", "upcoming"]

_KIND: Final = "_Event"
_SOONEST: Final = (Order("at"),)


@define
class Occasion:
    """One event at its moment, in the transaction that it happens in.

    `at` is the moment in seconds since the epoch, and `now` the one at which somebody looks; `details` is
    what was written down with the event, and `after` what is to be done once the changes are kept for good.
    """

    world: World
    records: Records
    at: float
    now: datetime.datetime
    about: str
    details: Document
    after: list[Callable[[], object]] = field(factory=list)


Happening: TypeAlias = Callable[[Occasion], None]

_HAPPENINGS: Final[dict[str, Happening]] = {}


@frozen
class _Event:
    key: str
    at: float
    what: str
    about: str
    details: Document


def happens(what: str) -> Callable[[Happening], Happening]:
    """Register the function that an event of a kind comes to."""

    def register(function: Happening) -> Happening:
        _HAPPENINGS[what] = function
        return function

    return register


def expect(world: World, records: Records, moment: float, what: str, about: str, **details: object) -> None:
    """Write down an event.

    Args:
        world: the server.
        records: the transaction that it is written down in.
        moment: when it happens, in seconds since the epoch.
        what: what happens, as it was registered.
        about: what it is about, such as a task's id, by which `cancel` takes it back.
        details: what the event needs to know.
    """
    key = str(records.number(_KIND))
    event: Document = {"key": key, "at": moment, "what": what, "about": about, "details": details}
    records.insert(_KIND, key, event)
    # Only who writes sets this, and writers take turns: nobody looks for events between this and the commit.
    world.soonest = min(world.soonest, moment)


def cancel(records: Records, about: str, what: str | None = None) -> list[Document]:
    """Take back the events that are about one thing, of one kind if it is named; return what they had to know."""
    conditions = [equals("about", about), *([equals("what", what)] if what else [])]
    found = records.find(_KIND, *conditions)
    records.delete(_KIND, *conditions)
    return [event["details"] for event in found]


def upcoming(records: Records, what: str, *conditions: Condition) -> list[Document]:
    """Return what was written down with events of a kind, the next one first; with the moment as `at`."""
    found = records.find(_KIND, equals("what", what), *conditions, order=_SOONEST)
    return [{**event["details"], "at": event["at"]} for event in found]


def settle(world: World, now: float | None = None) -> None:
    """Do what has come due by a moment in seconds since the epoch; by now if left out."""
    if now is None:
        now = world.clock.now().timestamp()
    if now < world.soonest:
        return
    after: list[Callable[[], object]] = []
    moment = datetime.datetime.fromtimestamp(now, datetime.timezone.utc)
    with world.store.writing() as records:
        while found := records.find(_KIND, at_most("at", now), order=_SOONEST, limit=1):
            event = _Event(**found[0])
            records.delete(_KIND, key=event.key)
            occasion = Occasion(world, records, event.at, moment, event.about, event.details, after)
            _HAPPENINGS[event.what](occasion)
        later = records.find(_KIND, order=_SOONEST, limit=1)
        world.soonest = later[0]["at"] if later else math.inf
    for each in after:
        each()
