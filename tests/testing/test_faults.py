"""Calls that fail when a test wants them to, seen by a client over the socket."""

import json
import socket
import threading
import time

import pytest
import urllib3
from hypothesis import given
from hypothesis import strategies as st
from urllib3.exceptions import HTTPError, ProtocolError, ReadTimeoutError

from connectapi.testing import ConnectServer
from connectapi.testing.patterns import CallPattern

USER = ("GET", "/v1/user")
CONTENT = "/v1/content/{content_guid}"


@pytest.fixture(scope="module")
def own():
    with ConnectServer(sample=False, pace=0) as server:
        yield server


@pytest.fixture
def faults(own):
    yield own.faults
    own.faults.clear()
    own.requests.clear()


@pytest.fixture
def caller(own, connect):
    return connect(own.url, own.api_key)


def statuses(caller, many, path="/v1/user"):
    return [caller.get(path).status for _ in range(many)]


# Which calls, and how often ---------------------------------------------------------------------


def test_a_fault_strikes_every_call_until_it_is_removed(faults, caller):
    fault = faults.status(*USER, 503)

    assert statuses(caller, 3) == [503, 503, 503]
    assert (list(faults), fault.struck) == ([fault], 3)
    fault.remove()
    fault.remove()
    assert statuses(caller, 1) == [200]
    assert len(faults) == 0


def test_it_strikes_so_many_times_and_is_gone(faults, caller):
    fault = faults.status(*USER, 500, times=2, skip=1)

    assert statuses(caller, 5) == [200, 500, 500, 200, 200]
    assert (list(faults), fault.spent) == ([], True)


def test_faults_stand_in_a_queue(faults, caller):
    faults.status(*USER, 500, times=1)
    faults.status(*USER, 429, times=2)
    faults.status("GET", "/v1/users", 502)

    assert statuses(caller, 4) == [500, 429, 429, 200]
    assert [repr(each) for each in faults] == ["<Fault GET /v1/users: status 502, struck 0>"]


def test_a_block_ends_its_fault(faults, caller):
    with faults.status(*USER, 503) as fault:
        assert statuses(caller, 1) == [503]
    assert statuses(caller, 1) == [200]
    assert fault.struck == 1


def test_chance_is_the_same_for_the_same_seed(faults, caller):
    found = []
    for seed in (7, 7, 8):
        with faults.status(*USER, 503, probability=0.5, seed=seed):
            found.append(statuses(caller, 30))

    assert found[0] == found[1] != found[2]
    assert {200, 503} == set(found[0])
    with faults.status(*USER, 503, probability=0):
        assert statuses(caller, 5) == [200] * 5


def test_a_call_is_told_by_its_declared_path_by_its_own_or_by_wildcards(faults, caller):
    guid, other = caller.content()["guid"], caller.content()["guid"]
    for path in (CONTENT, "/v1/content/*", f"/__api__/v1/content/{guid}/", "/v1/**", "/**", f"/v1/content/{guid[:9]}*"):
        with faults.status("GET", path, 503):
            assert caller.get(f"/v1/content/{guid}").status == 503, path
            assert caller.patch(f"/v1/content/{guid}", {"title": "other verb"}).status == 200, path
    with faults.status("*", f"/v1/content/{guid}", 503):
        assert caller.patch(f"/v1/content/{guid}", {"title": "any verb"}).status == 503
        assert caller.get(f"/v1/content/{other}").status == 200
        assert caller.get(f"/v1/content/{guid}/bundles").status == 200
    with faults.status("get", "/v1/content", 503):
        assert caller.get("/v1/content?name=x").status == 503


def test_a_fault_for_what_is_not_declared_is_refused_at_once(faults):
    with pytest.raises(ValueError, match=r"like GET /v1/contents \(did you mean 'GET /v1/content'\?\)"):
        faults.status("GET", "/v1/contents", 503)
    for verb, path in (("PUT", "/v1/user"), ("GET", "/v2/**"), ("GET", "/content/x"), ("TRACE", "/**")):
        with pytest.raises(ValueError, match="no declared call"):
            faults.drop(verb, path)
    assert len(faults) == 0


def test_a_call_that_the_version_lacks_is_not_declared():
    with ConnectServer(version="2024.05.0", sample=False) as server, pytest.raises(ValueError, match="no declared"):
        server.faults.status("GET", "/v1/oauth/integrations", 503)


