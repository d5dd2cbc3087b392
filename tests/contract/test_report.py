"""What a report makes of a comparison."""

import pytest

from connectapi.contract.report import checked, deviations_of
from connectapi.errors import ConnectError
from connectapi.spec.index import Folder, SpecIndex

SPEC = """
name: Widget
collection: widgets
path: /v1/widgets
key: id
doc: "x"
fields: {id: id}
methods: {get: {}, get_one: {}}
"""
DOCUMENT = {"openapi": "3.0.0", "paths": {"/v1/widgets/{id}": {"delete": {"responses": {"204": {}}}}}}
REASONS = """
- {operation: "DELETE /v1/widgets/{x}", reason: "nobody deletes widgets"}
- {operation: "GET /v1/gone", reason: "was mended long ago"}
"""


@pytest.fixture
def index(tmp_path):
    """The folders of two plugins, of which the second has reasons of its own."""
    for name in ("one", "two"):
        (tmp_path / name / "contract").mkdir(parents=True)
    (tmp_path / "one" / "widget.yaml").write_text(SPEC, encoding="utf-8")
    (tmp_path / "two" / "contract" / "deviations.yaml").write_text(REASONS, encoding="utf-8")
    return SpecIndex((Folder(tmp_path / "one", "one"), Folder(tmp_path / "two", "two")))


def test_every_folder_can_have_reasons_for_differences(index):
    assert [each.reason for each in deviations_of(index)] == ["nobody deletes widgets", "was mended long ago"]


def test_differences_are_sorted_by_whether_there_is_a_reason(index):
    report = checked(index, DOCUMENT, "here")

    assert (report.operations, report.declared, report.drifted) == (1, 0, True)
    assert [each.operation for each in report.unexplained] == ["GET /v1/widgets", "GET /v1/widgets/{widget_id}"]
    assert [each.reason for each in report.deliberate] == ["nobody deletes widgets"]
    assert [each.reason for each in report.stale] == ["was mended long ago"]


def test_as_data_a_difference_has_what_it_has_to_say_and_no_more(index):
    data = checked(index, DOCUMENT, "here").data()

    assert data["document"] == "here"
    assert data["operations"] == {"contract": 1, "declared": 0}
    assert data["stale"] == [{"operation": "GET /v1/gone", "reason": "was mended long ago"}]
    assert data["unexplained"][0] == {
        "kind": "operation",
        "operation": "GET /v1/widgets",
        "declared": "Widget.get",
        "contract": "nothing",
    }


def test_a_document_that_is_not_whole_is_an_error_that_names_it(index):
    with pytest.raises(ConnectError, match=r"^here: not an OpenAPI 3 document"):
        checked(index, {}, "here")
