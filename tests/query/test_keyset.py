import json
import threading

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectapi.codec.cursor import peek_cursor
from connectapi.errors import DecodeError
from connectapi.http.values import Headers, Response
from connectapi.query.keyset import by_cursor
from connectapi.query.page import Page

NAME = ("Event.get", "GET /v1/events")


def answer(rows, cursor):
    body = json.dumps({"results": rows, "paging": {"cursors": {"previous": None, "next": cursor}}}).encode()
    return Response(status=200, reason="OK", headers=Headers(), body=body)


def read(response):
    data = json.loads(response.body)
    return Page(data["results"], {"paging": data["paging"]})


@given(sizes=st.lists(st.integers(0, 5), max_size=8), ahead=st.booleans(), gently=st.booleans())
def test_cursors_give_every_page_once(sizes, ahead, gently):
    pages = [list(range(size)) for size in [*sizes, 1]]
    asked = []

    def send(position):
        number = int(position.get("next", 0))
        asked.append(number)
        return answer(pages[number], str(number + 1) if number + 1 < len(pages) else None)

    found = [page.records for page in by_cursor(send, read, 5, NAME, ahead=ahead, gently=gently)]

    assert found == pages
    assert asked == list(range(len(pages)))


def test_the_next_page_is_on_its_way_while_one_is_read():
    on_its_way = threading.Event()

    def send(position):
        if "next" in position:
            on_its_way.set()
            return answer([2], None)
        return answer([1], "c")

    def read_slowly(response):
        assert on_its_way.wait(30)
        return read(response)

    pages = by_cursor(send, read_slowly, 5, NAME, ahead=True, gently=False)
    assert [page.records for page in pages] == [[1], [2]]


def test_a_reader_who_stops_at_the_first_page_has_asked_for_no_other():
    asked = []

    def send(position):
        asked.append(position)
        return answer([1], f"c{len(asked)}")

    pages = by_cursor(send, read, 5, NAME, ahead=True, gently=True)
    next(pages)
    assert len(asked) == 1
    next(pages)
    pages.close()
    assert len(asked) <= 3
    assert [each for each in threading.enumerate() if each.name.startswith("connectapi_")] == []


@pytest.mark.parametrize("ahead", [False, True])
def test_a_cursor_that_was_given_before_is_an_error(ahead):
    cursors = iter(["a", "b", "a", "c"])

    def send(_position):
        return answer([1], next(cursors))

    with pytest.raises(DecodeError, match="the same one again"):
        list(by_cursor(send, read, 5, NAME, ahead=ahead, gently=False))


def test_an_error_of_the_page_ahead_comes_when_that_page_is_wanted():
    def send(position):
        if "next" in position:
            raise OSError("gone")
        return answer([1], "c")

    pages = by_cursor(send, read, 5, NAME, ahead=True, gently=False)
    assert next(pages).records == [1]
    with pytest.raises(OSError, match="gone"):
        next(pages)


@pytest.mark.parametrize(
    "body",
    [b"", b"[]", b"<html>", b'{"paging": 3}', b'{"paging": {"cursors": {"next": 7}}}', b"[" * 100_000, b"\xff"],
)
def test_a_cursor_that_can_t_be_found_quickly_is_none(body):
    assert peek_cursor(body) is None


def test_a_cursor_is_found_wherever_it_stands():
    assert peek_cursor(b'{"paging": {"cursors": {"next": "n"}}, "results": [{"paging": 1}]}') == "n"
    assert peek_cursor(b'{"results": [1, {"x": "}"}], "paging": {"next": "y", "cursors": {"next": "n"}}}') == "n"


def test_a_list_that_can_be_turned_round_is_read_from_both_ends(catalog, session, answers):
    rows = [str(number) for number in range(9)]

    def events(asked):
        order = rows if asked.query.get("ascending", "true") == "true" else rows[::-1]
        start = int(asked.query.get("next", 0))
        following = str(start + 2) if start + 2 < len(order) else None
        page = [{"id": each} for each in order[start : start + 2]]
        return {"results": page, "paging": {"cursors": {"previous": None, "next": following}}}

    answers.on("GET /v1/turning-events", events)
    turning = catalog.record("TurningEvent")
    ways = lambda: {each.query.get("ascending", "true") for each in answers.asked}  # noqa: E731

    assert [each.id for each in turning.get(session)] == rows
    assert ways() == {"true", "false"}
    assert [each.id for each in turning.get(session, ascending=False)] == rows[::-1]
    answers.asked.clear()
    assert [each.id for each in turning.iter(session)] == rows
    assert ways() == {"true"}
    assert turning.iter(session).to_arrow()["id"].to_pylist() == rows
