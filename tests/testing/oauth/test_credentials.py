"""Credentials for content: viewers sign in at the service outside, session tokens are exchanged for what it gave."""

import base64
import json
import threading
from urllib.parse import urlencode

import pytest

HOUR = 3600
FORM = {"Content-Type": "application/x-www-form-urlencoded"}
GRANT = "urn:ietf:params:oauth:grant-type:token-exchange"
USER = "urn:posit:connect:user-session-token"
CONTENT = "urn:posit:connect:content-session-token"
KEY = "urn:posit:connect:api-key"
ACCESS = "urn:ietf:params:oauth:token-type:access_token"
AWS = "urn:ietf:params:aws:token-type:credentials"
CLIENT = {"client_id": "our-app", "client_secret": "s3cret-of-the-app"}
SERVICE = {"auth_type": "Service Account", **CLIENT}


class App:
    """Content of pat's that uses integrations, and asks for its credentials as if it ran."""

    def __init__(self, server, admin, pat):
        self.server, self.admin, self.pat, self.guid = server, admin, pat, pat.content(access_type="all")["guid"]
        self.ties = []

    def uses(self, template="custom", config=CLIENT, **values):
        body = {"template": template, "name": f"With {template}", "config": config, **values}
        made = self.admin.post("/v1/oauth/integrations", body)
        assert made.status == 200, made
        self.ties.append({"oauth_integration_guid": made.json["guid"]})
        self.tie()
        return made.json["guid"]

    def tie(self):
        answer = self.pat.put(f"/v1/content/{self.guid}/oauth/integrations/associations", self.ties)
        assert answer.status == 204, answer

    def asks(self, token, kind=USER, caller=None, **more):
        form = {"grant_type": GRANT, "subject_token": token, "subject_token_type": kind, **more}
        path = "/__api__/v1/oauth/integrations/credentials"
        return (caller or self.pat).send("POST", path, urlencode(form), FORM)

    def for_user(self, username="vic", **more):
        return self.asks(self.server.session_token(self.guid, username), **more)

    def for_itself(self, **more):
        return self.asks(self.server.content_session_token(self.guid), CONTENT, **more)


@pytest.fixture
def app(server, admin, caller):
    return App(server, admin, caller("pat"))


def signs_in(person, guid, account="vic@service.example", **more):
    page = person.see(f"/__oauth__/integrations/{guid}/login", **more)
    assert "Whoever you say you are" in page.text, page
    return person.submit(account=account, decision="allow")


def knows(caller, token):
    """Ask the service outside whom a token is for."""
    return caller.send("GET", "/__provider__/userinfo", headers={"Authorization": f"Bearer {token}"})


# Viewers -----------------------------------------------------------------------------------------


def test_a_viewer_signs_in_and_content_acts_for_them(app, admin, browser, caller):
    guid, vic = app.uses(config={**CLIENT, "scopes": "read write"}), browser("vic")
    assert app.for_user().refusal == (400, "OAuthSessionNotFound")

    vic.see(f"/__oauth__/integrations/{guid}/login?redirect=/__ping__")
    assert "our-app" in vic.page.text
    assert "read write" in vic.page.text
    page = vic.submit(account="vic@service.example", decision="allow")

    assert page.text == "{}", "it goes on to where the link said"
    given = app.for_user().json
    assert (given["token_type"], given["issued_token_type"], given["expires_in"]) == ("Bearer", ACCESS, HOUR)
    seen = knows(admin, given["access_token"]).json
    assert seen == {"sub": "vic@service.example", "client_id": "our-app", "scope": "read write"}
    assert app.for_user("val").refusal == (400, "OAuthSessionNotFound")
    sessions = caller("vic").get("/v1/oauth/sessions").json
    assert [(each["oauth_integration_guid"], each["has_refresh_token"]) for each in sessions] == [(guid, True)]
    assert "access_token" not in json.dumps(sessions)


def test_there_is_one_session_for_a_user_and_an_integration(app, browser, caller):
    guid, vic = app.uses(), browser("vic")
    signs_in(vic, guid)
    first = caller("vic").get("/v1/oauth/sessions").json

    signs_in(vic, guid)

    assert [each["guid"] for each in caller("vic").get("/v1/oauth/sessions").json] == [first[0]["guid"]]


