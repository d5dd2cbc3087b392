import datetime
import json
from urllib.parse import parse_qs

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectapi.codec.encode import form_bytes, json_bytes, moment
from connectapi.resource.catalog import Catalog
from connectapi.spec.index import Folder, SpecIndex
from connectapi.types import Secret

#: Bounds that are a moment in UTC whatever the zone; bounds themselves have none.
FIRST, LAST = datetime.datetime(1, 1, 3), datetime.datetime(9999, 12, 29)  # noqa: DTZ001


@pytest.fixture(scope="module")
def variable(tmp_path_factory):
    folder = tmp_path_factory.mktemp("specs")
    text = 'name: Var\ndoc: "x"\nfields: {name: str, value: str | null, comment: str, start: {type: str, wire: from}}\n'
    (folder / "var.yaml").write_text(text, encoding="utf-8")
    return Catalog(SpecIndex((Folder(folder),)), lambda _spec, _catalog: {}).record("Var")


def test_a_record_sends_null_where_the_contract_allows_it_and_leaves_out_the_rest(variable):
    assert json.loads(json_bytes([variable(name="A")])) == [{"name": "A", "value": None}]


def test_a_record_sends_its_fields_under_the_keys_of_the_server(variable):
    assert json.loads(json_bytes(variable(name="A", value="b", start="c"))) == {"name": "A", "value": "b", "from": "c"}


def test_times_are_sent_in_utc():
    east = datetime.timezone(datetime.timedelta(hours=2))

    assert json_bytes({"at": datetime.datetime(2024, 5, 1, 12, tzinfo=east)}) == b'{"at":"2024-05-01T10:00:00Z"}'


def test_a_time_without_a_zone_is_refused():
    with pytest.raises(ValueError, match="has no time zone; give it one"):
        json_bytes({"at": datetime.datetime(2024, 5, 1)})  # noqa: DTZ001 -- the point


def test_a_time_that_utc_has_no_year_for_is_refused():
    east = datetime.timezone(datetime.timedelta(hours=5))
    with pytest.raises(ValueError, match="outside of the years 1 to 9999"):
        moment(datetime.datetime(1, 1, 1, tzinfo=east))


@given(st.datetimes(FIRST, LAST, timezones=st.timezones()))
def test_a_time_is_the_same_moment_after_it_was_sent(value):
    assert datetime.datetime.fromisoformat(moment(value).replace("Z", "+00:00")) == value.astimezone(
        datetime.timezone.utc
    )


def test_a_secret_is_sent_as_it_is():
    assert json_bytes({"password": Secret("s3")}) == b'{"password":"s3"}'


def test_a_form_leaves_out_what_is_none_and_quotes_the_rest():
    sent = form_bytes({"a": "x&y=ü", "b": None, "c": True, "d": 3})

    assert parse_qs(sent.decode()) == {"a": ["x&y=ü"], "c": ["true"], "d": ["3"]}
