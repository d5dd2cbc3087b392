"""Drafts of resource files: what they say of a document, and that they load whatever the document says."""

from pathlib import Path

import pytest
import yaml

from connectapi.contract.compare import compare
from connectapi.contract.draft import drafted
from connectapi.contract.openapi import operations
from connectapi.errors import ConnectError
from connectapi.query.methods import make_methods
from connectapi.resource.catalog import Catalog
from connectapi.spec.index import Folder, SpecIndex, builtin_folder
from connectapi.spec.load import load_text

PUBLISHED = Path(__file__).parents[2].parent / "shared" / "contract" / "connect-api.yaml"

DOCUMENT = """
openapi: 3.0.3
paths:
  /v1/webhooks:
    get:
      tags: [Webhooks]
      parameters:
      - {name: from, in: query, required: true, schema: {type: string, format: date-time}}
      - {name: state, in: query, schema: {type: array, items: {type: string, enum: ['on', 'off', broken]}}}
      - {name: page_number, in: query, schema: {type: integer}}
      - {name: page_size, in: query, schema: {type: integer, maximum: 100}}
      responses:
        200:
          content:
            application/json:
              schema:
                type: object
                properties:
                  total: {type: integer}
                  results: {type: array, items: {$ref: '#/components/schemas/Webhook'}}
    post:
      tags: [Webhooks]
      requestBody:
        content:
          application/json:
            schema:
              type: object
              required: [url, secret]
              properties: {url: {type: string}, secret: {type: string}, testRun: {type: boolean}}
      responses: {'201': {content: {application/json: {schema: {$ref: '#/components/schemas/Webhook'}}}}}
  /v1/webhooks/{id}:
    get:
      tags: [Webhooks]
      parameters: [{name: X-Trace, in: header, schema: {type: string}}]
      responses: {'200': {content: {application/json: {schema: {$ref: '#/components/schemas/Webhook'}}}}}
    put:
      tags: [Webhooks]
      requestBody:
        content: {application/json: {schema: {type: object, properties: {url: {type: string}}}}}
      responses: {'200': {content: {application/json: {schema: {$ref: '#/components/schemas/Webhook'}}}}}
    delete: {tags: [Webhooks], responses: {'204': {description: gone}}}
  /v1/webhooks/{id}/deliveries:
    get:
      tags: [Webhooks]
      responses:
        200: {content: {application/json: {schema: {type: array, items: {$ref: '#/components/schemas/Delivery'}}}}}
  /v1/webhooks/{id}/deliveries/{index}:
    post: {tags: [Webhooks], deprecated: true, responses: {'202': {description: again}}}
  /v1/content/{guid}/webhooks:
    put:
      tags: [Webhooks]
      requestBody: {content: {application/json: {schema: {type: array, items: {type: string, format: uuid}}}}}
      responses: {'204': {description: ok}}
  /v1/webhooks/{id}/icon:
    put:
      tags: [Webhooks]
      requestBody: {content: {image/png: {schema: {type: string, format: binary}}}}
      responses: {'204': {description: ok}}
    get: {tags: [Webhooks], responses: {'200': {description: the picture}}}
  /v1/webhooks:export:
    get: {tags: [Webhooks], responses: {'200': {description: all of them}}}
  /v1/users:
    get: {tags: [Users], responses: {'200': {description: ok}}}
components:
  schemas:
    Webhook:
      type: object
      properties:
        id: {type: string}
        name: {type: string, nullable: true}
        url: {type: string}
        secret: {type: string}
        state: {type: string, enum: ['on', 'off', broken]}
        made: {type: string, format: date-time}
        get: {type: integer}
        class: {type: string}
        retries: {type: object, additionalProperties: {type: integer}}
        parent: {$ref: '#/components/schemas/Webhook'}
        last: {allOf: [{$ref: '#/components/schemas/Delivery'}]}
    Delivery:
      type: object
      properties: {at: {type: string, format: date-time}, status: {type: integer}, answer: {type: object}}
"""


@pytest.fixture
def nothing(tmp_path):
    """An index in which nothing is declared."""
    return SpecIndex((Folder(tmp_path),))


@pytest.fixture
def document():
    return yaml.safe_load(DOCUMENT)


