"""When a schedule is due."""

import datetime
import itertools
import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connectapi.testing.recurrence import BadPatternError, read_pattern

UTC = datetime.timezone.utc


def utc(text):
    return datetime.datetime.fromisoformat(f"{text}+00:00")


def times(kind, values, start, after, count=3, zone="UTC", end=None):
    pattern = read_pattern(kind, json.dumps(values), zone, utc(start), utc(end) if end else None)
    found, moment = [], utc(after)
    for _ in range(count):
        moment = pattern.after(moment)
        if moment is None:
            return [*found, None]
        found.append(f"{moment:%Y-%m-%dT%H:%M}")
    return found


@pytest.mark.parametrize(
    ("kind", "values", "found"),
    [
        ("minute", {"N": 30}, ["2026-03-01T08:30", "2026-03-01T09:00", "2026-03-01T09:30"]),
        ("hour", {"N": 5}, ["2026-03-01T13:00", "2026-03-01T18:00", "2026-03-01T23:00"]),
        ("day", {"N": 2}, ["2026-03-03T08:00", "2026-03-05T08:00", "2026-03-07T08:00"]),
        ("weekday", {}, ["2026-03-02T08:00", "2026-03-03T08:00", "2026-03-04T08:00"]),
        ("week", {"N": 2}, ["2026-03-15T08:00", "2026-03-29T08:00", "2026-04-12T08:00"]),
        ("dayofweek", {"Days": [0, 6]}, ["2026-03-07T08:00", "2026-03-08T08:00", "2026-03-14T08:00"]),
        ("semimonth", {"First": True}, ["2026-03-15T08:00", "2026-04-01T08:00", "2026-04-15T08:00"]),
        ("semimonth", {"First": False}, ["2026-03-14T08:00", "2026-03-31T08:00", "2026-04-14T08:00"]),
        ("dayofmonth", {"N": 1, "Day": 31}, ["2026-03-31T08:00", "2026-05-31T08:00", "2026-07-31T08:00"]),
        ("dayofmonth", {"Day": 5, "N": 3}, ["2026-03-05T08:00", "2026-06-05T08:00", "2026-09-05T08:00"]),
        ("dayweekofmonth", {"N": 1, "Day": 1, "Week": 2}, ["2026-03-09T08:00", "2026-04-13T08:00", "2026-05-11T08:00"]),
        ("dayweekofmonth", {"N": 1, "Day": 0, "Week": 5}, ["2026-03-29T08:00", "2026-04-26T08:00", "2026-05-31T08:00"]),
        ("year", {"N": 1}, ["2027-03-01T08:00", "2028-03-01T08:00", "2029-03-01T08:00"]),
    ],
)
def test_each_kind_of_pattern_is_due_when_it_says(kind, values, found):
    # 1 March 2026 is a Sunday.
    assert times(kind, values, "2026-03-01T08:00", "2026-03-01T08:00") == found


def test_nothing_is_due_before_the_beginning_and_after_the_end():
    assert times("day", {"N": 1}, "2026-03-05T08:00", "2026-03-01T00:00", 1) == ["2026-03-05T08:00"]
    assert times("minute", {"N": 1}, "2026-03-05T08:00", "2026-03-01T00:00", 1) == ["2026-03-05T08:00"]
    assert times("day", {"N": 1}, "2026-03-01T08:00", "2026-03-01T09:00", 2, end="2026-03-02T08:00") == [
        "2026-03-02T08:00",
        None,
    ]
    assert times("year", {"N": 500}, "2026-03-01T08:00", "2026-03-01T08:00", 1) == [None]


def test_the_time_of_the_day_stays_when_the_clocks_change():
    # Berlin goes from +01:00 to +02:00 on 29 March 2026.
    found = times("day", {"N": 1}, "2026-03-27T07:00", "2026-03-27T07:00", 3, zone="Europe/Berlin")

    assert found == ["2026-03-28T07:00", "2026-03-29T06:00", "2026-03-30T06:00"]


@pytest.mark.parametrize(
    ("kind", "text", "zone"),
    [
        ("minute", "{}", "UTC"),
        ("minute", '{"N": 0}', "UTC"),
        ("minute", '{"N": true}', "UTC"),
        ("minute", '{"N": "1"}', "UTC"),
        ("hour", "[]", "UTC"),
        ("hour", "{", "UTC"),
        ("never", "{}", "UTC"),
        ("dayofweek", '{"Days": []}', "UTC"),
        ("dayofweek", '{"Days": [7]}', "UTC"),
        ("dayofmonth", '{"N": 1, "Day": 32}', "UTC"),
        ("dayweekofmonth", '{"N": 1, "Day": 1, "Week": 6}', "UTC"),
        ("day", '{"N": 1}', "Europe/Atlantis"),
        ("day", '{"N": 1}', "../../etc/passwd"),
        ("day", '{"N": 1}', ""),
    ],
)
def test_a_pattern_that_says_nothing_is_refused(kind, text, zone):
    with pytest.raises(BadPatternError):
        read_pattern(kind, text, zone, utc("2026-03-01T08:00"))


PATTERNS = st.one_of(
    st.tuples(st.sampled_from(["minute", "hour", "day", "week"]), st.fixed_dictionaries({"N": st.integers(1, 50)})),
    st.just(("weekday", {})),
    st.tuples(
        st.just("dayofweek"), st.fixed_dictionaries({"Days": st.lists(st.integers(0, 6), min_size=1, unique=True)})
    ),
    st.tuples(st.just("semimonth"), st.fixed_dictionaries({"First": st.booleans()})),
    st.tuples(st.just("dayofmonth"), st.fixed_dictionaries({"N": st.integers(1, 5), "Day": st.integers(1, 31)})),
    st.tuples(
        st.just("dayweekofmonth"),
        st.fixed_dictionaries({"N": st.integers(1, 5), "Day": st.integers(0, 6), "Week": st.integers(1, 5)}),
    ),
    st.tuples(st.just("year"), st.fixed_dictionaries({"N": st.integers(1, 3)})),
)
MOMENTS = st.datetimes(datetime.datetime(2020, 1, 1), datetime.datetime(2030, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001


@given(
    PATTERNS,
    MOMENTS.map(lambda each: each.replace(microsecond=0)),
    st.timedeltas(datetime.timedelta(), datetime.timedelta(days=90)),
)
@settings(max_examples=150)
def test_what_is_told_in_the_words_of_rfc_5545_is_what_is_done(given_pattern, start, later):
    rrule = pytest.importorskip("dateutil.rrule", reason="python-dateutil, which reads RFC 5545, is not there")
    kind, values = given_pattern
    pattern = read_pattern(kind, json.dumps(values), "UTC", start)

    end = start + later + datetime.timedelta(days=400)
    ours = pattern.between(start + later, end, 20)

    told = rrule.rrulestr(f"{pattern.beginning.replace(';TZID=UTC', '')}Z\nRRULE:{pattern.rule}")
    assert ours == list(itertools.takewhile(lambda moment: moment <= end, told.xafter(start + later, 20, inc=True)))
