"""Patterns of times, as schedules have them: when one is due next, and how RFC 5545 writes it."""

from __future__ import annotations

import datetime
import json
from collections.abc import Callable, Mapping
from typing import Any, Final

from attrs import define, frozen

__all__ = ["BadPatternError", "Pattern", "read_pattern"]

_UTC: Final = datetime.timezone.utc
_DAY: Final = datetime.timedelta(days=1)
_STEPS: Final = {"minute": datetime.timedelta(minutes=1), "hour": datetime.timedelta(hours=1)}

#: How far ahead a next time is looked for. Less seldom than once in this time nothing is due.
_HORIZON: Final = 366 * 100

#: The days of the week as RFC 5545 calls them, in the order that schedules count them.
_WEEKDAYS: Final = ("SU", "MO", "TU", "WE", "TH", "FR", "SA")
_LAST_WEEK: Final = 5

#: What each kind of pattern says, and from what to what it may be.
_VALUES: Final[Mapping[str, Mapping[str, tuple[int, int]]]] = {
    "minute": {"N": (1, 10**6)},
    "hour": {"N": (1, 10**6)},
    "day": {"N": (1, 10**6)},
    "weekday": {},
    "week": {"N": (1, 10**6)},
    "dayofweek": {},
    "semimonth": {},
    "dayofmonth": {"N": (1, 10**6), "Day": (1, 31)},
    "dayweekofmonth": {"N": (1, 10**6), "Day": (0, 6), "Week": (0, _LAST_WEEK)},
    "year": {"N": (1, 10**6)},
}


class BadPatternError(Exception):
    """A pattern does not say when anything is due."""


