"""Many threads on a server that fails at random: nothing lost, nothing twice, nothing left behind."""

import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

import pytest

from connectapi import Client, ConnectError, RetryPolicy
from connectapi.testing import ConnectServer

#: How often each kind of fault strikes.
CHANCE = 0.05

#: What this process has open.
OPEN = Path("/proc/self/fd")


@pytest.fixture
def faulty():
    """An embedded server that breaks one call in three, in seven ways."""
    with ConnectServer(sample=False) as server:
        whole = server.faults
        for seed, put in enumerate(
            (
                lambda **when: whole.status("*", "/v1/**", 503, headers={"Retry-After": "0"}, **when),
                lambda **when: whole.status("*", "/v1/**", 500, **when),
                lambda **when: whole.drop("*", "/v1/**", **when),
                lambda **when: whole.drop("*", "/v1/**", handled=True, **when),
                lambda **when: whole.length("*", "/v1/**", 3, **when),
                lambda **when: whole.truncate("*", "/v1/**", **when),
                lambda **when: whole.delay("*", "/v1/**", 0.01, **when),
            )
        ):
            put(probability=CHANCE, seed=seed)
        yield server


def test_what_was_written_is_there_once_and_what_failed_was_said(faulty):
    """A create that fails may have been done, which is why it is not repeated; one that succeeds was done once."""
    told, made = [], []
    lock = threading.Lock()
    policy = RetryPolicy(times=6, first_delay=0.001, longest_delay=0.01, budget=500)

    def work(number):
        name = f"thing-{number:03}"
        try:
            content = client.content.create(name=name)
            assert content.name == name
            assert client.content.get_one(content.guid).name == name
        except ConnectError as error:
            with lock:
                told.append((name, error))
        else:
            with lock:
                made.append(name)

    threads = threading.active_count()
    with Client(faulty.url, faulty.api_key, retries=policy, connections=8) as client:
        with ThreadPoolExecutor(16) as pool:
            list(pool.map(work, range(160)))
        slots = repr(client._shared.transport._connections.pool().slots)
    faulty.faults.clear()

    with Client(faulty.url, faulty.api_key) as calm:
        there = sorted(content.name for content in calm.content.get())
    assert len(there) == len(set(there))
    assert set(made) <= set(there)
    assert set(there) <= set(made) | {name for name, _ in told}
    assert len(made) + len(told) == 160
    assert len(made) > 100
    assert slots == "<Slots: 8 of 8 free>"
    assert threading.active_count() <= threads + 20  # the server's own, one for a connection


def test_reading_goes_well_through_all_of_it(faulty):
    policy = RetryPolicy(times=8, first_delay=0.001, longest_delay=0.01, budget=500)
    with Client(faulty.url, faulty.api_key, retries=policy) as client, ThreadPoolExecutor(16) as pool:
        found = list(pool.map(lambda _: client.users.whoami().guid, range(400)))

    assert len(set(found)) == 1


@pytest.mark.skipif(not OPEN.is_dir(), reason="no /proc here")
def test_no_socket_is_left(faulty):
    policy = RetryPolicy(times=2, first_delay=0, budget=500)
    with Client(faulty.url, faulty.api_key, retries=policy, connections=4) as client:
        for number in range(100):
            with suppress(ConnectError):
                client.users.whoami()
            if number == 50:
                half = len(list(OPEN.iterdir()))
        assert len(list(OPEN.iterdir())) <= half + 4
