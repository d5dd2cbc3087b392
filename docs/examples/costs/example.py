"""Content has a cost centre and a budget, as if it had always had them."""

from connectapi import BadRequestError, Client, Content

with Client("demo") as client:
    research = client.cost_centres.create(name="Research")
    report = Content.create(client, name="report", cost_centre_guid=research.guid)

    report.budget = {"amount": 80, "currency": "EUR"}
    report.update()
    report = Content.get_one(client, content_guid=report.guid)
    assert (report.budget.amount, report.cost_centre.get().name) == (80, "Research")

    assert report.review(note="Fine.").review_note == "Fine."
    assert [each.name for each in Content.get(client, cost_centre_guid=research.guid)] == ["report"]
    assert [each.name for each in research.contents.get()] == ["report"]

    refused = ""
    try:
        client.content.create(name="other", budget={"amount": -1, "currency": "EUR"})
    except BadRequestError as error:
        refused = error.message
    assert "0 is the least" in refused
    print(report.refresh().dict()["budget"])
