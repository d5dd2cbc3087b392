"""The life of a deployment, on a clock that the test moves."""

import datetime
import subprocess
import sys
import textwrap

from connectapi.testing import ConnectServer

START = datetime.datetime(2026, 3, 1, 12, tzinfo=datetime.timezone.utc)


def begin(caller, guid, **body):
    answer = caller.post(f"/v1/content/{guid}/deploy", body)
    assert answer.status == 202, answer
    return answer.json["task_id"]


def ended(caller, task):
    caller.clock.advance(1000)
    done = caller.get(f"/v1/tasks/{task}").json
    assert done["finished"]
    return done


def in_use(caller, guid):
    content = caller.get(f"/v1/content/{guid}").json
    active = [each["id"] for each in caller.get(f"/v1/content/{guid}/bundles").json if each["active"]]
    assert active == ([content["bundle_id"]] if content["bundle_id"] else [])
    return content["bundle_id"]


def test_a_bundle_is_in_use_when_its_deployment_has_ended_and_not_before(slow, pack):
    guid = slow.content()["guid"]
    bundle = slow.upload(guid, pack({"index.html": "new"})).json["id"]
    before = slow.get(f"/v1/content/{guid}").json

    task = begin(slow, guid)

    assert slow.get(f"/v1/content/{guid}").json == before
    assert "not deployed" in slow.send("GET", f"/content/{guid}/").text
    slow.clock.advance(25)
    under_way = slow.get(f"/v1/tasks/{task}").json
    assert (under_way["finished"], under_way["last"], under_way["code"]) == (False, 2, 0)
    assert in_use(slow, guid) is None
    slow.clock.advance(1000)
    after = slow.get(f"/v1/content/{guid}").json
    assert (after["bundle_id"], after["app_mode"]) == (bundle, "static")
    assert slow.send("GET", f"/content/{guid}/").text == "new"
    done = slow.get(f"/v1/tasks/{task}").json
    assert done["output"][:2] == under_way["output"]
    assert done["output"][-2:] == ["Deployment succeeded.", "The bundle is in use now."]
    # As of the moment at which it ended, not of the one at which somebody looked.
    assert "2026-03-01T12:00:30Z" < after["last_deployed_time"] < "2026-03-01T12:02:00Z"


def test_waiting_lasts_as_long_as_was_asked_or_until_the_end(slow, pack):
    guid = slow.content()["guid"]
    slow.upload(guid, pack({"index.html": "x"}))
    task = begin(slow, guid)

    assert slow.get(f"/v1/tasks/{task}?wait=3").json["finished"] is False
    assert slow.clock.now() - START == datetime.timedelta(seconds=3)
    assert slow.get(f"/v1/tasks/{task}?wait=60&first=1").json["finished"] is True
    assert slow.clock.now() - START < datetime.timedelta(seconds=60)
    assert in_use(slow, guid)


def test_a_job_runs_for_as_long_as_its_task(slow, pack):
    guid = slow.content()["guid"]
    bundle = slow.upload(guid, pack({"index.html": "x"})).json["id"]
    begin(slow, guid)
    slow.clock.advance(11)

    job = slow.get(f"/v1/content/{guid}/jobs").json[0]
    path = f"/v1/content/{guid}/jobs/{job['key']}"

    assert (job["status"], job["exit_code"], job["end_time"], job["bundle_id"]) == (0, None, None, bundle)
    assert (job["start_time"], job["last_heartbeat_time"]) == ("2026-03-01T12:00:00Z", "2026-03-01T12:00:11Z")
    lines = slow.get(f"{path}/log").json["entries"]
    assert [each["timestamp"] for each in lines] == ["2026-03-01T12:00:10Z"]
    assert slow.get(f"{path}/tail").json == lines[-1]
    slow.clock.advance(1000)
    job = slow.get(path).json
    assert (job["status"], job["exit_code"]) == (2, 0)
    assert job["end_time"] == slow.get(f"/v1/content/{guid}").json["last_deployed_time"]
    assert slow.get(f"{path}/tail").json["data"] == "The bundle is in use now."
    assert slow.get(f"{path}/log").json["entries"][0] == lines[0]
    assert slow.get(f"{path}/download").text.count("\n") == len(slow.get(f"{path}/log").json["entries"])