@pytest.fixture
def webhook(document, nothing):
    [spec] = load_text(drafted(document, nothing, "Webhooks"))
    return spec


def test_the_resource_is_what_most_calls_are_about(webhook):
    assert (webhook.name, webhook.collection, webhook.path, webhook.key) == (
        "Webhook",
        "webhooks",
        "/v1/webhooks",
        "id",
    )
    assert webhook.label == ("id", "name")
    assert list(webhook.methods) == ["get", "create", "get_one", "update", "delete"]


def test_fields_have_the_types_of_their_schemas(webhook):
    types = {name: field.type for name, field in webhook.fields.items()}

    assert types == {
        "id": "id",
        "name": "str | null",
        "url": "str",
        "secret": "str",
        "state": "str",
        "made": "datetime",
        "get_": "int",
        "class_": "str",
        "retries": "map of int",
        "parent": "json",
        "last": "Delivery",
    }
    assert webhook.fields["state"].values == ("on", "off", "broken")
    assert (webhook.fields["get_"].wire, webhook.fields["class_"].wire) == ("get", "class")
    assert list(webhook.types["Delivery"].fields) == ["at", "status", "answer"]


def test_what_a_method_sends_is_written_at_the_field(webhook):
    writes = {name: field.write for name, field in webhook.fields.items() if field.write != "never"}

    assert writes == {"url": "always", "secret": "create"}
    assert webhook.methods["create"].required == ("url", "secret")
    assert webhook.methods["create"].body["test_run"].wire == "testRun"
    assert webhook.methods["update"].call == "PUT /v1/webhooks/{webhook_id}"


def test_secrets_are_secret_from_the_start(webhook):
    assert webhook.fields["secret"].secret


def test_parameters_and_pages(webhook):
    get = webhook.methods["get"]

    assert (get.page.kind, get.page.size, get.items) == ("offset", 100, "results")
    assert list(get.params) == ["start", "state"]
    assert (get.params["start"].wire, get.params["start"].required) == ("from", True)
    assert (get.params["state"].type, get.params["state"].values) == ("list of str", ("on", "off", "broken"))
    assert webhook.methods["get_one"].params["x_trace"].header == "X-Trace"


def test_other_calls_are_actions_with_placeholders_by_our_conventions(webhook):
    calls = {name: operation.call for name, operation in webhook.actions.items()}

    assert calls == {
        "deliveries": "GET /v1/webhooks/{webhook_id}/deliveries",
        "add_delivery": "POST /v1/webhooks/{webhook_id}/deliveries/{index}",
        "set_webhooks": "PUT /v1/content/{content_guid}/webhooks",
        "set_icon": "PUT /v1/webhooks/{webhook_id}/icon",
        "icon": "GET /v1/webhooks/{webhook_id}/icon",
    }
    assert webhook.actions["deliveries"].returns == "list of Delivery"
    assert webhook.actions["add_delivery"].status == (202,)
    assert webhook.actions["add_delivery"].deprecated
    assert webhook.actions["set_webhooks"].whole == "items"
    assert webhook.actions["set_icon"].media == "image/png"
    assert webhook.actions["icon"].returns == "file"


def test_a_declared_path_lends_its_placeholders(document):
    builtin = SpecIndex((Folder(builtin_folder()),))
    document["paths"]["/v1/oauth/integrations/{guid}/hooks/{id}"] = {"get": {"tags": ["Webhooks"], "responses": {}}}
    [spec] = load_text(drafted(document, builtin, "Webhooks"), known=builtin.knows)

    assert "GET /v1/oauth/integrations/{oauth_integration_guid}/hooks/{hook_id}" in [
        operation.call for operation in spec.actions.values()
    ]


def test_what_only_a_person_can_say_is_marked_and_told_first(document, nothing):
    text = drafted(document, nothing, "Webhooks", "server's document")
    head = text[: text.index("name: Webhook")]

    assert "server's document: 11 operations under the tag 'Webhooks'" in head
    assert 'a plain sentence of your own in the place of every "…"' in head
    assert "webhook.yaml" in head
    assert "GET /v1/webhooks:export" in head
    assert text.count('doc: "…"') > 20
    assert "TODO" not in text


