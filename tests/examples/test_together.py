"""Examples that are installed side by side work with each other."""

import json
import os

import attrs
import pytest


@pytest.fixture(scope="module")
def together(installed):
    """Several examples in one environment."""
    names = ("widgets", "csv", "gateway", "tracing", "nightly")
    return attrs.evolve(installed(names[0]), path=os.pathsep.join(str(installed(name).path) for name in names))


def test_the_format_of_one_plugin_prints_the_resources_of_another(together, tmp_path):
    demo = ["--server", "demo", "widgets"]
    _, listed, plugins = together.commands(
        [*demo, "create", "--title", "First", "--colour", "blue"],
        [*demo, "list", "--format", "csv"],
        ["plugins", "list", "--json"],
        folder=tmp_path,
    )
    head, row = listed.out.splitlines()

    assert head == "guid,title,colour,weight,maker_guid,made_time"
    assert row.split(",")[1:3] == ["First", "blue"]
    states = {each["name"]: each["state"] for each in json.loads(plugins.out)}
    assert {name: states[name] for name in ("widgets", "csv", "gateway", "tracing", "nightly")} == dict.fromkeys(
        ("widgets", "csv", "gateway", "tracing", "nightly"), "on"
    )


def test_one_can_be_switched_off_and_the_others_stay(together, tmp_path):
    refused, listed = together.commands(
        ["--server", "demo", "widgets", "list", "--format", "csv"],
        ["--server", "demo", "widgets", "list", "--json"],
        folder=tmp_path,
        CONNECTAPI_DISABLE_PLUGINS="csv, tracing",
    )

    assert (refused.code, "'csv' is not one of" in refused.err) == (2, True)
    assert (listed.code, json.loads(listed.out)) == (0, [])


def test_a_call_goes_through_the_hooks_of_all_and_their_log_shows_no_key(together, tmp_path):
    done = together.python(
        "-W",
        "error",
        "-c",
        "import logging\n"
        "logging.basicConfig(format='%(message)s')\n"
        "logging.getLogger('connect_tracing').setLevel('INFO')\n"
        "import connect_widgets\n"
        "from connectapi import Client\n"
        "from connectapi.testing import ConnectServer\n"
        "with ConnectServer(plugins=[connect_widgets]) as server, Client(server.url, server.api_key) as client:\n"
        "    client.widgets.create(title='First')\n"
        "    seen = server.requests[-1]\n"
        "    print(seen.status, seen.headers['X-Gateway'], seen.headers['Traceparent'], client.widgets.count())",
        folder=tmp_path,
    )
    assert done.code == 0, done.err
    status, key, parent, count = done.out.split()

    assert (status, count) == ("200", "1")
    assert done.err.splitlines()[0] == f"POST /v1/widgets 200 {parent}"
    assert key not in done.err


def test_what_extends_a_type_is_in_the_stubs_of_a_program_and_has_none_of_its_own(installed, tmp_path):
    (own,) = installed("links").commands(["stubs", "--package", "links"], folder=tmp_path)
    (program,) = installed("costs").commands(["stubs", "--to", "typings"], folder=tmp_path)

    assert own.code == 1
    assert own.err == (
        "error: the plugin 'links' declares no resource of its own; what extends others' types is in the stubs of a "
        "program: connectapi stubs --to DIR\n"
    )
    assert program.code == 0
    assert "cost_centre_guid: str | None" in (tmp_path / "typings" / "connectapi" / "resources.pyi").read_text("utf-8")


def test_a_module_that_does_not_give_its_classes_is_told_how(installed, tmp_path):
    paint = installed("paint")
    (done,) = paint.commands(["stubs", "--package", "paint"], folder=tmp_path)
    stub = (paint.path / "connect_paint" / "__init__.pyi").read_text(encoding="utf-8")

    assert done.code == 0
    assert done.err == (
        "connect_paint.Wall: not there at run time; add to connect_paint: "
        "from connectapi.resources import class_named; __getattr__ = class_named\n"
    )
    assert "class Wall(Record):" in stub
    assert "def paint(call):" in stub, "what else the module has is not hidden"


@pytest.mark.parametrize("words", [["stubs"], ["stubs", "--package", "x", "--to", "y"]])
def test_stubs_are_for_a_plugin_or_for_a_program(words, command_line):
    done = command_line(*words)

    assert done.returncode == 2
    assert "give either --package, for a plugin of yours, or --to, for a program" in done.stderr


def test_a_folder_that_can_t_be_written_is_named(command_line, tmp_path):
    (tmp_path / "file").write_text("", encoding="utf-8")
    done = command_line("stubs", "--to", str(tmp_path / "file" / "typings"))

    assert done.returncode == 2
    assert f"{tmp_path / 'file'}" in done.stderr
    assert "can't be written" in done.stderr


@pytest.mark.parametrize("words", [["--tag", "x", "--package", "y"], ["file.yaml", "--package", "y"], []])
def test_a_draft_is_of_a_document_or_of_a_plugin(words, command_line):
    done = command_line("contract", "draft", *words)

    assert done.returncode == 2
    assert "give either --tag, with a document, or --package" in done.stderr


def test_types_of_values_are_in_the_stub_the_reference_and_the_contract(installed, tmp_path):
    bills = installed("bills")
    words = [
        ["stubs", "--package", "bills"],
        ["reference", "--package", "bills", "--to", "pages"],
        ["contract", "draft", "--package", "bills", "--to", "bills.yaml"],
        ["contract", "check", "bills.yaml", "--package", "bills"],
    ]
    done = bills.commands(*words, folder=tmp_path)
    document = (tmp_path / "bills.yaml").read_text(encoding="utf-8")

    assert [each.code for each in done] == [0, 0, 0, 0]
    assert "total: connect_bills.money.Money" in (bills.path / "connect_bills" / "__init__.pyi").read_text("utf-8")
    assert "| `total` | money | always |" in (tmp_path / "pages" / "bill.md").read_text(encoding="utf-8")
    assert "format: money" in document
