"""What a declaration alone gives: routes, the general verbs, pages, versions."""

import textwrap

import pytest

from connectapi.spec.index import Folder, SpecIndex, builtin_folder
from connectapi.testing import ConnectServer
from connectapi.testing.conditions import Condition
from connectapi.testing.routes import Routes

TOYS = """
name: Toy
collection: toys
path: /v1/toys
key: guid
doc: "A toy."
fields:
  guid: {type: guid, doc: "Key."}
  id: {type: id, doc: "A number that is no key."}
  name: {type: str, write: always, doc: "Name."}
  color: {type: str | null, write: always, values: [red, blue], doc: "Color."}
  parts: {type: map of Part, write: create, doc: "Parts."}
  wishes: {type: list of str | null, write: always, doc: "Wishes."}
  kin: {type: Kin | null, write: always, wire: class, doc: "Kin."}
  made: {type: datetime, doc: "Made."}
  updated_time: {type: datetime, doc: "Changed."}
  old: {type: str, deprecated: name, doc: "Old."}
  hidden: {type: str, write: create, secret: true, doc: "Secret."}
  later: {type: str, write: always, since: "2999.01.0", doc: "Not yet."}
  any: {type: json, write: always, doc: "Anything."}
  weight: {type: float, write: always, doc: "Weight."}
types:
  Part: {amount: int, note: str | null}
  Kin: {name: str}
methods:
  get: {page: {kind: keyset, size: 10}, params: {color: {type: list of str, values: [red, blue]}, asc_order: {type: bool, wire: ascOrder}}}
  get_one: {}
  create: {required: [name]}
  update: {call: "PUT /v1/toys/{toy_guid}"}
  delete: {status: [200], returns: Toy}
actions:
  wind: {call: "POST /v1/toys/{toy_guid}/wind", doc: "No rule says how."}
---
name: Wheel
path: /v1/toys/{toy_guid}/wheels
key: name
doc: "A wheel; it has no key of its own making."
fields:
  name: {type: str, write: create, doc: "Key."}
  size: {type: int, write: always, doc: "Size."}
  toy_guid: {type: guid, doc: "Toy."}
methods: {get: {params: {size: int}}, get_one: {}, create: {required: [name], status: [201]}, update: {}, delete: {}}
---
name: Spoke
path: /v1/toys/{toy_guid}/wheels/{wheel_name}/spokes
key: id
doc: "Deeper still."
fields: {id: {type: int, doc: "Key."}}
methods: {get: {}, create: {}}
---
name: Box
path: /v1/box
doc: "There is one."
fields: {label: {type: str, write: always, doc: "Label."}}
methods: {get_one: {}, update: {}, delete: {}}
---
name: Lid
path: /v1/toys/{toy_guid}/lid
key: toy_guid
doc: "There is one a toy."
fields: {toy_guid: {type: guid, doc: "Toy."}, tight: {type: bool, write: update, doc: "Tight."}}
methods: {get_one: {}, create: {call: "POST /v1/toys/{toy_guid}/lid"}}
"""


@pytest.fixture(scope="module")
def toys(tmp_path_factory):
    folder = tmp_path_factory.mktemp("toys")
    (folder / "toy.yaml").write_text(textwrap.dedent(TOYS), encoding="utf-8")
    with ConnectServer(sample=False, folders=[folder], pace=0) as server:
        yield server


@pytest.fixture
def admin(toys, connect):
    return connect(toys.url, toys.api_key)


def test_every_declared_operation_has_a_route_and_an_answer():
    index = SpecIndex((Folder(builtin_folder()),))
    routes = Routes(index.specs(), "2999.01.0")

    declared = {(spec.name, name) for spec in index.specs() for name in spec.operations()}

    assert {(route.spec.name, route.name) for route in routes.all()} == declared
    assert routes.unanswered == []


def test_every_declared_path_leads_to_its_operation(server, connect):
    caller = connect(server.url)
    for route in server._running.application.routes.all():
        path = route.operation.path.format_map(dict.fromkeys(route.operation.placeholders, "x-y"))
        answer = caller.call(route.operation.verb, path)
        assert answer.status in ({401} if route.operation.role != "anonymous" else {200, 401, 404}), (route, answer)
        assert "This server has nothing at" not in answer.text


def test_an_operation_that_no_rule_covers_says_so(toys, admin):
    guid = admin.post("/v1/toys", {"name": "x"}).json["guid"]

    answer = admin.post(f"/v1/toys/{guid}/wind")

    assert answer.refusal == (501, "InternalFailure")
    assert "Toy.wind" in answer.json["error"]
    assert toys.unanswered == [("Toy", "wind")]


