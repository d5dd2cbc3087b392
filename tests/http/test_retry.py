"""What is tried again, when, and how often in all."""

import io
import logging
import socket
import time
from datetime import datetime, timedelta, timezone
from email.utils import format_datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectapi import RetryPolicy, errors
from connectapi.http.address import Address
from connectapi.http.auth import ApiKeyAuth, NoAuth
from connectapi.http.budget import Budget
from connectapi.http.options import Options
from connectapi.http.retry import Failure, as_retries, retry_after
from connectapi.http.transport import Transport
from connectapi.http.values import Request
from connectapi.types import Secret

GET = Request(verb="GET", path="/v1/user")
SOON = RetryPolicy(first_delay=0.001, longest_delay=0.002)

#: A server that breaks off before it says anything.
CUT = {"raw": b""}


@pytest.fixture
def patient(scripted, key):
    """A transport that tries again at once."""
    options = Options(connect_timeout=2.0, read_timeout=2.0, retries=SOON)
    with Transport(scripted.address, ApiKeyAuth(Secret(key)), options) as made:
        yield made


def call(verb, **more):
    return Request(verb=verb, path="/v1/content", body=None if verb in {"GET", "DELETE"} else b"{}", **more)


# What is tried again ----------------------------------------------------------------------------


@pytest.mark.parametrize("verb", ["GET", "PUT", "DELETE"])
@pytest.mark.parametrize("status", [408, 429, 500, 502, 503, 504])
def test_what_may_pass_is_tried_again_where_twice_does_what_once_does(scripted, patient, verb, status):
    scripted.say(status).say(status).say(status).say(200, b"[1]")

    assert patient.send(call(verb)).json() == [1]
    assert [asked.verb for asked in scripted.asked] == [verb] * 4
    assert len({asked.headers["X-Correlation-Id"] for asked in scripted.asked}) == 1


@pytest.mark.parametrize("status", [400, 401, 403, 404, 409, 422, 501])
def test_what_does_not_pass_is_said_at_once(scripted, patient, status):
    scripted.say(status)

    with pytest.raises(errors.APIError) as caught:
        patient.send(GET)
    assert len(scripted.asked) == 1
    assert "Tried" not in str(caught.value)


@pytest.mark.parametrize("verb", ["GET", "PUT", "DELETE"])
@pytest.mark.parametrize(
    "broken",
    [
        CUT,
        {"raw": b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf"},
        {"raw": b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n64\r\nhalf"},
        {"body": b"not gzip", "headers": {"Content-Encoding": "gzip"}},
    ],
)
def test_an_answer_that_breaks_off_is_asked_for_again(scripted, patient, verb, broken):
    scripted.say(**broken).say(200, b"[1]")

    assert patient.send(call(verb)).json() == [1]
    assert len(scripted.asked) == 2


@pytest.mark.parametrize("verb", ["POST", "PATCH"])
@pytest.mark.parametrize(
    "broken", [CUT, {"status": 500}, {"status": 502}, {"status": 503}, {"status": 429}, {"status": 408}]
)
def test_what_may_have_been_done_is_not_done_again(scripted, patient, verb, broken):
    scripted.say(**broken)

    with pytest.raises(errors.ConnectError):
        patient.send(call(verb))
    assert len(scripted.asked) == 1


@pytest.mark.parametrize("verb", ["POST", "PATCH"])
@pytest.mark.parametrize("status", [429, 503])
def test_what_the_server_did_not_do_is_done_when_it_says(scripted, patient, verb, status):
    scripted.say(status, headers={"Retry-After": "0"}).say(201)

    assert patient.send(call(verb)).status == 201
    assert [asked.body for asked in scripted.asked] == [b"{}", b"{}"]


@pytest.mark.parametrize("first", [CUT, {"status": 502}])
def test_what_a_lost_try_deleted_is_deleted(scripted, patient, first):
    """Whoever deletes wants it gone, and it is: the 404 is the answer to a try that nobody asked for."""
    scripted.say(**first).say(404)

    assert patient.send(call("DELETE")).status == 204
    assert len(scripted.asked) == 2


@pytest.mark.parametrize("first", [{"status": 404}, {"status": 503, "headers": {"Retry-After": "0"}}])
def test_what_was_not_there_to_begin_with_is_not_found(scripted, patient, first):
    scripted.say(**first).say(404)

    with pytest.raises(errors.NotFoundError):
        patient.send(call("DELETE"))


def test_only_a_deletion_is_done_when_there_is_nothing(scripted, patient):
    scripted.say(**CUT).say(404)

    with pytest.raises(errors.NotFoundError):
        patient.send(call("GET"))


def test_a_call_that_is_declared_repeatable_is_repeated(scripted, patient):
    scripted.say(**CUT).say()

    assert patient.send(call("POST", repeatable=True)).status == 200
    assert len(scripted.asked) == 2


def test_a_post_that_did_not_arrive_is_sent_when_the_server_is_up():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))  # bound and not listening: refused
        address = Address.parse(f"http://127.0.0.1:{listener.getsockname()[1]}")
        tried = []

        class Up(RetryPolicy):
            def delay(self, failure):
                tried.append((failure.unsent, failure.safe))
                return super().delay(failure)

        options = Options(retries=Up(times=2, first_delay=0.001))
        with Transport(address, NoAuth(), options) as transport, pytest.raises(errors.TransportError) as caught:
            transport.send(call("POST"))

    assert tried == [(True, True)] * 3
    assert caught.value.unsent
    assert "connection refused" in str(caught.value)
    assert "Tried 3 times in" in str(caught.value)


