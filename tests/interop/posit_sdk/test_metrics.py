"""posit-sdk: who opened what."""

import pytest
from posit.connect.metrics.shiny_usage import ShinyUsage
from posit.connect.metrics.visits import Visits


@pytest.fixture
def opened(client, deployed):
    """Content that its owner has opened twice."""
    content = deployed()
    for _ in range(2):
        client.session.get(content["content_url"])
    return content


def test_what_is_opened_is_a_hit(client, opened):
    hits = client.metrics.hits.fetch(content_guid=opened["guid"])

    assert [(each["user_guid"], each["data"]["path"]) for each in hits] == [(client.me["guid"], "/")] * 2
    assert client.metrics.hits.find_by(content_guid=opened["guid"])["id"] == hits[0]["id"]
    nothing = "00000000-0000-4000-8000-000000000000"
    assert client.metrics.hits.fetch(content_guid=nothing) == []
    assert client.metrics.hits.fetch(content_guid=[nothing, opened["guid"]]) == hits
    assert list(client.metrics.hits.fetch(start="2099-01-01T00:00:00Z")) == []
    assert len(client.metrics.hits.fetch(start="2020-01-01T00:00:00Z", end="2099-01-01T00:00:00Z")) == 2


def test_what_is_opened_is_usage(client, opened):
    usage = client.metrics.usage.find(content_guid=opened["guid"])

    assert [(each.user_guid, each.path) for each in usage] == [(client.me["guid"], "/")] * 2
    assert all(each.bundle_id == opened["bundle_id"] for each in usage)
    assert client.metrics.usage.find_one(content_guid=opened["guid"]).started == usage[0].started
    assert client.metrics.usage.find_one(start="2099-01-01T00:00:00Z") is None


def test_usage_comes_in_pages(client, deployed):
    content = deployed()
    for number in range(501):
        client.session.get(f"{content['content_url']}?{number}")

    assert len(client.metrics.usage.find()) == 501
    assert len({each["id"] for each in client.metrics.hits.fetch()}) == 501


def test_a_shiny_app_is_used_in_sessions(client, deployed):
    app = deployed(mode="python-shiny")
    client.session.get(app["content_url"])

    session = ShinyUsage(client._ctx).find_one(content_guid=app["guid"])

    assert (session.user_guid, session.data_version) == (client.me["guid"], 1)
    assert session.started <= session.ended
    assert Visits(client._ctx).find(content_guid=app["guid"]) == []
    assert [each.content_guid for each in client.metrics.usage.find()] == [app["guid"]]


def test_a_report_is_visited_in_one_of_its_variants(client, deployed):
    files = {"report.qmd": "# Report", "report.html": "<h1>Report</h1>"}
    metadata = {"appmode": "quarto-static", "entrypoint": "report.qmd"}
    report = deployed(mode="quarto-static", files=files, metadata=metadata)
    client.session.get(report["content_url"])

    visit = Visits(client._ctx).find_one(content_guid=report["guid"])

    assert (visit.variant_key, visit.rendering_id, visit.data_version) == (
        report._default_variant["key"],
        str(report._default_variant["rendering_id"]),
        3,
    )


def test_the_sample_has_been_used(organisation):
    usage = organisation.metrics.usage.find()

    assert len(usage) == len(organisation.metrics.hits.fetch()) > 0
    assert {each.path for each in usage} == {"/", None}  # visits, and sessions of apps
