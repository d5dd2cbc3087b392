"""Tokens that expire, are refused and are exchanged: once, for all who need them."""

import json
import os
import pickle
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import datetime, timedelta, timezone

import pytest
from attrs import frozen
from hypothesis import given
from hypothesis import strategies as st

from connectapi import Client, hookimpl
from connectapi.errors import BadRequestError, ConfigError, DecodeError, TimeoutError, TransportError
from connectapi.http.auth import ApiKeyAuth
from connectapi.http.options import Options
from connectapi.http.renewal import Renewal
from connectapi.http.steps import TokenRequest, Wait, answered
from connectapi.http.token import Token, TokenAuth, expiry, granted
from connectapi.http.transport import Transport
from connectapi.http.values import Headers, Request, Response
from connectapi.types import Secret

CALL = Request(verb="GET", path="/v1/user")
EXCHANGE = Request(verb="POST", path="/v1/token", repeatable=True)
LIMITS = Options(connect_timeout=5.0, read_timeout=20.0, retries=0)


def ago(**length):
    return datetime.now(timezone.utc) - timedelta(**length)


@frozen
class Exchanged:
    """A source that asks the server itself."""

    path: str = "/v1/token"

    def exchange(self):
        return Token.of((yield from granted(Request(verb="POST", path=self.path, repeatable=True), self.secrets())))

    def secrets(self):
        return [Secret("the-source-s-own")]


@pytest.fixture
def server(answers):
    """A server that numbers the tokens it gives, and knows which it takes."""
    answers.good, answers.lasts, lock = set(), 3600, threading.Lock()

    def give(_asked):
        with lock:
            number = answers.calls().count("POST /v1/token")
            answers.good = {f"Bearer t{number}"}
        return {"access_token": f"t{number}", "expires_in": answers.lasts}

    def take(asked):
        return {"authorization": asked.headers["Authorization"]}

    answers.on("POST /v1/token", give).on("GET /v1/user", take)
    return answers


@pytest.fixture
def opened(answers):
    """Make transports that are closed at the end."""
    from connectapi.http.address import Address

    made = []

    def open_with(auth, options=LIMITS, **more):
        made.append(Transport(Address.parse(answers.url), auth, options, **more))
        return made[-1]

    yield open_with
    for each in made:
        each.close()


def exchanges(server):
    return server.calls().count("POST /v1/token")


def refusing(server, *tokens):
    """Answer 401 to calls with these tokens."""

    def answer(asked):
        return {"authorization": asked.headers["Authorization"]}

    server._answers["GET /v1/user"] = []
    original = server.answer

    def by_token(asked):
        if asked.verb == "GET" and asked.headers["Authorization"] in {f"Bearer {each}" for each in tokens}:
            server.asked.append(asked)
            return 401, {}, {"code": 30, "error": f"{asked.headers['Authorization']} is not known"}
        return original(asked)

    server.answer = by_token
    server.on("GET /v1/user", answer)


def test_a_token_is_exchanged_for_before_the_first_call_and_kept(server, opened):
    transport = opened(TokenAuth(Exchanged()))
    said = [transport.send(CALL).json() for _ in range(3)]

    assert said == [{"authorization": "Bearer t1"}] * 3
    assert server.calls() == ["POST /v1/token"] + ["GET /v1/user"] * 3


def test_a_hundred_threads_with_an_expired_token_make_one_exchange(server, opened):
    given = iter([Token("old", expires=ago(seconds=1))])
    source = Exchanged()

    class OldFirst:
        def exchange(self):
            first = next(given, None)
            return first if first is not None else (yield from source.exchange())

        secrets = source.secrets

    transport, start = opened(TokenAuth(OldFirst())), threading.Barrier(100)
    transport.send(CALL)  # now it has a token, which has expired

    def call(_number):
        start.wait()
        return transport.send(CALL).json()["authorization"]

    with ThreadPoolExecutor(100) as threads:
        said = list(threads.map(call, range(100)))

    assert set(said) == {"Bearer t1"}
    assert exchanges(server) == 1


def test_a_hundred_threads_with_a_refused_token_make_one_exchange(server, opened):
    transport, start = opened(TokenAuth(Exchanged())), threading.Barrier(100)
    transport.send(CALL)
    refusing(server, "t1")

    def call(_number):
        start.wait()
        return transport.send(CALL).json()["authorization"]

    with ThreadPoolExecutor(100) as threads:
        said = list(threads.map(call, range(100)))

    assert set(said) == {"Bearer t2"}
    assert exchanges(server) == 2  # the first token, and the one after it


