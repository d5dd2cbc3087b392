"""Ctrl-C at any point leaves a client that works, all of its connections, and no thread behind."""

import gc
import io
import sys
import threading
from contextlib import contextmanager, suppress
from urllib.parse import parse_qs

import pytest

from connectapi import Client, Content, RetryPolicy

GUID = "6fd8666d-12e6-45d1-95a0-552679a6d5f9"

#: The lines that an interrupt comes at: all that know of a connection or a thread, ours and urllib3's.
WATCHED = (
    "/connectapi/http/",
    "/connectapi/query/",
    "/urllib3/connectionpool.py",
    "/urllib3/response.py",
    "/urllib3/connection.py",
)


@contextmanager
def interrupted_at(line):
    """Raise a KeyboardInterrupt where the so-manieth watched line would run; give how many were seen."""
    seen = [0]

    def each(frame, event, _):
        if event == "line":
            seen[0] += 1
            if seen[0] == line:
                seen.append(f"{frame.f_code.co_filename}:{frame.f_lineno}")
                raise KeyboardInterrupt
        return each

    def entered(frame, event, _):
        return each if any(part in frame.f_code.co_filename for part in WATCHED) else None

    before = sys.gettrace()
    sys.settrace(entered)
    try:
        yield seen
    finally:
        sys.settrace(before)


def read(client):
    client.content.get_one(GUID)


def download(client):
    class Sink:
        def write(self, data):
            pass

    client.bundles.download("1", content_guid=GUID, to=Sink())


def upload(client):
    client.bundles.create(b"x" * 100, content_guid=GUID)


def upload_a_file(client):
    client.bundles.create(io.BytesIO(b"x" * 600_000), content_guid=GUID)


def page(client):
    assert len(client.users.get(page_size=2)) == 6


def iterate(client):
    assert len(list(client.users.iter(page_size=2))) == 6


def follow(client):
    task = client.tasks.get_one("t1")
    task.wait()
    assert task.output == ["one", "two"]


def answers(answer):
    """Say what a server says to all of these."""
    lines = [b'"one"', b'"two"']

    def page(query):
        number = int(parse_qs(query)["page_number"][0]) if "page_number" in query else 1
        users = b",".join(b'{"guid": "u%d"}' % each for each in range(2 * number - 2, 2 * number))
        return b'{"results": [%s], "current_page": %d, "total": 6}' % (users, number)

    def task(query):
        first = int(parse_qs(query).get("first", ["0"])[0])
        finished = b"true" if first else b"false"
        shown = b",".join(lines[first : first + 1])
        last = min(first + 1, 2)
        return b'{"id": "t1", "output": [%s], "last": %d, "finished": %s, "code": 0}' % (shown, last, finished)

    def script(connection, head, _):
        target = head.split(b" ")[1].decode()
        path, _, query = target.partition("?")
        body = b'{"guid": "a", "id": "1"}'
        if path.endswith("/users"):
            body = page(query)
        elif "/tasks/" in path:
            body = task(query)
        connection.sendall(answer(body))
        return True

    return script


def threads_left():
    """Wait for the client's threads, and return those that do not end."""
    ours = [each for each in threading.enumerate() if each.name.startswith("connectapi_")]  # not those of a server
    for each in ours:
        each.join(5.0)
    return [each for each in ours if each.is_alive()]


# A socket that an interrupt leaves between two lines is closed by Python, which tells of it; pytest would make
# that an error, and hold on to it and to all that it came through.
@pytest.mark.filterwarnings("ignore::ResourceWarning")
@pytest.mark.parametrize(
    ("work", "step"),
    [(read, 5), (download, 11), (upload, 11), (upload_a_file, 5), (page, 7), (iterate, 7), (follow, 29)],
)
def test_an_interrupt_at_any_line_leaves_a_client_that_works(wire, answer, work, step):
    wire.plays(answers(answer))
    with Client(wire.url, "k" * 20, connections=1, read_timeout=5.0, retries=0) as client:
        work(client)
        slots = client._shared.transport._connections.pool().slots
        line = 1
        while True:
            with interrupted_at(line) as seen, suppress(KeyboardInterrupt):
                work(client)
            if seen[0] < line:
                break  # it was done before its turn came
            assert threads_left() == [], seen[1]
            assert repr(slots) == "<Slots: 1 of 1 free>", seen[1]
            assert client.content.get_one(GUID).guid == "a"
            line += step
    assert line > 100
    del client
    gc.collect()
    assert threads_left() == []


def test_an_interrupt_while_a_retry_is_waited_for_is_one(wire, answer, monkeypatch):
    wire.plays(answer(b"{}", b"503 Unavailable"), answer(b'{"guid": "a"}'))
    with Client(wire.url, "k" * 20, connections=1, retries=RetryPolicy(first_delay=30)) as client:

        def interrupted(seconds):
            raise KeyboardInterrupt

        with monkeypatch.context() as patch:
            patch.setattr("connectapi.http.transport.time.sleep", interrupted)
            with pytest.raises(KeyboardInterrupt):
                client.content.get_one(GUID)
        assert client.content.get_one(GUID).guid == "a"


def test_an_interrupt_while_pages_are_read_side_by_side_leaves_no_thread(wire, answer):
    records = b",".join(b'{"guid": "u%d"}' % number for number in range(2))
    wire.plays(answer(b'{"results": [%s], "current_page": 1, "total": 1000}' % records))
    with Client(wire.url, "k" * 20) as client:
        users = client.users.iter(page_size=2)
        next(users)

        def record(_):
            raise KeyboardInterrupt

        with pytest.raises(KeyboardInterrupt):
            list(map(record, users))
        del users
        assert [each.name for each in threading.enumerate() if each.name.startswith("connectapi")] == []
        wire.scripts[:] = [answer(b'{"guid": "a"}')]
        assert Content.get_one(client, GUID).guid == "a"
