"""Jobs, instrumentation, OAuth, tokens, and what else administrators look after."""

import pytest

GUID = "00000000-0000-4000-8000-000000000000"


# Jobs ------------------------------------------------------------------------------------------


def test_a_deployment_leaves_a_job_with_its_log(admin):
    guid = admin.site()
    path = f"/v1/content/{guid}/jobs"

    job = admin.get(path).json[0]
    assert (job["tag"], job["status"], job["exit_code"], job["content_guid"]) == ("build_site", 2, 0, guid)
    one = f"{path}/{job['key']}"
    assert admin.get(one).json == job
    entries = admin.get(f"{one}/log").json["entries"]
    assert (entries[1]["source"], entries[1]["data"]) == ("stdout", "Building static content…")
    assert job["start_time"] <= entries[1]["timestamp"] <= job["end_time"]
    assert admin.get(f"{one}/log?maxLogLines=1").json["entries"] == entries[-1:]
    assert admin.get(f"{one}/log?maxLogLines=0").json["entries"] == []
    assert admin.get(f"{one}/tail").json == entries[-1]
    log = admin.get(f"{one}/download?filename=a%22b.log")
    assert "Building static content…" in log.text
    assert log.headers["Content-Disposition"] == 'attachment; filename="ab.log"'
    assert admin.get(f"{one}/error").status == 204
    assert admin.get(f"{one}/metrics").json == {"content_guid": guid, "job_key": job["key"], "samples": []}
    assert admin.delete(one).refusal == (409, "InactiveJob")
    assert admin.get(f"{path}/none").status == 404


def test_jobs_are_for_collaborators(admin, publisher):
    guid = admin.site(access_type="logged_in")
    key = admin.get(f"/v1/content/{guid}/jobs").json[0]["key"]

    assert publisher.get(f"/v1/content/{guid}/jobs").status == 403
    assert publisher.get(f"/v1/content/{guid}/jobs/{key}").status == 403
    assert publisher.get(f"/v1/content/{guid}/jobs/{key}/log").status == 403


def test_scheduled_jobs_are_counted(admin):
    assert admin.get("/v1/experimental/jobs/summary").json["totals"]["failed"] == 0


# Reports, which are not rendered here ------------------------------------------------------------


def test_a_report_is_asked_to_be_rendered_and_is_not(admin):
    guid = admin.get("/v1/content?name=revenue-forecast").json[0]["guid"]

    answer = admin.post(f"/v1/content/{guid}/render", {})

    assert answer.status == 202
    assert "runs no code" in "".join(admin.finished(answer.json["task_id"])["output"])
    never = admin.get("/v1/content?name=59633472-1e1a-483e-b9d6-7e7fa7f3c1d4").json[0]["guid"]
    assert admin.post(f"/v1/content/{never}/render", {}).refusal == (400, "NoRendering")


def test_a_report_needs_a_bundle_to_be_rendered(server, admin):
    guid = admin.content()["guid"]
    with server._running.world.store.writing() as records:
        records.change("Content", guid, {"app_mode": "rmd-static"})

    assert admin.post(f"/v1/content/{guid}/render", {}).refusal == (400, "BundleMissing")


def test_a_deployed_report_has_a_variant(admin, pack):
    guid = admin.content()["guid"]
    admin.upload(guid, pack({"a.Rmd": "x"}, {"metadata": {"appmode": "rmd-static"}}))
    admin.deploy(guid)
    admin.deploy(guid)

    variants = admin.get(f"/applications/{guid}/variants").json

    assert [(each["is_default"], each["name"]) for each in variants] == [(True, "default")]
    one = f"/variants/{variants[0]['id']}"
    assert admin.get(one).json == variants[0]
    task = admin.post(f"{one}/render").json
    assert admin.finished(task["id"])["code"] == 0
    renderings = admin.get(f"{one}/renderings").json
    assert [each["active"] for each in renderings] == [True, False, False]
    assert renderings[1]["id"] == variants[0]["rendering_id"]
    assert admin.post(f"{one}/sender?email=me&rendering_id=1").refusal == (400, "MissingServerSenderEmail")
    assert admin.post(f"{one}/sender?email=me").refusal == (400, "ParameterMissing")
    found = admin.get(f"/v1/search/variants?q={admin.get(f'/v1/content/{guid}').json['name']}").json
    assert [each["content_guid"] for each in found["results"]] == [guid]