def test_a_token_that_has_ended_is_renewed(app, admin, clock, browser, caller):
    guid = app.uses()
    signs_in(browser("vic"), guid)
    first = app.for_user().json
    assert app.for_user().json["access_token"] == first["access_token"], "as long as it lasts, it is the same"
    clock.advance(HOUR)

    second = app.for_user().json

    assert second["access_token"] != first["access_token"]
    assert second["expires_in"] == HOUR
    assert knows(admin, first["access_token"]).status == 401
    assert knows(admin, second["access_token"]).json["sub"] == "vic@service.example"
    session = caller("vic").get("/v1/oauth/sessions").json[0]
    assert session["updated_time"] > session["created_time"]


def test_many_at_once_renew_once(app, clock, browser, server):
    guid = app.uses()
    signs_in(browser("vic"), guid)
    clock.advance(HOUR)
    before, found = len(server.requests), []
    threads = [threading.Thread(target=lambda: found.append(app.for_user().json["access_token"])) for _ in range(8)]

    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(set(found)) == 1
    assert [each.path for each in server.requests[before:]].count("/__provider__/token") == 1


def test_what_can_not_be_renewed_is_refused(app, clock, browser):
    guid = app.uses()
    signs_in(browser("vic"), guid)
    clock.advance(31 * 24 * HOUR)

    answer = app.for_user()

    assert answer.refusal == (400, "OAuthAccessTokenRefreshFailure")
    assert "Sign in anew" in answer.json["error"]


@pytest.mark.parametrize("way", ["page", "api", "administrator"])
def test_signing_out_ends_it(app, admin, browser, caller, way):
    guid, vic = app.uses(), browser("vic")
    signs_in(vic, guid)
    session = caller("vic").get("/v1/oauth/sessions").json[0]["guid"]

    if way == "page":
        vic.see(f"/__oauth__/integrations/{guid}/logout")
        assert vic.post(f"/__oauth__/integrations/{guid}/logout").status == 403, "only its own page can say so"
        vic.see(f"/__oauth__/integrations/{guid}/logout")
        vic.submit(redirect="/__ping__")
    else:
        assert (admin if way == "administrator" else caller("vic")).delete(
            f"/v1/oauth/sessions/{session}"
        ).status == 204

    assert caller("vic").get("/v1/oauth/sessions").json == []
    assert app.for_user().refusal == (400, "OAuthSessionNotFound")


def test_a_viewer_may_say_no(app, browser, caller):
    guid, vic = app.uses(), browser("vic")
    vic.see(f"/__oauth__/integrations/{guid}/login")

    page = vic.submit(decision="deny")

    assert page.status == 403
    assert "access was denied" in page.text
    assert caller("vic").get("/v1/oauth/sessions").json == []


def test_a_sign_in_is_of_the_one_who_began_it(app, browser, caller):
    guid, vic, val = app.uses(), browser("vic"), browser("val")
    vic.see(f"/__oauth__/integrations/{guid}/login")
    form = {**vic.fields(), "account": "vic@service.example", "decision": "allow"}
    back = vic.caller.send("POST", "/__provider__/authorize", urlencode(form), headers=FORM).headers["Location"]
    path = back.removeprefix(vic.caller.url)

    assert val.see(path).status == 400, "another's code would make val somebody else"
    assert vic.see(path).status == 400, "and it is used up"
    assert vic.see(f"{path}x").status == 400
    assert browser().see(path).status == 401
    assert caller("val").get("/v1/oauth/sessions").json == []


@pytest.mark.parametrize("target", ["https://evil.example/", "//evil.example/", "/\\evil.example"])
def test_nobody_is_sent_elsewhere_afterwards(app, browser, target):
    guid, vic = app.uses(), browser("vic")
    vic.see(f"/__oauth__/integrations/{guid}/login?{urlencode({'redirect': target})}")

    page = vic.submit(account="vic", decision="allow")

    assert "evil.example" not in page.headers.get("Location", "")


def test_one_signs_in_first_and_to_what_there_is(app, server, browser):
    guid, service = app.uses(), app.uses(config=SERVICE)
    someone = browser()

    assert someone.see(f"/__oauth__/integrations/{guid}/login").status == 401
    assert "Whoever you say" in someone.submit(key=server.key_for("vic")).text
    assert browser("vic").see(f"/__oauth__/integrations/{service}/login").status == 404
    assert browser("vic").see("/__oauth__/integrations/00000000-0000-4000-8000-000000000000/login").status == 404
    assert browser("vic").see("/__oauth__/integrations/").status == 404


