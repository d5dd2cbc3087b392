"""Two plugins' types of values, in every face of the resources that use them."""

import copy
import datetime
import enum
import json
import pickle
import sys
from decimal import Decimal

import attrs
import pytest

from connectapi import BadRequestError, Client, DecodeError, PluginError, SpecError
from connectapi.codec.decode import Reader
from connectapi.contract.compare import compare
from connectapi.contract.draft import drafted
from connectapi.generate.reference import reference_pages
from connectapi.generate.stubs import resources_stub
from connectapi.plugins.manager import installed_plugins
from connectapi.resources import catalog_of
from connectapi.spec.load import load_text
from connectapi.testing import ConnectServer


@attrs.frozen
class Money:
    amount: Decimal
    currency: str

    @classmethod
    def parse(cls, text, _type=None):
        amount, _, currency = text.partition(" ")
        if not currency:
            raise ValueError(f"no currency in {text!r}")
        return cls(Decimal(amount), currency)

    def __str__(self):
        return f"{self.amount} {self.currency}"


class Level(enum.Enum):
    LOW = 1
    HIGH = 2


@attrs.frozen
class Span:
    start: datetime.date
    days: int


BILL = """\
name: Bill
collection: bills
path: /v1/bills
key: guid
label: [guid, total, level]
doc: "A bill."
fields:
  guid: guid
  total: {type: money, write: always, doc: "What it comes to."}
  parts: {type: list of money | null, write: always, doc: "Its parts."}
  paid: {type: map of money | null, write: always, doc: "What was paid, by whom."}
  tax: {type: BillTax | null, write: always, doc: "The tax on it."}
  level: {type: level | null, write: always, doc: "How much that is."}
  span: {type: span | null, write: always, doc: "What it is for."}
  hidden: {type: money | null, secret: true, write: always, doc: "What nobody must know."}
types:
  BillTax:
    doc: "The tax on a bill."
    fields: {rate: float, amount: money}
methods:
  get:
    page: offset
    params:
      total: {type: money, doc: "What it comes to."}
      among: {type: list of money, filter: {is: [total]}, doc: "What it may come to."}
      level: {type: level, doc: "How much."}
  get_one: {}
  create: {required: [total]}
  update: {}
actions:
  largest: {call: GET /v1/bill_sums/largest, returns: money, doc: "The largest of all."}
  totals: {call: GET /v1/bill_sums/totals, returns: list of money, doc: "All totals."}
  listed: {call: GET /v1/bill_sums/listed, returns: list of money, items: found, doc: "All totals, in an object."}
"""

EUR = Money.parse("12.50 EUR")


@pytest.fixture
def money(tmp_path, plugin):
    """A plugin with a type for text, and a resource that has it."""
    (tmp_path / "bills").mkdir()
    (tmp_path / "bills" / "bill.yaml").write_text(BILL, encoding="utf-8")

    def types(register):
        register(
            "money",
            Money,
            structure=Money.parse,
            unstructure=str,
            pattern=r"-?\d+(\.\d+)? [A-Z]{3}",
            doc="An amount, such as 12.50 EUR.",
            column=lambda pa: pa.decimal128(12, 2),
            cell=lambda value: value.amount,
        )

    return plugin("Bills", register_resources=lambda register: register(tmp_path / "bills"), register_types=types)


@pytest.fixture
def levels(plugin):
    """A plugin with types that are left to cattrs: of a number, and of an object."""

    def types(register):
        register("level", Level, json="int", values=[1, 2], doc="Low or high.")
        register("span", Span, json="json", format="date-span")

    return plugin("Levels", register_types=types)


@pytest.fixture
def both(money, levels):
    return [money, levels]


@pytest.fixture
def client(both):
    with (
        ConnectServer(plugins=both, sample=False) as server,
        Client(server.url, server.api_key, plugins=both) as client,
    ):
        yield client


@pytest.fixture
def scripted(answers, both):
    with Client(answers.url, "k", plugins=both) as client:
        yield client


@pytest.fixture
def index(both):
    return catalog_of(installed_plugins().joined(both)).index


