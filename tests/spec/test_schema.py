import jsonschema
import pytest
import yaml

from connectapi.spec.index import builtin_folder
from connectapi.spec.schema import json_schema

VALIDATOR = jsonschema.Draft202012Validator(json_schema())


@pytest.mark.parametrize("file", sorted(builtin_folder().glob("*.yaml")), ids=lambda file: file.name)
def test_every_resource_file_fits_the_schema(file):
    for document in yaml.safe_load_all(file.read_text(encoding="utf-8")):
        assert list(VALIDATOR.iter_errors(document)) == []


@pytest.mark.parametrize(
    "wrong",
    [
        {"name": "A"},
        {"name": "A", "doc": "x", "feilds": {}},
        {"name": "A", "doc": "x", "fields": {"a": {"type": "str", "write": "sometimes"}}},
        {"name": "A", "doc": "x", "fields": {"a": {"doc": "no type"}}},
        {"name": "A", "doc": "x", "methods": {"get": {"page": {"kind": "pages"}}}},
        {"name": "A", "doc": "x", "fields": {"a": {"type": "str", "max": "5"}}},
        {"name": "A", "doc": "x", "fields": {"a": {"type": "str", "unique": "yes"}}},
        {"name": "A", "doc": "x", "methods": {"get": {"params": {"a": {"type": "str", "filter": {"like": ["a"]}}}}}},
    ],
)
def test_what_the_loader_refuses_does_not_fit_the_schema(wrong):
    assert not VALIDATOR.is_valid(wrong)


def test_the_schema_is_itself_one():
    jsonschema.Draft202012Validator.check_schema(json_schema())