def test_a_record_is_made_with_defaults_by_type(admin):
    body = {
        "name": "Car",
        "class": {"name": "Vehicle"},
        "parts": {"door": {"amount": 4}},
        "any": [1, {"a": None}],
        "hidden": "x",
    }
    toy = admin.post("/v1/toys", body).json

    assert list(toy) == [
        "guid",
        "id",
        "name",
        "color",
        "parts",
        "wishes",
        "class",
        "made",
        "updated_time",
        "hidden",
        "any",
        "weight",
    ]
    assert toy["id"].isdigit()
    assert toy["parts"] == {"door": {"amount": 4, "note": None}}
    assert (toy["color"], toy["wishes"], toy["class"]) == (None, None, {"name": "Vehicle"})
    assert (toy["any"], toy["hidden"], toy["weight"]) == ([1, {"a": None}], "x", 0.0)
    shown = admin.get(f"/v1/toys/{toy['guid']}").json
    assert shown == {name: value for name, value in toy.items() if name != "hidden"}


@pytest.mark.parametrize(
    "body",
    [
        {"later": "x"},
        {"parts": []},
        {"parts": {"a": {"amount": "4"}}},
        {"parts": {"a": {"odd": 4}}},
        {"wishes": "x"},
        {"wishes": [None]},
        {"class": "x"},
        {"kin": {"name": "x"}},
        {"weight": "1"},
        {"weight": True},
        {"guid": "x"},
        {"made": "2020-01-01T00:00:00Z"},
    ],
)
def test_a_wrong_field_is_refused(admin, body):
    assert admin.post("/v1/toys", {"name": "x", **body}).refusal == (400, "CannotParseRequestBody")


@pytest.mark.parametrize(
    "value",
    ["1e999", "-1e999", "Infinity", "[" * 101 + "]" * 101, '{"a":' * 120 + "1" + "}" * 120, "[" * 100_000],
    ids=["huge", "-huge", "infinite", "deep list", "deep object", "no end"],
)
def test_json_that_can_t_be_kept_is_refused(admin, value):
    answer = admin.send("POST", "/__api__/v1/toys", f'{{"name": "x", "any": {value}}}'.encode())

    assert answer.refusal == (400, "CannotParseRequestBody")
    assert admin.get("/v1/toys?color=red").status == 200


@pytest.mark.parametrize("value", [10**400, 1e308, ["[" * 5000], {"a": [{}] * 500}, [[[[[]]]]]])
def test_odd_json_that_can_be_kept_comes_back(admin, value):
    toy = admin.post("/v1/toys", {"name": "x", "any": value}).json

    assert admin.get(f"/v1/toys/{toy['guid']}").json["any"] == value
    assert admin.post("/v1/toys", {"name": "x", "weight": 10**400}).refusal == (400, "InvalidRange")


def test_a_record_is_changed_and_deleted(admin):
    toy = admin.post("/v1/toys", {"name": "Car", "color": "red"}).json
    path = f"/v1/toys/{toy['guid']}"

    changed = admin.put(path, {"color": None, "name": None, "wishes": ["paint"]}).json
    assert (changed["color"], changed["name"], changed["wishes"]) == (None, "Car", ["paint"])
    assert admin.put(path, {"color": "green"}).refusal == (400, "InvalidParameter")
    assert admin.delete(path).json["name"] == "Car"
    assert admin.put(path, {}).status == 404


def test_records_lie_within_others_and_go_with_them(toys, admin):
    guid = admin.post("/v1/toys", {"name": "Bike"}).json["guid"]
    path = f"/v1/toys/{guid}"

    wheel = admin.post(f"{path}/wheels", {"name": "front", "size": 26})
    assert (wheel.status, wheel.json) == (201, {"name": "front", "size": 26, "toy_guid": guid})
    assert admin.post(f"{path}/wheels", {"name": "front"}).refusal == (409, "DuplicateName")
    assert admin.post(f"{path}/wheels", {"name": "back", "size": 28}).status == 201
    assert [each["name"] for each in admin.get(f"{path}/wheels?size=28").json] == ["back"]
    assert admin.patch(f"{path}/wheels/front", {"size": 20}).json["size"] == 20
    assert admin.post(f"{path}/wheels/front/spokes", {}).json == {"id": 1}
    assert admin.post(f"{path}/wheels/none/spokes", {}).status == 404
    assert admin.post(f"{path}/lid", {}).json == {"toy_guid": guid, "tight": False}
    assert admin.get(f"{path}/lid").status == 200
    assert admin.get("/v1/toys/none/wheels").status == 404
    assert admin.delete(f"{path}/wheels/back").status == 204
    admin.delete(path)
    with toys._running.world.store.reading() as records:
        assert [records.count(kind) for kind in ("Wheel", "Spoke", "Lid")] == [0, 0, 0]