def test_the_service_is_asked_at_the_address_that_the_integration_has(app, server, browser, connect):
    from connectapi.testing import ConnectServer

    with ConnectServer(sample=False, pace=0) as elsewhere:
        config = {**SERVICE, "token_uri": f"{elsewhere.url}/__provider__/token"}
        app.uses(config=config)

        given = app.for_itself().json

        assert knows(connect(elsewhere.url), given["access_token"]).json["sub"] == "our-app"
        assert knows(connect(server.url), given["access_token"]).status == 401


# Service accounts --------------------------------------------------------------------------------


def test_content_acts_for_a_service_account(app, admin, clock):
    guid = app.uses(config={**SERVICE, "scopes": "all"})

    given = app.for_itself().json

    assert knows(admin, given["access_token"]).json == {"sub": "our-app", "client_id": "our-app", "scope": "all"}
    assert app.for_itself().json["access_token"] == given["access_token"]
    clock.advance(HOUR)
    assert app.for_itself().json["access_token"] != given["access_token"]
    assert admin.post(f"/v1/oauth/integrations/{guid}/verify").status == 200


def test_a_service_account_that_can_not_sign_in_says_so(app, admin):
    wrong = app.uses(config={**SERVICE, "client_secret": ""})
    assert admin.post(f"/v1/oauth/integrations/{wrong}/verify").refusal == (400, "OAuthUnableToRetrieveToken")
    assert app.for_itself().refusal == (400, "OAuthUnableToRetrieveToken")
    first = app.uses(config=SERVICE)
    assert admin.post(f"/v1/oauth/integrations/{first}/verify").status == 200

    other = app.uses(config={**SERVICE, "client_secret": "not-the-one"})
    answer = admin.post(f"/v1/oauth/integrations/{other}/verify")

    assert answer.refusal == (400, "OAuthUnableToRetrieveToken")
    assert "invalid_client" in answer.json["error"]
    assert "not-the-one" not in answer.text


def test_new_settings_get_a_new_token(app, admin):
    guid = app.uses(config=SERVICE)
    first = app.for_itself().json["access_token"]

    changed = admin.patch(
        f"/v1/oauth/integrations/{guid}", {"config": {"auth_type": "Service Account", "client_id": "b"}}
    )

    assert changed.json["config"] == {"auth_type": "Service Account", "client_id": "b"}
    second = app.for_itself().json["access_token"]
    assert second != first
    assert knows(admin, second).json["sub"] == "b", "the secret, which is not shown, stayed"


def test_the_address_outside_does_not_answer(app, admin):
    guid = app.uses(config={**SERVICE, "token_uri": "http://127.0.0.1:9/token"})

    answer = admin.post(f"/v1/oauth/integrations/{guid}/verify")

    assert answer.refusal == (400, "OAuthUnableToRetrieveToken")
    assert "did not answer" in answer.json["error"]


# AWS, and Connect itself -------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["Viewer", "Service Account"])
def test_aws_keys_come_packed(app, browser, clock, kind):
    guid = app.uses("aws", {"auth_type": kind, **CLIENT, "sts_region": "eu-central-1"})
    if kind == "Viewer":
        signs_in(browser("vic"), guid)

    given = (app.for_user if kind == "Viewer" else app.for_itself)(requested_token_type=AWS).json

    keys = json.loads(base64.b64decode(given["access_token"]))
    assert (given["issued_token_type"], given["token_type"]) == (AWS, "aws_credentials")
    assert set(keys) == {"accessKeyId", "secretAccessKey", "sessionToken", "expiration"}
    assert keys["expiration"] > clock.now().strftime("%Y-%m-%dT%H:%M:%SZ")


@pytest.mark.parametrize(
    ("username", "most", "role"),
    [("vic", "Admin", "viewer"), ("pat", "Viewer", "viewer"), ("pat", "Publisher", "publisher")],
)
def test_a_visitor_s_key_allows_what_both_may(app, server, clock, connect, username, most, role):
    app.uses("connect", {"max_role": most})

    given = app.for_user(username, requested_token_type=KEY).json

    assert (given["token_type"], given["issued_token_type"], given["expires_in"]) == ("Key", KEY, HOUR)
    visitor = connect(server.url, given["access_token"])
    assert visitor.get("/v1/user").json["username"] == username
    assert visitor.post("/v1/content", {"name": "made"}).status == (200 if role == "publisher" else 403)
    clock.advance(HOUR)
    assert visitor.get("/v1/user").status == 401


