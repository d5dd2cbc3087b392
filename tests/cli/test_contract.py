"""`connectapi contract`, with files, URLs and a server's own document, over real sockets."""

import json
import subprocess
import sys
from pathlib import Path

import attrs
import pytest
import yaml

from connectapi.cli import main
from connectapi.spec.load import load_text

PUBLISHED = Path(__file__).parents[2].parent / "shared" / "contract" / "connect-api.yaml"
KEY = "5aa1b3f5d6f7abcdef0123456789abcd"
PLACE = "/__docs__/api/openapi.json"

#: One operation that is declared, one that differs, one that nothing declares.
DOCUMENT = {
    "openapi": "3.0.3",
    "paths": {
        "/v1/tasks/{id}": {"get": {"responses": {"200": {"description": "ok"}}}},
        "/v1/webhooks": {
            "get": {
                "tags": ["Webhooks"],
                "responses": {
                    "200": {
                        "content": {
                            "application/json": {
                                "schema": {
                                    "type": "array",
                                    "items": {
                                        "type": "object",
                                        "properties": {"id": {"type": "string"}, "url": {"type": "string"}},
                                    },
                                }
                            }
                        }
                    }
                },
            }
        },
    },
}


@attrs.frozen
class Done:
    code: int
    out: str
    err: str


@pytest.fixture
def run(monkeypatch, capsys):
    """Run the command line in this process, as its entry point does."""

    def call(*arguments, server="", key=KEY):
        for name, value in (("SERVER", server), ("API_KEY", key)):
            if server and value:
                monkeypatch.setenv(f"CONNECT_{name}", value)
            else:
                monkeypatch.delenv(f"CONNECT_{name}", raising=False)
        monkeypatch.setattr(sys, "argv", ["connectapi", *map(str, arguments)])
        with pytest.raises(SystemExit) as ended:
            main.run()
        return Done(ended.value.code, *capsys.readouterr())

    return call


@pytest.fixture(params=["json", "yaml"])
def file(request, tmp_path):
    path = tmp_path / f"openapi.{request.param}"
    path.write_text(json.dumps(DOCUMENT) if request.param == "json" else yaml.safe_dump(DOCUMENT), encoding="utf-8")
    return path


def test_drift_is_a_table_and_exit_code_1(run, file):
    done = run("contract", "check", file)
    lines = done.out.splitlines()

    assert (done.code, done.err) == (1, "")
    assert lines[0] == f"operations declared: 1/2 of {file}"
    assert lines[2].startswith("unexplained differences: ")
    assert lines[3].split() == ["operation", "place", "what", "declared", "contract"]
    assert any(line.split() == ["GET", "/v1/webhooks", "operation", "nothing", "GET", "/v1/webhooks"] for line in lines)
    assert any(line.startswith("deliberate differences: ") for line in lines)


def test_json_is_the_same_as_data(run, file):
    done = run("contract", "check", file, "--json")
    found = json.loads(done.out)

    assert done.code == 1
    assert found["operations"] == {"contract": 2, "declared": 1}
    assert found["drift"] is True
    assert {
        "kind": "operation",
        "operation": "GET /v1/webhooks",
        "declared": "nothing",
        "contract": "GET /v1/webhooks",
    } in found["unexplained"]
    assert all(each["reason"] for each in found["deliberate"])


@pytest.mark.skipif(not PUBLISHED.is_file(), reason=f"the published contract is not here: {PUBLISHED}")
def test_without_drift_the_exit_code_is_0(run):
    done = run("contract", "check", PUBLISHED)
    found = json.loads(run("contract", "check", PUBLISHED, "--json").out)

    assert done.code == 0
    assert "operations declared: 154/154" in done.out
    assert "unexplained differences: 0" in done.out
    assert "the former name of app_role" in done.out
    assert (found["unexplained"], found["stale"], found["drift"]) == ([], [], False)


def test_the_servers_own_document_is_the_default(run, answers):
    answers.on(f"GET {PLACE}", DOCUMENT)
    done = run("contract", "check", server=answers.url)

    assert done.out.startswith(f"operations declared: 1/2 of {answers.url}{PLACE}\n")
    assert [each.headers["Authorization"] for each in answers.asked] == [f"Key {KEY}"]


def test_a_server_may_keep_it_beside_the_api(run, answers):
    answers.on(f"GET {PLACE}", b"<html>Sign in</html>").on("GET /openapi.json", DOCUMENT)
    done = run("contract", "check", server=answers.url)

    assert done.out.startswith(f"operations declared: 1/2 of {answers.url}/__api__/openapi.json\n")


def test_a_server_without_a_document_is_an_error_that_says_to_give_a_file(run, answers):
    done = run("contract", "check", server=answers.url)

    assert (done.code, done.out) == (1, "")
    assert f"{answers.url} publishes no OpenAPI 3 document at {PLACE}" in done.err
    assert "give a file or a URL of one: connectapi contract check FILE" in done.err


