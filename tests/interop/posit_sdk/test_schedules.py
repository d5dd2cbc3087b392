"""posit-sdk: schedules of reports."""

import pytest
from posit.connect.errors import ClientError

# They may change, the client says each time that it is asked for one.
pytestmark = pytest.mark.filterwarnings("ignore:The schedule API is experimental:FutureWarning")


@pytest.fixture
def schedule(deployed):
    report = deployed(mode="quarto-static", files={"report.qmd": "# Report"})
    return report.schedule


def test_a_report_is_scheduled_and_scheduled_otherwise(schedule):
    assert schedule.find_one() is None

    made = schedule.create(
        type="dayofweek", days=["monday", 3], start_time="2026-01-01T09:00:00Z", timezone="America/New_York"
    )

    assert (made.rule, made["activate"], made["timezone"]) == ({"Days": [1, 3]}, True, "America/New_York")
    assert schedule.find_one() == made
    changed = schedule.create(type="hour", n=2, email=True)
    assert (changed["id"], changed.rule, changed["email"], changed["activate"]) == (made["id"], {"N": 2}, True, True)
    assert (changed["timezone"], changed["start_time"]) == ("America/New_York", "2026-01-01T09:00:00Z")
    schedule.delete()
    assert schedule.find_one() is None
    schedule.delete()


@pytest.mark.parametrize(
    ("wanted", "rule"),
    [
        ({"type": "minute", "n": 15}, {"N": 15}),
        ({"type": "day", "n": 3}, {"N": 3}),
        ({"type": "weekday"}, {}),
        ({"type": "week", "n": 2}, {"N": 2}),
        ({"type": "semimonth", "first": False}, {"First": False}),
        ({"type": "dayofmonth", "n": 3, "day": 4}, {"N": 3, "Day": 4}),
        ({"type": "dayweekofmonth", "n": 3, "day": 1, "week": 4}, {"N": 3, "Day": 1, "Week": 4}),
        ({"type": "year", "n": 2}, {"N": 2}),
    ],
)
def test_every_pattern_is_taken(schedule, wanted, rule):
    assert schedule.create(**wanted).rule == rule
    assert schedule.find_one().rule == rule
    assert schedule.find_one()["next_run"]


def test_what_is_not_rendered_has_no_schedule(client, deployed):
    with pytest.raises(ValueError, match="Scheduling is not supported"):
        deployed(mode="python-shiny").schedule


def test_a_schedule_of_someone_elses_report_is_not_theirs_to_change(client, as_user, schedule):
    made = schedule.create(type="day", n=1)
    client.users.create(username="ada", user_role="publisher")

    with pytest.raises(ClientError, match=r'"http_status": 403'):
        as_user("ada").delete(f"schedules/{made['id']}")
