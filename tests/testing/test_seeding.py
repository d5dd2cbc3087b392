"""What a server has in it, written by a person in YAML."""

import datetime
import textwrap

import pytest

from connectapi.errors import SeedError
from connectapi.testing import ConnectServer, FakeClock

NOW = datetime.datetime(2026, 3, 1, 12, tzinfo=datetime.timezone.utc)


@pytest.fixture
def seeded(seed_file, connect):
    """Start a server with a seed, and call it as its administrator."""
    running = []

    def start(text, **options):
        server = ConnectServer(seed=seed_file(text), clock=FakeClock(NOW), pace=0, **options).start()
        running.append(server)
        caller = connect(server.url, server.api_key)
        caller.server = server
        return caller

    yield start
    for server in running:
        server.close()


TEAM = """
    users:
      anna: {user_role: administrator, first_name: Anna, created_time: 2025-01-02 10:00:00Z}
      ben: {user_role: publisher, active_time: 3 days ago}
      cleo: {locked: true}
    groups:
      Analysts: {owner: ben, members: [anna, cleo]}
      Readers:
    tags: [Department/Finance, Department/Sales/North, Purpose]
    content:
      sales:
        title: Sales of the Year
        owner: ben
        access_type: logged_in
        tags: [Sales/North]
        environment: {TOKEN: s3cret}
        permissions: {cleo: viewer, Analysts: owner}
        vanity: sales/year
        files: {index.html: "<h1>Sales</h1>", pages/more.html: more}
      draft: {owner: anna}
    hits:
      - {content: sales, user: cleo, timestamp: 2 hours ago}
"""


def test_people_content_and_what_is_between_them_are_there(seeded):
    admin = seeded(TEAM)
    users = {each["username"]: each for each in admin.get("/v1/users").json["results"]}
    assert admin.get("/v1/user").json["username"] == "anna"
    assert {name: each["user_role"] for name, each in users.items()} == {
        "anna": "administrator",
        "ben": "publisher",
        "cleo": "viewer",
    }
    assert (users["ben"]["active_time"], users["cleo"]["locked"]) == ("2026-02-26T12:00:00Z", True)
    assert users["anna"]["created_time"] == users["anna"]["updated_time"] == "2025-01-02T10:00:00Z"

    groups = {each["name"]: each for each in admin.get("/v1/groups").json["results"]}
    assert groups["Analysts"]["owner_guid"] == users["ben"]["guid"]
    assert groups["Readers"]["owner_guid"] == users["anna"]["guid"]
    members = admin.get(f"/v1/groups/{groups['Analysts']['guid']}/members").json["results"]
    assert {each["username"] for each in members} == {"anna", "cleo"}

    (sales,) = admin.get("/v1/content?name=sales&include=owner,tags,vanity_url").json
    assert (sales["owner"]["username"], sales["access_type"], sales["app_mode"]) == ("ben", "logged_in", "static")
    assert [each["name"] for each in sales["tags"]] == ["North", "Sales"]
    assert sales["vanity_url"].endswith("/sales/year/")
    assert admin.get(f"/v1/content/{sales['guid']}/environment").json == ["TOKEN"]
    shares = admin.get(f"/v1/content/{sales['guid']}/permissions").json
    assert {(each["principal_guid"], each["principal_type"], each["role"]) for each in shares} == {
        (users["cleo"]["guid"], "user", "viewer"),
        (groups["Analysts"]["guid"], "group", "owner"),
    }
    (hit,) = admin.get("/v1/instrumentation/content/hits").json
    assert (hit["user_guid"], hit["timestamp"]) == (users["cleo"]["guid"], "2026-03-01T10:00:00Z")