def test_values_go_to_the_server_as_json_and_come_back_as_values(client):
    span = Span(datetime.date(2026, 1, 1), 31)
    made = client.bills.create(
        total=EUR,
        parts=[EUR, Money.parse("1 EUR")],
        paid={"ada": EUR},
        tax={"rate": 0.2, "amount": Money.parse("2.50 EUR")},
        level=Level.HIGH,
        span=span,
    )
    found = client.bills.get_one(made.guid)

    assert found == made
    assert (found.total, found.parts, found.paid) == (EUR, [EUR, Money.parse("1 EUR")], {"ada": EUR})
    assert (found.tax.amount, found.level, found.span) == (Money.parse("2.50 EUR"), Level.HIGH, span)
    assert found.dict()["total"] == EUR
    assert f"total={EUR!r}" in str(found)


def test_what_is_sent_is_the_json_of_the_type(answers, scripted):
    answers.on("POST /v1/bills", {"guid": "g"}).on("PATCH /v1/bills/g", {"total": "3 EUR", "level": 1})
    bill = scripted.bills.create(total=EUR, tax={"rate": 0.5, "amount": EUR}, span=Span(datetime.date(2026, 1, 2), 1))
    bill.total, bill.parts = Money.parse("3 EUR"), []
    bill.update(level=Level.LOW)

    assert answers.asked[0].json == {
        "total": "12.50 EUR",
        "tax": {"rate": 0.5, "amount": "12.50 EUR"},
        "span": {"start": "2026-01-02", "days": 1},
    }
    assert answers.asked[1].json == {"total": "3 EUR", "parts": [], "level": 1}
    assert (bill.total, bill.level) == (Money.parse("3 EUR"), Level.LOW)


def test_a_record_within_a_body_is_sent_with_the_json_of_the_type(answers, scripted):
    answers.on("POST /v1/bills", {"guid": "g"})
    tax = scripted._catalog.record("BillTax")(rate=0.5, amount=EUR)
    scripted.bills.create(total=EUR, tax=tax)

    assert answers.asked[0].json["tax"] == {"rate": 0.5, "amount": "12.50 EUR"}


def test_a_query_has_the_text_of_the_type(client):
    client.bills.create(total=EUR, level=Level.LOW)
    client.bills.create(total=Money.parse("3 EUR"), level=Level.HIGH)

    assert [each.total for each in client.bills.get(total=EUR)] == [EUR]
    assert [each.total for each in client.bills.get(among=Money.parse("3 EUR"))] == [Money.parse("3 EUR")]
    assert len(client.bills.get(among=[EUR, Money.parse("3 EUR")])) == 2
    assert [each.level for each in client.bills.get(level=Level.HIGH)] == [Level.HIGH]


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({"total": "12.50 EUR"}, r"Bill\.create\(\) total: expected a Money \(money\), found str"),
        ({"total": EUR, "parts": ["1 EUR"]}, r"Bill\.create\(\) parts\[0\]: expected a Money \(money\), found str"),
        ({"total": Money(Decimal(1), "euro")}, r"Bill\.create\(\) total: does not match"),
    ],
)
def test_a_value_of_another_type_or_against_its_rules_is_refused_before_a_request(answers, scripted, given, expected):
    with pytest.raises((TypeError, ValueError), match=expected):
        scripted.bills.create(**given)
    with pytest.raises(TypeError, match=r"Bill\.total: expected a Money"):
        scripted._catalog.record("Bill")(guid="g").total = 3
    assert answers.asked == []


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ({"total": "12.50"}, r"total: does not match"),
        ({"total": 3}, r"total: expected text, found int"),
        ({"total": "1 EUR", "parts": ["x"]}, r"parts\[0\]: does not match"),
        ({"total": "1 EUR", "level": 3}, r"level: 3 is none of 1, 2"),
        ({"total": "1 EUR", "tax": {"amount": "1"}}, r"tax\.amount: does not match"),
    ],
)
def test_the_embedded_server_refuses_what_is_not_of_the_type(client, body, message):
    with pytest.raises(BadRequestError, match=message):
        client.request("POST", "/v1/bills", json=body)
    with pytest.raises(BadRequestError, match=r"level: 7 is none of 1, 2"):
        client.request("GET", "/v1/bills", params={"level": 7})


ROW = {"guid": "g", "total": "1 EUR", "parts": ["2 EUR"], "level": 1, "tax": {"rate": 1, "amount": "3 EUR"}}


def page(*rows):
    return {"results": rows, "current_page": 1, "total": len(rows)}


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


def test_a_record_with_values_can_be_pickled_where_its_class_is_installed(client):
    bill = client.bills.create(total=EUR)
    values, _ = bill.__getstate__()

    assert pickle.loads(pickle.dumps(values["total"])) == EUR


