"""Unknown keys: kept with their record at every depth, without leaving the fast road."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectapi.codec.decode import Reader
from connectapi.resource.catalog import Catalog
from connectapi.spec.index import Folder, SpecIndex

SPEC = """\
name: Nest
doc: "Holds others."
fields: {name: str, one: Egg, all: list of Egg, by: map of Egg}
types:
  Egg: {name: str | null, yolk: Yolk}
  Yolk: {size: int}
"""


@pytest.fixture(scope="module")
def nest(tmp_path_factory):
    folder = tmp_path_factory.mktemp("specs")
    (folder / "nest.yaml").write_text(SPEC, encoding="utf-8")
    return Catalog(SpecIndex((Folder(folder),)), lambda _spec, _catalog: {}).record("Nest")


@pytest.fixture
def reader(nest):
    return Reader(list[nest], "Nest")


def read(reader, *objects):
    return reader.read(json.dumps(objects).encode())


def test_unknown_keys_are_kept_at_every_depth(reader):
    (found,) = read(
        reader,
        {
            "a": 1,
            "one": {"b": [2], "yolk": {"c": {"d": 3}}},
            "all": [{"name": "x"}, {"e": None}],
            "by": {"k": {"f": "4"}, "l": {}},
        },
    )

    assert found.extra == {"a": 1}
    assert (found.one.extra, found.one.yolk.extra) == ({"b": [2]}, {"c": {"d": 3}})
    assert [each.extra for each in found.all] == [{}, {"e": None}]
    assert {key: each.extra for key, each in found.by.items()} == {"k": {"f": "4"}, "l": {}}
    assert reader.lenient == 0


def test_each_record_keeps_its_own(reader):
    found = read(reader, {"a": 1}, {}, {"b": 2}, {"a": None, "b": 3})

    assert [each.extra for each in found] == [{"a": 1}, {}, {"b": 2}, {"a": None, "b": 3}]


def test_names_that_were_learned_stay_learned_and_new_ones_are_added(reader):
    assert read(reader, {"a": 1})[0].extra == {"a": 1}
    assert read(reader, {"name": "n"})[0].extra == {}
    assert read(reader, {"b": 2}, {"a": 3})[1].extra == {"a": 3}
    assert reader.lenient == 0


@pytest.mark.parametrize("key", ["", " ", "a.b", "class", "_unknown_0", "_extra", "ü", "\u2028", "\0", '"'])
def test_any_text_can_be_a_key(reader, key):
    assert read(reader, {key: 1}, {"other": 2})[0].extra == {key: 1}
    assert read(reader, {"other": 2})[0].extra == {"other": 2}


def test_a_server_that_makes_up_keys_is_read_all_the_same(reader):
    objects = [{f"key-{index}": index} for index in range(100)]

    assert [each.extra for each in read(reader, *objects)] == objects
    assert reader.lenient == 1
    assert read(reader, {"a": 1})[0].extra == {"a": 1}
    assert reader.lenient == 1


egg = st.fixed_dictionaries({}, optional={"name": st.none() | st.text(max_size=3), "x": st.integers(), "y": st.none()})
nests = st.fixed_dictionaries(
    {},
    optional={
        "name": st.text(max_size=3),
        "one": st.none() | egg,
        "all": st.none() | st.lists(egg, max_size=3),
        "by": st.none() | st.dictionaries(st.text(max_size=2), egg, max_size=2),
        "z": st.booleans(),
    },
)


@given(pages=st.lists(st.lists(nests, max_size=3), max_size=3))
def test_the_fast_road_keeps_what_the_lenient_one_keeps(nest, pages):
    reader = Reader(list[nest], "Nest")
    for objects in pages:
        fast = read(reader, *objects)
        lenient = reader._leniently(json.dumps(objects).encode(), "")

        assert [each.dict() for each in fast] == [each.dict() for each in lenient]
