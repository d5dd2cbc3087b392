"""The table of what servers send beside the contract, row by row, and what can't be read at all."""

import datetime
import json
import weakref

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectapi.codec.decode import Reader
from connectapi.errors import DecodeError
from connectapi.resource.catalog import Catalog
from connectapi.spec.index import Folder, SpecIndex

SPEC = """\
name: Thing
doc: "A thing."
key: id
fields:
  id: id
  name: str
  size: int
  share: float
  live: bool
  made: datetime
  free: json
  words: list of str
  notes: map of str
  owner: Owner
  parts: list of Owner
  colour: {type: str, values: [red, blue]}
types:
  Owner: {guid: guid, name: str | null}
---
name: Nest
doc: "Has ids at every depth."
key: id
fields: {id: id, one: Egg, all: list of Egg, by: map of Egg}
types:
  Egg: {id: id | null}
---
name: Odd
doc: "Has a key that Python can't spell."
fields:
  start: {type: str, wire: from}
"""


@pytest.fixture(scope="module")
def catalog(tmp_path_factory):
    folder = tmp_path_factory.mktemp("specs")
    (folder / "thing.yaml").write_text(SPEC, encoding="utf-8")
    return Catalog(SpecIndex((Folder(folder),)), lambda _spec, _catalog: {})


@pytest.fixture(scope="module")
def one(catalog):
    return Reader(catalog.record("Thing"), "Thing")


@pytest.fixture(scope="module")
def many(catalog):
    return Reader(list[catalog.record("Thing")], "Thing")


def as_json(value):
    return json.dumps(value).encode()


CONFORMING = {
    "id": "7",
    "name": "n",
    "size": 3,
    "share": 0.5,
    "live": True,
    "made": "2024-05-01T10:00:00Z",
    "free": {"a": [1]},
    "words": ["a"],
    "notes": {"k": "v"},
    "owner": {"guid": "g", "name": None},
    "parts": [{"guid": "h"}],
    "colour": "red",
}


def test_what_keeps_to_the_contract_takes_the_fast_road(catalog):
    reader = Reader(list[catalog.record("Thing")], "Thing")
    (thing,) = reader.read(as_json([CONFORMING]))

    assert reader.lenient == 0
    assert thing.made == datetime.datetime(2024, 5, 1, 10, tzinfo=datetime.timezone.utc)
    assert thing.owner.guid == "g"
    assert thing.parts[0].guid == "h"


@pytest.mark.parametrize("number", [7, 61875])
def test_an_id_is_text_whichever_arrives(one, number):
    assert one.read(as_json({"id": number})).id == str(number)
    assert one.read(as_json({"id": str(number)})).id == str(number)


def test_ids_that_are_numbers_do_not_slow_a_page_down(catalog):
    nest = catalog.record("Nest")
    reader = Reader(list[nest], "Nest")
    sent = [
        {"id": 1, "one": {"id": 2}, "all": [{"id": 3}, {"id": "4"}], "by": {"x": {"id": 5}}},
        {"id": None},
        {},
    ]
    found = reader.read(as_json(sent))

    assert reader.lenient == 0
    first = found[0]
    assert [each.id for each in found] == ["1", None, None]
    assert [first.one.id, first.all[0].id, first.all[1].id, first.by["x"].id] == ["2", "3", "4", "5"]
    assert found[1].one is found[1].all is found[1].by is None


@pytest.mark.parametrize("value", [True, 1.5, [1], {"a": 1}])
def test_what_is_neither_text_nor_a_whole_number_is_no_id(one, value):
    if value == 1.5:
        assert one.read(as_json({"id": value})).id == "1.5"
    else:
        with pytest.raises(DecodeError, match=r"\$\.id: expected text"):
            one.read(as_json({"id": value}))


@pytest.mark.parametrize("name", [*CONFORMING])
def test_null_stands_anywhere(one, name):
    thing = one.read(as_json({**CONFORMING, name: None}))

    assert getattr(thing, name) is None


@pytest.mark.parametrize("name", [*CONFORMING])
def test_anything_may_be_missing(one, name):
    thing = one.read(as_json({key: value for key, value in CONFORMING.items() if key != name}))

    assert getattr(thing, name) is None


