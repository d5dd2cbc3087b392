"""Renderings and schedules of reports, on a clock that the test moves."""

import datetime

import pytest

RENDERED = {"metadata": {"appmode": "rmd-static", "primary_rmd": "report.Rmd"}, "platform": "4.3.3"}
DAILY = {"type": "day", "schedule": '{"N": 1}', "start_time": "2026-03-01T18:00:00Z", "timezone": "UTC", "email": False}


@pytest.fixture
def report(slow, pack):
    """A report that was deployed at noon, with its variant."""
    guid = slow.content(title="Sales")["guid"]
    slow.upload(guid, pack({"report.Rmd": "", "report.html": "shown"}, RENDERED))
    slow.post(f"/v1/content/{guid}/deploy", {})
    slow.later(minutes=30)
    slow.guid_of_report = guid
    return slow.get(f"/applications/{guid}/variants").json[0]


def jobs(caller):
    return caller.get(f"/v1/content/{caller.guid_of_report}/jobs").json


def test_deploying_a_report_renders_it(slow, report):
    rendering = slow.get(f"/variants/{report['id']}/renderings").json[0]
    job = jobs(slow)[0]

    assert report["rendering_id"] == rendering["id"]
    assert (rendering["active"], rendering["job_key"], str(rendering["bundle_id"])) == (
        True,
        job["key"],
        job["bundle_id"],
    )
    assert report["render_time"] == rendering["render_time"] == job["end_time"]
    begun, ended = (datetime.datetime.fromisoformat(job[name][:-1]) for name in ("start_time", "end_time"))
    assert report["render_duration"] == (ended - begun).total_seconds() * 10**9


@pytest.mark.parametrize("shown", [True, False])
def test_a_rendering_is_shown_when_it_is_done_unless_it_is_only_to_be_kept(slow, report, shown):
    path = f"/variants/{report['id']}"
    task = slow.post(f"{path}/render?activate={str(shown).lower()}").json
    assert (task["finished"], task["output"]) == (False, [])
    assert slow.get(path).json == report
    assert (jobs(slow)[0]["status"], jobs(slow)[0]["variant_key"]) == (0, report["key"])

    slow.later(minutes=5)

    assert slow.get(f"/v1/tasks/{task['id']}").json["output"][-1] == "Rendering has ended."
    renderings = slow.get(f"{path}/renderings").json
    assert [each["active"] for each in renderings] == ([True, False] if shown else [False, True])
    assert (slow.get(path).json["rendering_id"] == renderings[0]["id"]) is shown


def test_a_rendering_that_is_killed_is_not_kept(slow, report):
    task = slow.post(f"/v1/content/{slow.guid_of_report}/render", {"variant_key": report["key"]}).json["task_id"]
    assert slow.delete(f"/v1/content/{slow.guid_of_report}/jobs/{jobs(slow)[0]['key']}").status == 200
    slow.later(minutes=5)

    assert slow.get(f"/v1/tasks/{task}").json["code"] == 1
    assert len(slow.get(f"/variants/{report['id']}/renderings").json) == 1
    found = slow.get("/v1/search/variants?q=sales").json["results"][0]
    assert (found["failures"], found["last_failed"]) == (1, "2026-03-01T12:30:00Z")
    assert slow.post(f"/v1/content/{slow.guid_of_report}/render", {"variant_key": "x"}).status == 404


def test_thirty_renderings_are_kept_and_none_of_a_report_that_is_gone(slow, report):
    path = f"/variants/{report['id']}"
    for _ in range(31):
        slow.post(f"{path}/render")
    task = slow.post(f"{path}/render").json["id"]
    slow.later(minutes=5)
    assert len(slow.get(f"{path}/renderings").json) == 30

    last = slow.post(f"{path}/render").json["id"]
    assert slow.delete(f"/v1/content/{slow.guid_of_report}").status == 204
    slow.later(minutes=5)

    assert slow.get(f"/v1/tasks/{task}").json["code"] == 0
    assert slow.get(f"/v1/tasks/{last}").json["error"] == "The report was deleted while it was rendered."
    with slow.server._running.world.store.reading() as records:
        assert records.count("_Rendering") == records.count("_Event") == 0


