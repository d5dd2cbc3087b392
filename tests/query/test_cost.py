"""What a call costs, in calls of connectapi's own functions: the same on every machine, so that a slip shows."""

import sys

import pytest

from connectapi import Client, Content, ContentHit, User
from connectapi.query.session import bind_all


@pytest.fixture
def client(answers):
    with Client(answers.url, "key") as made:
        yield made


def calls(work):
    """Return how many functions of connectapi some work calls in this thread."""
    count = 0

    def note(frame, event, _argument):
        nonlocal count
        count += event == "call" and "connectapi" in frame.f_code.co_filename and __file__ != frame.f_code.co_filename

    work()  # what is made once is made
    before = sys.getprofile()
    sys.setprofile(note)
    try:
        work()
    finally:
        sys.setprofile(before)
    return count


def test_one_record_costs_little_from_argument_to_socket_and_back(client, answers):
    answers.on("GET /v1/content/g", {"guid": "g", "title": "t", "extension": False})

    assert calls(lambda: Content.get_one(client, "g")) < 130


def test_more_records_on_a_page_cost_no_more_calls(client, answers):
    def read(count):
        rows = [{"guid": f"g{index}", "username": "u"} for index in range(count)]
        answers.on("GET /v1/users", {"results": rows, "total": count})
        asked = len(answers.asked)
        found = calls(lambda: User.get(client, page_size=500))
        assert len(answers.asked) == asked + 2
        return found

    few = read(10)
    answers._answers.clear()

    assert read(400) - few < 50


def test_records_of_an_answer_without_pages_cost_no_call_each(client, answers):
    def read(count):
        answers._answers.clear()
        answers.on("GET /v1/instrumentation/content/hits", [{"id": index, "data": {}} for index in range(count)])
        return calls(lambda: ContentHit.get(client))

    assert read(2_000) - read(10) < 50


def test_a_page_that_conforms_is_never_read_leniently(client, answers):
    answers.on("GET /v1/users", {"results": [{"guid": "g", "new": 1}, {"guid": "h"}], "total": 2, "more": "x"})
    (reader,) = [
        each.cell_contents.reader
        for each in User.__dict__["get"].__func__.__closure__
        if hasattr(each.cell_contents, "reader")
    ]
    before = reader.lenient  # other tests read with it, too
    User.get(client)

    assert reader.lenient == before


def test_to_bind_a_page_costs_one_call_and_not_one_a_record(client):
    users = [User(guid=str(index)) for index in range(1_000)]

    assert calls(lambda: bind_all(users, client, {})) < 10
