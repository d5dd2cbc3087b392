"""Answers with values of plugins' types are read as fast as others, and a bad value is told exactly."""

import json
import sys
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connectapi import Client, DecodeError
from connectapi.codec.decode import Reader
from connectapi.codec.encode import json_bytes
from connectapi.resource.catalog import Catalog
from connectapi.spec.fieldtypes import FieldType
from connectapi.spec.index import Folder, SpecIndex
from tests.plugins.types.bills import ROW, Level, Money, page


def test_a_page_with_values_takes_the_fast_road(answers, scripted, monkeypatch):
    readers, read = [], Reader.read
    monkeypatch.setattr(Reader, "read", lambda self, *given: readers.append(self) or read(self, *given))
    answers.on("GET /v1/bills", page(*[ROW] * 3))
    bills = scripted.bills.get()

    assert [each.total for each in bills] == [Money.parse("1 EUR")] * 3
    assert bills[0].parts == [Money.parse("2 EUR")]
    assert bills[0].tax.amount == Money.parse("3 EUR")
    assert [each.lenient for each in readers] == [0]


def test_a_page_that_takes_the_lenient_road_has_the_same_values(answers, scripted):
    answers.on("GET /v1/bills", page({**ROW, "level": "1", "parts": ["2 EUR", None]}))
    (bill,) = scripted.bills.get()

    assert (bill.total, bill.level, bill.parts) == (Money.parse("1 EUR"), Level.LOW, [Money.parse("2 EUR"), None])
    assert bill.tax.amount == Money.parse("3 EUR")


@pytest.mark.parametrize(
    ("wrong", "path", "expected", "found"),
    [
        ({"total": "5"}, "$.results[1].total", "no currency in '5'", "the text '5'"),
        ({"parts": ["1 EUR", "5"]}, "$.results[1].parts[1]", "no currency in '5'", "the text '5'"),
        ({"paid": {"ada": "5"}}, "$.results[1].paid.ada", "no currency in '5'", "the text '5'"),
        ({"tax": {"amount": "5"}}, "$.results[1].tax.amount", "no currency in '5'", "the text '5'"),
        ({"total": "x EUR"}, "$.results[1].total", "InvalidOperation", "the text 'x EUR'"),
        ({"level": 7}, "$.results[1].level", "7 is not a valid Level", "the number 7"),
        ({"level": "high"}, "$.results[1].level", "a whole number", "the text 'high'"),
    ],
)
def test_one_bad_value_is_a_decode_error_with_resource_key_and_place(answers, scripted, wrong, path, expected, found):
    answers.on("GET /v1/bills", page(ROW, {**ROW, "guid": "the-second", **wrong}))

    with pytest.raises(DecodeError) as raised:
        scripted.bills.get()
    assert (raised.value.resource, raised.value.path, raised.value.item) == ("Bill", path, "guid the-second")
    assert expected in raised.value.expected
    assert raised.value.found == found
    assert "whole" in expected or "plugin 'Bills'" in str(raised.value) or "plugin 'Levels'" in str(raised.value)


def test_a_secret_that_is_no_value_is_not_shown(answers, scripted):
    answers.on("GET /v1/bills", page({**ROW, "hidden": "s3cret"}))

    with pytest.raises(DecodeError) as raised:
        scripted.bills.get()
    assert "s3cret" not in str(raised.value)
    assert str(raised.value).endswith("which says ValueError), found a secret that is none")


def test_answers_that_are_values_themselves(answers, scripted):
    answers.on("GET /v1/bill_sums/largest", "9 EUR", "9").on(
        "GET /v1/bill_sums/totals", ["1 EUR", "2 EUR"], ["1 EUR", "2"]
    )
    answers.on("GET /v1/bill_sums/listed", {"found": ["1 EUR"]}, {"found": ["1"]})

    assert scripted.bills.largest() == Money.parse("9 EUR")
    assert scripted.bills.totals() == [Money.parse("1 EUR"), Money.parse("2 EUR")]
    assert scripted.bills.listed() == [Money.parse("1 EUR")]
    for call, path in (("largest", "$"), ("totals", "$[1]"), ("listed", "$.found[0]")):
        with pytest.raises(DecodeError, match="no currency") as raised:
            getattr(scripted.bills, call)()
        assert raised.value.path == path