def test_a_draft_holds_against_its_document(document, nothing, tmp_path):
    (tmp_path / "webhook.yaml").write_text(drafted(document, nothing, "Webhooks"), encoding="utf-8")
    index = SpecIndex((Folder(tmp_path),))
    found = compare(index.specs(), index, document)

    assert [str(each) for each in found.differences] == [
        f"{call} {place}.parent: type: declared json, contract object Webhook"
        for call, place in [
            ("GET /v1/webhooks", "answer.results"),
            ("POST /v1/webhooks", "answer"),
            ("GET /v1/webhooks/{id}", "answer"),
            ("PUT /v1/webhooks/{id}", "answer"),
        ]
    ] + [
        "GET /v1/webhooks:export: operation: declared nothing, contract GET /v1/webhooks:export",
        "GET /v1/users: operation: declared nothing, contract GET /v1/users",
    ]


def test_only_what_is_missing_is_drafted(document, nothing, tmp_path):
    (tmp_path / "webhook.yaml").write_text(drafted(document, nothing, "Webhooks"), encoding="utf-8")
    document["paths"]["/v1/webhooks/{id}/mute"] = {"post": {"tags": ["Webhooks"], "responses": {"204": {}}}}
    more = load_text(drafted(document, SpecIndex((Folder(tmp_path),)), "Webhooks"))[0]

    assert (more.name, more.collection) == ("WebhookExtra", "webhook_extras")
    assert [operation.call for operation in more.operations().values()] == ["POST /v1/webhooks/{webhook_id}/mute"]


def test_nothing_is_drafted_where_all_is_declared(document, nothing, tmp_path):
    del document["paths"]["/v1/webhooks:export"]
    (tmp_path / "webhook.yaml").write_text(drafted(document, nothing, "Webhooks"), encoding="utf-8")

    assert drafted(document, SpecIndex((Folder(tmp_path),)), "Webhooks") == ""


def test_a_tag_that_does_not_exist_is_an_error_that_names_those_that_do(document, nothing):
    with pytest.raises(ConnectError, match=r"'Webhook'.*did you mean 'Webhooks'.*Webhooks, Users"):
        drafted(document, nothing, "Webhook")


def test_a_document_that_leads_nowhere_is_an_error(document, nothing):
    del document["components"]["schemas"]["Delivery"]

    with pytest.raises(ConnectError, match=r"'#/components/schemas/Delivery' leads nowhere"):
        drafted(document, nothing, "Webhooks")


def test_nothing_in_a_document_gets_out_of_its_quotes(document, nothing):
    document["paths"] = {
        "/v1/x": {
            "get": {
                "tags": ["a\n# b\x1b[2J"],
                "parameters": [
                    {"name": 'q", evil: "\x9b\ud800', "in": "query", "schema": {"enum": ["\x1b", "yes", "a: b"]}}
                ],
                "responses": {"200": {"content": {"application/json": {"schema": {"type": "array", "items": {}}}}}},
            }
        }
    }
    text = drafted(document, nothing, "a\n# b\x1b[2J", "x\ny\x1b")
    [spec] = load_text(text)
    [param] = spec.actions["x"].params.values()

    assert all(char == "\n" or char.isprintable() for char in text)
    assert param.wire == 'q", evil: "\x9b\N{REPLACEMENT CHARACTER}'


# The published contract --------------------------------------------------------------------


@pytest.mark.skipif(not PUBLISHED.is_file(), reason=f"the published contract is not here: {PUBLISHED}")
def test_drafts_of_every_tag_of_the_published_contract_declare_all_of_it(tmp_path):
    document = yaml.load(PUBLISHED.read_bytes(), Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    tags = dict.fromkeys(tag for operation in operations(document).values() for tag in operation.tags)
    for number, tag in enumerate(tags):
        text = drafted(document, SpecIndex((Folder(tmp_path),)), tag)
        (tmp_path / f"{number}.yaml").write_text(text, encoding="utf-8")
    index = SpecIndex((Folder(tmp_path),))
    catalog = Catalog(index, make_methods)
    found = compare(index.specs(), index, document)

    assert found.undeclared == ()
    # A class can't have fields of its own kind: nothing else is lost.
    assert {each.place.rpartition(".")[2] for each in found.differences} == {"operands"}
    assert all(catalog.record(name) for name in index.names())