def test_a_schedule_says_when_it_is_due_and_is(slow, report):
    path = f"/variants/{report['id']}/schedules"
    assert slow.get(path).json == []

    made = slow.post(path, {**DAILY, "activate": True}).json

    assert (made["variant_id"], made["content_id"]) == (report["id"], report["app_id"])
    assert made["next_run"] == "2026-03-01T18:00:00Z"
    assert slow.get(path).json == [made]
    assert slow.post(path, DAILY).refusal == (409, "DuplicateSchedule")
    assert len(jobs(slow)) == 1
    slow.later(hours=6)
    job = jobs(slow)[0]
    assert (job["queued_time"], job["queue_name"]) == ("2026-03-01T18:00:00Z", "scheduled")
    assert slow.get(path).json[0]["next_run"] == "2026-03-02T18:00:00Z"
    after = slow.get(f"/variants/{report['id']}").json
    assert after["render_time"] == job["end_time"] > report["render_time"]


def test_what_was_due_while_nobody_looked_is_made_up_for(slow, report):
    slow.post(f"/variants/{report['id']}/schedules", DAILY)

    slow.later(days=5)

    scheduled = [job for job in jobs(slow) if job["queued_time"]]
    assert [job["start_time"][8:13] for job in scheduled] == ["05T18", "04T18", "03T18", "02T18", "01T18"]
    assert all(job["exit_code"] == 0 for job in scheduled)


def test_of_very_many_times_that_went_by_the_last_ones_are_made_up_for(slow, report):
    slow.post(f"/variants/{report['id']}/schedules", {**DAILY, "type": "minute"})

    slow.later(days=400)

    assert 45 < len([job for job in jobs(slow) if job["queued_time"]]) < 55
    assert slow.get(f"/variants/{report['id']}/schedules").json[0]["next_run"] == "2027-04-05T12:31:00Z"


def test_a_changed_schedule_is_followed_and_a_deleted_one_is_not(slow, report):
    path = f"/variants/{report['id']}/schedules"
    made = slow.post(path, DAILY).json
    one = f"/schedules/{made['id']}"

    hourly = {**DAILY, "id": made["id"], "type": "hour", "start_time": None, "end_time": "2026-03-01T15:00:00Z"}
    assert slow.put(one, hourly).json["next_run"] == "2026-03-01T13:30:00Z"
    slow.later(hours=24)

    assert slow.get(path).json[0]["next_run"] is None
    assert len([job for job in jobs(slow) if job["queued_time"]]) == 2
    slow.put(one, {**DAILY, "id": made["id"]})
    assert slow.delete(one).status == 200
    slow.later(days=3)
    assert len([job for job in jobs(slow) if job["queued_time"]]) == 2
    assert slow.get(path).json == []


@pytest.mark.parametrize(
    "wrong",
    [{"schedule": "[]"}, {"schedule": '{"N": 0}'}, {"timezone": "Nowhere/Land"}, {"type": "day", "schedule": ""}],
)
def test_a_schedule_that_can_not_be_followed_is_refused(slow, report, wrong):
    path = f"/variants/{report['id']}/schedules"

    assert slow.post(path, {**DAILY, **wrong}).refusal == (400, "InvalidSchedule")
    assert slow.get(path).json == []
    made = slow.post(path, DAILY).json
    assert slow.put(f"/schedules/{made['id']}", {**DAILY, **wrong}).refusal == (400, "InvalidSchedule")
    assert slow.get(path).json == [made]


def test_a_schedule_whose_time_zone_is_gone_comes_to_rest(slow, report):
    path = f"/variants/{report['id']}/schedules"
    made = slow.post(path, DAILY).json
    with slow.server._running.world.store.writing() as records:
        records.change("Schedule", str(made["id"]), {"timezone": "Europe/Atlantis"})

    slow.later(days=3)

    assert slow.get(path).json[0]["next_run"] is None
    assert len([job for job in jobs(slow) if job["queued_time"]]) == 1
    told = slow.get(f"/v1/content/{slow.guid_of_report}?include=schedule").json["schedules"][0]
    assert (told["next_run"], told["schedule"]["rrules"]) == (None, [])
    for query, count in (("detailed=true", 1), ("start=2026-03-01T00:00:00Z", 0)):
        assert len(slow.get(f"/v1/experimental/schedules?{query}").json["schedules"]) == count


