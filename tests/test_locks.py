"""A forked process finds no lock held by a thread that it does not have."""

import os
import subprocess
import sys
import textwrap

import pytest

from connectapi.locks import ForkLock, cached_property

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork here")


def run(program):
    """Run a program that forks as a process of its own, which has no other threads than those it says."""
    done = subprocess.run(
        [sys.executable, "-W", "ignore::DeprecationWarning", "-c", textwrap.dedent(program)],
        capture_output=True,
        text=True,
        check=False,
        timeout=30,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.split()


def test_a_fork_waits_for_who_holds_a_lock_and_gets_what_it_guards_whole():
    said = run("""
        import os, threading
        from connectapi.locks import ForkLock

        lock, entered, goes_on, things = ForkLock(0), threading.Event(), threading.Event(), []

        def work():
            with lock:
                things.append("half")
                entered.set()
                goes_on.wait()
                things.append("whole")

        thread = threading.Thread(target=work)
        thread.start()
        entered.wait()
        threading.Timer(0.05, goes_on.set).start()
        child = os.fork()
        with lock:
            if child == 0:
                os.write(1, " ".join(things).encode())
                os._exit(0)
        os.waitpid(child, 0)
        thread.join()
    """)

    assert said == ["half", "whole"]


def test_many_forks_among_threads_that_look_for_classes_all_end():
    said = run("""
        import os, signal, threading
        from connectapi.spec.index import Folder, SpecIndex, builtin_folder
        from connectapi.http.budget import Budget

        budget, ended = Budget(1e9), threading.Event()
        index = [SpecIndex((Folder(builtin_folder()),))]

        def look():
            while not ended.is_set():
                index[0].collections()
                budget.spend()

        threads = [threading.Thread(target=look) for _ in range(4)]
        for thread in threads:
            thread.start()
        for _ in range(40):
            index[0] = SpecIndex((Folder(builtin_folder()),))
            child = os.fork()
            if child == 0:
                signal.alarm(10)
                index[0].collections()
                budget.spend()
                os._exit(0)
            print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
        ended.set()
        for thread in threads:
            thread.join()
    """)

    assert said == ["0"] * 40


def test_a_fork_within_the_lock_is_fine_on_both_sides():
    lock = ForkLock(0)
    with lock, lock:
        pass
    said = run("""
        import os
        from connectapi.locks import ForkLock

        lock = ForkLock(0)
        with lock:
            child = os.fork()
        with lock:
            os.write(1, b"child " if child == 0 else b"parent ")
        if child == 0:
            os._exit(0)
        os.waitpid(child, 0)
    """)
    assert sorted(said) == ["child", "parent"]


def test_a_cached_property_has_no_lock_that_a_fork_may_copy():
    class Thing:
        made = 0

        @cached_property
        def value(self):
            type(self).made += 1
            return other.value if self is thing else "one"

    thing, other = Thing(), Thing()
    assert (thing.value, thing.value) == ("one", "one")
    assert Thing.made == 2
    assert not hasattr(Thing.__dict__["value"], "lock") or not hasattr(Thing.__dict__["value"].lock, "acquire")