def test_content_with_files_was_deployed(seeded, connect):
    admin = seeded(TEAM)
    (sales,) = admin.get("/v1/content?name=sales").json
    guid = sales["guid"]

    assert admin.send("GET", "/sales/year/").text == "<h1>Sales</h1>"
    assert admin.send("GET", f"/content/{guid}/pages/more.html").text == "more"
    assert [each["active"] for each in admin.get(f"/v1/content/{guid}/bundles").json] == [True]
    assert [each["exit_code"] for each in admin.get(f"/v1/content/{guid}/jobs").json] == [0]
    assert admin.get("/v1/content?name=draft").json[0]["bundle_id"] is None
    assert admin.post(f"/v1/content/{guid}/deploy", {"bundle_id": sales["bundle_id"]}).status == 202


def test_files_can_lie_in_a_folder_beside_the_seed(seeded, tmp_path):
    (tmp_path / "site" / "deep").mkdir(parents=True)
    (tmp_path / "site" / "index.html").write_text("front")
    (tmp_path / "site" / "deep" / "logo.png").write_bytes(b"\x89PNG\r\n\x1a\n")
    admin = seeded("content:\n  site: {access_type: all, files: site}\n  app: {app_mode: shiny, files: {app.R: x}}")

    guid = admin.get("/v1/content?name=site").json[0]["guid"]
    assert admin.send("GET", f"/content/{guid}/").text == "front"
    assert admin.send("GET", f"/content/{guid}/deep/logo.png").data.startswith(b"\x89PNG")
    assert admin.get("/v1/content?name=app").json[0]["app_mode"] == "shiny"


def test_a_key_that_the_seed_says_can_be_called_with(seeded, connect):
    admin = seeded("""
        users:
          ben: {user_role: publisher, keys: {ci: ben-s-key}}
          cleo: {keys: [{name: month, key: cleo-s-key, expires_at: 2026-04-01}]}
    """)
    ben, cleo = (connect(admin.url, key) for key in ("ben-s-key", "cleo-s-key"))

    assert (ben.get("/v1/user").json["username"], cleo.get("/v1/user").json["username"]) == ("ben", "cleo")
    assert [each["name"] for each in ben.get(f"/v1/users/{ben.guid}/keys").json] == ["ci"]
    admin.server._clock.advance(datetime.timedelta(days=40))
    assert (ben.get("/v1/user").status, cleo.get("/v1/user").status) == (200, 401)
    stored = (admin.server._running.world.folder / "state.sqlite").read_bytes()
    assert b"ben-s-key" not in stored


def test_a_service_token_can_be_seeded_too(seeded, connect):
    admin = seeded("service_tokens: [{name: ci, scopes: ['identity:manage'], key: token-of-ci}]")

    assert connect(admin.url, "token-of-ci").get("/v1/users").status == 200
    assert connect(admin.url, "token-of-ci").get("/v1/content").status == 403


def test_a_hit_has_its_visit_and_a_shiny_app_its_session(seeded):
    admin = seeded("""
        hits:
          - {content: page, timestamp: 1 day ago, data: {path: /deep.html}}
          - {content: app, user: cleo, timestamp: now}
          - {content: bare, timestamp: now}
        users: [cleo]
        content:
          page: {files: {index.html: x}}
          app: {app_mode: shiny, files: {app.R: x}}
          bare:
    """)
    (page,) = admin.get("/v1/content?name=page").json
    hits, visits, sessions = (
        admin.get(f"/v1/instrumentation/{path}").json for path in ("content/hits", "content/visits", "shiny/usage")
    )

    assert [each["data"]["path"] for each in hits] == ["/deep.html", "/", "/"]
    assert {(each["content_guid"], each["bundle_id"]) for each in visits["results"]} == {
        (page["guid"], page["bundle_id"]),
        (admin.get("/v1/content?name=bare").json[0]["guid"], None),
    }
    assert [each["started"] for each in sessions["results"]] == ["2026-03-01T12:00:00Z"]


def test_whoever_seeds_no_administrator_has_one_all_the_same(seeded):
    admin = seeded("users: [ben]\ncontent: [report]")

    assert admin.get("/v1/user").json["username"] == "admin"
    assert admin.get("/v1/content?include=owner").json[0]["owner"]["username"] == "admin"


