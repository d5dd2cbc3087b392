"""Values of plugins' types go out as JSON, and what is none is refused on both sides."""

import datetime
import pickle
from decimal import Decimal

import pytest

from connectapi import BadRequestError
from tests.plugins.types.bills import EUR, Level, Money, Span


def test_values_go_to_the_server_as_json_and_come_back_as_values(client):
    span = Span(datetime.date(2026, 1, 1), 31)
    made = client.bills.create(
        total=EUR,
        parts=[EUR, Money.parse("1 EUR")],
        paid={"ada": EUR},
        tax={"rate": 0.2, "amount": Money.parse("2.50 EUR")},
        level=Level.HIGH,
        span=span,
    )
    found = client.bills.get_one(made.guid)

    assert found == made
    assert (found.total, found.parts, found.paid) == (EUR, [EUR, Money.parse("1 EUR")], {"ada": EUR})
    assert (found.tax.amount, found.level, found.span) == (Money.parse("2.50 EUR"), Level.HIGH, span)
    assert found.dict()["total"] == EUR
    assert f"total={EUR!r}" in str(found)


def test_what_is_sent_is_the_json_of_the_type(answers, scripted):
    answers.on("POST /v1/bills", {"guid": "g"}).on("PATCH /v1/bills/g", {"total": "3 EUR", "level": 1})
    bill = scripted.bills.create(total=EUR, tax={"rate": 0.5, "amount": EUR}, span=Span(datetime.date(2026, 1, 2), 1))
    bill.total, bill.parts = Money.parse("3 EUR"), []
    bill.update(level=Level.LOW)

    assert answers.asked[0].json == {
        "total": "12.50 EUR",
        "tax": {"rate": 0.5, "amount": "12.50 EUR"},
        "span": {"start": "2026-01-02", "days": 1},
    }
    assert answers.asked[1].json == {"total": "3 EUR", "parts": [], "level": 1}
    assert (bill.total, bill.level) == (Money.parse("3 EUR"), Level.LOW)


def test_a_record_within_a_body_is_sent_with_the_json_of_the_type(answers, scripted):
    answers.on("POST /v1/bills", {"guid": "g"})
    tax = scripted._catalog.record("BillTax")(rate=0.5, amount=EUR)
    scripted.bills.create(total=EUR, tax=tax)

    assert answers.asked[0].json["tax"] == {"rate": 0.5, "amount": "12.50 EUR"}


def test_a_query_has_the_text_of_the_type(client):
    client.bills.create(total=EUR, level=Level.LOW)
    client.bills.create(total=Money.parse("3 EUR"), level=Level.HIGH)

    assert [each.total for each in client.bills.get(total=EUR)] == [EUR]
    assert [each.total for each in client.bills.get(among=Money.parse("3 EUR"))] == [Money.parse("3 EUR")]
    assert len(client.bills.get(among=[EUR, Money.parse("3 EUR")])) == 2
    assert [each.level for each in client.bills.get(level=Level.HIGH)] == [Level.HIGH]


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({"total": "12.50 EUR"}, r"Bill\.create\(\) total: expected a Money \(money\), found str"),
        ({"total": EUR, "parts": ["1 EUR"]}, r"Bill\.create\(\) parts\[0\]: expected a Money \(money\), found str"),
        ({"total": Money(Decimal(1), "euro")}, r"Bill\.create\(\) total: does not match"),
    ],
)
def test_a_value_of_another_type_or_against_its_rules_is_refused_before_a_request(answers, scripted, given, expected):
    with pytest.raises((TypeError, ValueError), match=expected):
        scripted.bills.create(**given)
    with pytest.raises(TypeError, match=r"Bill\.total: expected a Money"):
        scripted._catalog.record("Bill")(guid="g").total = 3
    assert answers.asked == []


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ({"total": "12.50"}, r"total: does not match"),
        ({"total": 3}, r"total: expected text, found int"),
        ({"total": "1 EUR", "parts": ["x"]}, r"parts\[0\]: does not match"),
        ({"total": "1 EUR", "level": 3}, r"level: 3 is none of 1, 2"),
        ({"total": "1 EUR", "tax": {"amount": "1"}}, r"tax\.amount: does not match"),
    ],
)
def test_the_embedded_server_refuses_what_is_not_of_the_type(client, body, message):
    with pytest.raises(BadRequestError, match=message):
        client.request("POST", "/v1/bills", json=body)
    with pytest.raises(BadRequestError, match=r"level: 7 is none of 1, 2"):
        client.request("GET", "/v1/bills", params={"level": 7})


def test_a_record_with_values_can_be_pickled_where_its_class_is_installed(client):
    bill = client.bills.create(total=EUR)
    values, _ = bill.__getstate__()

    assert pickle.loads(pickle.dumps(values["total"])) == EUR