@pytest.fixture
def variant(admin):
    guid = admin.get("/v1/content?name=cash-flow-overview").json[0]["guid"]
    return admin.get(f"/applications/{guid}/variants").json[0]["id"]


def test_users_subscribe_to_a_variant(admin, viewer, publisher, variant):
    path = f"/variants/{variant}/subscribers"

    assert admin.post(path, [viewer.guid, publisher.guid, viewer.guid]).status == 204
    assert [each["username"] for each in admin.get(path).json] == ["omar", "jonas"]
    assert viewer.delete(f"{path}/{viewer.guid}").status == 204
    assert publisher.get(path).refusal == (403, "PermissionDenied")
    assert [each["username"] for each in admin.get(path).json] == ["jonas"]


def test_a_schedule_whose_variant_is_gone_is_refused(server, admin, variant):
    with server._running.world.store.writing() as records:
        records.insert("Schedule", "777", {"id": 777, "variant_id": 99999}, "99999")

    assert admin.delete("/schedules/777").refusal == (404, "ObjectDoesNotExist")


# What was used ----------------------------------------------------------------------------------


def test_hits_are_those_of_one_s_own_content_for_publishers(admin, publisher, viewer):
    everything = admin.get("/v1/instrumentation/content/hits").json
    own = publisher.get("/v1/instrumentation/content/hits").json

    assert len(everything) >= 70
    assert {each["content_guid"] for each in own} < {each["content_guid"] for each in everything}
    assert viewer.get("/v1/instrumentation/content/hits").status == 403
    middle = sorted(each["timestamp"] for each in everything)[30]
    early = admin.get(f"/v1/instrumentation/content/hits?to={middle}").json
    late = admin.get(f"/v1/instrumentation/content/hits?from={middle}").json
    assert 30 < len(early) < len(everything)
    assert len(early) + len(late) >= len(everything)
    assert admin.get("/v1/instrumentation/content/hits?from=yesterday").refusal == (400, "InvalidTimeFormat")
    assert admin.get("/v1/instrumentation/shiny/usage?min_data_version=2").json["results"] == []


def test_active_users_are_counted(admin):
    windows = admin.get("/v1/metrics/users/active").json["windows"]

    assert set(windows) == {"1d", "7d", "30d", "365d"}
    assert windows["30d"]["total"] >= windows["7d"]["total"] > 0
    assert windows["365d"]["admin"] == 2


def test_space_is_added_up(admin, pack):
    guid = admin.site()
    admin.upload(guid, pack({"index.html": "second"}))

    one = admin.get(f"/v1/content/{guid}/storage").json
    assert one["bundle_count"] == len(one["bundles"]) == 2
    assert [each["is_active"] for each in one["bundles"]] == [False, True]
    assert one["bundle_bytes_total"] == one["bundle_bytes_active"] + one["bundle_bytes_inactive"] > 0
    page = admin.get("/v1/content/storage?sort=bundle_count&page_size=1").json
    assert page["results"][0]["bundles"]["count"] >= 2
    assert page["total_pages"] == page["total"]
    assert admin.get("/v1/content/storage?order=asc&page_size=1").json["results"][0]["bundles"]["bytes_total"] == 0
    whole = admin.get("/v1/system/storage").json["bundles"]
    assert whole["count"] > whole["content_count"] > 60


# OAuth -------------------------------------------------------------------------------------------