def test_a_call_that_is_refused_with_the_next_token_too_fails_without_a_third(server, opened):
    from connectapi.errors import AuthenticationError

    transport = opened(TokenAuth(Exchanged()))
    refusing(server, "t1", "t2")
    with pytest.raises(AuthenticationError) as caught:
        transport.send(CALL)

    assert server.calls() == ["POST /v1/token", "GET /v1/user"] * 2
    assert "XXXXXXXX is not known" in str(caught.value)
    assert "t2" not in str(caught.value)


def test_a_token_is_exchanged_some_time_before_it_expires(server, opened):
    server.lasts = 3600
    late, early = opened(TokenAuth(Exchanged(), margin=3601)), opened(TokenAuth(Exchanged(), margin=0))
    for transport in (early, late):
        transport.send(CALL)
        transport.send(CALL)

    assert exchanges(server) == 2  # half of the time of a token is used, whatever the margin is


def test_an_exchange_that_fails_is_the_error_of_the_call_and_is_tried_by_the_next(answers, opened):
    answers.on("POST /v1/token", {"error": "invalid_grant", "message": "for the-source-s-own"}, status=400)
    answers.on("POST /v1/token", {"access_token": "t2"}).on("GET /v1/user", {})
    transport = opened(TokenAuth(Exchanged()))
    with pytest.raises(BadRequestError, match=r"POST /v1/token: 400.*for XXXXXXXX") as caught:
        transport.send(CALL)
    transport.send(CALL)

    assert answers.calls() == ["POST /v1/token", "POST /v1/token", "GET /v1/user"]
    assert "the-source" not in str(caught.value)


def test_an_exchange_is_tried_again_as_its_own_request_allows(answers, opened):
    answers.on("POST /v1/token", {}, status=503).on("POST /v1/token", {"access_token": "t"}).on("GET /v1/user", {})
    opened(TokenAuth(Exchanged()), Options(retries=2)).send(CALL)

    assert answers.calls() == ["POST /v1/token", "POST /v1/token", "GET /v1/user"]


def test_a_download_gets_its_token_in_the_same_way(server, opened, tmp_path):
    server.on("GET /v1/file", b"the bundle")
    transport = opened(TokenAuth(Exchanged()), connections=1)
    transport.download(Request(verb="GET", path="/v1/file", accept="*/*"), tmp_path / "file")

    assert (tmp_path / "file").read_bytes() == b"the bundle"
    assert server.asked[-1].headers["Authorization"] == "Bearer t1"


def test_a_download_that_is_refused_has_its_connection_for_the_exchange(server, opened, tmp_path):
    transport = opened(TokenAuth(Exchanged()), connections=1)
    refusing(server, "t1")
    transport.download(CALL, tmp_path / "file")

    assert json.loads((tmp_path / "file").read_bytes()) == {"authorization": "Bearer t2"}


def test_an_upload_is_sent_again_with_the_next_token(server, opened, tmp_path):
    (tmp_path / "bundle").write_bytes(b"abc" * 1000)
    server.on("POST /v1/bundle", {}, status=401).on("POST /v1/bundle", {"id": "1"})
    with (tmp_path / "bundle").open("rb") as body:
        opened(TokenAuth(Exchanged())).send(Request(verb="POST", path="/v1/bundle", body=body))

    assert [each.body for each in server.asked if each.path.endswith("bundle")] == [b"abc" * 1000] * 2


def test_a_request_that_brings_its_own_authorization_needs_no_token(server, opened):
    said = opened(TokenAuth(Exchanged())).send(CALL.with_headers(Headers({"Authorization": "Key mine"}))).json()

    assert (said, exchanges(server)) == ({"authorization": "Key mine"}, 0)


def test_the_token_goes_in_the_header_and_form_that_it_is_told(answers, opened):
    answers.on("GET /v1/user", {})
    opened(TokenAuth(lambda: "abc", header="X-Gateway", form='Gate Token="{}"')).send(CALL)

    assert answers.asked[0].headers["X-Gateway"] == 'Gate Token="abc"'


def test_a_source_can_ask_outside_of_the_api(answers, opened):
    class AtTheRoot:
        def exchange(self):
            answer = yield TokenRequest(Request(verb="POST", path="/oauth/token", from_origin=True))
            return Token(answer.json()["access_token"])

        def secrets(self):
            return ()

    answers.on("POST /oauth/token", {"access_token": "t"}).on("GET /v1/user", {})
    opened(TokenAuth(AtTheRoot())).send(CALL)

    assert [each.path for each in answers.asked] == ["/oauth/token", "/__api__/v1/user"]


