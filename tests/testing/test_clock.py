"""A server whose time a test moves on."""

import datetime
import threading
import time
from email.utils import parsedate_to_datetime

import pytest

from connectapi.testing import ConnectServer, FakeClock

UTC = datetime.timezone.utc
START = datetime.datetime(2031, 5, 4, 12, tzinfo=UTC)


@pytest.fixture
def clock():
    return FakeClock(START)


@pytest.fixture
def own(clock):
    with ConnectServer(clock=clock, sample=False, pace=10) as server:
        yield server


@pytest.fixture
def admin(own, connect):
    return connect(own.url, own.api_key)


def deployed(admin, pack):
    guid = admin.content()["guid"]
    admin.upload(guid, pack({"index.html": "x"}))
    return guid, admin.post(f"/v1/content/{guid}/deploy").json["task_id"]


def until(condition):
    while not condition():
        time.sleep(0.005)


def test_a_clock_stands_still_until_it_advances(clock):
    assert clock.now() == clock.now() == START
    clock.advance(1.5)
    clock.advance(datetime.timedelta(days=1))
    assert clock.now() == START + datetime.timedelta(days=1, seconds=1.5)
    assert repr(clock) == "<FakeClock at 2031-05-05T12:00:01.500000+00:00>"


def test_a_clock_goes_neither_back_nor_without_a_time_zone(clock):
    with pytest.raises(ValueError, match="not by -1"):
        clock.advance(-1)
    with pytest.raises(ValueError, match="no time zone"):
        FakeClock(datetime.datetime(2031, 5, 4))  # noqa: DTZ001 -- what is tested
    berlin = datetime.timezone(datetime.timedelta(hours=2))
    assert FakeClock(START.astimezone(berlin)).now().isoformat() == "2031-05-04T12:00:00+00:00"


def test_all_that_the_server_says_of_time_is_the_clocks(clock, own, admin):
    first = admin.content()
    clock.advance(3600)
    second = admin.content()
    answer = admin.get("/v1/users")

    assert (first["created_time"], second["created_time"]) == ("2031-05-04T12:00:00Z", "2031-05-04T13:00:00Z")
    assert answer.json["results"][0]["created_time"] == "2031-05-04T12:00:00Z"
    assert parsedate_to_datetime(answer.headers["Date"]) == clock.now() == own.requests.last.time


def test_a_log_comes_as_the_clock_advances(clock, admin, pack):
    guid, task = deployed(admin, pack)
    assert admin.get(f"/v1/tasks/{task}").json["output"] == []
    clock.advance(10)
    assert len(admin.get(f"/v1/tasks/{task}").json["output"]) == 1
    assert admin.get(f"/v1/content/{guid}").json["bundle_id"] is None

    clock.advance(3600)
    assert admin.get(f"/v1/tasks/{task}").json["finished"] is True
    assert admin.get(f"/v1/content/{guid}").json["bundle_id"] is not None


def test_a_call_that_waits_wakes_up_when_the_clock_advances(clock, admin, pack):
    _, task = deployed(admin, pack)
    answers = []
    waiting = threading.Thread(target=lambda: answers.append(admin.get(f"/v1/tasks/{task}?wait=30")))
    waiting.start()
    until(lambda: clock.waiting)
    clock.advance(5)
    until(lambda: clock.waiting)
    assert answers == []

    clock.advance(3600)
    waiting.join()
    assert (answers[0].json["finished"], clock.waiting) == (True, 0)


def test_a_key_expires_when_its_moment_comes(clock, own, admin, connect):
    ends = (clock.now() + datetime.timedelta(days=30)).isoformat()
    key = admin.post(f"/v1/users/{admin.guid}/keys", {"name": "month", "expires_at": ends}).json["key"]
    caller = connect(own.url, key)

    clock.advance(datetime.timedelta(days=30, seconds=-1))
    assert caller.get("/v1/user").status == 200
    clock.advance(1)
    assert caller.get("/v1/user").refusal == (401, "InvalidLogin")


def test_a_server_that_ends_wakes_up_those_who_wait_and_the_clock_goes_on(tmp_path, clock, connect, pack):
    answers = []
    with ConnectServer(clock=clock, data=tmp_path, sample=False, pace=10) as server:
        admin = connect(server.url, server.api_key)
        _, task = deployed(admin, pack)
        waiting = threading.Thread(target=lambda: answers.append(admin.get(f"/v1/tasks/{task}?wait=60")))
        waiting.start()
        until(lambda: clock.waiting)
    waiting.join()
    assert answers[0].json["finished"] is False

    with ConnectServer(clock=clock, data=tmp_path) as server:
        admin = connect(server.url, server.api_key)
        waiting = threading.Thread(target=lambda: answers.append(admin.get(f"/v1/tasks/{task}?wait=60")))
        waiting.start()
        until(lambda: clock.waiting)
        clock.advance(3600)
        waiting.join()
    assert answers[1].json["finished"] is True
