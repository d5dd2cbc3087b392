"""The stubs, the reference, drafts and the command line know plugins' types."""

import copy
import json

import pytest

from connectapi import SpecError
from connectapi.contract.compare import compare
from connectapi.contract.draft import drafted
from connectapi.generate.reference import reference_pages
from connectapi.generate.stubs import resources_stub
from connectapi.plugins.manager import installed_plugins
from connectapi.resources import catalog_of
from connectapi.spec.load import load_text
from tests.plugins.types.bills import SHORT, Money


def test_stubs_and_reference_name_the_classes(index):
    stub, pages = resources_stub(index), reference_pages(index)

    assert f"import {Money.__module__}\n" in stub
    assert f"    total: {Money.__module__}.Money\n" in stub
    assert f"    parts: list[{Money.__module__}.Money] | None\n" in stub
    assert f"level: {Money.__module__}.Level = ..." in stub
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
