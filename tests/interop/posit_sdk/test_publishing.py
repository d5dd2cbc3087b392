"""posit-sdk: bundles, deployments, tasks and jobs."""

import io

import pytest
from posit.connect.errors import ClientError


def test_a_bundle_comes_back_as_it_was_sent(client, pack, tmp_path):
    content, archive = client.content.create(name="report"), pack()
    (tmp_path / "bundle.tar.gz").write_bytes(archive)

    sent = [content.bundles.create(archive), content.bundles.create(str(tmp_path / "bundle.tar.gz"))]
    with (tmp_path / "bundle.tar.gz").open("rb") as file:
        sent.append(content.bundles.create(file))

    assert [each["id"] for each in content.bundles.find()] == [each["id"] for each in reversed(sent)]
    assert content.bundles.find_one()["id"] == sent[-1]["id"]
    for bundle in sent:
        into = io.BytesIO()
        bundle.download(io.BufferedWriter(into))
        target = tmp_path / f"{bundle['id']}.tar.gz"
        content.bundles.get(bundle["id"]).download(str(target))
        assert target.read_bytes() == archive
        assert bundle["size"] == len(archive)


def test_a_deployment_is_a_task_with_a_log(client, pack):
    content = client.content.create(name="report")
    bundle = content.bundles.create(pack(files={"index.html": "<h1>Hello</h1>"}))
    assert content.bundles.active() is None

    task = bundle.deploy()
    task.wait_for()

    assert (task.is_finished, task.error_code, task.error_message) == (True, 0, "")
    assert client.tasks.get(task["id"])["output"] == task["output"] != []
    assert content.bundles.active()["id"] == bundle["id"]
    content.update()
    assert content["bundle_id"] == bundle["id"]
    page = client.session.get(content["content_url"])
    assert (page.status_code, page.text) == (200, "<h1>Hello</h1>")


def test_the_newest_bundle_is_deployed_unless_another_is_named(client, pack):
    content = client.content.create(name="report")
    old, new = (content.bundles.create(pack(files={"index.html": text})) for text in ("old", "new"))

    content.deploy().wait_for()
    assert client.session.get(content["content_url"]).text == "new"
    old.deploy().wait_for()
    assert client.session.get(content["content_url"]).text == "old"

    new.delete()
    assert [each["id"] for each in content.bundles.find()] == [old["id"]]
    with pytest.raises(ClientError) as refused:
        old.delete()
    assert refused.value.http_status == 400


def test_a_bundle_that_is_none_is_refused(client):
    content = client.content.create(name="report")

    with pytest.raises(ClientError) as refused:
        content.bundles.create(b"no archive")

    assert refused.value.http_status == 400
    assert content.bundles.find() == []


def test_a_deployment_that_fails_says_why(client, pack):
    content = client.content.create(name="report")
    content.bundles.create(pack(metadata={"appmode": "static", "primary_html": "missing.html"}))

    task = content.deploy()
    task.wait_for()

    assert task.error_code != 0
    assert "missing.html" in task.error_message
    assert content.bundles.active() is None


def test_jobs_are_listed_and_read(deployed):
    content = deployed(mode="quarto-static", files={"report.qmd": "# Report"})

    jobs = content.jobs.fetch()

    assert [each["tag"] for each in jobs] == ["build_report"]
    assert len(content.jobs) == 1
    assert content.jobs.find(jobs[0]["key"]) == jobs[0] == content.jobs[0]
    assert content.jobs.find_by(tag="build_report", exit_code=0)["key"] == jobs[0]["key"]
    assert content.jobs.find_by(tag="run_app") is None
    log = content._ctx.client.get(f"v1/content/{content['guid']}/jobs/{jobs[0]['key']}/log").json()
    assert log["entries"]


def test_a_running_job_is_ended_and_its_task_with_it(client_of, pack):
    client = client_of("2026.06.0", pace=60)
    content = client.content.create(name="report")
    task = content.bundles.create(pack("quarto-static", {"report.qmd": "# Report"})).deploy()
    job = content.jobs.find_by(status=0)
    with pytest.raises(TimeoutError):
        task.wait_for(wait=0, max_attempts=2)

    job.destroy()

    task.wait_for(max_attempts=1)
    assert (task.error_code, content.jobs[0]["exit_code"]) == (1, -9)
    assert content.bundles.active() is None


def test_a_job_that_is_over_cannot_be_ended(deployed):
    content = deployed(mode="quarto-static", files={"report.qmd": "# Report"})

    with pytest.raises(ClientError) as refused:
        content.jobs[0].destroy()

    assert refused.value.http_status == 409
