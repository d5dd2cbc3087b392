"""Money, levels and spans of days; a resource that has them; and the two plugins that bring it all."""

import datetime
import enum
from decimal import Decimal

import attrs


@attrs.frozen
class Money:
    amount: Decimal
    currency: str

    @classmethod
    def parse(cls, text, _type=None):
        amount, _, currency = text.partition(" ")
        if not currency:
            raise ValueError(f"no currency in {text!r}")
        return cls(Decimal(amount), currency)

    def __str__(self):
        return f"{self.amount} {self.currency}"


class Level(enum.Enum):
    LOW = 1
    HIGH = 2


@attrs.frozen
class Span:
    start: datetime.date
    days: int


BILL = """\
name: Bill
collection: bills
path: /v1/bills
key: guid
label: [guid, total, level]
doc: "A bill."
fields:
  guid: guid
  total: {type: money, write: always, doc: "What it comes to."}
  parts: {type: list of money | null, write: always, doc: "Its parts."}
  paid: {type: map of money | null, write: always, doc: "What was paid, by whom."}
  tax: {type: BillTax | null, write: always, doc: "The tax on it."}
  level: {type: level | null, write: always, doc: "How much that is."}
  span: {type: span | null, write: always, doc: "What it is for."}
  hidden: {type: money | null, secret: true, write: always, doc: "What nobody must know."}
types:
  BillTax:
    doc: "The tax on a bill."
    fields: {rate: float, amount: money}
methods:
  get:
    page: offset
    params:
      total: {type: money, doc: "What it comes to."}
      among: {type: list of money, filter: {is: [total]}, doc: "What it may come to."}
      level: {type: level, doc: "How much."}
  get_one: {}
  create: {required: [total]}
  update: {}
actions:
  largest: {call: GET /v1/bill_sums/largest, returns: money, doc: "The largest of all."}
  totals: {call: GET /v1/bill_sums/totals, returns: list of money, doc: "All totals."}
  listed: {call: GET /v1/bill_sums/listed, returns: list of money, items: found, doc: "All totals, in an object."}
"""

#: A resource that has nothing but money.
SHORT = """\
name: Bill
collection: bills
path: /v1/bills
key: guid
label: [total]
doc: "A bill."
fields: {guid: guid, total: {type: money, write: always}, parts: {type: list of money, write: always}}
methods: {get: {page: offset, params: {total: money}}, create: {}}
"""

EUR = Money.parse("12.50 EUR")


ROW = {"guid": "g", "total": "1 EUR", "parts": ["2 EUR"], "level": 1, "tax": {"rate": 1, "amount": "3 EUR"}}


def page(*rows):
    return {"results": rows, "current_page": 1, "total": len(rows)}