def test_a_locked_report_is_not_rendered_and_its_times_are_skipped(slow, report):
    slow.post(f"/variants/{report['id']}/schedules", DAILY)
    slow.patch(f"/v1/content/{slow.guid_of_report}", {"locked": True})
    slow.later(hours=6)

    job = jobs(slow)[0]
    assert (job["status"], job["skip_reason"], job["exit_code"]) == (3, "The content is locked.", None)
    found = slow.get("/v1/search/variants?include=schedule").json["results"][0]
    assert (found["skips"], found["last_skipped"]) == (1, "2026-03-01T18:00:00Z")
    assert found["schedule"]["last_run"]["status"] == "skipped"
    assert len(slow.get(f"/variants/{report['id']}/renderings").json) == 1


def test_what_tells_of_a_schedule_agrees(slow, report):
    guid, path = slow.guid_of_report, f"/variants/{report['id']}/schedules"
    slow.post(path, {**DAILY, "timezone": "America/New_York", "type": "dayofweek", "schedule": '{"Days": [1, 3]}'})
    slow.later(days=2)

    own = slow.get(path).json[0]
    content = slow.get(f"/v1/content/{guid}?include=schedule").json["schedules"]
    found = slow.get("/v1/search/variants?include=schedule").json["results"][0]
    history = slow.get(f"/v1/content/{guid}/schedule/history").json["results"]
    calendar = slow.get("/v1/experimental/schedules").json["schedules"]

    rule = {
        "dtstart": "DTSTART;TZID=America/New_York:20260301T130000",
        "rrules": ["RRULE:FREQ=WEEKLY;BYDAY=MO,WE"],
        "until": "",
    }
    assert own["next_run"] == "2026-03-04T18:00:00Z"
    assert content[0]["schedule"] == found["schedule"]["schedule"] == rule
    assert history[0]["current_schedule"] == {"schedule": rule, "next_run": own["next_run"]}
    assert content[0]["next_run"] == found["schedule"]["next_run"] == own["next_run"]
    assert content[0]["variant"] == {"key": report["key"], "name": "default", "is_default": True}
    last = content[0]["last_run"]
    assert (last["status"], last["scheduled_time"], last["exit_code"]) == ("success", "2026-03-02T18:00:00Z", 0)
    assert last["job_key"] == jobs(slow)[0]["key"]
    assert found["render_time"] == report["render_time"]  # it is kept, not shown
    assert [each["id"] for each in calendar] == [own["id"]]
    assert [each["guid"] for each in slow.get("/v1/search/content?q=is:scheduled").json["results"]] == [guid]
    assert slow.get("/v1/search/content?q=not:scheduled").json["results"] == []


def test_the_history_has_every_change_with_who_made_it(slow, report):
    path = f"/variants/{report['id']}/schedules"
    made = slow.post(path, DAILY).json
    slow.clock.advance(60)
    slow.put(f"/schedules/{made['id']}", {**DAILY, "id": made["id"], "type": "week"})
    slow.delete(f"/schedules/{made['id']}")

    [one] = slow.get(f"/v1/content/{slow.guid_of_report}/schedule/history?variant={report['key']}").json["results"]

    assert [each["change_type"] for each in one["history"]] == ["deleted", "updated", "created"]
    assert (one["total_count"], one["current_schedule"]) == (3, None)
    assert {each["user"]["username"] for each in one["history"]} == {"admin"}
    rules = [each["new_schedule"] and each["new_schedule"]["schedule"]["rrules"] for each in one["history"]]
    assert rules == [None, ["RRULE:FREQ=WEEKLY;INTERVAL=1"], ["RRULE:FREQ=DAILY;INTERVAL=1"]]
    assert one["history"][-1]["change_time"] == "2026-03-01T12:30:00Z"
    none = slow.get(f"/v1/content/{slow.guid_of_report}/schedule/history?variant=x").json
    assert none == {"results": []}


