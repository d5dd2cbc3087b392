"""Signing in to the server by OAuth: programs register, people let them in, tokens come and go."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectapi.testing import ConnectServer
from connectapi.testing.oauth.clients import leads_back

HOUR = 3600


def bearer(caller, token, path="/v1/user"):
    return caller.get(path, headers={"Authorization": f"Bearer {token}"})


@pytest.fixture
def nobody(server, connect):
    return connect(server.url)


# What the server says of itself ------------------------------------------------------------------


def test_the_metadata_leads_to_every_endpoint(server, program):
    told = program().metadata

    assert told["issuer"] == server.url
    endpoints = {name: url for name, url in told.items() if name.endswith("_endpoint")}
    assert len(endpoints) == 5
    assert all(url.startswith(f"{server.url}/") for url in endpoints.values())
    assert told["code_challenge_methods_supported"] == ["S256"]


@pytest.mark.parametrize("version", ["2026.05.0", "2024.08.0"])
def test_an_older_server_is_none_that_one_signs_in_to(version, connect):
    with ConnectServer(version=version, sample=False) as server:
        nobody = connect(server.url)

        assert nobody.send("GET", "/.well-known/oauth-authorization-server").status == 404
        assert nobody.send("POST", "/__oauth__/register", "{}").status == 404
        assert connect(server.url, server.api_key).get("/v1/oauth/clients").status == 404


# Registering -------------------------------------------------------------------------------------


def test_a_program_registers_and_is_listed(admin, program):
    client_id = program(client_name="<b>Robot</b>").client_id

    listed = admin.get("/v1/oauth/clients").json["results"]

    assert [each["client_id"] for each in listed] == [client_id]
    assert (listed[0]["client_name"], listed[0]["last_used_at"]) == ("<b>Robot</b>", None)
    assert listed[0]["redirect_uris"] == ["http://127.0.0.1/callback"]
    assert admin.get(f"/v1/oauth/clients/{client_id}").json == listed[0]


@pytest.mark.parametrize(
    ("change", "error"),
    [
        ({"redirect_uris": ["https://evil.example/callback"]}, "invalid_redirect_uri"),
        ({"redirect_uris": ["http://evil.example/callback"]}, "invalid_redirect_uri"),
        ({"redirect_uris": ["http://127.0.0.1.evil.example/"]}, "invalid_redirect_uri"),
        ({"redirect_uris": ["http://127.0.0.1@evil.example/"]}, "invalid_redirect_uri"),
        ({"redirect_uris": ["http://evil.example\\@127.0.0.1/"]}, "invalid_redirect_uri"),
        ({"redirect_uris": ["http://127.0.0.1/#part"]}, "invalid_redirect_uri"),
        ({"redirect_uris": ["javascript:alert(1)//127.0.0.1"]}, "invalid_redirect_uri"),
        ({"redirect_uris": ["http://[::1"]}, "invalid_redirect_uri"),
        ({"redirect_uris": ["http://127.0.0.1:99999/"]}, "invalid_redirect_uri"),
        ({"redirect_uris": [7]}, "invalid_redirect_uri"),
        ({"redirect_uris": "http://127.0.0.1/"}, "invalid_redirect_uri"),
        ({"redirect_uris": []}, "invalid_redirect_uri"),
        ({"token_endpoint_auth_method": "client_secret_basic"}, "invalid_client_metadata"),
        ({"grant_types": ["password"]}, "invalid_client_metadata"),
        ({"response_types": ["token"]}, "invalid_client_metadata"),
        ({"client_name": 7}, "invalid_client_metadata"),
    ],
)
def test_registrations_are_checked(nobody, change, error):
    body = {"client_name": "x", "redirect_uris": ["http://localhost/callback"], **change}

    answer = nobody.send("POST", "/__oauth__/register", json.dumps(body))

    assert (answer.status, answer.json["error"]) == (400, error)


@pytest.mark.parametrize("body", ["", "[]", "{", "null", "[" * 9000])
def test_a_registration_is_a_json_object(nobody, body):
    assert nobody.send("POST", "/__oauth__/register", body).json["error"] == "invalid_client_metadata"


@given(
    host=st.sampled_from(["127.0.0.1", "127.0.0.2", "[::1]", "localhost", "evil.example"]),
    port=st.sampled_from(["", ":1", ":65535"]),
    path=st.sampled_from(["", "/", "/callback", "/callback/", "/callback?a=1"]),
)
def test_the_port_alone_is_the_program_s_choice(host, port, path):
    client = {"redirect_uris": ["http://127.0.0.1:8000/callback"]}

    assert leads_back(client, f"http://{host}{port}{path}") == (host == "127.0.0.1" and path == "/callback")


def test_programs_that_are_never_used_make_room(server, admin, program, monkeypatch):
    monkeypatch.setattr("connectapi.testing.oauth.clients._UNUSED", 3)
    made = [program().client_id for _ in range(5)]

    assert {each["client_id"] for each in admin.get("/v1/oauth/clients").json["results"]} == set(made[2:])


# Codes -------------------------------------------------------------------------------------------


def test_a_person_lets_a_program_in(admin, nobody, browser, program):
    robot, vic = program(client_name="A & <b>"), browser("vic")

    page = vic.see(robot.address())
    back = vic.submit(decision="allow")

    assert "A &amp; &lt;b&gt;" in page.text
    assert "http://127.0.0.1:4567" in page.text
    assert back.headers["Location"].startswith("http://127.0.0.1:4567/callback?code=")
    assert "state=of-mine" in back.headers["Location"]
    code = back.headers["Location"].partition("code=")[2].partition("&")[0]
    given = robot.tokens(code).json
    assert (given["token_type"], given["expires_in"]) == ("Bearer", HOUR)
    assert bearer(nobody, given["access_token"]).json["username"] == "vic"
    assert admin.get(f"/v1/oauth/clients/{robot.client_id}").json["last_used_at"] is not None


def test_who_has_not_signed_in_does_so_first(server, browser, program):
    someone, robot = browser(), program()

    page = someone.see(robot.address())
    assert page.status == 401
    page = someone.submit(key=server.key_for("vic"))

    assert "Let A program in?" in page.text
    assert someone.submit(decision="allow").headers["Location"].startswith("http://127.0.0.1:4567/callback?code=")


def test_a_person_says_no(browser, program):
    vic, robot = browser("vic"), program()
    vic.see(robot.address())

    back = vic.submit(decision="deny").headers["Location"]

    assert "error=access_denied" in back
    assert "code=" not in back


def test_the_page_runs_nothing_and_is_framed_by_nobody(browser, program):
    page = browser("vic").see(program().address())

    policy = page.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "form-action 'self' http://127.0.0.1:4567;" in policy
    assert "<script" not in page.text
    assert (page.headers["Cache-Control"], page.headers["X-Frame-Options"]) == ("no-store", "DENY")


@pytest.mark.parametrize(
    "change",
    [
        {"client_id": "unknown"},
        {"client_id": None},
        {"redirect_uri": "http://127.0.0.1:4567/elsewhere"},
        {"redirect_uri": "http://evil.example/callback"},
        {"redirect_uri": None},
    ],
)
def test_nobody_is_sent_to_an_address_that_was_not_registered(browser, program, change):
    page = browser("vic").see(program().address(**change))

    assert page.status in {400, 401}
    assert "Location" not in page.headers


@pytest.mark.parametrize(
    ("change", "error"),
    [
        ({"response_type": "token"}, "unsupported_response_type"),
        ({"response_type": None}, "unsupported_response_type"),
        ({"code_challenge": None}, "invalid_request"),
        ({"code_challenge": "short"}, "invalid_request"),
        ({"code_challenge_method": "plain"}, "invalid_request"),
        ({"code_challenge_method": None}, "invalid_request"),
    ],
)
def test_the_program_learns_what_it_asked_wrongly(browser, program, change, error):
    back = browser("vic").see(program().address(**change)).headers["Location"]

    assert back.startswith(f"http://127.0.0.1:4567/callback?error={error}")
    assert "state=of-mine" in back


def test_a_form_of_another_site_lets_nobody_in(browser, program):
    vic, val, robot = browser("vic"), browser("val"), program()
    vic.see(robot.address())
    form = {**vic.fields(), "decision": "allow"}

    assert vic.post("/__oauth__/authorize", {"Origin": "http://evil.example"}, **form).status == 403
    assert vic.post("/__oauth__/authorize", {"Sec-Fetch-Site": "cross-site"}, **form).status == 403
    assert vic.post("/__oauth__/authorize", **{**form, "token": "0" * 64}).status == 403
    assert val.post("/__oauth__/authorize", **form).status == 403, "the form was made for vic"
    assert browser().post("/__oauth__/authorize", **form).status == 401
    head, _, tail = form["sealed"].partition(".")
    assert vic.post("/__oauth__/authorize", **{**form, "sealed": f"{head}.{tail[::-1]}"}).status == 400
    assert vic.post("/__oauth__/authorize", **form).status == 302


def test_a_key_that_comes_along_lets_nobody_in(admin, browser, program):
    vic, robot = browser("vic"), program()

    page = vic.see(robot.address(), Authorization=f"Key {admin.key}")

    assert page.status == 401


def test_a_code_is_good_once_and_for_a_minute(clock, nobody, browser, program):
    vic, robot = browser("vic"), program()
    code = robot.code(vic)
    first = robot.tokens(code).json

    assert robot.error(robot.tokens(code)) == (400, "invalid_grant")
    assert bearer(nobody, first["access_token"]).status == 401, "nor is what came of it, once it came out"
    assert robot.error(robot.refresh(first["refresh_token"])) == (400, "invalid_grant")
    late = robot.code(vic)
    clock.advance(61)
    assert robot.error(robot.tokens(late)) == (400, "invalid_grant")


@pytest.mark.parametrize(
    ("change", "error"),
    [
        ({"code_verifier": "b-verifier-that-is-long-enough-to-be-one-of-them"}, (400, "invalid_grant")),
        ({"code_verifier": ""}, (400, "invalid_grant")),
        ({"redirect_uri": "http://127.0.0.1:9999/callback"}, (400, "invalid_grant")),
        ({"code": "none"}, (400, "invalid_grant")),
        ({"client_id": "unknown"}, (401, "invalid_client")),
        ({"grant_type": "password"}, (400, "unsupported_grant_type")),
        ({"grant_type": ""}, (400, "unsupported_grant_type")),
    ],
)
def test_what_a_code_takes_is_checked(browser, program, change, error):
    robot = program()
    code = robot.code(browser("vic"))

    assert robot.error(robot.tokens(code, **change)) == error


def test_a_code_is_its_own_program_s(browser, program):
    one, other = program(), program()
    code = one.code(browser("vic"))

    assert other.error(other.tokens(code)) == (400, "invalid_grant")
    assert one.tokens(code).status == 200, "that it was tried by another does not use it up"


@pytest.mark.parametrize("kind", ["text/plain", "application/json"])
def test_the_token_endpoint_takes_forms(program, kind):
    robot = program()

    assert robot.error(robot.send("token_endpoint", "x", **{"Content-Type": kind})) == (400, "invalid_request")
    twice = robot.send("token_endpoint", "code=1&code=2", **{"Content-Type": "application/x-www-form-urlencoded"})
    assert robot.error(twice) == (400, "invalid_request")


# Tokens ------------------------------------------------------------------------------------------


@pytest.fixture
def signed_in(browser, program):
    robot = program()
    return robot, robot.tokens(robot.code(browser("vic"))).json


def test_an_access_token_ends_and_is_renewed(clock, nobody, signed_in):
    robot, first = signed_in
    clock.advance(HOUR + 1)
    assert bearer(nobody, first["access_token"]).refusal == (401, "InvalidLogin")

    second = robot.refresh(first["refresh_token"]).json

    assert bearer(nobody, second["access_token"]).json["username"] == "vic"
    assert second["refresh_token"] != first["refresh_token"]
    clock.advance(31 * 24 * HOUR)
    assert robot.error(robot.refresh(second["refresh_token"])) == (400, "invalid_grant")


def test_renewing_ends_the_token_before(nobody, signed_in):
    robot, first = signed_in

    robot.refresh(first["refresh_token"])

    assert bearer(nobody, first["access_token"]).status == 401


def test_a_refresh_token_that_comes_twice_ends_all(nobody, signed_in):
    robot, first = signed_in
    second = robot.refresh(first["refresh_token"]).json

    assert robot.error(robot.refresh(first["refresh_token"])) == (400, "invalid_grant")

    assert bearer(nobody, second["access_token"]).status == 401
    assert robot.error(robot.refresh(second["refresh_token"])) == (400, "invalid_grant")


def test_a_refresh_token_is_its_own_program_s(signed_in, program):
    robot, first = signed_in
    other = program()

    assert other.error(other.refresh(first["refresh_token"])) == (400, "invalid_grant")
    assert robot.refresh(first["refresh_token"]).status == 200


def test_a_token_is_no_key_and_a_key_no_token(server, nobody, signed_in):
    _, given = signed_in

    assert nobody.get("/v1/user", headers={"Authorization": f"Key {given['access_token']}"}).status == 401
    assert bearer(nobody, server.api_key).status == 401
    assert bearer(nobody, given["refresh_token"]).status == 401


def test_a_token_allows_what_its_user_may(admin, caller, nobody, signed_in):
    _, given = signed_in
    vic = caller("vic")

    assert bearer(nobody, given["access_token"], "/v1/vanities").refusal == (403, "PermissionDenied")
    admin.post(f"/v1/users/{vic.guid}/lock", {"locked": True})
    assert bearer(nobody, given["access_token"]).refusal == (403, "UserLocked")


def test_a_locked_user_s_token_is_not_renewed(admin, caller, signed_in):
    robot, given = signed_in
    admin.post(f"/v1/users/{caller('vic').guid}/lock", {"locked": True})

    assert robot.error(robot.refresh(given["refresh_token"])) == (400, "invalid_grant")


def test_a_program_that_is_deleted_must_register_anew(admin, nobody, browser, signed_in):
    robot, given = signed_in
    vic = browser("vic")
    code = robot.code(vic)
    vic.see(robot.address())

    assert admin.delete(f"/v1/oauth/clients/{robot.client_id}").status == 204

    assert robot.error(robot.refresh(given["refresh_token"])) == (401, "invalid_client")
    assert robot.error(robot.tokens(code)) == (401, "invalid_client")
    assert bearer(nobody, given["access_token"]).status == 401
    assert vic.submit(decision="allow").status == 401
    assert admin.get(f"/v1/oauth/clients/{robot.client_id}").status == 404


def test_tokens_are_given_back(nobody, browser, program):
    robot, vic = program(), browser("vic")
    one, two = (robot.tokens(robot.code(vic)).json for _ in range(2))

    assert robot.form("revocation_endpoint", token=one["access_token"]).status == 200
    assert bearer(nobody, one["access_token"]).status == 401
    assert robot.refresh(one["refresh_token"]).status == 200, "the sign-in itself goes on"
    assert robot.form("revocation_endpoint", token=two["refresh_token"]).status == 200
    assert bearer(nobody, two["access_token"]).status == 401
    assert robot.error(robot.refresh(two["refresh_token"])) == (400, "invalid_grant")
    assert robot.form("revocation_endpoint", token="unknown").status == 200
    assert robot.error(robot.form("revocation_endpoint")) == (400, "invalid_request")


def test_tokens_are_given_back_by_their_own_program(nobody, signed_in, program):
    _, given = signed_in
    other = program()

    assert other.form("revocation_endpoint", token=given["access_token"]).status == 200

    assert bearer(nobody, given["access_token"]).status == 200


def test_a_sign_in_survives_a_restart_and_its_secrets_are_kept_as_digests(tmp_path, connect, person_with, program_at):
    with ConnectServer(data=tmp_path / "data", sample=False, pace=0) as first:
        robot, person = program_at(connect(first.url)), person_with(connect(first.url), first.api_key)
        given = robot.tokens(robot.code(person)).json
    kept = b"".join(each.read_bytes() for each in (tmp_path / "data").glob("state.sqlite*"))
    assert given["access_token"].encode() not in kept
    assert given["refresh_token"].encode() not in kept

    with ConnectServer(data=tmp_path / "data", sample=False, pace=0) as again:
        caller = connect(again.url)
        assert bearer(caller, given["access_token"]).json["username"] == "admin"
        robot.caller = caller
        assert bearer(caller, robot.refresh(given["refresh_token"]).json["access_token"]).status == 200


@pytest.mark.parametrize(
    ("verb", "path", "status"), [("GET", "/__oauth__/token", 405), ("GET", "/__oauth__/nothing", 404)]
)
def test_other_paths_are_refused(nobody, verb, path, status):
    assert nobody.send(verb, path).status == status
    assert "<title>" in nobody.send(verb, path, headers={"Accept": "text/html"}).text
