import sqlite3
import threading

import pytest

from connectapi.errors import ConfigError
from connectapi.testing.conditions import (
    Order,
    alike,
    all_of,
    any_of,
    at_least,
    at_most,
    contains,
    equals,
    has_item,
    inside,
    linked,
    not_,
    one_of,
    starts,
    with_keys,
)
from connectapi.testing.store import Store


@pytest.fixture
def store(tmp_path):
    made = Store(tmp_path / "state.sqlite", ["Thing", "Part"])
    with made.writing() as records:
        for i, name in enumerate(["beta", "Alpha", "gamma"]):
            records.insert("Thing", str(i), {"name": name, "size": i, "tags": [name[0]], "on": i == 1})
        records.insert("Part", "p", {"of": 1}, "1")
        records.insert("Part", "0", {"of": 9}, "9")
    yield made
    made.close()


@pytest.mark.parametrize(
    ("condition", "names"),
    [
        (equals("name", "beta"), ["beta"]),
        (equals("on", value=True), ["Alpha"]),
        (equals("missing", None), ["beta", "Alpha", "gamma"]),
        (one_of("size", [0, 2]), ["beta", "gamma"]),
        (one_of("size", []), []),
        (starts("name", "AL"), ["Alpha"]),
        (alike("name", "ALPHA"), ["Alpha"]),
        (alike("name", "Alph"), []),
        (starts("name", "%"), []),
        (contains("name", "MM"), ["gamma"]),
        (at_least("size", 1), ["Alpha", "gamma"]),
        (at_most("size", 1), ["beta", "Alpha"]),
        (has_item("tags", ["b", "g"]), ["beta", "gamma"]),
        (has_item("missing", ["b"]), []),
        (with_keys(["2", "9"]), ["gamma"]),
        (inside("Part", equals("of", 1)), ["Alpha"]),
        (linked("Part", "9"), ["beta"]),
        (any_of(), []),
        (any_of(equals("size", 0), equals("size", 1)), ["beta", "Alpha"]),
        (all_of(), ["beta", "Alpha", "gamma"]),
        (all_of(at_least("size", 1), at_most("size", 1)), ["Alpha"]),
        (not_(equals("size", 1)), ["beta", "gamma"]),
        (not_(at_least("missing", 1)), ["beta", "Alpha", "gamma"]),
    ],
)
def test_conditions_find_what_they_say(store, condition, names):
    with store.reading() as records:
        assert [each["name"] for each in records.find("Thing", condition)] == names
        assert records.count("Thing", condition) == len(names)


def test_an_order_minds_no_case_and_falls_back_on_insertion(store):
    with store.reading() as records:
        assert [each["name"] for each in records.find("Thing", order=[Order("name")])] == ["Alpha", "beta", "gamma"]
        down = records.find("Thing", order=[Order("missing", ascending=False)], limit=2, offset=1)
        assert [each["name"] for each in down] == ["Alpha", "beta"]


def test_a_record_is_known_by_its_key_within_a_scope(store):
    with store.writing() as records:
        records.insert("Part", "p", {"of": 2}, "2")
        assert records.get("Part", "p", "2") == {"of": 2}
        assert records.get("Part", "p", "3") is None
        assert records.put("Part", "p", {"of": 3}, "2") == {"of": 3}
        assert records.change("Part", "p", {"more": 1}, "2") == {"of": 3, "more": 1}
        assert records.get("Part", "p", "1") == {"of": 1}
        assert records.delete("Part", key="p", scope="2") == 1
        with pytest.raises(KeyError):
            records.change("Part", "none", {})


def test_a_key_is_there_once(store):
    with pytest.raises(sqlite3.IntegrityError), store.writing() as records:
        records.insert("Thing", "0", {})


def test_what_fails_leaves_nothing_behind(store):
    def fail():
        with store.writing() as records:
            records.insert("Thing", "new", {})
            records.insert("Thing", "new", {})

    with pytest.raises(sqlite3.IntegrityError):
        fail()
    with store.reading() as records:
        assert records.get("Thing", "new") is None


def test_a_reader_sees_one_state_while_others_write(store):
    with store.reading() as before:
        assert before.count("Thing") == 3
        with store.writing() as records:
            records.insert("Thing", "new", {})
        assert before.count("Thing") == 3
    with store.reading() as after:
        assert after.count("Thing") == 4


def test_numbers_never_come_twice(store):
    found = []

    def draw():
        for _ in range(50):
            with store.writing() as records:
                found.append(records.number("x", first=5))

    threads = [threading.Thread(target=draw) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(found) == list(range(5, 205))


def test_a_reader_of_a_closed_store_ends_in_order(tmp_path):
    store = Store(tmp_path / "x.sqlite", ["Thing"], lasting=False)
    with store.reading() as records:
        store.close()
        assert records.count("Thing") == 0


def test_a_file_of_another_kind_is_refused(tmp_path):
    (tmp_path / "text").write_text("no database, but long enough to be taken for one" * 50)
    with pytest.raises(ConfigError, match="is not a state"):
        Store(tmp_path / "text", [])
    connection = sqlite3.connect(tmp_path / "other")
    connection.execute("PRAGMA user_version = 99")
    connection.close()
    with pytest.raises(ConfigError, match="layout is 99, not 2"):
        Store(tmp_path / "other", [])