def test_a_field_that_nothing_declares_stays_reachable_at_every_depth(one):
    data = {**CONFORMING, "extension": True, "owner": {"guid": "g", "team": "x"}}
    thing = one.read(as_json(data))

    assert thing.extra == {"extension": True}
    assert thing.owner.extra == {"team": "x"}
    assert thing.dict()["extension"] is True
    assert thing.dict()["owner"] == {"guid": "g", "name": None, "team": "x"}
    assert not hasattr(thing, "extension")


def test_an_unknown_field_in_one_row_of_many_is_kept(many):
    things = many.read(as_json([{"id": "1"}, {"id": "2", "new": 1}, {"id": "3"}]))

    assert [thing.extra for thing in things] == [{}, {"new": 1}, {}]


def test_a_value_outside_of_the_known_set_stays_as_it_came(one):
    assert one.read(as_json({"colour": "mauve"})).colour == "mauve"


def test_a_list_where_one_object_is_declared_is_taken(one):
    assert one.read(as_json({"owner": [{"guid": "g"}]})).owner.guid == "g"
    assert [each.guid for each in one.read(as_json({"owner": [{"guid": "g"}, {"guid": "h"}]})).owner] == ["g", "h"]


def test_one_object_where_a_list_is_declared_is_a_list_of_one(one, many):
    assert [each.guid for each in one.read(as_json({"parts": {"guid": "g"}})).parts] == ["g"]
    assert [each.id for each in many.read(as_json({"id": "1"}))] == ["1"]


def test_lists_among_the_objects_of_a_list_give_what_is_in_them(many):
    found = many.read(as_json([{"id": 1}, [], [{"id": 2}, [{"id": 3}, {"id": 4}]], [[{"id": 5}]], None]))

    assert [each and each.id for each in found] == ["1", "2", "3", "4", "5", None]


def test_null_for_a_whole_list_is_an_empty_one(many):
    assert many.read(b"null") == []


@pytest.mark.parametrize(
    ("name", "sent", "read"),
    [("size", "12", 12), ("size", 12.0, 12), ("share", "1.5", 1.5), ("share", 2, 2.0), ("live", "true", True)],
)
def test_a_number_as_text_and_the_like_are_read_where_nothing_is_lost(one, name, sent, read):
    assert getattr(one.read(as_json({name: sent})), name) == read


def test_an_html_page_says_that_it_is_one(one):
    with pytest.raises(
        DecodeError, match=r"GET /v1/x: can't read Thing: .*HTML page titled 'Sign in' \(a login page\?"
    ):
        one.read(b"\n<!doctype html><title>Sign in</title>", "GET /v1/x")


@pytest.mark.parametrize(
    ("answer", "path", "found"),
    [
        (b"", "", "an empty answer"),
        (b"nothing", "", "7 bytes that are not JSON"),
        (b'["', "", "not JSON"),
        (b"[" * 100_000, "", "nested too deeply"),
        (b"null", "$", "null"),
        (b"3", "$", "the number 3"),
        (b'[{"id": "1"}, {"id": "2"}]', "$", "a list of 2"),
        (b'{"made": "yesterday"}', "$.made", "the text 'yesterday'"),
        (b'{"made": ""}', "$.made", "the text ''"),
        (b'{"size": 1.5}', "$.size", "the number 1.5"),
        (b'{"size": true}', "$.size", "the JSON value true"),
        (b'{"size": "many"}', "$.size", "the text 'many'"),
        (b'{"share": "much"}', "$.share", "the text 'much'"),
        (b'{"live": "maybe"}', "$.live", "the text 'maybe'"),
        (b'{"name": {"a": 1}}', "$.name", "an object with the keys ['a']"),
        (b'{"name": false}', "$.name", "the JSON value false"),
        (b'{"words": [["a"]]}', "$.words[0]", "a list of 1"),
        (b'{"notes": [1]}', "$.notes", "a list of 1"),
        (b'{"notes": {"k": [1]}}', "$.notes.k", "a list of 1"),
        (b'{"owner": "ada"}', "$.owner", "the text 'ada'"),
        (b'{"parts": [{"guid": "g"}, {"guid": []}]}', "$.parts[1].guid", "a list of 0"),
        (b'{"share": 1' + b"0" * 400 + b"}", "$.share", "the number 1000"),
        (b'{"live": ' + b"9" * 4000 + b"}", "$.live", "the number 9999"),
        (b'{"size": {"' + b"k" * 10_000 + b'": 1}}', "$.size", "an object with the keys ['kkkk"),
        (b'{"notes": {"' + b"k" * 10_000 + b'": []}}', f"$.notes.{'k' * 60}…", "a list of 0"),
        (b'{"name": "' + b"a" * 200 + b'", "size": "' + b"b" * 200 + b'"}', "$.size", "a text that begins"),
    ],
)
def test_what_cant_be_read_is_named_with_its_place(one, answer, path, found):
    with pytest.raises(DecodeError) as caught:
        one.read(answer, "GET /v1/things/1")

    assert caught.value.resource == "Thing"
    assert caught.value.path == path
    assert found in caught.value.found
    assert "GET /v1/things/1" in str(caught.value)
    assert len(str(caught.value)) < 800