def test_the_calendar_has_what_is_due_in_a_span(slow, report):
    slow.post(f"/variants/{report['id']}/schedules", DAILY)

    def calendar(**span):
        query = "&".join(f"{name}={value}" for name, value in span.items())
        return slow.get(f"/v1/experimental/schedules?{query}").json["schedules"]

    assert calendar(start="2026-03-01T00:00:00Z", end="2026-03-01T17:00:00Z") == []
    [one] = calendar(start="2026-03-02T00:00:00Z", end="2026-03-04T00:00:00Z", detailed="true")
    assert one["extra"]["runs"] == ["2026-03-02T18:00:00Z", "2026-03-03T18:00:00Z"]
    assert one["extra"]["run_count"] == 2
    assert one["extra"]["content"]["guid"] == slow.guid_of_report
    assert one["extra"]["owner"]["username"] == "admin"


def test_scheduled_jobs_are_counted_in_parts_of_a_span(slow, report):
    slow.post(f"/variants/{report['id']}/schedules", DAILY)
    slow.later(hours=5, minutes=30, seconds=5)
    running = slow.get("/v1/experimental/jobs/summary").json["totals"]
    slow.later(days=1)
    slow.delete(f"/v1/content/{slow.guid_of_report}/jobs/{jobs(slow)[0]['key']}")
    slow.later(hours=1)

    whole = slow.get("/v1/experimental/jobs/summary?from=2026-03-01T00:00:00Z&to=2026-03-03T00:00:00Z").json

    assert (running["running"], running["succeeded"]) == (1, 0)
    assert whole["totals"] == {"waiting": 0, "running": 0, "succeeded": 1, "failed": 1, "skipped": 0}
    assert len(whole["buckets"]) == 48
    filled = {each["timestamp"]: each for each in whole["buckets"] if each["succeeded"] or each["failed"]}
    assert list(filled) == ["2026-03-01T18:00:00Z", "2026-03-02T18:00:00Z"]
    assert slow.get("/v1/experimental/jobs/summary").json["totals"]["failed"] == 1


def test_only_reports_have_schedules(slow, report):
    with slow.server._running.world.store.writing() as records:
        records.change("Content", slow.guid_of_report, {"app_mode": "static"})

    answer = slow.post(f"/variants/{report['id']}/schedules", DAILY)

    assert answer.refusal == (400, "InvalidAppForVariantSchedule")


def test_schedules_are_for_those_who_may_change_the_report(admin, publisher):
    guid = admin.get("/v1/content?name=cash-flow-overview").json[0]["guid"]
    variant = admin.get(f"/applications/{guid}/variants").json[0]["id"]
    made = admin.post(f"/variants/{variant}/schedules", DAILY).json

    assert publisher.put(f"/schedules/{made['id']}", {**DAILY, "id": made["id"]}).status == 403
    assert admin.delete(f"/schedules/{made['id']}").status == 200


def test_a_schedule_is_set_by_the_calls_of_older_clients_too(slow, report):
    named = {"app_id": report["app_id"], "variant_id": report["id"], "activate": True}

    made = slow.post("/schedules", {**DAILY, **named}).json

    assert slow.get(f"/variants/{report['id']}/schedules").json == [made]
    assert "extra" not in made
    assert slow.post("/schedules", {**DAILY, **named}).refusal == (409, "DuplicateSchedule")
    later = {"start_time": "2026-03-05T18:00:00Z"}
    assert made.pop("next_run") == "2026-03-01T18:00:00Z"
    changed = slow.post(f"/schedules/{made['id']}", {**made, **later}).json
    assert changed == {**made, **later, "next_run": "2026-03-05T18:00:00Z"}
    assert slow.post("/schedules", {**DAILY, "variant_id": 999}).refusal == (404, "ObjectDoesNotExist")
    assert slow.post("/schedules", DAILY).status == 404