def test_an_integration_is_made_tied_to_content_and_deleted(admin, publisher):
    body = {"template": "custom", "name": "One", "config": {"auth_type": "Viewer", "client_secret": "s3cret"}}
    share = [{"user_guid": publisher.guid, "group_guid": None}]
    made = admin.post("/v1/oauth/integrations", {**body, "permissions": share}).json
    path = f"/v1/oauth/integrations/{made['guid']}"

    assert (made["auth_type"], made["permissions"][0]["user_guid"], made["content_count"]) == (
        "Viewer",
        publisher.guid,
        0,
    )
    assert admin.get(path).json["config"] == {"auth_type": "Viewer"}
    assert "s3cret" not in admin.get(path).text
    assert admin.patch(path, {"name": "Two", "permissions": None}).json["permissions"] == []
    assert admin.patch(path, {"description": "d"}).json["name"] == "Two"
    guid = admin.content()["guid"]
    ties = f"/v1/content/{guid}/oauth/integrations/associations"
    assert admin.put(ties, [{"oauth_integration_guid": made["guid"]}]).status == 204
    assert admin.get(ties).json[0]["oauth_integration_name"] == "Two"
    assert [each["content_guid"] for each in admin.get(f"{path}/associations").json] == [guid]
    assert admin.get(path).json["content_count"] == 1
    assert publisher.get(path).json["content_count"] is None
    assert admin.put(ties, [{"oauth_integration_guid": GUID}]).refusal == (400, "InvalidOAuthIntegrationGUID")
    assert admin.post(f"{path}/verify").refusal == (400, "OAuthServiceAccountTestInvalidAuthType")
    assert admin.delete(path).status == 204
    assert admin.get(ties).json == []


def test_integrations_are_checked(admin):
    body = {"template": "custom", "config": {"auth_type": "Service Account"}}
    both = [{"user_guid": GUID, "group_guid": GUID}]

    assert admin.post("/v1/oauth/integrations", {**body, "permissions": both}).status == 400
    guid = admin.post("/v1/oauth/integrations", body).json["guid"]
    assert admin.post(f"/v1/oauth/integrations/{guid}/verify").refusal == (400, "OAuthUnableToRetrieveToken")


def test_no_credentials_are_given(admin):
    form = "grant_type=urn:ietf:params:oauth:grant-type:token-exchange&subject_token=x&subject_token_type=y"
    header = {"Content-Type": "application/x-www-form-urlencoded"}

    answer = admin.send("POST", "/__api__/v1/oauth/integrations/credentials", form, header)

    assert answer.refusal == (400, "OAuthCredentialSubjectTokenType")


def test_sessions_are_one_s_own(server, admin, viewer):
    with server._running.world.store.writing() as records:
        session = {"guid": GUID, "id": "1", "user_guid": admin.guid, "oauth_integration_guid": GUID}
        records.put("OAuthSession", GUID, session)

    assert [each["guid"] for each in admin.get("/v1/oauth/sessions").json] == [GUID]
    assert viewer.get("/v1/oauth/sessions").json == []
    assert viewer.get("/v1/oauth/sessions?all=true").status == 403
    assert len(admin.get("/v1/oauth/sessions?all=true").json) == 1
    assert viewer.get(f"/v1/oauth/sessions/{GUID}").status == 404
    assert admin.get(f"/v1/oauth/sessions/{GUID}").json["user_guid"] == admin.guid
    assert admin.delete(f"/v1/oauth/sessions/{GUID}").status == 204


# The rest ----------------------------------------------------------------------------------------


def test_there_is_no_bootstrap_without_a_secret(nobody):
    header = {"Authorization": "Connect-Bootstrap x.y.z"}

    assert nobody.post("/v1/bootstrap", headers=header).refusal == (404, "ObjectDoesNotExist")
    assert nobody.post("/v1/experimental/bootstrap", headers=header).status == 404