def test_an_exchange_goes_to_no_other_server(answers, opened):
    answers.on("POST /v1/token", None, status=307, headers={"Location": "http://other.example/token"})
    with pytest.raises(TransportError, match=r"redirects to http://other\.example/token"):
        opened(TokenAuth(Exchanged())).send(CALL)

    assert answers.calls() == ["POST /v1/token"]


# Waiting -------------------------------------------------------------------------------------------


@pytest.fixture
def slow():
    """A source that gives its tokens when the test says so."""

    class Slow:
        def __init__(self):
            self.asked, self.go, self.times = threading.Event(), threading.Event(), 0

        def __call__(self):
            self.times += 1
            self.asked.set()
            assert self.go.wait(30)
            return "t"

    source = Slow()
    yield source
    source.go.set()


def test_who_waits_for_another_s_exchange_waits_until_its_own_deadline(answers, opened, slow):
    answers.on("GET /v1/user", {})
    transport = opened(TokenAuth(slow))
    with ThreadPoolExecutor(1) as threads:
        first = threads.submit(transport.send, CALL)
        assert slow.asked.wait(30)
        with pytest.raises(
            TimeoutError, match=r"another thread.*not done within 0.05 s \(timeout\)\. Nothing was sent"
        ):
            transport.send(CALL, Options(timeout=0.05, retries=0))
        slow.go.set()

        assert first.result().status == 200
    assert slow.times == 1


def steps_of(renewal, refused=None):
    flow = renewal.current(refused)
    return flow, next(flow)


def asking():
    response = yield TokenRequest(EXCHANGE)
    return Token(response)


def ended(flow, *given):
    with pytest.raises(StopIteration) as caught:
        flow.send(*given or (None,))
    return caught.value.value


def test_those_who_wait_get_what_the_one_has_got():
    renewal = Renewal(asking)
    first, step = steps_of(renewal)
    others = [steps_of(renewal) for _ in range(3)]

    assert isinstance(step, TokenRequest)
    assert all(isinstance(wait, Wait) and not wait.until.is_set() for _, wait in others)
    held = ended(first, "t")
    assert all(wait.until.is_set() for _, wait in others)
    assert all(ended(flow) is held for flow, _ in others)


def test_those_who_wait_get_the_failure_of_the_one_each_a_copy():
    renewal, failure = Renewal(asking), TransportError("no answer", unsent=True)
    first, _ = steps_of(renewal)
    others = [steps_of(renewal)[0] for _ in range(3)]
    with pytest.raises(TransportError) as own:
        first.throw(failure)
    raised = []
    for flow in others:
        with pytest.raises(TransportError) as caught:
            next(flow)
        raised.append(caught.value)

    assert own.value is failure
    assert {(str(each), each.unsent) for each in raised} == {("no answer", True)}
    assert len({id(each) for each in [failure, *raised]}) == 4
    assert isinstance(steps_of(renewal)[1], TokenRequest)  # who comes later tries anew


def test_when_the_one_gives_up_another_takes_over():
    renewal = Renewal(asking)
    first, _ = steps_of(renewal)
    second, _ = steps_of(renewal)
    third, _ = steps_of(renewal)
    first.close()  # interrupted, or out of time

    assert isinstance(second.send(None), TokenRequest)
    assert isinstance(third.send(None), Wait)
    assert ended(second, "t") is ended(third)


def test_who_is_out_of_time_does_not_fail_for_the_others(answers, opened, slow):
    """The first one's deadline ends its exchange; the second has all the time, and makes one itself."""
    answers.on("POST /v1/token", lambda _asked: (slow(), {"access_token": "t"})[1]).on("GET /v1/user", {})
    transport = opened(TokenAuth(Exchanged()))
    with ThreadPoolExecutor(2) as threads:
        hurried = threads.submit(transport.send, CALL, Options(timeout=0.2, retries=0))
        assert slow.asked.wait(30)
        patient = threads.submit(transport.send, CALL)
        with pytest.raises(TimeoutError, match=r"within 0.2 s \(timeout\)"):
            hurried.result()
        slow.go.set()

        assert patient.result().status == 200