# Who may ask, and how ----------------------------------------------------------------------------


def test_the_owner_s_key_alone_gets_credentials(app, admin, browser, caller, server):
    signs_in(browser("vic"), app.uses())
    token = server.session_token(app.guid, "vic")

    assert app.asks(token, caller=caller("vic")).refusal == (403, "PermissionDenied")
    assert app.asks(token, caller=admin).refusal == (403, "PermissionDenied")
    assert app.asks(token, caller=type(admin)(server.url)).refusal == (401, "AuthRequired")
    assert app.asks(token, caller=type(admin)(server.url, "wrong")).refusal == (401, "InvalidLogin")
    assert app.asks(token).status == 200


def test_session_tokens_are_checked(app, server, clock, caller):
    app.uses()
    token, content = server.session_token(app.guid, "vic"), server.content_session_token(app.guid)
    head, _, tail = token.rpartition(".")
    other = app.pat.content()["guid"]

    assert app.asks("nonsense").refusal == (400, "OAuthCredentialSubjectToken")
    assert app.asks(f"{head}.{tail[::-1]}").refusal == (400, "OAuthCredentialSubjectToken")
    assert app.asks(content).refusal == (400, "OAuthCredentialSubjectToken")
    assert app.asks(token, CONTENT).refusal == (400, "OAuthInvalidContentSessionToken")
    assert app.asks(server.session_token(other, "vic")).refusal == (400, "OAuthCredentialNoAssociations")
    app.pat.delete(f"/v1/content/{other}")
    gone = server.session_token(app.guid, "vic", lasts=60)
    clock.advance(61)
    assert app.asks(gone).refusal == (400, "OAuthCredentialSubjectToken")
    with pytest.raises(KeyError):
        server.session_token(app.guid, "nobody")
    with pytest.raises(KeyError):
        server.content_session_token(other)


def test_a_token_about_what_is_gone_is_worthless(app, server, admin, caller):
    app.uses()
    token, vic = server.session_token(app.guid, "vic"), caller("vic").guid

    admin.post(f"/v1/users/{vic}/lock", {"locked": True})
    assert app.asks(token).refusal == (403, "UserLocked")
    app.pat.delete(f"/v1/content/{app.guid}")
    assert app.asks(token).refusal == (400, "OAuthCredentialSubClaim")


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"grant_type": "password"}, "OAuthCredentialGrantType"),
        ({"subject_token_type": "urn:other"}, "OAuthCredentialSubjectTokenType"),
        ({"requested_token_type": "urn:other"}, "OAuthCredentialRequestedTokenType"),
        ({"requested_token_type": AWS}, "OAuthCredentialsInvalidSubjectRequestedCombination"),
        ({"requested_token_type": KEY}, "OAuthCredentialsInvalidSubjectRequestedCombination"),
        ({"audience": "elsewhere"}, "OAuthCredentialsInvalidAudience"),
        ({"colour": "red"}, "CannotParseRequestBody"),
    ],
)
def test_what_is_asked_is_checked(app, change, code):
    app.uses()

    assert app.for_user(
        **{key: value for key, value in change.items() if key != "subject_token_type"},
        **({"kind": change["subject_token_type"]} if "subject_token_type" in change else {}),
    ).refusal == (400, code)


def test_the_kind_of_an_integration_and_the_token_go_together(app):
    app.uses()
    assert app.for_itself().refusal == (400, "OAuthCredentialInvalidSubjectTokenTypeForAuthType")
    app.ties = []
    app.uses(config=SERVICE)
    assert app.for_user().refusal == (400, "OAuthCredentialInvalidSubjectTokenTypeForAuthType")
    app.ties = []
    app.uses("connect", {"max_role": "Viewer"})
    assert app.for_itself().refusal == (400, "OAuthCredentialInvalidSubjectTokenTypeForAuthType")


def test_with_several_integrations_one_is_named(app, browser):
    one, two = app.uses(), app.uses(config=SERVICE)
    signs_in(browser("vic"), one)

    assert app.for_user().refusal == (400, "OAuthCredentialsInvalidAssociationCount")
    assert app.for_user(audience=one).status == 200
    assert app.for_itself(audience=two).status == 200


