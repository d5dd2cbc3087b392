"""Both ends at once: every record once and in order, whatever the list or the server does."""

from types import SimpleNamespace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connectapi.query.ends import from_both_ends
from connectapi.query.page import Page


def way(pages, asked):
    """Pages as a server gives them, each with a cursor if another follows."""
    for number, page in enumerate(pages):
        asked.append(page)
        cursor = str(number + 1) if number + 1 < len(pages) else None
        yield Page([SimpleNamespace(id=each) for each in page], {"paging": {"cursors": {"next": cursor}}})


def cut(rows, size):
    return [rows[start : start + size] for start in range(0, len(rows), size)] or [[]]


def read(forward, backward, asked=None, asked_back=None):
    asked, asked_back = [] if asked is None else asked, [] if asked_back is None else asked_back
    pages = from_both_ends(way(forward, asked), lambda: way(backward, asked_back), "id")
    return [each.id for page in pages for each in page.records]


@given(count=st.integers(0, 60), size=st.integers(1, 9))
def test_every_record_comes_once_and_in_order(count, size):
    rows, asked, asked_back = list(range(count)), [], []
    found = read(cut(rows, size), cut(rows[::-1], size), asked, asked_back)

    assert found == rows
    # Half of the way each, and no more than a page beyond.
    assert max(len(asked), len(asked_back)) <= count // size // 2 + 2


@settings(max_examples=300)
@given(
    count=st.integers(0, 40),
    size=st.integers(1, 6),
    backward=st.lists(st.integers(0, 45), unique=True),
)
def test_a_way_back_that_is_no_way_back_is_at_worst_left(count, size, backward):
    """Whatever a server gives for the way back, nothing that stands before the meeting is lost or doubled."""
    rows = list(range(count))
    found = read(cut(rows, size), cut(backward, size))

    assert found[: min(size, count)] == rows[: min(size, count)]
    assert len(found) == len(set(found))


@pytest.mark.parametrize("size", [1, 2, 3, 10])
def test_a_server_that_does_not_turn_the_list_round_is_read_one_way(size):
    rows = list(range(10))

    assert read(cut(rows, size), cut(rows, size)) == rows


def test_records_without_a_key_are_read_one_way():
    rows = [[1, 2], [None, 3], [4]]

    assert read(rows, [[None, 4], [3]]) == [1, 2, None, 3, 4]
    assert read([[None], [1]], [[1], [None]]) == [None, 1]


def test_a_list_of_one_page_is_one_request():
    asked, asked_back = [], []

    assert read([[1, 2, 3]], [[3, 2, 1]], asked, asked_back) == [1, 2, 3]
    assert (len(asked), len(asked_back)) == (1, 0)


def test_what_is_added_at_the_end_meanwhile_may_be_missed_but_nothing_else_is():
    assert read([[0, 1], [2, 3], [4, 5], [6, 7]], [[5, 4], [3, 2], [1, 0]]) == [0, 1, 2, 3, 4, 5]


def test_a_reader_who_stops_ends_both_ways():
    ended = []

    def watched(pages, name):
        try:
            yield from way(pages, [])
        finally:
            ended.append(name)

    rows = cut(list(range(20)), 2)
    pages = from_both_ends(watched(rows, "forward"), lambda: watched(rows[::-1], "backward"), "id")
    next(pages)
    next(pages)
    next(pages)
    pages.close()

    assert sorted(ended) == ["backward", "forward"]