@pytest.mark.parametrize(
    "wrong",
    [
        lambda faults: faults.status(*USER, 200),
        lambda faults: faults.status(*USER, 503, code="NoSuchCode"),
        lambda faults: faults.status(*USER, 503, code=9999),
        lambda faults: faults.status(*USER, 503, times=0),
        lambda faults: faults.status(*USER, 503, probability=1.5),
        lambda faults: faults.status(*USER, 503, skip=-1),
        lambda faults: faults.redirect(*USER, status=200),
        lambda faults: faults.delay(*USER, 0),
        lambda faults: faults.truncate(*USER, after=-1),
        lambda faults: faults.length(*USER, 0),
        lambda faults: faults.slow(*USER, float("nan")),
    ],
)
def test_what_makes_no_sense_is_refused(faults, wrong):
    with pytest.raises(ValueError, match=r"\d|NoSuchCode|nan"):
        wrong(faults)
    assert len(faults) == 0


names = st.sampled_from(["v1", "content", "users", "x-1", "{guid}"])


@given(st.lists(names, min_size=1, max_size=5), st.data())
def test_a_pattern_matches_whatever_it_was_made_of(parts, data):
    pattern = [data.draw(st.sampled_from([part, "*", "{any}", f"{part[:2]}*"])) for part in parts]
    for start, end in [sorted(data.draw(st.tuples(*[st.integers(0, len(parts))] * 2)))]:
        with_gap = [*pattern[:start], "**", *pattern[end:]]
    path = "/" + "/".join(parts)

    assert CallPattern.of("GET", "/" + "/".join(pattern)).matches("GET", path)
    assert CallPattern.of("*", "/" + "/".join(with_gap)).matches("GET", path)
    assert not CallPattern.of("GET", "/" + "/".join([*pattern, "more"])).matches("GET", path)
    assert not CallPattern.of("POST", path).matches("GET", path)


# What is answered -------------------------------------------------------------------------------


def test_a_refusal_is_in_connects_words(faults, caller):
    faults.status(*USER, 429, headers={"Retry-After": "7"}, times=1)
    faults.status(*USER, 409, code="DuplicateUserName", message="Taken.", times=1)
    faults.status(*USER, 400, code=12, times=1)

    limited, taken, numbered = (caller.get("/v1/user") for _ in range(3))
    assert (limited.refusal, limited.headers["Retry-After"]) == ((429, "RateLimitExceeded"), "7")
    assert (taken.refusal, taken.json["error"]) == ((409, "DuplicateUserName"), "Taken.")
    assert numbered.code == "ParameterMissing"
    for status, code in ((401, "AuthRequired"), (500, "InternalFailure"), (418, "BadRequest")):
        with faults.status(*USER, status):
            assert caller.get("/v1/user").refusal == (status, code)


def test_a_refused_call_is_not_done(faults, caller):
    with faults.status("POST", "/v1/content", 503):
        assert caller.post("/v1/content", {"name": "never"}).status == 503

    assert caller.get("/v1/content?name=never").json == []


def test_a_page_stands_where_json_should(faults, caller):
    faults.html(*USER, times=1)
    faults.answer(*USER, '{"results": [', times=1)
    faults.answer(*USER, b"\xff", status=502, media="text/plain", headers={"X-Proxy": "yes"})

    page, broken, proxy = (caller.get("/v1/user") for _ in range(3))
    assert (page.status, page.headers["Content-Type"], "<h1>" in page.text) == (200, "text/html; charset=utf-8", True)
    with pytest.raises(ValueError, match="Expecting"):
        _ = broken.json
    assert broken.headers["Content-Type"] == "application/json"
    assert (proxy.status, proxy.data, proxy.headers["X-Proxy"]) == (502, b"\xff", "yes")


def test_calls_are_sent_elsewhere_or_round_and_round(faults, caller, own):
    faults.redirect(*USER, "/__api__/v1/users", times=1)
    faults.redirect(*USER, "https://example.com/login", status=307, times=1)
    faults.redirect(*USER)

    here, there, loop = (caller.get("/v1/user?x=1") for _ in range(3))
    assert (here.status, here.headers["Location"]) == (302, "/__api__/v1/users")
    assert (there.status, there.headers["Location"]) == (307, "https://example.com/login")
    assert loop.headers["Location"] == f"{own.url}/__api__/v1/user?x=1"
    with pytest.raises(urllib3.exceptions.MaxRetryError, match="too many redirects"):
        urllib3.request("GET", f"{own.url}/__api__/v1/user", retries=3)


