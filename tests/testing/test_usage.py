"""What the instrumentation has of content that was opened."""

import pytest


def opened(caller, pack, mode, files, **metadata):
    """Deploy content and open it, and return its guid."""
    guid = caller.content()["guid"]
    assert caller.upload(guid, pack(files, {"metadata": {"appmode": mode, **metadata}})).status == 200
    assert caller.deploy(guid)["code"] == 0
    assert caller.send("GET", f"/content/{guid}/").status == 200
    return guid


def records(caller, kind, guid):
    found = caller.get(f"/v1/instrumentation/{kind}?content_guid={guid}").json
    return found if isinstance(found, list) else found["results"]


@pytest.mark.parametrize("mode", ["shiny", "rmd-shiny", "quarto-shiny", "python-shiny"])
def test_a_shiny_app_has_sessions_and_no_visits(publisher, pack, mode):
    guid = opened(publisher, pack, mode, {"app": ""})

    (session,) = records(publisher, "shiny/usage", guid)

    assert (session["user_guid"], session["data_version"]) == (publisher.guid, 1)
    assert session["started"] == session["ended"] == records(publisher, "content/hits", guid)[0]["timestamp"]
    assert records(publisher, "content/visits", guid) == []


def test_a_visit_of_a_report_tells_its_variant_and_rendering(publisher, pack):
    guid = opened(publisher, pack, "rmd-static", {"a.Rmd": "", "a.html": "<h1>A</h1>"}, primary_rmd="a.Rmd")
    (variant,) = publisher.get(f"/applications/{guid}/variants").json

    (visit,) = records(publisher, "content/visits", guid)

    assert (visit["variant_key"], visit["rendering_id"]) == (variant["key"], str(variant["rendering_id"]))
    assert records(publisher, "shiny/usage", guid) == []


def test_a_visit_of_anything_else_has_neither(publisher, pack):
    guid = opened(publisher, pack, "static", {"index.html": "<h1>A</h1>"})

    (visit,) = records(publisher, "content/visits", guid)

    assert (visit["variant_key"], visit["rendering_id"]) == (None, None)


def test_hits_of_several_content_items_are_asked_for_at_once(publisher, pack):
    first, second, third = (opened(publisher, pack, "static", {"index.html": "x"}) for _ in range(3))

    hits = publisher.get(f"/v1/instrumentation/content/hits?content_guid={first}|{third}").json

    assert [each["content_guid"] for each in hits] == [first, third]
    assert records(publisher, "content/hits", second)[0]["content_guid"] == second
