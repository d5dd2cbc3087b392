import gc
import os
import threading

import pytest

from connectapi.codec import collector
from connectapi.codec.collector import paused
from connectapi.codec.decode import Reader


@pytest.fixture(autouse=True)
def as_it_was():
    assert gc.isenabled()
    yield
    gc.enable()


def test_the_collector_rests_for_the_block_alone():
    with paused():
        assert not gc.isenabled()
    assert gc.isenabled()


def test_it_goes_on_after_the_outermost_of_nested_blocks():
    with paused():
        with paused():
            pass
        assert not gc.isenabled()
    assert gc.isenabled()


def test_it_goes_on_when_the_block_fails():
    with pytest.raises(KeyError), paused():
        raise KeyError
    assert gc.isenabled()


def test_it_stays_off_for_whom_had_turned_it_off():
    gc.disable()
    with paused():
        pass
    assert not gc.isenabled()


def test_it_goes_on_after_the_last_of_several_threads():
    inside, leave = threading.Barrier(9), threading.Event()

    def work():
        with paused():
            inside.wait()
            leave.wait()

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    inside.wait()
    assert not gc.isenabled()
    leave.set()
    for thread in threads:
        thread.join()
    assert gc.isenabled()


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork on this system")
@pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")
def test_a_process_forked_in_a_block_has_its_collector():
    with paused():
        child = os.fork()
        if not child:
            usable = gc.isenabled()
            with paused():
                usable = usable and not gc.isenabled()
            os._exit(0 if usable and gc.isenabled() else 1)
        _, status = os.waitpid(child, 0)

    assert os.waitstatus_to_exitcode(status) == 0


@pytest.mark.parametrize("rows", [10, 5_000])
def test_a_large_answer_is_read_without_a_single_run(rows):
    data = b"[" + b",".join([b'{"a":[]}'] * rows) + b"]"
    reader = Reader(list[dict[str, list[int]]], "Thing")
    reader.read(data)  # what it makes once is made
    gc.collect()
    runs = []
    gc.callbacks.append(lambda phase, _info: runs.append((phase, collector._pause.depth)))
    try:
        found = reader.read(data)
    finally:
        gc.callbacks.pop()

    assert len(found) == rows
    assert [depth for _, depth in runs if depth] == []