class Threads:
    """What the threads of a program do with one token, a step at a time."""

    def __init__(self):
        self.renewal, self.lasting = Renewal(self.fetch, margin=0), timedelta(hours=1)
        self.leading, self.waiting, self.renewed = [], [], [None]

    def fetch(self):
        yield TokenRequest(EXCHANGE)
        return Token("t", expires=datetime.now(timezone.utc) + self.lasting)

    def on(self, flow):
        with suppress(StopIteration, TransportError):
            step = next(flow)
            (self.leading if isinstance(step, TokenRequest) else self.waiting).append((flow, step))

    def event(self, name):
        if name == "call":
            self.on(self.renewal.current(self.renewed[-1]))
        elif self.leading:
            flow, _ = self.leading.pop()
            self.lasting = timedelta(hours=-1 if name == "expire" else 1)
            if name == "fail":
                with pytest.raises(TransportError):
                    flow.throw(TransportError("no"))
            elif name == "give up":
                flow.close()
            else:
                self.renewed.append(ended(flow, "t"))
        woken = [each for each in self.waiting if each[1].until.is_set()]
        self.waiting = [each for each in self.waiting if each not in woken]
        for flow, _ in woken:
            self.on(flow)


@given(st.lists(st.sampled_from(["call", "answer", "fail", "give up", "expire"]), max_size=40))
def test_whatever_happens_at_most_one_exchange_is_under_way_and_nobody_waits_for_nothing(events):
    threads = Threads()
    for event in events:
        threads.event(event)

        assert len(threads.leading) <= 1
        assert threads.leading or not threads.waiting


# Copies -------------------------------------------------------------------------------------------


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork here")
@pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")
def test_a_process_forked_in_the_middle_of_an_exchange_makes_its_own(answers, opened, slow):
    answers.on("GET /v1/user", {})
    transport = opened(TokenAuth(slow))
    with ThreadPoolExecutor(1) as threads:
        first = threads.submit(transport.send, CALL)
        assert slow.asked.wait(30)
        child = os.fork()
        if child == 0:
            slow.go = threading.Event()
            slow.go.set()
            os._exit(0 if transport.send(CALL, Options(timeout=20)).status == 200 else 1)
        assert os.waitpid(child, 0)[1] == 0
        slow.go.set()
        first.result()


def function_source():
    return "s3cr3t-token"


def test_a_pickle_leaves_the_token_behind(answers, opened):
    answers.on("GET /v1/user", {})
    auth = TokenAuth(function_source, form="Key {}", margin=5)
    opened(auth).send(CALL)
    pickled = pickle.dumps(auth)
    opened(pickle.loads(pickled)).send(CALL)

    assert b"s3cr3t-token" not in pickled
    assert "s3cr3t-token" not in f"{auth!r} {auth.secrets()!r}"
    assert [each.headers["Authorization"] for each in answers.asked] == ["Key s3cr3t-token"] * 2


@pytest.mark.parametrize("text", ["", "a b", "a\nb", "a\x00"])
def test_what_can_be_no_token_is_refused_and_not_shown(shown, text):
    with pytest.raises(ConfigError, match="what should be a token") as caught:
        Token(text)
    assert not text or text not in shown(caught.value)


@pytest.mark.parametrize(
    ("body", "found"),
    [
        (b"<html>sign in</html>", "an HTML page"),
        (b'{"refresh_token": "s3cr3t"}', "missing required field `access_token`"),
        (b'{"access_token": null, "refresh_token": "s3cr3t"}', "Expected text, got NoneType - at `$.access_token`"),
        (b'{"access_token": 12, "refresh_token": "s3cr3t"}', "Expected text, got int"),
        (b'{"access_token": "s3cr3t", "expires_in": "s3cr3t"}', "Expected `float | null`, got `str`"),
        (b"\xff", "malformed"),
    ],
)
def test_an_answer_without_a_token_is_refused_and_not_shown(shown, body, found):
    with pytest.raises(DecodeError) as caught:
        Token.of(Response(status=200, body=body))
    assert found in str(caught.value)
    assert "s3cr3t" not in shown(caught.value)


@pytest.mark.parametrize("said", [{"access_token": "s3cr3t token"}, {"access_token": ""}])
def test_an_answer_with_what_can_be_no_token_is_not_shown(shown, answers, opened, said):
    answers.on("POST /v1/token", said)
    with pytest.raises(ConfigError) as caught:
        opened(TokenAuth(Exchanged())).send(CALL)
    assert "s3cr3t" not in shown(caught.value)


@pytest.mark.parametrize("seconds", [3600, "3600", 3600.5])
def test_an_answer_tells_how_long_its_token_lasts(seconds):
    body = json.dumps({"access_token": "t", "expires_in": seconds, "more": 1}).encode()
    left = Token.of(Response(status=200, body=body)).expires - datetime.now(timezone.utc)

    assert timedelta(minutes=59) < left <= timedelta(hours=1, seconds=1)


