"""Bills, whose amounts are objects in Python, text in JSON and decimals in tables, as a plugin."""

from pathlib import Path

from connect_bills.money import Level, Money
from connectapi import hookimpl


@hookimpl
def register_resources(register):
    register(Path(__file__).parent / "resources")


@hookimpl
def register_types(register):
    register(
        "money",
        Money,
        structure=Money.read,
        unstructure=str,
        pattern=r"-?\d+(\.\d+)? [A-Z]{3}",
        doc="An amount and its currency: 12.50 EUR.",
        column=lambda pyarrow: pyarrow.decimal128(12, 2),
        cell=lambda money: money.amount,
    )
    register("level", Level, json="int", values=[each.value for each in Level], doc="1 is low, 2 is high.")
