"""Records as tables: by way of records, and straight from the bytes."""

import datetime
import subprocess
import sys

import pandas
import polars
import pyarrow as pa
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from connectapi import DecodeError, ResourceList
from connectapi.query.methods import make_methods
from connectapi.resource.catalog import Catalog
from connectapi.spec.index import Folder, SpecIndex

SPEC = """\
name: Sample
collection: samples
path: /v1/samples
key: id
doc: "One of everything."
fields:
  id: id
  name: str | null
  size: int
  share: float | null
  live: bool
  made: datetime
  free: json
  words: list of str
  notes: map of int
  owner: Owner | null
  parts: list of Owner
  start: {type: str, wire: from}
  key: {type: str, secret: true}
types:
  Owner: {guid: guid, joined: datetime | null, home: Home}
  Home: {id: id, town: str}
methods:
  get: {page: {kind: offset, size: 2}}
"""

UTC = datetime.timezone.utc
NOON = datetime.datetime(2026, 1, 2, 12, 0, 0, tzinfo=UTC)
FULL = {
    "id": 7,
    "name": "a",
    "size": 3,
    "share": 0.5,
    "live": True,
    "made": "2026-01-02T13:00:00+01:00",
    "free": {"x": [1, None]},
    "words": ["p", "q"],
    "notes": {"n": 1},
    "owner": {"guid": "g", "joined": "2026-01-02T12:00:00Z", "home": {"id": "5", "town": "Delft"}},
    "parts": [{"guid": "h", "home": {"id": 6}}, {}],
    "from": "here",
    "key": "opens it",
    "unknown": 1,
}


@pytest.fixture(scope="module")
def sample(tmp_path_factory):
    folder = tmp_path_factory.mktemp("specs")
    (folder / "sample.yaml").write_text(SPEC, encoding="utf-8")
    return Catalog(SpecIndex((Folder(folder),)), make_methods).record("Sample")


@pytest.fixture(params=["records", "bytes"])
def read(request, sample, session, answers):
    """Read rows, by way of records or straight from the bytes."""

    def get(*rows):
        answers.on("GET /v1/samples", {"results": list(rows), "total": len(rows)})
        return sample.get(session) if request.param == "records" else sample.iter(session)

    return get


def test_every_type_has_its_column(read):
    table = read(FULL, {}).to_arrow()

    assert [str(each) for each in table.schema.types[:8]] == [
        *("string", "string", "int64", "double", "bool", "timestamp[us, tz=UTC]", "string"),
        "list<item: string>",
    ]
    first, second = table.to_pylist()
    assert first == {
        "id": "7",
        "name": "a",
        "size": 3,
        "share": 0.5,
        "live": True,
        "made": NOON,
        "free": '{"x":[1,null]}',
        "words": ["p", "q"],
        "notes": [("n", 1)],
        "owner": {"guid": "g", "joined": NOON, "home": {"id": "5", "town": "Delft"}},
        "parts": [
            {"guid": "h", "joined": None, "home": {"id": "6", "town": None}},
            {"guid": None, "joined": None, "home": None},
        ],
        "start": "here",
        "key": "XXXXXXXX",
    }
    assert set(second.values()) == {None}


def test_an_empty_answer_keeps_its_columns_and_types(read):
    empty, full = read().to_arrow(), read(FULL).to_arrow()

    assert empty.num_rows == 0
    assert empty.schema == full.schema
    assert read().to_polars().schema == read(FULL).to_polars().schema
    assert list(read().to_pandas().dtypes) == list(read(FULL).to_pandas().dtypes)


def test_objects_can_have_a_column_for_each_field(read):
    table = read(FULL, {"owner": None}).to_arrow(nested="dotted")

    assert [name for name in table.column_names if "." in name] == [
        *("owner.guid", "owner.joined", "owner.home.id", "owner.home.town"),
    ]
    assert table["owner.home.town"].to_pylist() == ["Delft", None]
    with pytest.raises(ValueError, match="nested: expected 'struct' or 'dotted', found 'flat'"):
        read(FULL).to_arrow(nested="flat")


def test_secrets_are_masked_unless_they_are_asked_for(read):
    assert read(FULL, {}).to_polars()["key"].to_list() == ["XXXXXXXX", None]
    assert read(FULL, {}).to_polars(secrets=True)["key"].to_list() == ["opens it", None]


def test_polars_and_pandas_keep_the_types(read):
    frame = read(FULL, {}).to_polars()
    assert isinstance(frame, polars.DataFrame)
    assert frame.schema["made"] == polars.Datetime("us", "UTC")
    assert frame["owner"].struct.field("home").struct.field("town").to_list() == ["Delft", None]

    frame = read(FULL, {}).to_pandas()
    assert isinstance(frame, pandas.DataFrame)
    assert (str(frame["size"].dtype), str(frame["live"].dtype)) == ("Int64", "boolean")
    assert str(frame["made"].dtype) == "datetime64[us, UTC]"
    assert frame["size"].sum() == 3