def test_what_expires_says_so_in_utc():
    token = Token("t", expires=datetime(2026, 1, 1, 12, tzinfo=timezone(timedelta(hours=2))))

    assert token.expires == datetime(2026, 1, 1, 10, tzinfo=timezone.utc)
    assert repr(token) == f"Token(value='XXXXXXXX', expires={token.expires!r})"
    assert expiry(None) is None
    assert expiry(1e300) is None


# Flows within flows, and plugins ------------------------------------------------------------------


def test_a_source_can_call_as_another_auth_does(answers, opened):
    class ByKey:
        auth = ApiKeyAuth(Secret("the-owner-s-key"))

        def exchange(self):
            answer = yield from answered(self.auth, EXCHANGE)
            return Token(answer.json()["access_token"])

        def secrets(self):
            return self.auth.secrets()

    answers.on("POST /v1/token", {"access_token": "t"}).on("GET /v1/user", {})
    opened(TokenAuth(ByKey())).send(CALL)

    assert [each.headers["Authorization"] for each in answers.asked] == ["Key the-owner-s-key", "Bearer t"]


def test_a_source_can_call_as_a_token_auth_does_whose_token_is_refused(server, opened):
    inner = TokenAuth(Exchanged())

    class ByToken:
        def exchange(self):
            answer = yield from answered(inner, Request(verb="POST", path="/v1/key"))
            return Token(answer.json()["key"])

        def secrets(self):
            return inner.secrets()

    server.on("POST /v1/key", {}, status=401).on("POST /v1/key", {"key": "k"})
    said = opened(TokenAuth(ByToken(), form="Key {}")).send(CALL).json()

    assert said == {"authorization": "Key k"}
    assert server.calls() == ["POST /v1/token", "POST /v1/key"] * 2 + ["GET /v1/user"]


def test_the_failure_of_an_exchange_reaches_the_innermost_flow():
    inner = TokenAuth(Exchanged())
    flow, waiting = answered(inner, CALL), answered(inner, CALL)
    next(flow)
    assert isinstance(next(waiting), Wait)

    with pytest.raises(TransportError):
        flow.throw(TransportError("no answer"))
    with pytest.raises(TransportError, match="no answer"):
        waiting.send(None)


def test_two_plugins_the_token_of_one_and_the_header_of_the_other(answers):
    seen = []

    class Gateway:
        @hookimpl
        def choose_auth(self):
            return TokenAuth(Exchanged())

    class Tracing:
        @hookimpl
        def before_request(self, request):
            seen.append((request.path, "Authorization" in request.headers))
            return request.with_headers(Headers({"X-Trace": "1"}))

        @hookimpl
        def after_response(self, request, response):
            seen.append((request.path, response.status))

        @hookimpl
        def choose_auth(self):
            return None  # has no say, though it is asked first

    answers.on("POST /v1/token", {"access_token": "t1"}, {"access_token": "t2"})
    answers.on("GET /v1/user", {}, status=401).on("GET /v1/user", {})
    with Client(answers.url, "unused", plugins=[Gateway(), Tracing()]) as client:
        client.request("GET", "/v1/user")

    assert seen == [("/v1/user", False), ("/v1/user", 200)]  # the call, once; no exchange and no token
    assert [(each.path[-5:], each.headers.get("Authorization")) for each in answers.asked] == [
        ("token", None),
        ("/user", "Bearer t1"),
        ("token", None),
        ("/user", "Bearer t2"),
    ]


def test_a_plugin_s_own_flow_can_ask_for_one_more_try(answers):
    class OneMoreTry:
        """Sends a ticket when it is asked for one."""

        def flow(self, request):
            response = yield request
            if response.status == 401:
                ticket = yield TokenRequest(Request(verb="POST", path="/v1/ticket"))
                yield request.with_headers(Headers({"X-Ticket": ticket.json()["ticket"]}))

        def secrets(self):
            return ()

    class Tickets:
        @hookimpl
        def choose_auth(self):
            return OneMoreTry()

    answers.on("POST /v1/ticket", {"ticket": "7"})
    answers.on("GET /v1/user", {}, status=401).on("GET /v1/user", lambda asked: dict(asked.headers))
    with Client(answers.url, plugins=[Tickets()]) as client:
        assert client.request("GET", "/v1/user").json()["X-Ticket"] == "7"
