"""Amounts are objects on this side, and text on the way."""

from connect_bills.money import Level, Money

from connectapi import Client

twelve, nine = Money.read("12.50 EUR"), Money.read("9.00 EUR")

with Client("demo") as client:
    bill = client.bills.create(total=twelve, parts=[nine, Money.read("3.50 EUR")], level=Level.HIGH)
    assert client.bills.get_one(bill.guid).total == twelve
    assert client.request("GET", f"/v1/bills/{bill.guid}").json()["total"] == "12.50 EUR"

    bill.total = nine
    bill.update(level=Level.LOW)
    assert [each.level for each in client.bills.get(total=nine)] == [Level.LOW]

    refused = []
    for total in ("12.50 EUR", Money.read("12 euros")):
        try:
            client.bills.create(total=total)
        except (TypeError, ValueError) as error:  # before anything is sent
            refused.append(str(error))
    assert "expected a Money" in refused[0]
    assert "does not match" in refused[1]
    print(client.bills.get()[0])