def test_stubs_and_reference_name_the_classes(index):
    stub, pages = resources_stub(index), reference_pages(index)

    assert f"import {__name__}\n" in stub
    assert f"    total: {__name__}.Money\n" in stub
    assert f"    parts: list[{__name__}.Money] | None\n" in stub
    assert f"level: {__name__}.Level = ..." in stub
    assert "| `money` | An amount, such as 12.50 EUR. |" in pages["index.md"]
    assert "| `total` | money | always | What it comes to. |" in pages["bill.md"]


DOCUMENT = {
    "openapi": "3.0.3",
    "paths": {
        "/v1/refunds/{id}": {
            "get": {
                "tags": ["Refunds"],
                "parameters": [{"name": "id", "in": "path", "schema": {"type": "string"}}],
                "responses": {
                    "200": {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/Refund"}}}}
                },
            }
        }
    },
    "components": {
        "schemas": {
            "Refund": {
                "type": "object",
                "properties": {
                    "id": {"type": "string"},
                    "amount": {"type": "string", "format": "money"},
                    "amounts": {"type": "array", "items": {"type": "string", "format": "money"}},
                    "span": {"type": "object", "format": "date-span", "properties": {"days": {"type": "integer"}}},
                },
            }
        }
    },
}


def test_a_draft_knows_the_types_by_their_formats(index):
    text = drafted(DOCUMENT, index, "Refunds")
    (spec,) = load_text(text, known=index.knows)

    assert {name: each.type for name, each in spec.fields.items()} == {
        "id": "id",
        "amount": "money",
        "amounts": "list of money",
        "span": "span",
    }
    with pytest.raises(SpecError, match="unknown type 'money'"):
        load_text(text)


def test_a_type_fits_a_schema_of_its_format_or_of_its_json(tmp_path, plugin, both):
    spec = (
        "name: Refund\ndoc: x\nkey: id\npath: /v1/refunds\nmethods: {get_one: {}}\n"
        "fields: {id: id, amount: money, amounts: list of money, span: span}\n"
    )
    (tmp_path / "refunds").mkdir()
    (tmp_path / "refunds" / "refund.yaml").write_text(spec, encoding="utf-8")
    refunds = plugin("Refunds", register_resources=lambda register: register(tmp_path / "refunds"))
    index = catalog_of(installed_plugins().joined([*both, refunds])).index

    def differences(**amount):
        document = copy.deepcopy(DOCUMENT)
        document["components"]["schemas"]["Refund"]["properties"]["amount"] = amount
        found = compare([index.resource("Refund")], index, document).unexplained
        return [each.place for each in found if "refunds" in each.operation and "amount" in each.place]

    assert differences(type="string", format="money") == []
    assert differences(type="string") == []
    assert len(differences(type="integer")) == 1


INSTALLED = """
from decimal import Decimal, InvalidOperation
from pathlib import Path
from connectapi import hookimpl

class Money(Decimal):
    def __str__(self):
        return f"{Decimal.__str__(self)} EUR"

def structure(value, cls):
    return cls(value.removesuffix(" EUR"))

@hookimpl
def register_resources(register):
    register(Path(__file__).parent / "bill_specs")

@hookimpl
def register_types(register):
    register("money", Money, structure=structure, unstructure=str, pattern=r".* EUR", doc="An amount, such as 12.50 EUR.")
"""

SHORT = """\
name: Bill
collection: bills
path: /v1/bills
key: guid
label: [total]
doc: "A bill."
fields: {guid: guid, total: {type: money, write: always}, parts: {type: list of money, write: always}}
methods: {get: {page: offset, params: {total: money}}, create: {}}
"""


def test_the_command_line_reads_values_and_prints_their_json(installed):
    folder = installed("connect_bills", INSTALLED)
    (folder / "bill_specs").mkdir()
    (folder / "bill_specs" / "bill.yaml").write_text(SHORT, encoding="utf-8")

    def run(*words):
        return installed.run("", words=["--server", "demo", "bills", *words])

    made = run("create", "--total", "12.50", "--parts", "1", "--parts", "2 EUR", "--json")
    shown = json.loads(made.stdout)

    assert (shown["total"], shown["parts"]) == ("12.50 EUR", ["1 EUR", "2 EUR"])
    assert "12.50 EUR" in run("create", "--total", "12.50").stdout
    assert run("list", "--total", "9 EUR").stdout.strip() == "no bills"
    wrong = run("create", "--total", "a lot")
    assert wrong.returncode == 2
    assert "'a lot' is no money: InvalidOperation" in wrong.stderr
    assert "An amount, such as 12.50 EUR." in wrong.stderr


def test_two_plugins_with_one_type_are_refused_by_a_client_by_a_server_and_in_the_list(plugin, installed):
    plugins = [plugin(name, register_types=lambda register: register("money", Money)) for name in ("One", "Two")]
    reason = (
        "plugin 'Two': registers the type 'money', which the plugin 'One' registers already; switch one of them off"
    )

    with pytest.raises(PluginError) as refused:
        Client("http://127.0.0.1:1", "k", plugins=plugins)
    assert str(refused.value) == reason
    with pytest.raises(PluginError, match=r"'Two'.*'One'"):
        ConnectServer(plugins=plugins)
    for name in ("connect_one", "connect_two"):
        installed(
            name,
            "from connectapi import hookimpl\n@hookimpl\ndef register_types(register):\n    register('money', complex)\n",
        )
    told = json.loads(installed.run("", words=["plugins", "list", "--json"]).stdout)
    states = {each["name"]: each["state"] for each in told}
    assert states["connect_one"] == "on"
    assert states["connect_two"].startswith("clashes: registers the type 'money', which the plugin 'connect_one'")
    assert "plugin 'connect_two'" in installed.run("from connectapi import Content").stderr.splitlines()[-1]


@pytest.mark.parametrize(
    ("given", "said", "reason"),
    [
        (("str", Money), {}, "the type 'str' is built in"),
        (("Money", Money), {}, "'Money': a type is a word in lower case"),
        (("list", Money), {}, "'list': a type is a word in lower case"),
        (("money", "Money"), {}, "money: expected the class of its values, found 'Money'"),
        (("money", Money), {"json": "strr"}, r"money: 'strr' is not a type of JSON \(did you mean 'str'\?\)"),
        (("money", Money), {"json": "file"}, "money: 'file' is not a type of JSON"),
        (("money", Money), {"json": "str | null"}, "money: 'str | null' is not a type of JSON"),
        (("money", Money), {"pattern": "("}, "unterminated subpattern"),
        (("money", Money), {"cell": str}, "money: a 'cell' goes into a 'column'; give both"),
        (("money", Money), {"strcture": str}, "unexpected keyword argument 'strcture'"),
    ],
)
def test_what_is_no_type_names_its_plugin(plugin, given, said, reason):
    mine = plugin("Mine", register_types=lambda register: register(*given, **said))

    with pytest.raises(PluginError, match=rf"plugin 'Mine': its register_types failed with .*{reason}"):
        Client("http://127.0.0.1:1", "k", plugins=[mine])


def test_a_type_that_no_plugin_adds_any_more_is_told(money, plugin, tmp_path):
    for _ in range(2):  # the second time, the file is read as it was kept
        catalog_of(installed_plugins().joined([money, plugin("L", register_types=_levels)])).record("Bill")
    alone = plugin("Alone", register_resources=lambda register: register(tmp_path / "bills"))

    with pytest.raises(SpecError, match=r"bill\.yaml: no plugin adds the type 'money'|unknown type 'money'"):
        Client("http://127.0.0.1:1", "k", plugins=[alone])


def _levels(register):
    register("level", Level, json="int")
    register("span", Span, json="json")


@pytest.mark.parametrize(
    ("unstructure", "reason"),
    [
        (lambda value: 1 / 0, "can't make JSON of a value of its type 'money': ZeroDivisionError"),
        (lambda value: 7, "the JSON of a value of its type 'money': expected text, found int"),
    ],
)
def test_a_type_that_can_t_be_made_json_names_its_plugin(answers, plugin, tmp_path, unstructure, reason):
    (tmp_path / "bill.yaml").write_text(SHORT, encoding="utf-8")
    mine = plugin(
        "Mine",
        register_resources=lambda register: register(tmp_path),
        register_types=lambda register: register("money", Money, structure=Money.parse, unstructure=unstructure),
    )

    with Client(answers.url, "k", plugins=[mine]) as client, pytest.raises(PluginError, match=f"'Mine': {reason}"):
        client.bills.create(total=EUR)
    assert answers.asked == []


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