def test_a_service_token_shows_its_key_once(admin):
    scope = admin.get("/v1/system/service-tokens/scopes").json["scopes"][0]["name"]
    made = admin.post("/v1/system/service-tokens", {"name": "one", "scopes": [scope]}).json

    assert len(made["key"]) == 32
    assert "key" not in admin.get("/v1/system/service-tokens").json[0]
    assert admin.delete(f"/v1/system/service-tokens/{made['guid']}").status == 204
    for wrong in ({"scopes": []}, {"scopes": ["all"]}, {"scopes": [scope], "expires_at": "2000-01-01T00:00:00Z"}):
        assert admin.post("/v1/system/service-tokens", {"name": "one", **wrong}).refusal == (400, "InvalidParameter")


def test_documentation_is_set_read_and_removed(admin, viewer):
    path = "/v1/system/documentation"
    assert viewer.get(path).status == 404

    assert admin.post(path, {"content": "# One"}).status == 204
    assert admin.post(path, {"content": "# Two"}).status == 204
    assert viewer.get(path).json["content"] == "# Two"
    assert admin.post(path, {"content": "x" * 500_001}).refusal == (400, "CustomDocumentationLength")
    assert (admin.delete(path).status, admin.delete(path).status) == (204, 404)


def test_checks_are_run(admin):
    run = admin.post("/v1/system/checks", {}).json

    assert (run["status"], run["hostname"], run["failed"]) == ("done", "localhost", 0)
    results = admin.get(f"/v1/system/checks/{run['id']}/results").json
    assert (results["run"], results["results"][0]["passed"]) == (run, True)
    assert admin.delete(f"/v1/system/checks/{run['id']}").status == 204
    assert admin.get(f"/v1/system/checks/{run['id']}").status == 404


def test_an_environment_is_made_by_the_general_rules(admin, publisher):
    body = {"cluster_name": "Kubernetes", "name": "image:1", "python": {"installations": [{"version": "3.12"}]}}
    made = admin.post("/v1/environments", body).json
    assert (made["matching"], made["environment_type"]) == ("any", "Kubernetes")
    path = f"/v1/environments/{made['guid']}"

    assert made["python"]["installations"][0]["version"] == "3.12"
    assert made["r"] == {"installations": []}
    changed = admin.put(path, {"title": "T"}).json
    assert (changed["title"], changed["name"]) == ("T", "image:1")
    permission = admin.post(f"{path}/permissions", {"user_guid": publisher.guid}).json
    assert (permission["environment_guid"], permission["group_guid"]) == (made["guid"], None)
    assert admin.get(f"{path}/permissions").json == [permission]
    assert admin.post(f"/v1/environments/{GUID}/permissions", {}).status == 404
    assert admin.delete(path).status == 204
    assert admin.get(f"{path}/permissions/{permission['guid']}").status == 404
    deep = {**body, "python": {"installations": [{"odd": 1}]}}
    assert admin.post("/v1/environments", deep).refusal == (400, "CannotParseRequestBody")


def test_the_server_tells_of_itself(admin, nobody):
    assert admin.get("/server_settings").json["version"] == "2026.06.0"
    assert nobody.get("/v1/server_settings/public").json["username_validator"] == "default"
    for language in ("python", "r", "quarto", "tensorflow", "nodejs"):
        answer = admin.get(f"/v1/server_settings/{language}")
        assert (answer.status, isinstance(answer.json["installations"], list)) == (200, True)
    zones = {each["timezone"]: each["offset"] for each in admin.get("/v1/timezones").json}
    assert zones["UTC"] == "+00:00"
    assert zones["Asia/Kolkata"] in {"+05:30", "+00:00"}
    assert admin.get("/v1/system/hosts").json[0]["version"] == "2026.06.0"
    assert admin.get("/v1/system/offhost/service-accounts").json["enabled"] is False
    assert admin.get("/v1/queue?queue_names=a").json["total"] == admin.get("/v1/queue").json["total"] == 0
    assert admin.delete("/v1/system/caches/runtime", headers={}).refusal == (400, "ParameterMissing")


def test_what_is_deprecated_says_so(admin):
    answer = admin.get("/v1/examples")

    assert (answer.json, answer.headers["X-Deprecated-Endpoint"]) == ([], "n/a")
    assert admin.get("/v1/examples/x/zip").status == 404