@pytest.mark.parametrize(
    ("sent", "read_as"),
    [
        ("2026-01-02T12:00:00.123456789Z", NOON.replace(microsecond=123457)),
        ("0001-01-01T00:00:00Z", datetime.datetime(1, 1, 1, tzinfo=UTC)),
        ("9999-12-31T23:59:59Z", datetime.datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC)),
        ("2026-01-02T12:00:00", NOON),
    ],
)
def test_times_are_read_as_records_read_them(read, sent, read_as):
    assert read({"made": sent}).to_arrow()["made"].to_pylist() == [read_as]


def test_a_time_that_is_none_is_an_error_with_its_place(sample, session, answers):
    answers.on(
        "GET /v1/samples", {"results": [{"id": "1", "made": NOON.isoformat()}, {"id": "2", "made": "then"}], "total": 2}
    )

    for table in (lambda: sample.get(session).to_arrow(), lambda: sample.iter(session).to_arrow()):
        with pytest.raises(DecodeError, match=r"made.*the text 'then'"):
            table()


def test_a_page_that_does_not_conform_is_read_as_records_are(sample, session, answers):
    pages = {"1": [{"id": "1", "size": "3"}, {"id": 2}], "2": [{"id": "3", "size": 4}]}
    answers.on("GET /v1/samples", lambda asked: {"results": pages[asked.query["page_number"]], "total": 3})
    table = sample.iter(session).to_arrow()

    assert (table["id"].to_pylist(), table["size"].to_pylist()) == (["1", "2", "3"], [3, None, 4])


def test_what_has_been_taken_is_not_in_the_table(sample, session, answers):
    answers.on("GET /v1/samples", {"results": [{"id": "1"}, {"id": "2"}], "total": 2})
    reading = sample.iter(session)

    assert next(reading).id == "1"
    assert reading.to_polars()["id"].to_list() == ["2"]
    assert list(reading) == []
    assert sample.iter(session).to_arrow().num_rows == 2


def test_a_slice_keeps_its_kind_and_what_is_no_record_has_none(sample, session, answers):
    answers.on("GET /v1/samples", {"results": [FULL], "total": 1})

    assert sample.get(session)[5:].to_arrow().column_names[0] == "id"
    for without in (ResourceList(), ResourceList(["text"]), ResourceList([None])):
        with pytest.raises(TypeError, match="only records have columns"):
            without.to_arrow()


def test_iter_gives_dictionaries_too(sample, session, answers):
    answers.on("GET /v1/samples", {"results": [FULL], "total": 1})
    (found,) = sample.iter(session).dicts()

    assert (found["id"], found["unknown"], found["key"]) == ("7", 1, "XXXXXXXX")


def test_a_reading_that_is_closed_gives_no_more(sample, session, answers):
    answers.on("GET /v1/samples", {"results": [FULL, FULL], "total": 2})
    reading = sample.iter(session)
    next(reading)
    reading.close()

    assert list(reading) == []


def test_a_number_of_more_than_64_bits_is_refused(read):
    with pytest.raises((ValueError, OverflowError)):
        read({"size": 2**80}).to_arrow()


owners = st.none() | st.fixed_dictionaries(
    {}, optional={"guid": st.text(max_size=3), "home": st.none() | st.fixed_dictionaries({"town": st.text(max_size=2)})}
)
rows = st.fixed_dictionaries(
    {"id": st.uuids().map(str)},
    optional={
        "name": st.none() | st.text(max_size=3),
        "size": st.none() | st.integers(-(2**63), 2**63 - 1),
        "share": st.floats(allow_nan=False, allow_infinity=False),
        "words": st.none() | st.lists(st.text(max_size=2), max_size=2),
        "notes": st.none() | st.dictionaries(st.text(max_size=2), st.none() | st.integers(0, 9), max_size=2),
        "owner": owners,
        "parts": st.none() | st.lists(owners.filter(lambda each: each is not None), max_size=2),
        "made": st.none() | st.datetimes().map(lambda each: f"{each.isoformat()}Z"),
    },
)


@given(found=st.lists(rows, max_size=5, unique_by=lambda row: row["id"]))
def test_both_ways_give_the_same_table(sample, found):
    from connectapi.codec.decode import Reader
    from connectapi.codec.encode import json_bytes
    from connectapi.codec.rows import row_reader
    from connectapi.query.columns import batch

    data = json_bytes(found)
    light_rows = row_reader(list[sample])(data)
    assume(light_rows is not None)  # else the page is read as records
    light = batch(sample, light_rows, secrets=False)
    records = batch(sample, Reader(list[sample], "Sample").read(data), secrets=False)

    assert light.equals(records)
    assert pa.Table.from_batches([light]).num_rows == len(found)


def test_no_table_library_loads_before_a_table_is_made():
    code = (
        "import sys\n"
        "from connectapi import Client, User\n"
        "User.get(Client('demo'))\n"
        "print({'pyarrow', 'polars', 'pandas', 'numpy'} & {each.partition('.')[0] for each in sys.modules})"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"
