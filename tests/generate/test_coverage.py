"""The page that says how much of a document is declared."""

import json
from pathlib import Path

import pytest

from connectapi.generate.coverage import coverage_page
from connectapi.spec.index import Folder, SpecIndex, builtin_folder

PUBLISHED = Path(__file__).parents[2].parent / "shared" / "contract" / "connect-api.yaml"

SPEC = """
name: Widget
collection: widgets
path: /v1/widgets
key: id
doc: "x"
fields: {id: id}
methods: {delete: {}}
"""
DOCUMENT = {
    "openapi": "3.0.0",
    "info": {"title": "Things | others", "version": 7},
    "paths": {
        "/v1/widgets/{guid}": {"delete": {"tags": ["Widgets"], "responses": {"204": {}}}},
        "/v1/widgets": {"get": {"tags": ["Widgets"], "responses": {"204": {}}}},
        "/v1/makers": {"get": {"responses": {"204": {}}}},
    },
}


@pytest.fixture
def files(tmp_path):
    (tmp_path / "specs" / "contract").mkdir(parents=True)
    (tmp_path / "specs" / "widget.yaml").write_text(SPEC, encoding="utf-8")
    reasons = '- {operation: "GET /v1/makers", reason: "nobody | asks"}'
    (tmp_path / "specs" / "contract" / "deviations.yaml").write_text(reasons, encoding="utf-8")
    (tmp_path / "openapi.json").write_text(json.dumps(DOCUMENT), encoding="utf-8")
    peers = [{"name": "other", "version": "1.0", "method": "a look", "calls": ["GET /v1/widgets", "GET /v1/else"]}]
    (tmp_path / "peers.json").write_text(json.dumps(peers), encoding="utf-8")
    return tmp_path


def test_operations_are_counted_by_tag_beside_those_of_others(files):
    index = SpecIndex((Folder(files / "specs"),))
    page = coverage_page(index, files / "openapi.json", files / "peers.json")

    assert "1 of 3 operations are declared, with 1 unexplained differences, 1 deliberate ones" in page
    assert "| tag | contract | connectapi | other 1.0 |" in page
    assert "| Widgets | 2 | 1 | 1 |" in page
    assert "| **all** | **3** | **1** | **1** |" in page
    assert "- **other 1.0**: a look." in page
    assert "| `GET /v1/makers` | operation | nobody &#124; asks |" in page
    assert "- GET /v1/widgets: operation: declared nothing, contract GET /v1/widgets" in page


def test_without_figures_of_others_there_is_no_column_for_them(files):
    index = SpecIndex((Folder(files / "specs"),))
    page = coverage_page(index, files / "openapi.json", files / "nothing.json")

    assert "| tag | contract | connectapi |\n" in page
    assert "How it was counted" not in page


@pytest.mark.skipif(not PUBLISHED.is_file(), reason=f"the published contract is not here: {PUBLISHED}")
def test_the_committed_page_is_that_of_the_published_contract():
    root = builtin_folder().parent
    page = coverage_page(SpecIndex((Folder(builtin_folder()),)), PUBLISHED, root / "benchmarks" / "peers_coverage.json")

    assert page == (root / "docs" / "coverage.md").read_text(encoding="utf-8")