# What happens on the way ------------------------------------------------------------------------


def test_a_dropped_call_is_done_or_not(faults, caller, own):
    faults.drop("POST", "/v1/content", times=1)
    faults.drop("POST", "/v1/content", handled=True, times=1)
    for name in ("not-done", "done"):
        with pytest.raises(ProtocolError, match="without response"):
            caller.post("/v1/content", {"name": name})

    assert [each["name"] for each in caller.get("/v1/content").json if "done" in each["name"]] == ["done"]
    assert [(seen.status, seen.json) for seen in own.requests.find("POST")] == [
        (0, {"name": "not-done"}),
        (200, {"name": "done"}),
    ]


def test_an_answer_is_cut_off(faults, caller, own):
    whole = caller.get("/v1/user").data
    faults.truncate(*USER, times=1)
    faults.truncate(*USER, after=10, times=1)
    faults.truncate(*USER, after=10_000)
    for got in (len(whole) // 2, 10, len(whole) - 1):
        with pytest.raises(ProtocolError, match=rf"{got} bytes read, {len(whole) - got} more expected"):
            caller.get("/v1/user")
    assert own.requests.last.status == 200


def test_an_answer_without_a_body_is_dropped_where_it_would_be_cut_off(faults, caller):
    guid = caller.content()["guid"]
    faults.truncate("DELETE", CONTENT)

    with pytest.raises(ProtocolError, match="without response"):
        caller.delete(f"/v1/content/{guid}")


def test_more_is_promised_than_comes(faults, caller):
    faults.length(*USER, by=5)

    with pytest.raises(ProtocolError, match="5 more expected"):
        caller.get("/v1/user")


def test_what_is_longer_than_stated_lies_where_the_next_answer_should_begin(faults, own):
    faults.length(*USER, by=-4, times=1)
    head = f"GET /__api__/v1/user HTTP/1.1\r\nHost: x\r\nAuthorization: Key {own.api_key}\r\n\r\n".encode()
    with (
        socket.create_connection(("127.0.0.1", int(own.url.rpartition(":")[2])), timeout=5) as client,
        client.makefile("rb") as file,
    ):
        client.sendall(head)
        lines = iter(file.readline, b"\r\n")
        length = next(int(line.split()[1]) for line in lines if line.lower().startswith(b"content-length"))
        list(lines)
        body = file.read(length)
        client.sendall(head)
        rest = file.readline()

    assert json.loads(body + rest[:4])["username"] == "admin"
    assert rest[4:] == b"HTTP/1.1 200 OK\r\n"


def test_a_late_answer_is_that_of_a_call_that_was_done(faults, caller):
    faults.delay("POST", "/v1/content", 30)
    with pytest.raises(ReadTimeoutError):
        caller.post("/v1/content", {"name": "late"}, timeout=0.2)
    faults.clear()
    assert len(caller.get("/v1/content?name=late").json) == 1

    faults.delay(*USER, 0.01)
    assert caller.get("/v1/user").status == 200


def test_a_slow_answer_comes_in_pieces_and_is_whole(faults, caller):
    whole = caller.get("/v1/user").data
    faults.slow(*USER, 100_000)
    assert caller.get("/v1/user").data == whole

    faults.clear()
    faults.slow(*USER, 20)
    answer = urllib3.request(
        "GET",
        f"{caller.url}/__api__/v1/user",
        headers={"Authorization": f"Key {caller.key}"},
        preload_content=False,
        retries=False,
    )
    assert answer.read1(3) == whole[:1], "what has come is there before the rest"
    answer.close()


@pytest.mark.parametrize("wait", [lambda faults: faults.delay(*USER, 600), lambda faults: faults.slow(*USER, 0.01)])
def test_a_server_that_ends_does_not_wait_for_its_faults(connect, wait):
    server = ConnectServer(sample=False).start()
    caller, ended = connect(server.url, server.api_key), []
    wait(server.faults)

    def call():
        try:
            ended.append(caller.get("/v1/user"))
        except HTTPError as error:
            ended.append(error)

    thread = threading.Thread(target=call)
    thread.start()
    while not server.requests:
        time.sleep(0.005)
    server.close()
    thread.join(timeout=30)
    assert len(ended) == 1
