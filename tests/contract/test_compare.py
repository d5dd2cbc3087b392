from pathlib import Path

import pytest
import yaml

from connectapi.contract.compare import compare
from connectapi.contract.differences import Deviation, builtin_deviations, load_deviations
from connectapi.contract.openapi import operations
from connectapi.errors import SpecError
from connectapi.spec.index import Folder, SpecIndex, builtin_folder

PUBLISHED = Path(__file__).parents[2].parent / "shared" / "contract" / "connect-api.yaml"

SPEC = """
name: Widget
collection: widgets
path: /v1/widgets
key: guid
doc: "x"
fields:
  guid: guid
  name: {type: str, write: always}
  title: {type: str | null, write: create}
  size: int
  color: {type: str, values: [red, green]}
  made: datetime
  knobs: list of Knob
  start: {type: datetime, wire: from}
types:
  Knob: {label: str, turns: float, value: json, notes: map of str}
methods:
  get: {page: offset, params: {state: {type: list of str, values: [new, old]}, descending: {type: bool, wire: desc}}}
  get_one: {params: {trace: {type: str, header: X-Trace}}}
  create: {required: [name]}
  update: {}
  delete: {}
actions:
  deploy: {call: "POST /v1/widgets/{widget_guid}/deploy", body: {force: bool}, returns: Task, renames: {task_id: id}, status: [202]}
  labels: {call: "PUT /v1/widgets/{widget_guid}/labels", body: {all: list of str}, whole: all, returns: list of str}
  picture: {call: "GET /v1/widgets/{widget_guid}/picture", returns: file}
  upload: {call: "POST /v1/widgets/{widget_guid}/picture", media: image/png, body: {file: file}, status: [204]}
---
name: Task
doc: "x"
key: id
fields: {id: id, done: bool}
"""

# The same as an OpenAPI document. Its names of placeholders are its own, as those of real ones are.
DOCUMENT = """
openapi: 3.0.3
paths:
  /v1/widgets:
    get:
      parameters:
      - {name: state, in: query, schema: {type: string, enum: [new, old]}}
      - {name: desc, in: query, schema: {type: boolean}}
      - {name: page_number, in: query, schema: {type: integer}}
      - {$ref: '#/components/parameters/page_size'}
      responses:
        200:
          content:
            application/json:
              schema:
                allOf:
                - {$ref: '#/components/schemas/Paging'}
                - {type: object, properties: {results: {type: array, items: {$ref: '#/components/schemas/Widget'}}}}
    post:
      requestBody: {$ref: '#/components/requestBodies/Widget'}
      responses: {'200': {$ref: '#/components/responses/Widget'}, '400': {description: bad}}
  /v1/widgets/{guid}:
    parameters:
    - {name: guid, in: path, required: true, schema: {type: string, format: uuid}}
    get:
      parameters:
      - {name: X-Trace, in: header, schema: {type: string}}
      responses: {'200': {$ref: '#/components/responses/Widget'}}
    patch:
      requestBody: {content: {application/json: {schema: {type: object, properties: {name: {type: string}}}}}}
      responses:
        '200': {content: {application/json: {schema: {type: object, properties: {name: {type: string}}}}}}
    delete: {responses: {'204': {description: ok}}}
  /v1/widgets/{guid}/deploy:
    post:
      requestBody: {content: {application/json: {schema: {type: object, properties: {force: {type: boolean}}}}}}
      responses:
        '202': {content: {application/json: {schema: {type: object, properties: {task_id: {type: string}}}}}}
  /v1/widgets/{guid}/labels:
    put:
      requestBody: {content: {application/json: {schema: {$ref: '#/components/schemas/Labels'}}}}
      responses: {'200': {content: {application/json; charset=utf-8: {schema: {$ref: '#/components/schemas/Labels'}}}}}
  /v1/widgets/{guid}/picture:
    get: {responses: {'200': {description: ok}}}
    post:
      requestBody: {content: {image/png: {schema: {type: string, format: binary}}}}
      responses: {'204': {description: ok}}
components:
  parameters: {page_size: {name: page_size, in: query, schema: {type: integer}}}
  requestBodies:
    Widget:
      content:
        application/json:
          schema: {type: object, properties: {name: {type: string}, title: {type: string}}}
  responses: {Widget: {content: {application/json: {schema: {$ref: '#/components/schemas/Widget'}}}}}
  schemas:
    Paging: {type: object, properties: {total: {type: integer}, current_page: {type: integer}}}
    Labels: {type: array, items: {type: string}}
    Knob:
      type: object
      properties:
        label: {type: string}
        turns: {type: number}
        value: {type: object}
        notes: {type: object, additionalProperties: {type: string}}
    Widget:
      type: object
      properties:
        guid: {type: string, format: uuid}
        name: {type: string}
        title: {type: string, nullable: true}
        size: {type: integer, format: int64}
        color: {type: string, x-known-values: [red, green]}
        made: {type: string, format: date-time}
        knobs: {type: array, items: {allOf: [{$ref: '#/components/schemas/Knob'}]}}
        from: {type: string, format: date-time}
"""