def test_a_job_that_is_killed_takes_its_task_with_it(slow, pack):
    guid = slow.content()["guid"]
    slow.upload(guid, pack({"index.html": "x"}))
    task = begin(slow, guid)
    slow.clock.advance(11)
    path = f"/v1/content/{guid}/jobs/{slow.get(f'/v1/content/{guid}/jobs').json[0]['key']}"

    order = slow.delete(path)

    assert (order.status, order.json["content_guid"]) == (200, guid)
    failed = slow.get(f"/v1/tasks/{task}").json
    assert (failed["finished"], failed["code"], failed["error"], failed["last"]) == (True, 1, "The job was killed.", 2)
    job = slow.get(path).json
    assert (job["status"], job["exit_code"], job["end_time"]) == (2, -9, "2026-03-01T12:00:11Z")
    slow.clock.advance(1000)
    assert in_use(slow, guid) is None
    assert slow.delete(path).refusal == (409, "InactiveJob")


def test_a_deployment_that_fails_leaves_the_bundle_in_use(slow, pack):
    guid = slow.content()["guid"]
    good = slow.upload(guid, pack({"index.html": "good"})).json["id"]
    ended(slow, begin(slow, guid))
    before = slow.get(f"/v1/content/{guid}").json
    slow.upload(guid, pack({"other.txt": "bad"}))

    task = begin(slow, guid)

    assert slow.get(f"/v1/tasks/{task}").json["error"] == ""
    slow.clock.advance(1000)
    done = slow.get(f"/v1/tasks/{task}").json
    assert (done["code"], done["error"]) == (1, "The first page 'index.html' is not in the bundle.")
    assert slow.get(f"/v1/content/{guid}").json == before
    assert in_use(slow, guid) == good
    assert slow.send("GET", f"/content/{guid}/").text == "good"


def test_of_several_deployments_the_one_asked_for_last_stays_in_use(slow, pack):
    guid = slow.content()["guid"]
    first = slow.upload(guid, pack({"index.html": "1", **{f"{i}.txt": "" for i in range(3)}})).json["id"]
    manifest = {"metadata": {"appmode": "static"}, "files": {f"missing{i}": {} for i in range(9)}}
    second = slow.upload(guid, pack({"index.html": "2"}, manifest)).json["id"]

    # The one of `second` has many more lines, and so would end after the other.
    tasks = [begin(slow, guid, bundle_id=second), begin(slow, guid, bundle_id=first)]
    slow.clock.advance(60)
    assert in_use(slow, guid) is None
    slow.clock.advance(1000)

    assert in_use(slow, guid) == first
    assert [slow.get(f"/v1/tasks/{task}").json["code"] for task in tasks] == [0, 0]


def test_what_is_deleted_under_way_fails_the_task(slow, pack):
    guid = slow.content()["guid"]
    kept = slow.upload(guid, pack({"index.html": "1"})).json["id"]
    gone = slow.upload(guid, pack({"index.html": "2"})).json["id"]
    tasks = [begin(slow, guid, bundle_id=kept), begin(slow, guid, bundle_id=gone)]

    assert slow.delete(f"/v1/content/{guid}/bundles/{gone}").status == 204
    slow.clock.advance(1000)

    assert in_use(slow, guid) == kept
    assert [slow.get(f"/v1/tasks/{task}").json["code"] for task in tasks] == [0, 1]
    task = begin(slow, guid)
    assert slow.delete(f"/v1/content/{guid}").status == 204
    slow.clock.advance(1000)
    assert slow.get(f"/v1/tasks/{task}").json["error"] == "The content was deleted while it was deployed."
    assert list((slow.server._running.world.folder / "content" / guid).glob("*")) == []


