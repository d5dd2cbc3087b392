"""Counted pages: every record once, whatever the total says and whatever is added or deleted meanwhile."""

from types import SimpleNamespace

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from connectapi.query.offset import by_offset
from connectapi.query.page import Page


def read(fetch, size, *, enveloped=True, width=1, gently=False):
    pages = by_offset(fetch, lambda page: page, size, key="guid", enveloped=enveloped, width=width, gently=gently)
    return [each for page in pages for each in page.records]


@settings(max_examples=200)
@given(
    rows=st.integers(0, 30),
    size=st.integers(1, 7),
    lie=st.sampled_from([None, 0, 3, 10**6]),
    enveloped=st.booleans(),
    width=st.sampled_from([1, 4]),
)
def test_every_row_comes_once_whatever_the_total_says_if_it_is_no_less(rows, size, lie, enveloped, width):
    asked = []

    def fetch(position):
        asked.append(position)
        start = (position["page_number"] - 1) * position["page_size"]
        meta = {"total": max(rows, lie or 0)} if enveloped and lie is not None else {}
        return Page(list(range(start, min(rows, start + position["page_size"]))), meta)

    assert read(fetch, size, enveloped=enveloped, width=width) == list(range(rows))
    assert len(asked) <= rows // size + 1 + width


@given(rows=st.integers(0, 30), size=st.integers(2, 7), total=st.integers(-5, 29), width=st.sampled_from([1, 4]))
def test_a_total_that_is_too_small_hides_no_row(rows, size, total, width):
    """But for one that is just as many as came with the pages before: nothing tells that from the truth."""
    assume(total < rows and (total <= 0 or total % size))

    def fetch(position):
        start = (position["page_number"] - 1) * size
        return Page(list(range(start, min(rows, start + size))), {"total": total})

    assert read(fetch, size, width=width) == list(range(rows))


def test_a_total_that_is_too_small_does_not_ask_a_server_for_ever_that_knows_one_page():
    asked = []

    def fetch(position):
        asked.append(position)
        return Page([1, 2, 3], {"total": 1})

    assert read(fetch, 3) == [1, 2, 3]
    assert len(asked) == 2


@given(rows=st.integers(0, 40), most=st.integers(1, 6), asked_for=st.integers(1, 50), width=st.integers(1, 9))
def test_a_server_that_gives_fewer_than_were_asked_for_is_read_to_its_end(rows, most, asked_for, width):
    def fetch(position):
        size = min(most, position["page_size"])
        start = (position["page_number"] - 1) * size
        return Page(list(range(rows))[start : start + size], {"total": rows})

    assert read(fetch, asked_for, width=width) == list(range(rows))


@settings(max_examples=400)
@given(
    count=st.integers(0, 25),
    size=st.integers(1, 6),
    changes=st.lists(st.none() | st.tuples(st.booleans(), st.integers(0, 30)), max_size=40),
)
def test_what_was_there_throughout_comes_exactly_once(count, size, changes):
    """Between any two requests, at most one record is added or deleted, anywhere in the list."""
    rows = [f"old-{index}" for index in range(count)]
    stayed, to_come = set(rows), list(changes)

    def fetch(position):
        start = (position["page_number"] - 1) * position["page_size"]
        page = Page(
            [SimpleNamespace(guid=each) for each in rows[start : start + position["page_size"]]], {"total": len(rows)}
        )
        change = to_come.pop(0) if to_come else None
        if change is not None and change[0]:
            rows.insert(change[1], f"new-{len(to_come)}")
        elif change is not None and rows:
            stayed.discard(rows.pop(change[1] % len(rows)))
        return page

    found = [each.guid for each in read(fetch, size)]

    assert len(found) == len(set(found))
    # A list that changes with each request for ever can't be read whole: four readings, then what there is.
    if not to_come:
        assert stayed <= set(found)


def test_a_list_that_never_rests_is_read_four_times_and_not_for_ever():
    asked = []

    def fetch(position):
        asked.append(position)
        return Page([SimpleNamespace(guid=position["page_number"])], {"total": 3 + len(asked) % 2})

    assert sorted(each.guid for each in read(fetch, 1)) == [1, 2, 3, 4]
    assert 4 * 3 <= len(asked) <= 4 * 4


def test_a_list_that_rests_is_read_once():
    asked = []

    def fetch(position):
        asked.append(position["page_number"])
        return Page([SimpleNamespace(guid=position["page_number"])], {"total": 3})

    assert [each.guid for each in read(fetch, 1)] == [1, 2, 3]
    assert asked == [1, 2, 3]


def test_records_without_a_key_are_given_as_they_come():
    totals = iter([3, 4, 4, 4])

    def fetch(position):
        return Page([{"n": position["page_number"]}], {"total": next(totals)})

    assert read(fetch, 1) == [{"n": 1}, {"n": 2}, {"n": 3}, {"n": 4}]


@pytest.mark.parametrize("total", [True, "7", None, 2.5])
def test_a_total_that_is_no_number_counts_for_nothing(total):
    def fetch(position):
        number = position["page_number"]
        return Page([number] if number < 4 else [], {"total": total})

    assert read(fetch, 1) == [1, 2, 3]