def test_columns_have_the_json_or_what_the_type_says(answers, scripted):
    answers.on("GET /v1/bills", page(ROW, {"guid": "h", "total": None}))
    rows = scripted.bills.iter().to_arrow()
    records = scripted.bills.get().to_arrow()

    assert rows.schema == records.schema
    assert [str(rows.schema.field(name).type) for name in ("total", "level", "span")] == [
        "decimal128(12, 2)",
        "int64",
        "string",
    ]
    assert rows.column("total").to_pylist() == records.column("total").to_pylist() == [Decimal("1.00"), None]
    assert records.column("level").to_pylist() == rows.column("level").to_pylist() == [1, None]
    assert records.column("parts").to_pylist() == rows.column("parts").to_pylist() == [["2 EUR"], None]


def test_a_bad_value_in_a_column_is_a_decode_error(answers, scripted):
    answers.on("GET /v1/bills", page({**ROW, "total": "5"}))

    with pytest.raises(DecodeError, match=r"can't read Bill at \$\[\*\]\.total: expected 'money'.*no currency"):
        scripted.bills.iter().to_arrow()


def test_reading_what_has_no_such_values_takes_not_one_call_more(answers, both):
    def calls(plugins):
        with Client(answers.url, "k", plugins=plugins) as client:
            user = client._catalog.record("User")
            reader = Reader(list[user], "User")
            data = json.dumps([{"guid": str(n), "username": "a"} for n in range(300)]).encode()
            reader.read(data)
            count = 0

            def note(_frame, event, _argument):
                nonlocal count
                count += event in {"call", "c_call"}

            sys.setprofile(note)
            try:
                reader.read(data)
            finally:
                sys.setprofile(None)
            return count

    assert calls(both) == calls([])


def test_a_page_with_values_costs_a_few_calls_a_value_and_no_more(answers, both):
    with Client(answers.url, "k", plugins=both) as client:
        bill = client._catalog.record("Bill")
    reader = Reader(list[bill], "Bill")
    data = json.dumps([{"guid": "g", "level": 1} for _ in range(1000)]).encode()
    reader.read(data)
    count = 0

    def note(_frame, event, _argument):
        nonlocal count
        count += event == "call"

    sys.setprofile(note)
    try:
        reader.read(data)
    finally:
        sys.setprofile(None)
    assert reader.lenient == 0
    assert count < 20_000


AMOUNTS = st.builds(Money, st.decimals(-1000, 1000, places=2).map(Decimal), st.sampled_from(["EUR", "USD"]))


def nested(value, depth):
    """Return strategies of a type and of values of it: however deep lists, maps and null are in each other."""
    if depth == 0:
        return value
    inner = nested(value, depth - 1)
    return st.one_of(
        value,
        inner.flatmap(lambda pair: st.tuples(st.just(f"list of {pair[0]}"), st.lists(st.just(pair[1]), max_size=3))),
        inner.map(lambda pair: (f"map of {pair[0]}", {"a": pair[1], "b": pair[1]})),
    )


@given(pair=nested(AMOUNTS.map(lambda amount: ("money", amount)), 3), strange=st.booleans())
@settings(max_examples=30)
def test_whatever_a_type_is_in_what_goes_out_comes_back(tmp_path_factory, pair, strange):
    type_, value = pair
    folder = tmp_path_factory.mktemp("bills")
    spec = f"name: Bill\ncollection: bills\npath: /v1/bills\ndoc: x\nfields: {{given: {type_} | null, number: int}}\n"
    (folder / "bill.yaml").write_text(spec, encoding="utf-8")
    words = {"money": FieldType("money", Money, structure=Money.parse, unstructure=str)}
    index = SpecIndex((Folder(folder),), words)
    bill = Catalog(index, lambda _spec, _catalog: {}).record("Bill")
    text = json_bytes(bill(given=value, number=1))
    if strange:  # the lenient road
        text = text.replace(b'"number":1', b'"number":"1"')
    reader = Reader(bill, "Bill")
    found = reader.read(text)

    assert found.given == value
    assert reader.lenient == strange
    json.loads(text)