@frozen
class Pattern:
    """When something is due, again and again.

    It begins at `start`, and goes on at the same time of the day in its zone, until `end` if there is one.
    """

    kind: str
    values: Mapping[str, Any]
    zone: datetime.tzinfo
    zone_name: str
    start: datetime.datetime
    end: datetime.datetime | None = None

    def after(self, moment: datetime.datetime) -> datetime.datetime | None:
        """Return the first time after a moment; None if it never comes."""
        try:
            found = self._step(moment) if self.kind in _STEPS else self._day(moment)
        except OverflowError:
            return None
        return None if found is None or (self.end is not None and found > self.end) else found

    def between(self, first: datetime.datetime, last: datetime.datetime, most: int) -> list[datetime.datetime]:
        """Return the times from one moment to another, no more than `most`."""
        times: list[datetime.datetime] = []
        following = self.after(first - datetime.timedelta(microseconds=1))
        while following is not None and following <= last and len(times) < most:
            times.append(following)
            following = self.after(following)
        return times

    @property
    def shortest(self) -> datetime.timedelta:
        """What lies between two times at the least."""
        return self.values["N"] * _STEPS[self.kind] if self.kind in _STEPS else _DAY

    @property
    def rule(self) -> str:
        """The RRULE of RFC 5545."""
        every = f";INTERVAL={self.values['N']}" if "N" in self.values else ""
        return _RULES[self.kind](self.values) + every

    @property
    def beginning(self) -> str:
        """The DTSTART of RFC 5545."""
        return f"DTSTART;TZID={self.zone_name}:{self.start.astimezone(self.zone):%Y%m%dT%H%M%S}"

    @property
    def until(self) -> str:
        """The UNTIL of RFC 5545; empty if it has no end."""
        return f"UNTIL={self.end.astimezone(_UTC):%Y%m%dT%H%M%SZ}" if self.end else ""

    def _step(self, moment: datetime.datetime) -> datetime.datetime:
        if moment < self.start:
            return self.start
        return self.start + ((moment - self.start) // self.shortest + 1) * self.shortest

    def _day(self, moment: datetime.datetime) -> datetime.datetime | None:
        local = self.start.astimezone(self.zone)
        dates = _Dates(self.values, local.date())
        is_due = getattr(dates, self.kind)
        day = max(local.date(), moment.astimezone(self.zone).date())
        for _ in range(_HORIZON):
            if is_due(day):
                found = datetime.datetime.combine(day, local.timetz()).astimezone(_UTC)
                if found > moment and found >= self.start:
                    return found
            day += _DAY
        return None


@define
class _Dates:
    """Which days a pattern is about: a method a kind."""

    values: Mapping[str, Any]
    first: datetime.date

    def day(self, date: datetime.date) -> bool:
        return bool((date - self.first).days % self.values["N"] == 0)

    def weekday(self, date: datetime.date) -> bool:
        return date.isoweekday() <= 5  # noqa: PLR2004 -- Friday

    def week(self, date: datetime.date) -> bool:
        return bool((date - self.first).days % (7 * self.values["N"]) == 0)

    def dayofweek(self, date: datetime.date) -> bool:
        return date.isoweekday() % 7 in self.values["Days"]

    def semimonth(self, date: datetime.date) -> bool:
        return date.day in {1, 15} if self.values["First"] else date.day == 14 or _ends_month(date)  # noqa: PLR2004

    def dayofmonth(self, date: datetime.date) -> bool:
        return date.day == self.values["Day"] and self._month(date)

    def dayweekofmonth(self, date: datetime.date) -> bool:
        week = self.values["Week"]
        right = _ends_month(date, 7) if week == _LAST_WEEK else (date.day - 1) // 7 + 1 == max(1, week)
        return right and date.isoweekday() % 7 == self.values["Day"] and self._month(date)

    def year(self, date: datetime.date) -> bool:
        same = (date.month, date.day) == (self.first.month, self.first.day)
        return same and (date.year - self.first.year) % self.values["N"] == 0

    def _month(self, date: datetime.date) -> bool:
        months = (date.year - self.first.year) * 12 + date.month - self.first.month
        return bool(months % self.values["N"] == 0)


def _ends_month(date: datetime.date, days: int = 1) -> bool:
    return (date + days * _DAY).month != date.month


_RULES: Final[Mapping[str, Callable[[Mapping[str, Any]], str]]] = {
    "minute": lambda _: "FREQ=MINUTELY",
    "hour": lambda _: "FREQ=HOURLY",
    "day": lambda _: "FREQ=DAILY",
    "weekday": lambda _: "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR",
    "week": lambda _: "FREQ=WEEKLY",
    "dayofweek": lambda values: f"FREQ=WEEKLY;BYDAY={','.join(_WEEKDAYS[day] for day in values['Days'])}",
    "semimonth": lambda values: f"FREQ=MONTHLY;BYMONTHDAY={'1,15' if values['First'] else '14,-1'}",
    "dayofmonth": lambda values: f"FREQ=MONTHLY;BYMONTHDAY={values['Day']}",
    "dayweekofmonth": lambda values: f"FREQ=MONTHLY;BYDAY={_nth(values['Week'])}{_WEEKDAYS[values['Day']]}",
    "year": lambda _: "FREQ=YEARLY",
}


def _nth(week: int) -> int:
    return -1 if week == _LAST_WEEK else max(1, week)


def read_pattern(
    kind: str, text: str, zone_name: str, start: datetime.datetime, end: datetime.datetime | None = None
) -> Pattern:
    """Return the pattern that a schedule has, in Connect's notation.

    Args:
        kind: what it counts in, such as `week`.
        text: JSON that says the rest, such as `{"N": 2}`.
        zone_name: its time zone, such as Europe/Berlin.
        start: when it begins.
        end: when it ends, if it does.

    Raises:
        BadPatternError: it says nothing that could be followed.
    """
    try:
        values = json.loads(text)
    except (ValueError, RecursionError):
        values = None
    if kind not in _VALUES or not isinstance(values, dict):
        msg = f"{text[:60]!r} is no JSON object that says when a schedule of the type {kind[:20]!r} is due"
        raise BadPatternError(msg)
    checked: dict[str, Any] = {name: _number(kind, values, name, *range_) for name, range_ in _VALUES[kind].items()}
    if kind == "dayofweek":
        checked["Days"] = _days(values.get("Days"))
    if kind == "semimonth":
        checked["First"] = values.get("First", True) is True
    return Pattern(kind, checked, _zone(zone_name), zone_name, start, end)


def _zone(name: str) -> datetime.tzinfo:
    if name == "UTC":
        return _UTC
    # Not at the top: a server without schedules starts without it.
    from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        msg = f"{name[:60]!r} is no time zone"
        raise BadPatternError(msg) from None


def _number(kind: str, values: Mapping[str, Any], name: str, least: int, most: int) -> int:
    value = values.get(name, 1 if name == "N" and kind.startswith("day") and kind != "day" else None)
    if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
        msg = f"{name!r} of a schedule of the type {kind!r} is a whole number from {least} to {most}"
        raise BadPatternError(msg)
    return value


def _days(value: Any) -> list[int]:
    days = value if isinstance(value, list) else []
    if not days or not all(isinstance(day, int) and not isinstance(day, bool) and 0 <= day <= 6 for day in days):  # noqa: PLR2004
        msg = "'Days' of a schedule of the type 'dayofweek' are numbers from 0, which is Sunday, to 6"
        raise BadPatternError(msg)
    return sorted(set(days))
