import copy
import pickle
import threading

import attrs
import pytest

import connectapi
from connectapi.errors import SpecError
from connectapi.resource.catalog import Catalog
from connectapi.spec.index import Folder, SpecIndex

SPEC = """\
name: Thing
doc: "A thing."
key: guid
fields:
  guid: {type: guid, doc: "Which one."}
  size: {type: int, write: always, unit: bytes, values: [1, 2], doc: "How big."}
  key: {type: str, secret: true, doc: "Opens it."}
  owner: {type: Owner, include: owner, since: "2024.05.0", deprecated: "user", doc: "Whose."}
types:
  Owner: {name: str}
"""


def catalog_of(folder, text=SPEC, methods=lambda _spec, _catalog: {}):
    (folder / "thing.yaml").write_text(text, encoding="utf-8")
    return Catalog(SpecIndex((Folder(folder),)), methods)


@pytest.fixture
def thing_class(tmp_path):
    return catalog_of(tmp_path).record("Thing")


def test_a_class_is_an_attrs_class_with_slots_and_documentation(thing_class):
    assert attrs.has(thing_class)
    assert not hasattr(thing_class(), "__dict__")
    assert [each.name for each in attrs.fields(thing_class)] == ["guid", "size", "key", "owner"]
    assert thing_class.__module__ == "connectapi.resources"
    assert thing_class.__doc__ == (
        "A thing.\n\nAttributes:\n    guid (guid): Which one.\n"
        "    size (int): How big. Known values: 1, 2. In bytes.\n    key (str): Opens it.\n"
        "    owner (Owner): Whose. Only with include=['owner']. Since Connect 2024.05.0. Deprecated: use user."
    )
    with pytest.raises(TypeError):
        thing_class("positional")


def test_a_record_prints_its_fields_in_order_and_its_secrets_masked(thing_class):
    thing = thing_class(guid="g", size=1, key="s3cret")

    assert str(thing) == "guid='g' size=1 key='XXXXXXXX' owner=None"
    assert repr(thing) == "Thing(guid='g', size=1, key='XXXXXXXX', owner=None)"
    assert thing.dict() == {"guid": "g", "size": 1, "key": "XXXXXXXX", "owner": None}
    assert thing.dict(secrets=True)["key"] == "s3cret"
    assert thing.key == "s3cret"


def test_records_compare_by_value(thing_class):
    assert thing_class(guid="g") == thing_class(guid="g")
    assert thing_class(guid="g") != thing_class(guid="h")
    with pytest.raises(TypeError, match="unhashable"):
        hash(thing_class())


def test_a_copy_is_equal_and_changes_alone(thing_class, tmp_path):
    owner_class = catalog_of(tmp_path).record("Owner")
    thing = thing_class(guid="g", key="s3cret", owner=owner_class(name="Ada"))
    shallow, deep = copy.copy(thing), copy.deepcopy(thing)

    assert shallow == thing == deep
    assert shallow.owner is thing.owner
    assert deep.owner is not thing.owner
    shallow.size = 2
    assert thing.size is None


def test_a_pickle_leaves_client_and_secrets_behind():
    key = connectapi.ApiKey(id="1", key="s3cret-s3cret").bind(object())
    data = pickle.dumps(key)

    assert b"s3cret" not in data
    back = pickle.loads(data)
    assert type(back) is connectapi.ApiKey
    assert (back.id, back.key) == ("1", None)
    with pytest.raises(ValueError, match="belongs to no client"):
        back.delete()


@pytest.mark.parametrize(
    ("methods", "mixin", "expected"),
    [
        ({}, "collections:OrderedDict", r"thing\.yaml: mixin: 'collections:OrderedDict' must be a class with"),
        ({}, "nowhere.at.all:X", r"thing\.yaml: mixin: can't find 'nowhere\.at\.all:X'"),
        ({}, "connectapi.query.tasks:Nothing", "can't find"),
        ({"wait": print}, "connectapi.query.tasks:TaskMixin", r"wait: already a name of every record or of its mixin"),
    ],
)
def test_a_mixin_that_does_not_fit_is_a_spec_error(tmp_path, methods, mixin, expected):
    catalog = catalog_of(tmp_path, f"{SPEC}mixin: {mixin}\n", lambda _spec, _catalog: methods)

    with pytest.raises(SpecError, match=expected):
        catalog.record("Thing")


def test_types_that_lead_back_to_themselves_are_a_spec_error(tmp_path):
    catalog = catalog_of(tmp_path, SPEC.replace("Owner: {name: str}", "Owner: {thing: Thing}"))

    with pytest.raises(SpecError, match="Thing → Owner → Thing"):
        catalog.record("Thing")


def test_threads_that_ask_at_once_get_one_class(tmp_path):
    catalog = catalog_of(tmp_path)
    barrier, found = threading.Barrier(16), []

    def ask():
        barrier.wait()
        found.append(catalog.record("Thing"))

    threads = [threading.Thread(target=ask) for _ in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(set(map(id, found))) == 1
