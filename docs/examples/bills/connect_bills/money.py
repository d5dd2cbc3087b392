"""The classes of the values. They know nothing of Connect."""

from decimal import Decimal
from enum import Enum

from attrs import frozen


@frozen
class Money:
    amount: Decimal
    currency: str

    @classmethod
    def read(cls, text, _cls=None):
        amount, _, currency = text.partition(" ")
        if not currency:
            raise ValueError("it has no currency")
        return cls(Decimal(amount), currency)

    def __str__(self):
        return f"{self.amount} {self.currency}"


class Level(Enum):
    LOW = 1
    HIGH = 2