def test_what_an_older_server_publishes_is_named(run, answers):
    answers.on("GET /__docs__/api/swagger.json", {"swagger": "2.0", "paths": {}})

    assert "(it is Swagger 2.0, which older servers publish)" in run("contract", "check", server=answers.url).err


def test_a_server_that_refuses_the_key_is_not_one_without_a_document(run, answers):
    answers.on(f"GET {PLACE}", {"code": 3, "error": "no"}, status=401)

    assert "Check CONNECT_API_KEY" in run("contract", "check", server=answers.url).err


def test_a_server_that_fails_is_not_one_without_a_document(run, answers):
    answers.on(f"GET {PLACE}", {"error": "broken"}, status=500)
    done = run("contract", "check", server=answers.url)

    assert (done.code, len(answers.asked)) == (1, 1)
    assert "500 Internal Server Error: broken" in done.err


def test_a_server_that_redirects_to_its_login_is_one_without_a_document(run, answers):
    answers.on(f"GET {PLACE}", status=302, headers={"Location": "/__login__?url=x"})
    answers.on("GET /__login__", b"<html><title>Sign in</title></html>")
    done = run("contract", "check", server=answers.url)

    assert "publishes no OpenAPI 3 document" in done.err
    assert f"({answers.url}{PLACE}: " in done.err


def test_a_server_that_redirects_to_another_ones_login_is_one_without_a_document(run, answers):
    answers.on(f"GET {PLACE}", status=302, headers={"Location": "https://login.example/sign-in?url=x"})
    done = run("contract", "check", server=answers.url)

    assert "publishes no OpenAPI 3 document" in done.err
    assert "https://login.example/sign-in (302)" in done.err


def test_a_server_that_is_not_there_is_an_error_at_once(run):
    assert "nothing answers at http://127.0.0.1:1" in run("contract", "check", server="http://127.0.0.1:1").err


def test_without_a_server_and_a_document_the_settings_are_asked_for(run):
    assert "no server given: set CONNECT_SERVER" in run("contract", "check").err


def test_the_key_goes_to_the_configured_server_only(run, answers):
    port = answers.url.rpartition(":")[2]
    answers.on("GET /own.json", DOCUMENT).on("GET /others.json", DOCUMENT)
    run("contract", "check", f"{answers.url}/own.json", server=answers.url)
    shown = run("contract", "check", f"http://localhost:{port}/others.json?v=1", server=answers.url).out
    run("contract", "check", f"{answers.url}/own.json")

    assert [(each.target, "Authorization" in each.headers) for each in answers.asked] == [
        ("/own.json", True),
        ("/others.json?v=1", False),
        ("/own.json", False),
    ]
    assert all(KEY not in str(each.headers) for each in answers.asked[1:])
    assert shown.startswith(f"operations declared: 1/2 of http://localhost:{port}/others.json\n")


def test_a_redirect_is_followed_without_the_key(run, answers):
    port = answers.url.rpartition(":")[2]
    answers.on("GET /moved.json", status=302, headers={"Location": f"{answers.url}/there.json"})
    answers.on("GET /there.json", DOCUMENT)
    done = run("contract", "check", f"http://localhost:{port}/moved.json", server=answers.url)

    assert done.out.startswith("operations declared: 1/2")
    assert [(each.path, "Authorization" in each.headers) for each in answers.asked] == [
        ("/moved.json", False),
        ("/there.json", False),
    ]


def test_a_redirect_of_the_configured_server_is_not_followed(run, answers):
    answers.on("GET /moved.json", status=302, headers={"Location": "http://elsewhere.example/x.json?ticket=1"})
    done = run("contract", "check", f"{answers.url}/moved.json", server=answers.url)

    assert (done.code, len(answers.asked)) == (1, 1)
    assert "redirects to http://elsewhere.example/x.json (302), where no key is sent" in done.err


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"<!doctype html><title>x</title>", "this is an HTML page, not an OpenAPI 3 document (a login page?"),
        (b"[1, 2]", "this is no OpenAPI 3 document"),
        (b'{"openapi": "2.0"}', "this is no OpenAPI 3 document"),
        (b'{"openapi": "3.0.0", ', "Expecting property name"),
        (b"a: [\nb: }", "openapi:2: "),
        (b"\xff\xfe\x00", "codec can't decode"),
        (b"\x1b[2J: \x07", ": "),
    ],
)
def test_what_is_no_document_is_an_error_that_says_so(run, tmp_path, content, message):
    file = tmp_path / "openapi"
    file.write_bytes(content)
    done = run("contract", "check", file)

    assert (done.code, done.out) == (1, "")
    assert message in done.err
    assert all(char == "\n" or char.isprintable() for char in done.err)


def test_a_file_that_is_not_there_is_named(run, tmp_path):
    assert "nothing.yaml: can't be read: No such file" in run("contract", "check", tmp_path / "nothing.yaml").err


