"""How connections are opened, shared and left: by threads, by forked processes, at the end."""

import gc
import logging
import os
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import attrs
import pytest

from connectapi import errors
from connectapi.http.auth import NoAuth
from connectapi.http.options import Options
from connectapi.http.transport import Transport
from connectapi.http.values import Request

REQUEST = Request(verb="GET", path="/v1/user")


def test_nothing_is_opened_until_the_first_call(scripted):
    transport = Transport(scripted.address, NoAuth())
    assert repr(transport) == f"<Transport to {scripted.origin}/__api__/v1>"
    time.sleep(0.02)
    assert scripted.connections == []
    transport.close()


def test_calls_share_a_connection(scripted, transport):
    for _ in range(5):
        transport.send(REQUEST)
    assert len(scripted.connections) == 1


def test_sixteen_threads_get_each_their_own_answer(scripted, transport, caplog):
    """And no warning of a full pool, though it keeps but eight."""

    def call(number):
        request = Request(verb="GET", path=f"/v1/content/{number}", headers={"X-Correlation-ID": str(number)})
        return transport.send(request).correlation_id

    with caplog.at_level(logging.WARNING), ThreadPoolExecutor(16) as pool:
        found = list(pool.map(call, range(96)))

    assert found == [str(number) for number in range(96)]
    assert sorted(asked.path for asked in scripted.asked) == sorted(f"/__api__/v1/content/{n}" for n in range(96))
    assert caplog.records == []


def test_as_many_streams_as_there_are_connections_can_be_open_at_once(scripted, caplog):
    scripted.say(200, b"x" * 1000)

    @contextmanager
    def nested(transport, depth):
        with transport.stream(REQUEST) as stream:
            if depth:
                with nested(transport, depth - 1):
                    yield
            else:
                yield
            assert b"".join(stream.chunks()) == b"x" * 1000

    with Transport(scripted.address, NoAuth(), connections=4) as transport, nested(transport, 3):
        assert len(scripted.connections) == 4
    assert not [record for record in caplog.records if record.levelno >= logging.WARNING]


def test_a_call_that_finds_no_connection_free_says_so_in_time(scripted):
    scripted.say(200, b"x" * 1000)
    limits = Options(read_timeout=0.05)
    with Transport(scripted.address, NoAuth(), limits, connections=2) as transport:
        with (
            transport.stream(REQUEST),
            transport.stream(REQUEST),
            pytest.raises(errors.TimeoutError, match=r"all 2 connections to .* were in use for 0\.05 s") as caught,
        ):
            transport.send(REQUEST)
        assert caught.value.unsent
        assert transport.send(REQUEST).status == 200
    assert len(scripted.asked) == 3


def test_sixty_four_threads_share_the_connections_there_are(scripted):
    def call(number):
        request = Request(verb="GET", path=f"/v1/content/{number}", headers={"X-Correlation-ID": str(number)})
        return transport.send(request).correlation_id

    with Transport(scripted.address, NoAuth(), connections=4) as transport, ThreadPoolExecutor(64) as pool:
        found = list(pool.map(call, range(256)))

    assert found == [str(number) for number in range(256)]
    assert len(scripted.connections) <= 4


def test_a_closed_transport_says_so(transport):
    transport.send(REQUEST)
    transport.close()
    transport.close()

    with pytest.raises(errors.TransportError, match="is closed: make a new one"):
        transport.send(REQUEST)


def test_a_transport_that_is_forgotten_leaves_no_socket_open(scripted):
    """`filterwarnings = error` turns a leaked socket into a failure here."""
    Transport(scripted.address, NoAuth()).send(REQUEST)
    gc.collect()


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork here")
@pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")
def test_a_forked_process_opens_connections_of_its_own(scripted, transport):
    transport.send(REQUEST)

    child = os.fork()
    if child == 0:
        try:
            transport.send(attrs.evolve(REQUEST, path="/v1/child"))
        except BaseException:  # noqa: BLE001 -- pytest must not go on in the child
            os._exit(1)
        os._exit(0)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    transport.send(REQUEST)

    assert [asked.path[-5:] for asked in scripted.asked] == ["/user", "child", "/user"]
    assert len(scripted.connections) == 2


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork here")
@pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")
def test_a_forked_process_does_not_wait_for_what_its_parent_has_in_use(scripted):
    with Transport(scripted.address, NoAuth(), Options(read_timeout=2.0), connections=1) as transport:
        with transport.stream(REQUEST):
            child = os.fork()
            if child == 0:
                try:
                    transport.send(attrs.evolve(REQUEST, path="/v1/child"))
                except BaseException:  # noqa: BLE001 -- pytest must not go on in the child
                    os._exit(1)
                os._exit(0)
            assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
        assert transport.send(REQUEST).status == 200
    assert [asked.path[-5:] for asked in scripted.asked] == ["/user", "child", "/user"]


@pytest.mark.parametrize("limits", [{"connect_timeout": 0}, {"read_timeout": -1}, {"read_timeout": float("nan")}])
def test_a_limit_that_is_no_time_is_refused(scripted, limits):
    with pytest.raises(ValueError, match="timeout is a number of seconds"):
        Transport(scripted.address, NoAuth(), Options(**limits))
