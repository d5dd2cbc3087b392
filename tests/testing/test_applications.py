"""Content in its former form, as clients of the unversioned API ask for it."""

import pytest


@pytest.fixture(scope="module")
def pins(publisher, pack):
    """Two pins of a publisher, the newer one first."""
    manifest = {"metadata": {"appmode": "static", "content_category": "pin"}, "files": ["data.txt", "sub", "sub/a.csv"]}
    made = []
    for title in ("Former penguins", "Former flights"):
        content = publisher.content(title=title)
        publisher.upload(content["guid"], pack({"data.txt": "", "sub/a.csv": ""}, manifest))
        task = publisher.deploy(content["guid"])
        assert not [line for line in task["output"] if "Warning" in line]
        made.insert(0, publisher.get(f"/v1/content/{content['guid']}").json)
    return made


def guids(answer):
    return [each["guid"] for each in answer.json["applications"]]


def test_pins_are_found(publisher, pins):
    answer = publisher.get("/applications?filter=content_type:pin&search=former&count=1000")

    assert guids(answer) == [pin["guid"] for pin in pins]
    assert (answer.json["count"], answer.json["total"], answer.json["continuation"]) == (2, 2, None)
    assert guids(publisher.get("/applications?filter=content_type:pin&search=former%20PENGUINS")) == [pins[1]["guid"]]
    assert guids(publisher.get(f"/applications?filter=content_type:pin&filter=name:{pins[0]['name']}")) == [
        pins[0]["guid"]
    ]


def test_as_many_are_listed_as_were_asked_for(publisher, pins):
    answer = publisher.get("/applications?filter=content_type:pin&search=former&count=1")

    assert (guids(answer), answer.json["count"], answer.json["total"]) == ([pins[0]["guid"]], 1, 2)


def test_numbers_stand_for_ids_and_kinds_and_the_owner_is_told(publisher, pins):
    found = publisher.get(f"/applications/{pins[0]['id']}").json

    assert found == publisher.get(f"/applications/{pins[0]['guid']}").json
    assert (found["guid"], found["id"]) == (pins[0]["guid"], int(pins[0]["id"]))
    assert (found["app_mode"], found["bundle_id"]) == (4, int(pins[0]["bundle_id"]))
    assert (found["owner_username"], found["owner_first_name"], found["app_role"]) == ("jonas", "Jonas", "owner")
    assert found["url"].endswith(f"/content/{found['guid']}/")


def test_only_what_one_may_see_is_there(viewer, nobody, pins):
    assert guids(viewer.get("/applications?filter=content_type:pin&search=former")) == []
    assert viewer.get(f"/applications/{pins[0]['id']}").refusal == (403, "NoViewPermission")
    assert viewer.get("/applications/0").refusal == (404, "ObjectDoesNotExist")
    assert nobody.get("/applications").refusal == (401, "AuthRequired")


def test_an_unknown_filter_is_refused(admin):
    assert admin.get("/applications?filter=colour:red").refusal == (400, "InvalidFilterField")
