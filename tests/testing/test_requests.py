"""What a test can find out about the requests that were made."""

import base64
import datetime
import json

import pytest

from connectapi.testing import ConnectServer
from connectapi.testing.body import KEPT


@pytest.fixture(scope="module")
def own():
    with ConnectServer(pace=0) as server:
        yield server


@pytest.fixture
def seen(own):
    own.requests.clear()
    return own.requests


@pytest.fixture
def caller(own, connect):
    return connect(own.url, own.key_for("jonas"))


def test_a_request_has_all_that_there_is_to_assert_on(seen, caller):
    before = datetime.datetime.now(datetime.timezone.utc)
    caller.post("/v1/content?x=1&x=2&y=", {"name": "new"}, headers={"X-Correlation-ID": "abc"})

    last = seen.last
    assert (last.verb, last.path, last.status) == last == ("POST", "/__api__/v1/content", 200)
    assert (last.operation, last.username, last.fault) == ("Content.create", "jonas", None)
    assert (last.query, last.json, last.body) == ({"x": "2", "y": ""}, {"name": "new"}, b'{"name": "new"}')
    assert last.headers["x-correlation-id"] == "abc"
    assert before <= last.time <= datetime.datetime.now(datetime.timezone.utc)


def test_no_secret_is_in_it(seen, own, caller):
    caller.get("/v1/user", headers={"Cookie": f"a={caller.key}", "X-RSC-Authorization": f"Key {caller.key}"})
    caller.get("/v1/user", headers={"Authorization": base64.b64encode(caller.key.encode()).decode()})

    assert [each.headers["Authorization"] for each in seen] == ["Key XXXXXXXX", "XXXXXXXX"]
    assert seen[0].headers["Cookie"] == "XXXXXXXX"
    assert caller.key not in repr([(each, each.headers, vars(each)) for each in seen])


def test_it_is_a_list_of_verb_path_and_status(seen, caller):
    caller.get("/v1/user")
    caller.post("/v1/nothing")
    lines = [("GET", "/__api__/v1/user", 200), ("POST", "/__api__/v1/nothing", 404)]

    assert seen == lines == list(seen) == seen[:]
    assert (len(seen), seen[-1], seen[0:1]) == (2, lines[1], lines[:1])
    assert [verb for verb, _path, _status in seen] == ["GET", "POST"]
    assert seen != lines[:1]
    assert seen != "GET"
    assert repr(seen) == "[<GET /__api__/v1/user → 200>, <POST /__api__/v1/nothing → 404>]"
    seen.clear()
    assert seen == []
    with pytest.raises(IndexError):
        _ = seen.last


def test_requests_are_found_by_what_they_were(seen, own, caller, connect):
    guid = caller.content()["guid"]
    caller.get(f"/v1/content/{guid}")
    caller.get("/v1/content/x")
    connect(own.url).get("/v1/content")
    caller.send("GET", f"/content/{guid}/")

    assert seen.count() == 5
    assert seen.count("POST", "/v1/content") == seen.count("post", "/__api__/v1/content") == 1
    assert seen.count("GET", "/v1/content/{content_guid}") == seen.count(operation="Content.get_one") == 2
    assert seen.find("GET", f"/v1/content/{guid}") == [("GET", f"/__api__/v1/content/{guid}", 200)]
    assert seen.count(path="/v1/**") == 4
    assert seen.count(username="jonas") == 3, "the site has no operations, and no names"
    assert seen.count(status=401) == seen.count(username="", operation="Content.get") == 1
    assert seen.count("GET", f"/content/{guid}/") == 1


def test_a_fault_that_struck_shows(seen, own, caller):
    with own.faults.status("POST", "/v1/content", 503, times=1) as fault:
        caller.post("/v1/content", {"name": "refused"})

    assert seen.last.fault is fault
    assert (seen.last.operation, seen.last.username, seen.last.json) == ("Content.create", "jonas", {"name": "refused"})
    assert repr(seen.last) == (
        "<POST /__api__/v1/content → 503, struck by <Fault POST /v1/content: status 503, struck 1 of 1>>"
    )


def test_the_body_of_a_refused_call_is_there_too(seen, own, connect):
    connect(own.url).post("/v1/content", {"name": "denied"})
    connect(own.url, "unknown").post("/v1/nothing", {"x": 1})

    assert [each.json for each in seen] == [{"name": "denied"}, {"x": 1}]


def test_a_long_body_is_kept_in_part(seen, caller, pack):
    guid = caller.content()["guid"]
    body = json.dumps({"title": "x" * KEPT}).encode()
    caller.send("PATCH", f"/__api__/v1/content/{guid}", body)
    assert seen.last.body == body[:KEPT]
    with pytest.raises(ValueError, match="Unterminated"):
        _ = seen.last.json

    bundle = pack({"index.html": "x"})
    caller.upload(guid, bundle)
    assert seen.last.body == bundle


def test_old_requests_make_room(monkeypatch, seen, caller):
    monkeypatch.setattr("connectapi.testing.requests._REMEMBERED", 3)
    for number in range(5):
        caller.get(f"/v1/user?number={number}")
    assert [each.query["number"] for each in seen] == ["2", "3", "4"]

    monkeypatch.setattr("connectapi.testing.requests._KEPT_IN_ALL", 50)
    for letter in "abc":
        caller.post("/v1/nothing", letter * 20)
    assert [each.json[0] for each in seen if each.body] == ["b", "c"]
