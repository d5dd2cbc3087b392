"""An independent witness: what the server answers has the shape that the published contract gives it."""

import re
from pathlib import Path

import jsonschema
import pytest
import yaml

CONTRACT = Path(__file__).resolve().parents[3] / "shared" / "contract" / "connect-api.yaml"

#: Lists whose items the contract takes from a schema of another kind of template, where its own has no use
#: (`resources/contract/deviations.yaml` tells the same).
MENDED = {("OAuthTemplate", "options"): "OAuthTemplateOption", ("OAuthTemplate", "fields"): "OAuthTemplateField"}


@pytest.fixture(scope="module")
def contract():
    if not CONTRACT.is_file():
        pytest.skip(f"the contract is not at {CONTRACT}")
    read = yaml.load(CONTRACT.read_text(encoding="utf-8"), Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    for (schema, name), items in MENDED.items():
        read["components"]["schemas"][schema]["properties"][name]["items"] = {"$ref": f"#/components/schemas/{items}"}
    # An object by its schema, "really a boolean or a string" by the note beside it.
    read["components"]["schemas"]["OAuthTemplateOption"]["properties"]["default"] = {"type": ["boolean", "string"]}
    return read


def plain(schema, schemas):
    """Return an OpenAPI 3.0 schema as JSON Schema: null is a type there, and `allOf` would close each of its parts."""
    if isinstance(schema, list):
        return [plain(each, schemas) for each in schema]
    if not isinstance(schema, dict):
        return schema
    if "allOf" in schema:
        parts = [schemas[each["$ref"].rpartition("/")[2]] if "$ref" in each else each for each in schema["allOf"]]
        parts = [plain(each, schemas) for each in parts]
        properties = {name: each for part in parts for name, each in part.get("properties", {}).items()}
        made = {"type": "object", "properties": properties, "additionalProperties": False}
    else:
        made = {name: plain(each, schemas) for name, each in schema.items() if name != "nullable"}
    return {"anyOf": [made, {"type": "null"}]} if schema.get("nullable") else made


@pytest.fixture(scope="module")
def validate(contract):
    raw = contract["components"]["schemas"]
    schemas = {"components": {"schemas": {name: plain(each, raw) for name, each in raw.items()}}}

    def check(verb, path, answer):
        matching = [each for each in contract["paths"] if re.fullmatch(re.sub(r"\{\w+\}", "[^/]+", each), path)]
        found = path if path in matching else matching[0]
        responses = contract["paths"][found][verb.lower()]["responses"]
        assert str(answer.status) in responses, (verb, path, answer)
        content = responses[str(answer.status)].get("content", {}).get("application/json")
        if content:
            schema = {**plain(content["schema"], raw), **schemas}
            errors = [
                f"{error.json_path}: {error.message[:200]}"
                for error in jsonschema.Draft7Validator(schema).iter_errors(answer.json)
            ]
            assert errors == [], (verb, path)

    return check


LISTS = [
    "/v1/content",
    "/v1/content/{guid}",
    "/v1/content/{guid}/bundles",
    "/v1/content/{guid}/bundles/{bundle}",
    "/v1/content/{guid}/environment",
    "/v1/content/{guid}/jobs",
    "/v1/content/{guid}/jobs/{job}",
    "/v1/content/{guid}/jobs/{job}/log",
    "/v1/content/{guid}/jobs/{job}/metrics",
    "/v1/content/{guid}/oauth/integrations/associations",
    "/v1/content/{guid}/packages",
    "/v1/content/{guid}/permissions",
    "/v1/content/{guid}/schedule/history",
    "/v1/content/{guid}/storage",
    "/v1/content/{guid}/tags",
    "/v1/content/{guid}/vanity",
    "/v1/content/storage",
    "/v1/environments",
    "/v1/experimental/jobs/summary",
    "/v1/feature-usage",
    "/v1/groups",
    "/v1/groups/{group}",
    "/v1/groups/{group}/members",
    "/v1/experimental/groups/{group}/content",
    "/v1/audit_logs",
    "/v1/audit/actions",
    "/v1/search/auditlogs",
    "/v1/instrumentation/content/hits",
    "/v1/instrumentation/content/visits",
    "/v1/instrumentation/shiny/usage",
    "/v1/metrics/users/active",
    "/v1/oauth/clients",
    "/v1/oauth/integrations",
    "/v1/oauth/sessions",
    "/v1/oauth/templates",
    "/v1/packages",
    "/v1/queue",
    "/v1/search/content",
    "/v1/search/variants",
    "/v1/server_settings/nodejs",
    "/v1/server_settings/public",
    "/v1/server_settings/python",
    "/v1/server_settings/quarto",
    "/v1/server_settings/r",
    "/v1/server_settings/tensorflow",
    "/v1/system/caches/runtime",
    "/v1/system/checks",
    "/v1/system/hosts",
    "/v1/system/offhost/service-accounts",
    "/v1/system/service-tokens",
    "/v1/system/service-tokens/scopes",
    "/v1/system/storage",
    "/v1/tags",
    "/v1/tags/1",
    "/v1/tags/2/content",
    "/v1/timezones",
    "/v1/user",
    "/v1/users",
    "/v1/users/{user}",
    "/v1/users/{user}/keys",
    "/v1/vanities",
]


@pytest.fixture(scope="module")
def names(admin):
    content = admin.get("/v1/content?name=employee-handbook").json[0]
    guid = content["guid"]
    admin.post(
        f"/v1/content/{guid}/permissions",
        {
            "principal_guid": admin.get("/v1/groups").json["results"][0]["guid"],
            "principal_type": "group",
            "role": "viewer",
        },
    )
    job = admin.get(f"/v1/content/{guid}/jobs").json[0]["key"]
    group = admin.get("/v1/groups").json["results"][0]["guid"]
    return {"guid": guid, "bundle": content["bundle_id"], "job": job, "group": group, "user": admin.guid}


@pytest.mark.parametrize("path", LISTS)
def test_what_is_read_has_the_contract_s_shape(admin, validate, names, path):
    path = path.format_map(names)

    validate("GET", path, admin.get(path))


def test_what_is_included_has_the_contract_s_shape(admin, validate, names):
    for path in ("/v1/content", "/v1/search/content", f"/v1/content/{names['guid']}"):
        validate("GET", path, admin.get(f"{path}?include=owner,tags,vanity_url,bookmarked"))


def test_what_is_made_and_changed_has_the_contract_s_shape(admin, validate, pack, viewer):
    def call(verb, path, body=None):
        answer = admin.call(verb, path, body)
        validate(verb, path, answer)
        return answer.json if answer.data else None

    content = call("POST", "/v1/content", {"name": "by-the-contract"})
    guid = content["guid"]
    path = f"/v1/content/{guid}"
    call("PATCH", path, {"title": "T", "description": "d"})
    bundle = admin.upload(guid, pack({"index.html": "x"}))
    validate("POST", f"{path}/bundles", bundle)
    task = call("POST", f"{path}/deploy", {})["task_id"]
    validate("GET", f"/v1/tasks/{task}", admin.get(f"/v1/tasks/{task}?wait=5"))
    call("POST", f"{path}/build", {})
    call("PUT", f"{path}/vanity", {"path": "/contract/"})
    call("PUT", f"{path}/environment", [{"name": "A", "value": "b"}])
    call("PUT", f"{path}/repository", {"repository": "https://example.com/x.git"})
    call("POST", f"{path}/bookmark")
    call("GET", f"{path}/bookmark")
    call("GET", f"{path}/bundles/{bundle.json['id']}/files/index.html")
    share = {"principal_guid": viewer.guid, "principal_type": "user", "role": "viewer"}
    permission = call("POST", f"{path}/permissions", share)
    call("PUT", f"{path}/permissions/{permission['id']}", share)
    call("PATCH", path, {"access_type": "all"})
    call("POST", f"{path}/access-test")
    tag = call("POST", "/v1/tags", {"name": "By the contract"})
    call("PATCH", f"/v1/tags/{tag['id']}", {"name": "By contract"})
    user = call("POST", "/v1/users", {"username": "bycontract"})
    call("POST", f"/v1/users/{user['guid']}/lock", {"locked": True})
    group = call("POST", "/v1/groups", {"name": "By the contract"})
    call("PATCH", f"/v1/groups/{group['guid']}", {"name": "By contract"})
    call("POST", f"/v1/groups/{group['guid']}/members", {"user_guid": user["guid"]})
    key = call("POST", f"/v1/users/{admin.guid}/keys", {"name": "k"})
    call("DELETE", f"/v1/users/{admin.guid}/keys/{key['id']}")
    call("POST", "/v1/environments", {"cluster_name": "Kubernetes", "name": "x"})
    call("POST", "/v1/system/checks", {})
    call("POST", "/v1/system/service-tokens", {"name": "t", "scopes": ["identity:manage"]})
    call("POST", "/v1/oauth/integrations", {"template": "custom", "config": {}})
    call("DELETE", path)


def test_a_refusal_has_the_contract_s_shape(admin, nobody, contract):
    schema = plain(contract["components"]["schemas"]["APIError"], {})
    for answer in (
        admin.get("/v1/content/none"),
        nobody.get("/v1/user"),
        admin.post("/v1/content", {}),
        admin.get("/x"),
    ):
        jsonschema.Draft7Validator(schema).validate(answer.json)