def test_silence_is_tried_again(scripted, key):
    scripted.say(silent=True).say(200, b"[1]")
    options = Options(read_timeout=0.1, retries=SOON)
    with Transport(scripted.address, NoAuth(), options) as transport:
        assert transport.send(GET).json() == [1]


def test_a_download_that_does_not_begin_is_tried_again(scripted, patient):
    scripted.say(503).say(200, b"content")
    file = io.BytesIO()

    patient.download(GET, file)

    assert file.getvalue() == b"content"


# Uploads ----------------------------------------------------------------------------------------


class OnlyRead:
    def __init__(self, content):
        self._file = io.BytesIO(content)

    def read(self, size=-1, /):
        return self._file.read(size)


def test_an_upload_is_sent_again_from_where_it_began(scripted, patient):
    scripted.say(503).say(200)
    file = io.BytesIO(b"skipped" + b"x" * 600_000)
    file.seek(7)

    patient.send(Request(verb="PUT", path="/v1/thumbnail", body=file))

    assert [asked.body for asked in scripted.asked] == [b"x" * 600_000] * 2


def test_an_upload_that_cant_be_rewound_is_sent_once(scripted, patient):
    scripted.say(503)

    with pytest.raises(errors.ServerError):
        patient.send(Request(verb="PUT", path="/v1/thumbnail", body=OnlyRead(b"content")))
    assert len(scripted.asked) == 1


# What is told -----------------------------------------------------------------------------------


def test_the_last_error_lists_the_tries(scripted, patient):
    scripted.say(503).say(**CUT).say(502).say(500, headers={"X-Correlation-ID": "mine"})

    with pytest.raises(errors.ServerError) as caught:
        patient.send(GET)

    attempts = caught.value.attempts
    assert [each.reason.split(" ")[0] for each in attempts] == ["503", scripted.origin, "502", "500"]
    assert [each.delay is None for each in attempts] == [False, False, False, True]
    assert attempts[-1].correlation_id == "mine"
    assert all(each.took > 0 for each in attempts)
    told = str(caught.value)
    assert "Tried 4 times in " in told
    assert "503 Service Unavailable" in told
    assert "closed the connection before it answered" in told


def test_each_retry_is_logged_with_its_reason_and_how_to_find_it(scripted, patient, key, caplog):
    scripted.say(503, headers={"X-Correlation-ID": "abc"}).say()

    with caplog.at_level(logging.DEBUG, "connectapi"):
        patient.send(Request(verb="GET", path="/v1/user", query=(("token", "hush"),)))

    (warned,) = [record.getMessage() for record in caplog.records if record.levelno == logging.WARNING]
    assert warned.startswith("GET /v1/user: 503 Service Unavailable; try 2 follows in 0.0")
    assert warned.endswith("(correlation id abc)")
    lines = [
        record.getMessage()
        for record in caplog.records
        if record.levelno == logging.DEBUG and record.name == "connectapi"
    ]
    assert [line.partition("attempt ")[2][0] for line in lines] == ["1", "2"]
    assert "GET /v1/user: 503, 2 bytes in" in lines[0]
    assert key not in caplog.text
    assert "hush" not in " ".join(lines)


# How long is waited -----------------------------------------------------------------------------


def failure(number=1, asked=None, status=503, verb="GET"):
    error = errors.api_error(status)(status, "Oh", verb, "/v1/user", "", retry_after=asked)
    return Failure(request=Request(verb=verb, path="/v1/user"), error=error, number=number)