ONE = "GET /v1/widgets/{guid}"


def compared(tmp_path, spec=SPEC, document=DOCUMENT, deviations=()):
    (tmp_path / "widget.yaml").write_text(spec, encoding="utf-8")
    index = SpecIndex((Folder(tmp_path),))
    return compare(index.specs(), index, yaml.safe_load(document), deviations)


def changed(text, old, new):
    assert old in text
    return text.replace(old, new)


def shown(comparison):
    return [str(each) for each in comparison.unexplained]


def at_one(comparison):
    """What differs in reading one widget, where each field of it stands."""
    return [str(each).removeprefix(f"{ONE} ") for each in comparison.unexplained if each.operation == ONE]


def test_a_declaration_that_agrees_has_no_difference(tmp_path):
    found = compared(tmp_path)

    assert shown(found) == []
    assert len(found.operations) == 9
    assert found.operations[2] == ONE
    assert (found.undeclared, found.unknown, found.stale) == ((), (), ())


def test_an_operation_that_nothing_declares(tmp_path):
    found = compared(tmp_path, changed(SPEC, "  delete: {}\n", ""))

    assert shown(found) == [
        "DELETE /v1/widgets/{guid}: operation: declared nothing, contract DELETE /v1/widgets/{guid}"
    ]
    assert found.undeclared == found.differences
    assert found.unknown == ()


def test_an_operation_that_the_contract_does_not_have(tmp_path):
    found = compared(tmp_path, changed(SPEC, "/v1/widgets/{widget_guid}/labels", "/v1/widgets/{widget_guid}/tags"))

    assert [str(each) for each in found.unknown] == [
        "PUT /v1/widgets/{widget_guid}/tags: operation: declared Widget.labels, contract nothing"
    ]


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("state: {", "status: {", "query.status: parameter: declared list of str, contract nothing"),
        ("state: {", "status: {", "query.state: parameter: declared nothing, contract string"),
        ("wire: desc", "wire: down", "query.down: parameter: declared bool, contract nothing"),
        ("X-Trace", "X-Track", "header.X-Trace: parameter: declared nothing, contract string"),
        ("type: bool, wire: desc", "type: int, wire: desc", "query.desc: type: declared int, contract boolean"),
        ("values: [new, old]", "values: [new]", "query.state: values: declared new, contract new, old"),
        ("page: offset", "page: keyset", "query.page_number: parameter: declared nothing, contract integer"),
        ("page: offset", "page: keyset", "query.limit: parameter: declared paging, contract nothing"),
    ],
)
def test_parameters_that_differ(tmp_path, old, new, expected):
    found = compared(tmp_path, changed(SPEC, old, new))

    assert any(each.endswith(expected) for each in shown(found)), shown(found)


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("  size: int\n", "", "answer.size: answer: declared nothing, contract integer"),
        ("  size: int\n", "  size: int\n  depth: int\n", "answer.depth: answer: declared int, contract nothing"),
        ("size: int", "size: str", "answer.size: type: declared str, contract integer"),
        ("size: int", "size: int | null", "answer.size: type: declared int | null, contract integer"),
        ("title: {type: str | null", "title: {type: str", "answer.title: type: declared str, contract string | null"),
        ("guid: guid", "guid: str", "answer.guid: type: declared str, contract string (uuid)"),
        ("made: datetime", "made: str", "answer.made: type: declared str, contract string (date-time)"),
        ("wire: from", "wire: since", "answer.from: answer: declared nothing, contract string (date-time)"),
        ("[red, green]", "[red]", "answer.color: values: declared red, contract red, green"),
        ("list of Knob", "Knob", "answer.knobs: type: declared Knob, contract array of object Knob"),
        ("list of Knob", "list of json", "answer.knobs: type: declared json, contract object Knob"),
        ("turns: float", "turns: int", "answer.knobs.turns: type: declared int, contract number"),
        ("turns: float, ", "", "answer.knobs.turns: answer: declared nothing, contract number"),
        ("value: json", "value: Task", "answer.knobs.value: type: declared Task, contract object"),
        ("map of str", "map of int", "answer.knobs.notes: type: declared int, contract string"),
        ("map of str", "json", "answer.knobs.notes: type: declared json, contract object of string"),
    ],
)
def test_fields_of_an_answer_that_differ(tmp_path, old, new, expected):
    assert expected in at_one(compared(tmp_path, changed(SPEC, old, new)))