def test_content_that_became_another_kind_under_way_stays_of_that_kind(slow, pack):
    guid = slow.content()["guid"]
    site = slow.upload(guid, pack({"index.html": "1"})).json["id"]
    app = slow.upload(guid, pack({"app.py": ""}, {"metadata": {"appmode": "python-dash"}})).json["id"]

    tasks = [begin(slow, guid, bundle_id=site), begin(slow, guid, bundle_id=app)]
    slow.clock.advance(1000)

    assert [slow.get(f"/v1/tasks/{task}").json["code"] for task in tasks] == [0, 1]
    assert in_use(slow, guid) == site


def test_an_older_bundle_comes_back_into_use_by_deploying_it(slow, pack):
    guid = slow.content()["guid"]
    bundles = [slow.upload(guid, pack({"index.html": text})).json["id"] for text in ("old", "new")]
    for bundle in (*bundles, bundles[0]):
        ended(slow, begin(slow, guid, bundle_id=bundle))
        assert in_use(slow, guid) == bundle

    assert slow.send("GET", f"/content/{guid}/").text == "old"
    assert slow.delete(f"/v1/content/{guid}/bundles/{bundles[0]}").refusal == (400, "DeleteActiveBundle")
    assert slow.delete(f"/v1/content/{guid}/bundles/{bundles[1]}").status == 204


def test_a_build_of_the_bundle_in_use_is_no_new_deployment(slow, pack):
    guid = slow.content()["guid"]
    slow.upload(guid, pack({"index.html": "x"}))
    ended(slow, begin(slow, guid))
    before = slow.get(f"/v1/content/{guid}").json
    slow.clock.advance(1000)

    assert ended(slow, slow.post(f"/v1/content/{guid}/build", {}).json["task_id"])["code"] == 0

    assert slow.get(f"/v1/content/{guid}").json == before
    assert len(slow.get(f"/v1/content/{guid}/jobs").json) == 2


def test_the_oldest_bundles_go_when_there_are_more_than_are_kept(connect, pack):
    with ConnectServer(sample=False, pace=0, keep_bundles=2) as server:
        admin = connect(server.url, server.api_key)
        guid = admin.content()["guid"]
        bundles = [admin.upload(guid, pack({"index.html": f"{i}"})).json["id"] for i in range(4)]

        assert admin.deploy(guid, bundle_id=bundles[0])["code"] == 0

        assert [each["id"] for each in admin.get(f"/v1/content/{guid}/bundles").json] == [*bundles[:1:-1], bundles[0]]
        kept = (server._running.world.folder / "bundles" / guid).iterdir()
        assert sorted(file.name for file in kept) == [f"{bundles[i]}.tar.gz" for i in (0, 2, 3)]


def test_a_bundle_of_other_content_can_not_be_deployed(admin, pack):
    other, guid = admin.content()["guid"], admin.content()["guid"]
    bundle = admin.upload(other, pack({"index.html": "x"})).json["id"]

    refused = admin.post(f"/v1/content/{guid}/deploy", {"bundle_id": bundle})

    assert refused.refusal == (400, "BundleIdAppIdMismatch")


def test_a_deployment_that_a_killed_server_had_begun_ends_after_a_restart(connect, pack, tmp_path):
    script = textwrap.dedent("""
        import sys, threading
        from connectapi.testing import ConnectServer

        server = ConnectServer(sample=False, data=sys.argv[1], pace=0.5).start()
        print(server.url, server.api_key, flush=True)
        threading.Event().wait()
    """)
    with subprocess.Popen([sys.executable, "-c", script, tmp_path], stdout=subprocess.PIPE, text=True) as process:
        caller = connect(*process.stdout.readline().split())
        guid = caller.content()["guid"]
        bundle = caller.upload(guid, pack({"index.html": "x"})).json["id"]
        task = begin(caller, guid)
        process.kill()

    with ConnectServer(data=tmp_path) as server:
        again = connect(server.url, caller.key)
        assert again.finished(task)["code"] == 0
        assert in_use(again, guid) == bundle
        assert again.send("GET", f"/content/{guid}/").text == "x"
