"""The OpenAPI document that is made of declarations."""

import jsonschema
import pytest

from connectapi.contract.compare import compare
from connectapi.contract.described import described
from connectapi.spec.index import Folder, SpecIndex, builtin_folder

INDEX = SpecIndex((Folder(builtin_folder()),))


@pytest.fixture(scope="module")
def document():
    return described(INDEX.resources(), INDEX, "everything", "1")


def test_whatever_can_be_declared_is_described_so_that_nothing_differs(document):
    found = compare(INDEX.specs(), INDEX, document)

    assert len(found.operations) > 150
    assert found.differences == ()


def test_every_schema_is_one(document):
    for schema in document["components"]["schemas"].values():
        jsonschema.Draft202012Validator.check_schema(schema)


def test_every_reference_leads_to_a_schema_and_every_schema_is_spoken_of(document):
    def references(value):
        if isinstance(value, dict):
            yield from (each for key, each in value.items() if key == "$ref")
            for each in value.values():
                yield from references(each)
        elif isinstance(value, list):
            for each in value:
                yield from references(each)

    assert {each.rpartition("/")[2] for each in references(document)} == set(document["components"]["schemas"])


def test_what_a_server_answers_is_as_described(demo):
    document = described(["User"], INDEX, "users", "1")
    listing = document["paths"]["/v1/users"]["get"]
    schema = listing["responses"]["200"]["content"]["application/json"]["schema"]
    answer = demo.request("GET", "/v1/users").json()

    jsonschema.validate(answer, {**schema, "components": document["components"]})
    answer["results"][0]["created_time"] = 7
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(answer, {**schema, "components": document["components"]})
    assert {"page_number", "page_size"} <= {each["name"] for each in listing["parameters"]}