def test_a_nested_difference_has_the_contracts_own_name(tmp_path):
    found = compared(tmp_path, changed(SPEC, "turns: float", "turns: int"))

    assert {each.schema for each in found.differences} == {"Knob.turns"}
    assert {each.place for each in found.differences} == {"answer.results.knobs.turns", "answer.knobs.turns"}


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("name: {type: str, write: always}", "name: {type: str, write: update}", "body.name: body: declared nothing"),
        ("size: int", "size: {type: int, write: create}", "body.size: body: declared int, contract nothing"),
        ("body: {force: bool}", "body: {force: str}", "body.force: type: declared str, contract boolean"),
        (
            "body: {force: bool}",
            "body: {force: bool | null}",
            "body.force: type: declared bool | null, contract boolean",
        ),
        ("body: {force: bool}, ", "", "body: media: declared nothing, contract application/json"),
        ("all: list of str", "all: list of int", "body: type: declared int, contract string"),
        ("media: image/png", "media: image/gif", "body: media: declared image/gif, contract image/png"),
    ],
)
def test_bodies_that_differ(tmp_path, old, new, expected):
    found = shown(compared(tmp_path, changed(SPEC, old, new)))

    assert any(expected in each for each in found), found


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("status: [202]", "status: [200, 202]", "deploy answer: status: declared 200, 202, contract 202"),
        ("returns: file", "returns: Task", "picture answer: answer: declared Task, contract nothing"),
        (
            "whole: all, returns: list of str",
            "whole: all, status: [200]",
            "answer: declared none, contract array of string",
        ),
        ("{task_id: id}", "{job_id: id}", "deploy answer.task_id: answer: declared nothing, contract string"),
        ("page: offset", "items: results", "answer.total: answer: declared nothing, contract integer"),
        ("page: offset", "page: offset, items: rows", "answer: declared list of Widget in rows, contract object"),
    ],
)
def test_answers_that_differ_as_a_whole(tmp_path, old, new, expected):
    found = shown(compared(tmp_path, changed(SPEC, old, new)))

    assert any(expected in each for each in found), found


@pytest.mark.parametrize(
    ("page", "document", "expected"),
    [
        ("offset", changed(DOCUMENT, "{total: {type: integer}, ", "{"), "answer.total"),
        ("keyset", DOCUMENT, "answer.paging"),
        ("keyset", changed(DOCUMENT, "{total: {type: integer}", "{paging: {type: object}"), "answer.paging.cursors"),
    ],
)
def test_an_answer_without_what_paging_reads(tmp_path, page, document, expected):
    found = shown(compared(tmp_path, changed(SPEC, "page: offset", f"page: {page}"), document))

    assert f"GET /v1/widgets {expected}: answer: declared paging, contract nothing" in found