def test_guids_are_the_same_each_time_or_as_the_seed_says(seeded):
    text = "content:\n  report:\n  other: {guid: 6fd8666d-12e6-45d1-95a0-552679a6d5f9}"
    first, second = ({each["name"]: each["guid"] for each in seeded(text).get("/v1/content").json} for _ in range(2))

    assert first == second
    assert first["other"] == "6fd8666d-12e6-45d1-95a0-552679a6d5f9"


def test_any_resource_can_be_seeded_a_plugins_too(seeded, tmp_path):
    (tmp_path / "toys").mkdir()
    (tmp_path / "toys" / "toy.yaml").write_text(
        textwrap.dedent("""
            name: Toy
            collection: toys
            path: /v1/toys
            key: id
            doc: "A toy."
            fields:
              id: {type: id, doc: "Number."}
              name: {type: str, write: always, doc: "Name."}
              owner_guid: {type: guid | null, write: always, doc: "Whose."}
              size: {type: int, write: always, max: 9, doc: "Size."}
            methods: {get: {}, get_one: {}, create: {required: [name]}}
            relations:
              owner: {one: User, by: owner_guid, doc: "Whose."}
            ---
            name: Part
            path: /v1/toys/{toy_id}/parts
            key: name
            doc: "A part."
            fields: {name: {type: str, doc: "Name."}}
            methods: {get: {}}
        """)
    )
    text = """
        users: [ben]
        toys:
          ball: {id: 7, owner: ben, size: 3}
          doll: {}
        Part:
          - {toy: ball, name: skin}
        environments: [{title: Python, name: "image:1", cluster_name: Kubernetes}]
    """
    admin = seeded(text, folders=[tmp_path / "toys"])
    ben = next(each for each in admin.get("/v1/users").json["results"] if each["username"] == "ben")

    ball, doll = admin.get("/v1/toys").json
    assert ball == {"id": "7", "name": "ball", "owner_guid": ben["guid"], "size": 3}
    assert doll["id"] == "8", "numbers go on after those that were chosen"
    assert admin.get("/v1/toys/7/parts").json == [{"name": "skin"}]
    assert admin.get("/v1/toys/8/parts").json == []
    assert [each["title"] for each in admin.get("/v1/environments").json] == ["Python"]


def test_a_server_that_runs_takes_a_seed_too(seed_file, connect):
    with ConnectServer(pace=0) as server:
        admin = connect(server.url, server.api_key)
        server.seed(seed_file("content:\n  mine: {owner: priya, tags: [Finance], permissions: {Analysts: viewer}}"))

        (mine,) = admin.get("/v1/content?name=mine&include=owner,tags").json
        assert (mine["owner"]["username"], [each["name"] for each in mine["tags"]]) == ("priya", ["Finance"])
        with pytest.raises(SeedError, match="there is a Content with the guid"):
            server.seed(seed_file(f"content: [{{name: other, guid: {mine['guid']}}}]"))
        with pytest.raises(SeedError, match="name: there is a Content with 'mine' already"):
            server.seed(seed_file("content:\n  mine: {owner: priya}"))
        server.seed(seed_file("content:\n  mine: {owner: yuki}"))
        assert len(admin.get("/v1/content?name=mine").json) == 2


def test_a_seed_is_for_a_new_server_only(seed_file, tmp_path, connect):
    seed = seed_file("users: [ben]")
    for _ in range(2):
        with ConnectServer(data=tmp_path / "state", seed=seed) as server:
            assert connect(server.url, server.api_key).get("/v1/users").json["total"] == 2


def test_the_sample_and_a_seed_go_together_when_both_are_asked_for(seeded):
    admin = seeded("users: [benno]", sample=True)

    names = {each["username"] for each in admin.get("/v1/users?page_size=100").json["results"]}
    assert {"mara", "benno"} <= names
