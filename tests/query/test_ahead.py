import threading

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectapi.query.ahead import in_order


def threads_of_ours():
    return [each for each in threading.enumerate() if each.name.startswith("connectapi_")]


@given(st.lists(st.integers()), st.integers(1, 9))
def test_answers_come_in_the_order_of_the_items(items, width):
    assert list(in_order(lambda each: each * 2, items, width)) == [each * 2 for each in items]


def test_as_many_calls_are_under_way_as_may_be():
    together = threading.Barrier(4)

    # Each call waits for three others: with fewer at once this would never end.
    assert list(in_order(lambda each: (together.wait(timeout=30) and each) or each, range(8), 4)) == list(range(8))


def test_where_answers_come_at_once_no_thread_is_made():
    callers = list(in_order(lambda _: threading.get_ident(), range(5), 4, at_once=60.0))

    assert set(callers) == {threading.get_ident()}


def test_once_an_answer_takes_longer_the_others_are_asked_for_side_by_side():
    together, own = threading.Barrier(4), threading.get_ident()

    def call(each):
        # But for the first, each call waits for three others: with fewer at once this would never end.
        return (each, each == 0 or together.wait(timeout=30) >= 0, threading.get_ident() == own)

    found = list(in_order(call, range(9), 4, at_once=1e-9))

    assert found == [(each, True, each == 0) for each in range(9)]


def test_no_more_items_are_taken_than_there_is_room_for():
    taken = []
    answers = in_order(lambda each: each, (taken.append(each) or each for each in range(100)), 4)

    assert next(answers) == 0
    assert taken == [0, 1, 2, 3]
    assert next(answers) == 1
    assert taken == [0, 1, 2, 3, 4]
    answers.close()


def test_a_reader_that_soon_stops_has_asked_for_little():
    taken = []
    answers = in_order(lambda each: each, (taken.append(each) or each for each in range(100)), 8, gently=True)
    so_far = [(next(answers), len(taken)) for _ in range(6)]
    answers.close()

    # Under way besides the one that was read: none, 1, 3, and then always 7.
    assert so_far == [(0, 1), (1, 3), (2, 6), (3, 11), (4, 12), (5, 13)]


def test_a_reader_that_stops_leaves_no_thread_and_no_call_that_begins_later():
    called = []
    answers = in_order(called.append, range(100), 4)
    next(answers)
    answers.close()
    so_far = list(called)

    assert threads_of_ours() == []
    assert called == so_far
    assert len(called) <= 4


def test_an_error_comes_where_its_answer_would_have_been():
    def work(each):
        if each == 2:
            raise KeyError(each)
        return each

    got = []
    with pytest.raises(KeyError, match="2"):
        got.extend(in_order(work, range(5), 3))
    got = []
    answers = in_order(work, range(5), 3)
    got += [next(answers), next(answers)]
    with pytest.raises(KeyError):
        next(answers)

    assert got == [0, 1]
    assert threads_of_ours() == []


def test_items_that_fail_end_it():
    def items():
        yield 1
        raise OSError

    with pytest.raises(OSError, match=r"^$"):
        list(in_order(str, items(), 3))
    assert threads_of_ours() == []


def test_one_at_a_time_is_done_in_the_reader_s_own_thread():
    assert set(in_order(lambda _: threading.get_ident(), range(3), 1)) == {threading.get_ident()}
