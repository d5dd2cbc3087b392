import pytest

from connectapi import Client
from connectapi.plugins.manager import installed_plugins
from connectapi.resources import catalog_of
from connectapi.testing import ConnectServer
from tests.plugins.types.bills import BILL, Level, Money, Span


@pytest.fixture
def money(tmp_path, plugin):
    """A plugin with a type for text, and a resource that has it."""
    (tmp_path / "bills").mkdir()
    (tmp_path / "bills" / "bill.yaml").write_text(BILL, encoding="utf-8")

    def types(register):
        register(
            "money",
            Money,
            structure=Money.parse,
            unstructure=str,
            pattern=r"-?\d+(\.\d+)? [A-Z]{3}",
            doc="An amount, such as 12.50 EUR.",
            column=lambda pa: pa.decimal128(12, 2),
            cell=lambda value: value.amount,
        )

    return plugin("Bills", register_resources=lambda register: register(tmp_path / "bills"), register_types=types)


@pytest.fixture
def levels(plugin):
    """A plugin with types that are left to cattrs: of a number, and of an object."""

    def types(register):
        register("level", Level, json="int", values=[1, 2], doc="Low or high.")
        register("span", Span, json="json", format="date-span")

    return plugin("Levels", register_types=types)


@pytest.fixture
def both(money, levels):
    return [money, levels]


@pytest.fixture
def client(both):
    with (
        ConnectServer(plugins=both, sample=False) as server,
        Client(server.url, server.api_key, plugins=both) as client,
    ):
        yield client


@pytest.fixture
def scripted(answers, both):
    with Client(answers.url, "k", plugins=both) as client:
        yield client


@pytest.fixture
def index(both):
    return catalog_of(installed_plugins().joined(both)).index
