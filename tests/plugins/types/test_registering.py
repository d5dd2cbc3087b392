"""What is no type, and what two plugins add, is refused by name."""

import json

import pytest

from connectapi import Client, PluginError, SpecError
from connectapi.plugins.manager import installed_plugins
from connectapi.resources import catalog_of
from connectapi.testing import ConnectServer
from tests.plugins.types.bills import EUR, SHORT, Level, Money, Span


def test_two_plugins_with_one_type_are_refused_by_a_client_by_a_server_and_in_the_list(plugin, installed):
    plugins = [plugin(name, register_types=lambda register: register("money", Money)) for name in ("One", "Two")]
    reason = (
        "plugin 'Two': registers the type 'money', which the plugin 'One' registers already; switch one of them off"
    )

    with pytest.raises(PluginError) as refused:
        Client("http://127.0.0.1:1", "k", plugins=plugins)
    assert str(refused.value) == reason
    with pytest.raises(PluginError, match=r"'Two'.*'One'"):
        ConnectServer(plugins=plugins)
    for name in ("connect_one", "connect_two"):
        installed(
            name,
            "from connectapi import hookimpl\n@hookimpl\ndef register_types(register):\n    register('money', complex)\n",
        )
    told = json.loads(installed.run("", words=["plugins", "list", "--json"]).stdout)
    states = {each["name"]: each["state"] for each in told}
    assert states["connect_one"] == "on"
    assert states["connect_two"].startswith("clashes: registers the type 'money', which the plugin 'connect_one'")
    assert "plugin 'connect_two'" in installed.run("from connectapi import Content").stderr.splitlines()[-1]


@pytest.mark.parametrize(
    ("given", "said", "reason"),
    [
        (("str", Money), {}, "the type 'str' is built in"),
        (("Money", Money), {}, "'Money': a type is a word in lower case"),
        (("list", Money), {}, "'list': a type is a word in lower case"),
        (("money", "Money"), {}, "money: expected the class of its values, found 'Money'"),
        (("money", Money), {"json": "strr"}, r"money: 'strr' is not a type of JSON \(did you mean 'str'\?\)"),
        (("money", Money), {"json": "file"}, "money: 'file' is not a type of JSON"),
        (("money", Money), {"json": "str | null"}, "money: 'str | null' is not a type of JSON"),
        (("money", Money), {"pattern": "("}, "unterminated subpattern"),
        (("money", Money), {"cell": str}, "money: a 'cell' goes into a 'column'; give both"),
        (("money", Money), {"strcture": str}, "unexpected keyword argument 'strcture'"),
    ],
)
def test_what_is_no_type_names_its_plugin(plugin, given, said, reason):
    mine = plugin("Mine", register_types=lambda register: register(*given, **said))

    with pytest.raises(PluginError, match=rf"plugin 'Mine': its register_types failed with .*{reason}"):
        Client("http://127.0.0.1:1", "k", plugins=[mine])


def test_a_type_that_no_plugin_adds_any_more_is_told(money, plugin, tmp_path):
    for _ in range(2):  # the second time, the file is read as it was kept
        catalog_of(installed_plugins().joined([money, plugin("L", register_types=_levels)])).record("Bill")
    alone = plugin("Alone", register_resources=lambda register: register(tmp_path / "bills"))

    with pytest.raises(SpecError, match=r"bill\.yaml: no plugin adds the type 'money'|unknown type 'money'"):
        Client("http://127.0.0.1:1", "k", plugins=[alone])


def _levels(register):
    register("level", Level, json="int")
    register("span", Span, json="json")


@pytest.mark.parametrize(
    ("unstructure", "reason"),
    [
        (lambda value: 1 / 0, "can't make JSON of a value of its type 'money': ZeroDivisionError"),
        (lambda value: 7, "the JSON of a value of its type 'money': expected text, found int"),
    ],
)
def test_a_type_that_can_t_be_made_json_names_its_plugin(answers, plugin, tmp_path, unstructure, reason):
    (tmp_path / "bill.yaml").write_text(SHORT, encoding="utf-8")
    mine = plugin(
        "Mine",
        register_resources=lambda register: register(tmp_path),
        register_types=lambda register: register("money", Money, structure=Money.parse, unstructure=unstructure),
    )

    with Client(answers.url, "k", plugins=[mine]) as client, pytest.raises(PluginError, match=f"'Mine': {reason}"):
        client.bills.create(total=EUR)
    assert answers.asked == []