def test_what_there_is_one_of_is_made_by_changing_it(admin):
    assert admin.get("/v1/box").status == 404
    assert admin.patch("/v1/box", {"label": "one"}).json == {"label": "one"}
    assert admin.patch("/v1/box", {}).json == {"label": "one"}
    assert admin.delete("/v1/box").status == 204
    assert admin.get("/v1/box").status == 404


# Pages -------------------------------------------------------------------------------------------


@pytest.fixture
def many(toys, admin):
    with toys._running.world.store.writing() as records:
        records.delete("Toy")
    for i in range(7):
        admin.post("/v1/toys", {"name": str(i), "color": "red" if i % 2 else "blue"})


def walk(admin, path, link):
    pages = []
    while path:
        page = admin.send("GET", path).json
        pages.append([each["name"] for each in page["results"]])
        path = (page["paging"][link] or "").removeprefix(admin.url)
    return pages


def test_a_cursor_leads_through_all_pages_and_back(admin, many):
    start = "/__api__/v1/toys?limit=3"
    assert walk(admin, start, "next") == [["0", "1", "2"], ["3", "4", "5"], ["6"]]
    first = admin.send("GET", start).json["paging"]
    assert (first["first"], first["previous"], first["cursors"]["previous"]) == (None, None, None)
    last = first["last"].removeprefix(admin.url)
    assert walk(admin, last, "previous") == [["4", "5", "6"], ["1", "2", "3"], ["0"]]
    end = admin.send("GET", last).json["paging"]
    assert (end["next"], end["last"], end["cursors"]["next"]) == (None, None, None)
    assert walk(admin, end["first"].removeprefix(admin.url), "next")[0] == ["0", "1", "2"]


def test_a_cursor_goes_the_other_way_and_keeps_filters(admin, many):
    assert walk(admin, "/__api__/v1/toys?limit=4&ascOrder=false", "next") == [["6", "5", "4", "3"], ["2", "1", "0"]]
    assert walk(admin, "/__api__/v1/toys?limit=2&color=red", "next") == [["1", "3"], ["5"]]
    assert walk(admin, "/__api__/v1/toys?limit=2&color=red,blue&ascOrder=false", "next")[0] == ["6", "5"]
    back = admin.get("/v1/toys?limit=2&ascOrder=false").json["paging"]["last"].removeprefix(admin.url)
    assert walk(admin, back, "previous")[0] == ["1", "0"]


def test_pages_by_cursor_have_their_limits(toys, admin, many):
    assert len(admin.get("/v1/toys?limit=500").json["results"]) == 7
    end = admin.get("/v1/toys?limit=7").json["paging"]
    assert (end["next"], end["last"], end["first"]) == (None, None, None)
    for query in ("limit=0", "limit=x", "next=x", "previous=-1", "color=green", "ascOrder=maybe", f"next={'9' * 30}"):
        assert admin.get(f"/v1/toys?{query}").refusal == (400, "InvalidParameter")


# Versions ----------------------------------------------------------------------------------------


def test_an_older_server_does_not_have_what_is_newer(connect):
    with ConnectServer(version="2024.05.0-dev+7", sample=False) as server:
        admin = connect(server.url, server.api_key)
        content = admin.content()

        assert admin.get("/server_settings").json["version"] == "2024.05.0-dev+7"
        assert admin.get("/v1/oauth/integrations").refusal == (404, "ObjectDoesNotExist")
        assert admin.get("/v1/instrumentation/content/hits").status == 404
        admin.put(f"/v1/content/{content['guid']}/vanity", {"path": "/x/"})
        assert "vanity_url" not in admin.get(f"/v1/content/{content['guid']}?include=vanity_url").json
        assert server.version == "2024.05.0-dev+7"


def test_names_in_conditions_are_names():
    from connectapi.testing.conditions import equals, ordered

    with pytest.raises(ValueError, match="not the name"):
        equals("x') OR ('1'='1", 1)
    assert ordered(()) == "place ASC"
    assert Condition("TRUE").values == ()