@pytest.mark.parametrize(
    ("url", "message"),
    [
        ("http://127.0.0.1:1/openapi.json?token=abc", "http://127.0.0.1:1/openapi.json: can't be fetched"),
        ("ftp://example.com/openapi.json", "no URL of a document"),
        ("https://user:secret@example.com/openapi.json", "no URL of a document"),
        ("https:///openapi.json", "no URL of a document"),
    ],
)
def test_a_url_that_leads_nowhere_is_an_error_without_its_secrets(run, url, message):
    done = run("contract", "check", url)

    assert done.code == 1
    assert message in done.err
    assert "secret" not in done.err
    assert "abc" not in done.err


def test_a_url_that_climbs_is_refused(run, answers):
    assert "no URL of a document" in run("contract", "check", f"{answers.url}/../x", server=answers.url).err
    assert answers.asked == []


def test_a_url_that_is_not_found_is_an_error(run, answers):
    done = run("contract", "check", f"{answers.url}/openapi.json")

    assert (done.code, done.err) == (
        1,
        f"error: {answers.url}/openapi.json: the answer is 404 Not Found: check the URL\n",
    )


def test_control_characters_of_a_document_do_not_reach_the_terminal(run, tmp_path):
    file = tmp_path / "openapi.json"
    evil = {"get": {"tags": ["\x1b[2J"], "responses": {}, "parameters": [{"name": "\x9b31m\x7f", "in": "query"}]}}
    file.write_text(json.dumps({**DOCUMENT, "paths": {"/v1/\x1b]0;owned\x07": evil}}), encoding="utf-8")
    printed = [
        run("contract", "check", file),
        run("contract", "check", file, "--json"),
        run("contract", "draft", file, "--tag", "\x1b[2J"),
        run("contract", "draft", file, "--tag", "none"),
    ]

    for each in printed:
        assert all(char == "\n" or char.isprintable() for char in each.out + each.err)
    assert "owned" in printed[0].out
    assert "\\u001b]0;owned\\u0007" in printed[1].out


@pytest.mark.parametrize(
    ("schema", "message"),
    [
        ("{$ref: '#/nowhere'}", "the reference '#/nowhere' leads nowhere"),
        ("&a {allOf: [*a]}", "its schemas lead back to themselves without an end"),
    ],
)
def test_schemas_that_lead_nowhere_are_an_error(run, tmp_path, schema, message):
    file = tmp_path / "openapi.yaml"
    answer = f"{{200: {{content: {{application/json: {{schema: {schema}}}}}}}}}"
    file.write_text(f"openapi: 3.0.0\npaths: {{/v1/x: {{get: {{tags: [X], responses: {answer}}}}}}}\n", "utf-8")

    for command in (["check"], ["draft", "--tag", "X"]):
        done = run("contract", *command, file)
        assert (done.code, done.out) == (1, "")
        assert f"openapi.yaml: {message}" in done.err


# Drafts ------------------------------------------------------------------------------------


def test_a_draft_goes_to_standard_output(run, file):
    done = run("contract", "draft", file, "--tag", "Webhooks")
    [spec] = load_text(done.out)

    assert (done.code, done.err) == (0, "")
    assert (spec.name, spec.collection, list(spec.methods)) == ("Webhook", "webhooks", ["get"])


def test_a_draft_goes_to_a_new_file_and_never_over_an_old_one(run, file, tmp_path):
    to = tmp_path / "webhook.yaml"
    first, again = (run("contract", "draft", file, "--tag", "Webhooks", "--to", to) for _ in range(2))

    assert (first.code, first.out) == (0, "")
    assert "its first lines say what is left to do" in first.err
    assert load_text(to.read_text(encoding="utf-8"))[0].name == "Webhook"
    assert again.code == 2
    assert "is there already: remove it, or name another file" in again.err
    assert run("contract", "draft", file, "--tag", "Webhooks", "--to", tmp_path / "no" / "x.yaml").code == 2


def test_a_draft_of_an_unknown_tag_offers_the_nearest(run, file):
    done = run("contract", "draft", file, "--tag", "Webhook")

    assert done.code == 1
    assert "did you mean 'Webhooks'?" in done.err


@pytest.mark.skipif(not PUBLISHED.is_file(), reason=f"the published contract is not here: {PUBLISHED}")
def test_where_all_is_declared_there_is_nothing_to_draft(run):
    done = run("contract", "draft", PUBLISHED, "--tag", "Users")

    assert (done.code, done.out) == (0, "")
    assert done.err == "nothing to draft: every operation under 'Users' is declared\n"


# The command itself ------------------------------------------------------------------------


def test_the_help_lists_it_beside_the_collections(run):
    text = run("--help").out
    collections, _, others = text.partition("Other commands:")

    assert "contract" in others
    assert "contract" not in collections.partition("Collections:")[2]
    assert "FILE|URL" in run("contract", "check", "--help").out


def test_a_misspelled_group_is_offered_too(run):
    assert "did you mean 'contract'?" in run("contrat").err


def test_it_runs_as_a_process_of_its_own(file):
    done = subprocess.run(
        [sys.executable, "-W", "error", "-m", "connectapi", "contract", "check", str(file), "--json"],
        capture_output=True,
        text=True,
        check=False,
    )

    assert (done.returncode, done.stderr) == (1, "")
    assert json.loads(done.stdout)["operations"]["contract"] == 2