@given(st.integers(1, 40), st.floats(0, 5), st.floats(0, 20))
def test_the_longest_wait_doubles_up_to_a_limit(number, first, longest):
    policy = RetryPolicy(times=40, first_delay=first, longest_delay=longest)

    assert 0 <= policy.delay(failure(number)) <= min(first * 2 ** (number - 1), longest)


def test_clients_that_failed_together_do_not_come_back_together():
    policy = RetryPolicy(first_delay=1.0)
    waits = sorted(policy.delay(failure()) for _ in range(400))

    assert waits[0] < 0.1
    assert waits[-1] > 0.9


def test_as_often_as_it_says_and_no_more():
    assert RetryPolicy(times=2).delay(failure(2)) is not None
    assert RetryPolicy(times=2).delay(failure(3)) is None
    assert RetryPolicy(times=0).delay(failure(1)) is None


def test_what_the_server_asks_for_is_waited_up_to_a_limit():
    policy = RetryPolicy(first_delay=0.5, longest_retry_after=30)

    assert 30 <= policy.delay(failure(asked=30.0)) <= 30.5
    assert policy.delay(failure(asked=31.0)) is None


def test_a_server_that_asks_for_too_much_is_not_waited_for(scripted, patient):
    scripted.say(429, headers={"Retry-After": "3600"})

    with pytest.raises(errors.RateLimitError, match="The server asks to wait 3600 s") as caught:
        patient.send(GET)
    assert caught.value.retry_after == 3600
    assert len(scripted.asked) == 1


@pytest.mark.parametrize(
    ("header", "seconds"),
    [("0", 0), ("120", 120), (" 7 ", 7), ("Fri, 31 Dec 1999 23:59:59 GMT", 0), (None, None), ("", None)]
    + [
        (each, None)
        for each in (
            "soon",
            "-5",
            "1.5",
            "1e3",
            "Fri, 99 Foo 2099",
            "9" * 5000,
            "\x00",
            "Mon, 01 Jan 99999 00:00:00 GMT",
        )
    ],
)
def test_retry_after_is_seconds_or_a_date_or_nothing(header, seconds):
    assert retry_after(header) == seconds


def test_retry_after_as_a_date_is_how_far_off_that_is():
    ahead = datetime.now(timezone.utc) + timedelta(seconds=90)

    assert 80 < retry_after(format_datetime(ahead, usegmt=True)) <= 90


@given(st.text(max_size=60))
def test_no_header_breaks_a_call(header):
    found = retry_after(header)

    assert found is None or found >= 0


# How much in all --------------------------------------------------------------------------------


def test_an_outage_is_not_amplified(scripted, key):
    """Fifty calls of a server that is down would be two hundred; with twenty in store they are seventy."""
    scripted.say(503)
    options = Options(retries=RetryPolicy(first_delay=0, budget=20))
    with Transport(scripted.address, NoAuth(), options) as transport:
        began = time.monotonic()
        for _ in range(50):
            with pytest.raises(errors.ServerError):
                transport.send(GET)
        refilled = (time.monotonic() - began) * 0.5

    assert 70 <= len(scripted.asked) <= 71 + refilled


def test_a_server_that_fails_now_and_then_is_asked_again_each_time(scripted):
    options = Options(retries=RetryPolicy(first_delay=0, budget=2))
    for _ in range(20):
        scripted.say(503)
        for _ in range(9):
            scripted.say()
    with Transport(scripted.address, NoAuth(), options) as transport:
        for _ in range(180):
            assert transport.send(GET).status == 200
    assert len(scripted.asked) == 200


def test_a_budget_is_never_more_than_full():
    budget = Budget(1.5)
    for _ in range(1000):
        budget.earn()

    assert [budget.spend(), budget.spend()] == [True, False]


# What can be given ------------------------------------------------------------------------------


def test_a_number_of_retries_is_a_policy():
    assert as_retries(5) == RetryPolicy(times=5)
    assert as_retries(SOON) is SOON


@pytest.mark.parametrize("given", ["3", None, True, 1.5, object()])
def test_what_is_no_policy_is_refused(given):
    with pytest.raises(TypeError, match="retries is a number or a RetryPolicy"):
        as_retries(given)


@pytest.mark.parametrize(
    "given", [{"times": -1}, {"first_delay": -0.1}, {"longest_delay": float("nan")}, {"budget": -1}]
)
def test_a_policy_has_no_negative_numbers(given):
    with pytest.raises(ValueError, match="is 0 or more"):
        RetryPolicy(**given)