@pytest.mark.parametrize("around", [(b"", b""), (b'{"owner": ', b"}")], ids=["all", "a field"])
def test_lists_in_lists_are_read_as_deep_as_there_is_room_and_then_refused_in_words(one, around):
    def read(depth):
        return one.read(around[0] + b"[" * depth + b'{"name": "n"}' + b"]" * depth + around[1])

    assert "n" in {read(100).name, getattr(read(100).owner, "name", None)}
    for depth in (*range(300, 1200, 20), 100_000):
        try:
            read(depth)
        except DecodeError as error:
            assert "nested too deeply" in str(error)


def test_the_record_of_a_list_that_cant_be_read_is_named_by_its_key(many):
    with pytest.raises(DecodeError, match=r"at \$\[1\]\.made \(of id 5\)"):
        many.read(as_json([{"id": "4"}, {"id": "5", "made": "then"}]))


def test_a_key_that_python_cant_spell_fills_its_field(catalog):
    odd = Reader(catalog.record("Odd"), "Odd", wired=True).read(b'{"from": "here", "start": "there"}')

    assert odd.start == "here"
    assert odd.extra == {"start": "there"}


@pytest.mark.parametrize("count", [1, 100])
def test_what_is_read_is_a_record_in_every_way(catalog, count):
    thing = catalog.record("Thing")
    found = Reader(list[thing], "Thing").read(as_json([CONFORMING] * count))
    last = found[-1]

    assert {type(each) for each in found} == {thing}
    assert last == thing(**{name: getattr(last, name) for name in CONFORMING})
    assert weakref.ref(last)() is last
    with pytest.raises(AttributeError, match="by the server alone"):
        last.name = "m"


def test_renamed_keys_fill_their_fields(catalog):
    reader = Reader(catalog.record("Thing"), "Thing", {"thing_id": "id"})

    assert reader.read(b'{"thing_id": 3}').id == "3"


@pytest.mark.parametrize("key", ["_binding", "_extra", "__class__", "dict", "bind", "_spec"])
def test_no_key_of_an_answer_sets_anything_but_a_field(one, key):
    thing = one.read(as_json({"id": "1", key: {"evil": True}}))

    assert thing.extra == {key: {"evil": True}}
    assert type(thing).__name__ == "Thing"
    assert thing.dict()["id"] == "1"


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)


@given(data=st.dictionaries(st.sampled_from([*CONFORMING, "x", "_extra"]), JSON, max_size=6))
def test_any_object_is_read_whole_or_refused_in_words(one, data):
    try:
        thing = one.read(as_json(data))
    except DecodeError as error:
        assert error.path.startswith("$")
    else:
        assert thing.extra == {key: value for key, value in data.items() if key not in CONFORMING}


@given(
    st.fixed_dictionaries(
        {
            "id": st.text(max_size=5),
            "size": st.integers(-(2**60), 2**60),
            "words": st.lists(st.text(max_size=3), max_size=3),
            "owner": st.none() | st.fixed_dictionaries({"guid": st.text(max_size=3)}),
        }
    )
)
def test_both_roads_read_the_same(one, data):
    fast = one.read(as_json(data))
    lenient = one._leniently(as_json(data), "")

    assert fast == lenient
    assert msgspec.to_builtins(fast.dict()) == msgspec.to_builtins(lenient.dict())
