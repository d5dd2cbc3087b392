import pytest

from connectapi.testing.query import Term, parse


@pytest.mark.parametrize(
    ("query", "terms"),
    [
        ("", []),
        ("one two", [Term("", ("one",)), Term("", ("two",))]),
        ('"one two" -three', [Term("", ("one two",)), Term("", ("three",), negated=True)]),
        ("owner:ada,bob", [Term("owner", ("ada", "bob"))]),
        ('-tag:"North America",x', [Term("tag", ("North America", "x"), negated=True)]),
        ("TYPE:shiny", [Term("type", ("shiny",))]),
        ("a,b", [Term("", ("a,b",))]),
        ('"', []),
    ],
)
def test_a_query_is_taken_apart(query, terms):
    assert list(parse(query)) == terms


def titles(admin, query, **more):
    answer = admin.send("GET", "/__api__/v1/search/content", fields={"q": query, "page_size": "500", **more})
    assert answer.status == 200, answer
    return {each["title"] for each in answer.json["results"]}


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("handbook", {"Employee Handbook"}),
        ("HANDBOOK first day", {"Employee Handbook"}),
        ("handbook nothing", set()),
        ('"stock is sold"', {"Inventory Turnover"}),
        ("type:tensorflow-saved-model", {"Recommendation Model"}),
        ("type:api owner:mara", {"Churn Prediction API", "Support Ticket Triage", "Recommendation Model"}),
        ("owner:tomas -type:document", {"Brand Tracker"}),
        ("owner:nobody", set()),
        (
            "tag:Warehouse type:quarto-static,jupyter-voila",
            {"Delivery Delays", "Supplier Scorecard", "Inventory Turnover"},
        ),
        ("tag:Marketing type:python-panel", {"Survey Explorer"}),
        ("owner:@me python:3.10", {"Jupyter Notebook - Palmer Penguins"}),
        ("not:published owner:mara velocity", {"Quarterly Analysis of Team Velocity"}),
        ("is:scheduled", set()),
        ("is:locked,scheduled owner:jonas", set()),
        ("type:pin owner:yuki", {"Soil Samples"}),
        ("published:>=2024-09-01 owner:lena", set()),
        ("published:<2024-01-01 owner:lena", {"Store Visitor Counts"}),
    ],
)
def test_content_is_found(admin, query, found):
    if query.startswith("type:api"):
        found = found | {"Demand Forecast API", "Geocoding Service", "Currency Rates"}
    assert titles(admin, query) == found


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("python:3.10", True),
        ("python:3.10.4,2.7", True),
        ("python:3.1", False),
        ("python:>=3.9", True),
        ("python:>=3.11", False),
        ("python:<3.11", True),
        ("-python:<=3.10.3", True),
        ("r:4", False),
    ],
)
def test_versions_compare_part_by_part(admin, query, found):
    notebook = "Jupyter Notebook - Palmer Penguins"

    assert (titles(admin, f'{query} "{notebook}"') == {notebook}) is found


def test_content_is_found_by_its_packages_and_its_schedule(admin, pack):
    guid = admin.content(title="A report with a package")["guid"]
    packages = {"dplyr": {"description": {"Package": "dplyr", "Version": "1.1.4"}}}
    admin.upload(
        guid, pack({"a.Rmd": "x"}, {"metadata": {"appmode": "rmd-static"}, "platform": "4.3.3", "packages": packages})
    )
    admin.deploy(guid)
    variant = admin.get(f"/applications/{guid}/variants").json[0]["id"]

    assert titles(admin, "package:DPLYR,none") == {"A report with a package"}
    assert titles(admin, "package:dply") == titles(admin, '"with a package" is:scheduled') == set()
    body = {"type": "day", "schedule": '{"N": 1}', "start_time": None, "timezone": "UTC"}
    assert admin.post(f"/variants/{variant}/schedules", body).status == 200
    assert titles(admin, '"with a package" is:scheduled') == {"A report with a package"}
    admin.delete(f"/v1/content/{guid}")
    assert admin.get(f"/variants/{variant}/schedules").status == 404


def test_bookmarked_content_is_found(viewer):
    guid = next(each["guid"] for each in viewer.get("/v1/content").json if each["title"] == "Brand Tracker")
    viewer.post(f"/v1/content/{guid}/bookmark")

    assert titles(viewer, "is:bookmarked") == {"Brand Tracker"}
    assert "Brand Tracker" not in titles(viewer, "not:bookmarked")


def test_nobody_finds_what_is_not_for_them(viewer, admin):
    assert titles(viewer, "Lab Results Import") == set()
    assert titles(admin, "Lab Results Import") == {"Lab Results Import"}


def test_a_filter_that_is_not_understood_is_left_out_with_a_warning(admin):
    answer = admin.get("/v1/search/content?q=handbook+colour:blue+is:shiny+published:soon+not:x&page_size=1").json

    assert (answer["total"], answer["results"][0]["title"]) == (1, "Employee Handbook")
    assert len(answer["warnings"]) == 4
    assert "warnings" not in admin.get("/v1/search/content?q=handbook").json


def test_results_are_sorted_included_and_paged(admin):
    path = "/v1/search/content?q=owner:yuki&sort=title&page_size=2"
    first = admin.get(f"{path}&order=desc&include=owner").json

    names = [each["title"] for each in first["results"]]
    assert names == sorted(names, reverse=True)
    assert first["results"][0]["owner"]["username"] == "yuki"
    assert first["total"] > 2
    upwards = [each["title"] for each in admin.get(path).json["results"]]
    assert upwards == sorted(upwards)
    assert admin.get("/v1/search/content?sort=nonsense").refusal == (400, "InvalidParameter")