def test_a_user_gets_own_credentials_for_a_key(app, server, browser, caller):
    guid, vic = app.uses(), caller("vic")
    signs_in(browser("vic"), guid)

    assert app.asks(vic.key, KEY, vic, audience=guid).json["token_type"] == "Bearer"
    assert app.asks(vic.key, KEY, caller("val"), audience=guid).refusal == (403, "PermissionDenied")
    assert app.asks("wrong", KEY, vic, audience=guid).refusal == (401, "InvalidLogin")
    assert app.asks(vic.key, KEY, vic).refusal == (400, "OAuthCredentialsInvalidAudience")


# Permissions -------------------------------------------------------------------------------------


def test_an_integration_is_used_by_those_who_may(app, admin, browser, caller):
    pat, guid = app.pat, app.uses()
    signs_in(browser("vic"), guid)
    path = f"/v1/oauth/integrations/{guid}"
    for_admin = [{"user_guid": admin.guid, "group_guid": None}]

    assert admin.patch(path, {"permissions": for_admin}).status == 200
    assert app.for_user().refusal == (403, "PermissionDenied")
    app.tie()  # what it used before, it may go on to name
    app.ties = []
    app.tie()
    ties = f"/v1/content/{app.guid}/oauth/integrations/associations"
    again = [{"oauth_integration_guid": guid}]
    assert pat.put(ties, again).refusal == (403, "PermissionDenied")

    group = admin.post("/v1/groups", {"name": "those who may"}).json["guid"]
    admin.post(f"/v1/groups/{group}/members", {"user_guid": pat.guid})
    admin.patch(path, {"permissions": [{"user_guid": None, "group_guid": group}]})
    assert pat.put(ties, again).status == 204
    assert app.for_user().status == 200
    assert pat.put(ties, again * 2).refusal == (400, "InvalidOAuthIntegrationsDuplicates")


# Settings ----------------------------------------------------------------------------------------


def test_secrets_are_not_shown_again(app, admin):
    guid = app.uses()

    one, many = admin.get(f"/v1/oauth/integrations/{guid}"), admin.get("/v1/oauth/integrations")

    assert one.json["config"] == {"client_id": "our-app"}
    assert CLIENT["client_secret"] not in one.text + many.text


@pytest.mark.parametrize(
    ("template", "config", "code"),
    [
        ("unknown", {}, "OAuthTemplateNotFound"),
        ("custom", {"colour": "red"}, "OAuthTemplateConfig"),
        ("custom", {"client_id": 7}, "OAuthTemplateConfig"),
        ("custom", {"auth_type": "Visitor API Key"}, "OAuthTemplateConfig"),
        ("custom", {"use_pkce": "yes"}, "OAuthTemplateConfig"),
        ("github", {"auth_type": "Service Account"}, "OAuthTemplateConfig"),
        ("connect", {}, "VisitorApiKeyExchangeInvalidMaxAuthRole"),
        ("connect", {"max_role": "King"}, "VisitorApiKeyExchangeInvalidMaxAuthRole"),
    ],
)
def test_settings_are_held_against_the_template(admin, template, config, code):
    body = {"template": template, "name": "x", "config": config}

    assert admin.post("/v1/oauth/integrations", body).refusal == (400, code)


def test_the_kind_of_an_integration_stays(app, admin):
    guid = app.uses()

    answer = admin.patch(f"/v1/oauth/integrations/{guid}", {"config": SERVICE})

    assert answer.refusal == (400, "OAuthTemplateProhibitedChange")


def test_templates_tell_what_they_ask_for(admin):
    listed = admin.get("/v1/oauth/templates").json
    one = admin.get("/v1/oauth/templates/custom").json

    assert one in listed
    assert {"custom", "connect", "aws", "snowflake", "databricks"} <= {each["id"] for each in listed}
    fields = {each["name"]: each["secret"] for each in one["fields"]}
    assert fields == {
        "authorization_uri": False,
        "token_uri": False,
        "client_id": False,
        "client_secret": True,
        "scopes": False,
    }
    options = {each["name"]: each["values"] for each in one["options"]}
    assert options["auth_type"] == ["Viewer", "Service Account"]
    assert admin.get("/v1/oauth/templates/none").status == 404
