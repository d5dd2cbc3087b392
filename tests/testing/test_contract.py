"""An independent witness: every operation of the published contract is called, and answers in its shape."""

import base64
import json
import time
from pathlib import Path

import jsonschema
import pytest
import yaml

from connectapi.testing import ConnectServer
from connectapi.testing.jwt import sign

CONTRACT = Path(__file__).resolve().parents[3] / "shared" / "contract" / "connect-api.yaml"

#: Lists whose items the contract takes from a schema of another kind of template, where its own has no use
#: (`resources/contract/deviations.yaml` tells the same).
MENDED = {("OAuthTemplate", "options"): "OAuthTemplateOption", ("OAuthTemplate", "fields"): "OAuthTemplateField"}
VERBS = ("get", "post", "put", "patch", "delete")


def read_contract():
    if not CONTRACT.is_file():
        return None
    read = yaml.load(CONTRACT.read_text(encoding="utf-8"), Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    for (schema, name), items in MENDED.items():
        read["components"]["schemas"][schema]["properties"][name]["items"] = {"$ref": f"#/components/schemas/{items}"}
    # An object by its schema, "really a boolean or a string" by the note beside it.
    read["components"]["schemas"]["OAuthTemplateOption"]["properties"]["default"] = {"type": ["boolean", "string"]}
    return read


READ = read_contract()

#: Verb and path of every operation in the contract.
OPERATIONS = (
    [(verb.upper(), path) for path, item in READ["paths"].items() for verb in VERBS if verb in item] if READ else []
)


@pytest.fixture(scope="module")
def contract():
    if READ is None:
        pytest.skip(f"the contract is not at {CONTRACT}")
    return READ


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
        responses = contract["paths"][path][verb.lower()]["responses"]
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


#: What the server refuses whatever is sent, and why.
REFUSED = {
    "POST /v1/experimental/bootstrap": "a server that has users needs none",
    "POST /v1/oauth/integrations/credentials": "the tokens that it takes are those of running content",
    "POST /v1/oauth/integrations/{guid}/verify": "the provider of this integration can't be reached",
    "GET /v1/oauth/sessions/{guid}": "nobody has signed in through an integration",
    "DELETE /v1/oauth/sessions/{guid}": "nobody has signed in through an integration",
    "GET /v1/oauth/clients/{client_id}": "no program has registered",
    "DELETE /v1/oauth/clients/{client_id}": "no program has registered",
    "GET /v1/oauth/templates/{key}": "asked for by a name that there is not",
    "PUT /v1/users": "the server keeps its users itself",
    "GET /v1/users/remote": "the server keeps its users itself",
    "PUT /v1/groups": "the server keeps its groups itself",
    "GET /v1/groups/remote": "the server keeps its groups itself",
    "GET /v1/examples/{name}/thumbnail": "there are no examples",
    "GET /v1/examples/{name}/zip": "there are no examples",
    "DELETE /v1/queue/{id}": "nothing waits in a queue",
    "DELETE /v1/content/{guid}/jobs/{key}": "its job has ended",
}

SECRET = b"0123456789abcdef0123456789abcdef"
NOBODY = "00000000-0000-4000-8000-000000000000"
PNG = b"\x89PNG\r\n\x1a\n" + bytes(30)
FORM = {"Content-Type": "application/x-www-form-urlencoded"}


class Tour:
    """One call after the other, by the contract's own names; `answers` has all of them."""

    def __init__(self, admin, pack):
        self.admin, self.pack, self.answers = admin, pack, {}

    def __call__(self, call, body=None, query="", **names):
        verb, _, path = call.partition(" ")
        target = f"/__api__{path.format_map(names)}{query}"
        raw = body if body is None or isinstance(body, (bytes, str)) else json.dumps(body)
        answer = self.admin.send(verb, target, raw, FORM if isinstance(body, str) else {})
        self.answers.setdefault((verb, path), []).append((target, answer))
        is_json = answer.data and answer.headers.get("Content-Type") == "application/json"
        return answer.json if is_json and answer.status < 400 else None

    def beginning(self, bare, bearer):
        """Make the first administrator of a server that has nobody yet."""
        for path in ("/v1/bootstrap", "/v1/experimental/bootstrap"):
            answer = bare.post(path, headers={"Authorization": f"Connect-Bootstrap {bearer}"})
            self.answers["POST", path] = [(path, answer)]

    def all(self):
        self.people()
        self.content()
        self.tags()
        self.administration()
        self.oauth()
        self.lists()

    def people(self):
        me = self("GET /v1/user")["guid"]
        user = self("POST /v1/users", {"username": "tourist", "user_role": "publisher"})["guid"]
        self("GET /v1/users", query="?page_size=2")
        self("GET /v1/users/{guid}", guid=user)
        self("PUT /v1/users/{guid}", {"last_name": "Tourist"}, guid=user)
        for locked in (True, False):
            self("POST /v1/users/{guid}/lock", {"locked": locked}, guid=user)
        key = self("POST /v1/users/{guid}/keys", {"name": "k"}, guid=me)["id"]
        self("GET /v1/users/{guid}/keys", guid=me)
        self("GET /v1/users/{guid}/keys/{id}", guid=me, id=key)
        self("DELETE /v1/users/{guid}/keys/{id}", guid=me, id=key)
        group = self("POST /v1/groups", {"name": "Tourists"})["guid"]
        self("GET /v1/groups")
        self("GET /v1/groups/{guid}", guid=group)
        self("PATCH /v1/groups/{guid}", {"name": "Travellers", "gid": 7}, guid=group)
        self("POST /v1/groups/{guid}", {"name": "Tourists"}, guid=group)
        self("POST /v1/groups/{group_guid}/members", {"user_guid": user}, group_guid=group)
        self("GET /v1/groups/{group_guid}/members", group_guid=group)
        self("DELETE /v1/groups/{group_guid}/members/{user_guid}", group_guid=group, user_guid=user)
        self.user, self.group = user, group
        for path in ("/v1/users", "/v1/groups"):
            self(f"PUT {path}", {"temp_ticket": "x"})
            self(f"GET {path}/remote", query="?prefix=a")

    def content(self):
        guid = self("POST /v1/content", {"name": "by-the-contract", "access_type": "all"})["guid"]
        at = {"guid": guid}
        self("PATCH /v1/content/{guid}", {"title": "T", "description": "d"}, **at)
        self("GET /v1/content/{guid}", query="?include=owner,tags,vanity_url,bookmarked,schedule", **at)
        self("GET /v1/content", query="?include=owner,tags,vanity_url,bookmarked,schedule")
        self("GET /v1/search/content", query="?q=contract&include=owner,tags")
        self("GET /v1/content/{guid}/packages", **at)
        self.publish(at)
        self("PUT /v1/content/{guid}/vanity", {"path": "/contract/"}, **at)
        self("GET /v1/content/{guid}/vanity", **at)
        self("GET /v1/vanities")
        self("DELETE /v1/content/{guid}/vanity", **at)
        self("PUT /v1/content/{guid}/environment", [{"name": "A", "value": "b"}], **at)
        self("PATCH /v1/content/{guid}/environment", [{"name": "B", "value": "b"}], **at)
        self("GET /v1/content/{guid}/environment", **at)
        for verb in ("POST", "GET", "DELETE"):
            self(f"{verb} /v1/content/{{guid}}/bookmark", **at)
        share = {"principal_guid": self.group, "principal_type": "group", "role": "viewer"}
        for _ in range(2):
            key = self("POST /v1/content/{guid}/permissions", share, **at)["id"]
        self("GET /v1/content/{guid}/permissions", **at)
        self("GET /v1/content/{guid}/permissions/{id}", id=key, **at)
        self("PUT /v1/content/{guid}/permissions/{id}", {**share, "role": "owner"}, id=key, **at)
        self("GET /v1/experimental/groups/{guid}/content", guid=self.group)
        self("DELETE /v1/content/{guid}/permissions/{id}", id=key, **at)
        self("DELETE /v1/groups/{guid}", guid=self.group)
        self("PUT /v1/content/{guid}/thumbnail", PNG, **at)
        self("DELETE /v1/content/{guid}/thumbnail", **at)
        self("PUT /v1/content/{guid}/repository", {"repository": "https://example.com/x.git"}, **at)
        self("PATCH /v1/content/{guid}/repository", {"branch": "next"}, **at)
        self("GET /v1/content/{guid}/repository", **at)
        self("DELETE /v1/content/{guid}/repository", **at)
        self("GET /v1/content/{guid}/schedule/history", **at)
        self("GET /v1/content/{guid}/storage", **at)
        self("POST /v1/content/{guid}/access-test", **at)
        self.guid = guid

    def publish(self, at):
        site = {"index.html": "x", "requirements.txt": "flask==3.0.0\n"}
        python = {"version": "3.12.4", "package_manager": {"name": "pip", "package_file": "requirements.txt"}}
        manifest = {
            "metadata": {"appmode": "python-api", "entrypoint": "app"},
            "python": python,
            "files": {name: {} for name in site},
        }
        first, second = (
            self("POST /v1/content/{guid}/bundles", self.pack(site, manifest), **at)["id"] for _ in range(2)
        )
        task = self("POST /v1/content/{guid}/deploy", {"bundle_id": first}, **at)["task_id"]
        self("GET /v1/tasks/{id}", query="?wait=5", id=task)
        self("POST /v1/content/{guid}/build", {"bundle_id": first}, **at)
        self("GET /v1/content/{guid}/bundles", **at)
        bundle = {**at, "id": first}
        self("GET /v1/content/{guid}/bundles/{id}", **bundle)
        self("GET /v1/content/{guid}/bundles/{id}/download", **bundle)
        self("GET /v1/content/{guid}/bundles/{id}/files", **bundle)
        self("GET /v1/content/{guid}/bundles/{id}/files/{path}", path="index.html", **bundle)
        self("DELETE /v1/content/{guid}/bundles/{id}", guid=at["guid"], id=second)
        self("GET /v1/content/{guid}/packages", **at)
        self("GET /v1/packages", query="?page_size=3")
        self("GET /v1/content/{guid}/lockfile", **at)
        job = self("GET /v1/content/{guid}/jobs", **at)[0]["key"]
        for part in ("", "/log", "/tail", "/error", "/metrics", "/download"):
            self(f"GET /v1/content/{{guid}}/jobs/{{key}}{part}", key=job, **at)
        self("DELETE /v1/content/{guid}/jobs/{key}", key=job, **at)
        report = self("POST /v1/content", {"name": "a-report"})["guid"]
        self(
            "POST /v1/content/{guid}/bundles",
            self.pack({"a.Rmd": "x"}, {"metadata": {"appmode": "rmd-static"}}),
            guid=report,
        )
        task = self("POST /v1/content/{guid}/deploy", {}, guid=report)["task_id"]
        self("GET /v1/tasks/{id}", query="?wait=5", id=task)
        self("POST /v1/content/{guid}/render", {}, guid=report)
        self("GET /v1/search/variants", query="?include=schedule")

    def tags(self):
        top = self("POST /v1/tags", {"name": "By the contract"})["id"]
        tag = self("POST /v1/tags", {"name": "Below", "parent_id": top})["id"]
        self("GET /v1/tags")
        self("GET /v1/tags/{id}", id=tag)
        self("PATCH /v1/tags/{id}", {"name": "Beneath"}, id=tag)
        self("POST /v1/content/{guid}/tags", {"tag_id": tag}, guid=self.guid)
        self("GET /v1/content/{guid}/tags", guid=self.guid)
        self("GET /v1/tags/{id}/content", id=tag)
        self("DELETE /v1/content/{guid}/tags/{id}", guid=self.guid, id=tag)
        self("DELETE /v1/tags/{id}", id=top)

    def administration(self):
        guid = self("POST /v1/environments", {"cluster_name": "Kubernetes", "name": "x"})["guid"]
        self("GET /v1/environments")
        self("GET /v1/environments/{guid}", guid=guid)
        self("PUT /v1/environments/{guid}", {"title": "T"}, guid=guid)
        path = "/v1/environments/{guid}/permissions"
        key = self(f"POST {path}", {"user_guid": self.user}, guid=guid)["guid"]
        self(f"GET {path}", guid=guid)
        for verb in ("GET", "DELETE"):
            self(f"{verb} {path}/{{permission_guid}}", guid=guid, permission_guid=key)
        self("DELETE /v1/environments/{guid}", guid=guid)
        run = self("POST /v1/system/checks", {})["id"]
        for part in ("", "/results"):
            self(f"GET /v1/system/checks/{{id}}{part}", id=run)
        self("GET /v1/system/checks")
        self("DELETE /v1/system/checks/{id}", id=run)
        token = self("POST /v1/system/service-tokens", {"name": "t", "scopes": ["identity:manage"]})["guid"]
        self("GET /v1/system/service-tokens")
        self("DELETE /v1/system/service-tokens/{guid}", guid=token)
        self("POST /v1/system/documentation", {"content": "# One"})
        for verb in ("GET", "DELETE"):
            self(f"{verb} /v1/system/documentation")
        cache = self("GET /v1/system/caches/runtime")["caches"][0]
        self("DELETE /v1/system/caches/runtime", {**cache, "dry_run": True})
        self("DELETE /v1/queue/{id}", id="1")
        for part in ("thumbnail", "zip"):
            self(f"GET /v1/examples/{{name}}/{part}", name="none")

    def oauth(self):
        wanted = {"template": "custom", "name": "One", "config": {"auth_type": "Service Account"}}
        guid = self("POST /v1/oauth/integrations", wanted)["guid"]
        self("GET /v1/oauth/integrations/{guid}", guid=guid)
        self("PATCH /v1/oauth/integrations/{guid}", {"description": "d"}, guid=guid)
        ties = "/v1/content/{guid}/oauth/integrations/associations"
        self(f"PUT {ties}", [{"oauth_integration_guid": guid}], guid=self.guid)
        self(f"GET {ties}", guid=self.guid)
        self("GET /v1/oauth/integrations/{guid}/associations", guid=guid)
        self("POST /v1/oauth/integrations/{guid}/verify", guid=guid)
        self("POST /v1/oauth/integrations/credentials", "grant_type=x&subject_token=x&subject_token_type=y")
        self("DELETE /v1/oauth/integrations/{guid}", guid=guid)
        self("GET /v1/oauth/templates/{key}", key="none")
        for verb in ("GET", "DELETE"):
            self(f"{verb} /v1/oauth/sessions/{{guid}}", guid=NOBODY)
            self(f"{verb} /v1/oauth/clients/{{client_id}}", client_id="none")
        self("DELETE /v1/content/{guid}", guid=self.guid)

    def lists(self):
        """Call what takes nothing but a path."""
        for verb, path in OPERATIONS:
            if verb == "GET" and "{" not in path and (verb, path) not in self.answers:
                self(f"{verb} {path}")


@pytest.fixture(scope="module")
def running():
    with ConnectServer(pace=0) as server:
        yield server


@pytest.fixture(scope="module")
def tour(running, connect, pack):
    made = Tour(connect(running.url, running.api_key), pack)
    with ConnectServer(bootstrap_secret=base64.b64encode(SECRET).decode()) as bare:
        now = int(time.time())
        claims = {"iss": "rsconnect-python", "aud": "rsconnect", "scope": "bootstrap", "iat": now, "exp": now + 900}
        made.beginning(connect(bare.url), sign(claims, SECRET))
    made.all()
    return made


@pytest.mark.parametrize(("verb", "path"), OPERATIONS, ids=lambda part: part)
def test_an_operation_is_called_and_answers_in_the_contract_s_shape(tour, validate, verb, path):
    answers = tour.answers.get((verb, path), [])
    for _, answer in answers:
        validate(verb, path, answer)

    worked = any(answer.status < 400 for _, answer in answers)
    assert answers
    assert worked or f"{verb} {path}" in REFUSED, answers


@pytest.mark.parametrize("call", sorted(REFUSED))
def test_what_is_said_to_be_refused_is_refused(contract, tour, call):
    verb, path = call.split()

    assert path in contract["paths"]
    assert all(answer.status >= 400 for _, answer in tour.answers[verb, path])


def test_what_a_viewer_may_read_has_the_contract_s_shape_too(contract, running, tour, validate, connect):
    viewer = connect(running.url, running.key_for("viewer"))
    read = [
        (path, answer)
        for (verb, path), answers in tour.answers.items()
        if verb == "GET" and (answer := viewer.get(answers[-1][0].removeprefix("/__api__"))).status < 400
    ]

    assert len(read) > 10
    for path, answer in read:
        validate("GET", path, answer)


def test_a_refusal_has_the_contract_s_shape(admin, nobody, contract):
    schema = plain(contract["components"]["schemas"]["APIError"], {})
    for answer in (
        admin.get("/v1/content/none"),
        nobody.get("/v1/user"),
        admin.post("/v1/content", {}),
        admin.get("/x"),
    ):
        jsonschema.Draft7Validator(schema).validate(answer.json)