def test_a_call_that_the_contract_calls_deprecated(tmp_path):
    document = changed(DOCUMENT, "delete: {responses", "delete: {deprecated: true, responses")

    assert shown(compared(tmp_path, document=document)) == [
        "DELETE /v1/widgets/{guid}: deprecated: declared in use, contract deprecated"
    ]
    spec = changed(SPEC, "  delete: {}\n", '  delete: {deprecated: "use forget"}\n')
    assert shown(compared(tmp_path, spec, document)) == []


def test_schemas_that_contain_themselves_are_followed_once(tmp_path):
    spec = changed(SPEC, "value: json", "value: Knob")
    document = changed(DOCUMENT, "value: {type: object}", "value: {$ref: '#/components/schemas/Knob'}")

    assert shown(compared(tmp_path, spec, document)) == []


def test_openapi_3_1_says_null_as_a_type(tmp_path):
    document = changed(DOCUMENT, "{type: string, nullable: true}", "{type: [string, 'null']}")

    assert shown(compared(tmp_path, document=changed(document, "3.0.3", "3.1.0"))) == []


def test_a_difference_that_is_meant_has_its_reason(tmp_path):
    spec = changed(SPEC, "turns: float", "turns: int").replace("  delete: {}\n", "")
    meant = [
        Deviation(schema="Knob.turns", reason="servers count whole turns"),
        Deviation(operation="DELETE /v1/widgets/{whatever}", reason="nobody deletes widgets"),
        Deviation(operation=ONE, place="answer.name", reason="was mended long ago"),
    ]
    found = compared(tmp_path, spec, deviations=meant)

    assert found.unexplained == ()
    assert {each.reason for each in found.differences} == {"servers count whole turns", "nobody deletes widgets"}
    assert str(found.undeclared[0]).endswith("(nobody deletes widgets)")
    assert found.stale == (meant[2],)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{}", "is a list"),
        ("- oops", "entry 1: expected keys with texts"),
        ("- {operation: GET /v1/x, reason: 3}", "entry 1: expected keys with texts"),
        ("- {operation: GET /v1/x, reasons: because}", "entry 1: unknown key 'reasons'"),
        ("- {schema: A.b, reason: x}\n- {reason: because}", "entry 2: it needs a 'reason', and an"),
        ("- {", "can't be read"),
    ],
)
def test_a_wrong_file_of_deviations_is_refused(tmp_path, text, message):
    file = tmp_path / "deviations.yaml"
    file.write_text(text, encoding="utf-8")

    with pytest.raises(SpecError, match=r"deviations\.yaml") as caught:
        load_deviations(file)
    assert message in str(caught.value)


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("openapi: 3.0.3", "swagger: '2.0'", "not an OpenAPI 3 document"),
        ("parameters/page_size'", "parameters/page_length'", "'#/components/parameters/page_length' leads nowhere"),
        (
            "Labels: {type: array, items: {type: string}}",
            "Labels: {$ref: '#/components/schemas/Labels'}",
            "back to itself",
        ),
    ],
)
def test_a_document_that_can_not_be_followed_is_refused(old, new, message):
    with pytest.raises(ValueError, match=r"OpenAPI|reference") as caught:
        operations(yaml.safe_load(changed(DOCUMENT, old, new)))
    assert message in str(caught.value)


@pytest.mark.skipif(not PUBLISHED.is_file(), reason=f"the published contract is not here: {PUBLISHED}")
def test_the_resources_agree_with_the_published_contract():
    index = SpecIndex((Folder(builtin_folder()),))
    document = yaml.load(PUBLISHED.read_bytes(), Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    found = compare(index.specs(), index, document, builtin_deviations())

    assert len(found.operations) == 154
    assert found.undeclared == ()
    assert shown(found) == []
    assert found.stale == ()
