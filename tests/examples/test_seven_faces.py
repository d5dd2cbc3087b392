"""A package with one resource file, an entry point and a hook has every face that a built-in resource has."""

import json
import sys
from importlib import import_module

import pytest
import yaml
from urllib3 import PoolManager

from connectapi import Client
from connectapi.testing import ConnectServer

#: Each line is checked by mypy --strict and basedpyright, and the types are those of the resource file.
PROGRAM = """
from datetime import datetime
from typing import Literal

from typing_extensions import assert_type

from connectapi import Client, User, Widget
from connectapi.query.relations import One
from connectapi.query.results import ResourceIterator, ResourceList

client = Client("demo")
widget = client.widgets.create("First", weight=2.5)
assert_type(widget, Widget)
assert_type(widget.colour, Literal["red", "green", "blue"])
assert_type(widget.weight, float | None)
assert_type(widget.made_time, datetime)
assert_type(widget.maker, One[User])
assert_type(widget.update(title="x"), Widget)
assert_type(client.widgets.get(colour="red"), ResourceList[Widget])
assert_type(client.widgets.count(), int)
assert_type(Widget.iter(client), ResourceIterator[Widget])
assert_type(Widget.get_one(client, widget_guid="g"), Widget)
assert_type(client.users.whoami(), User)
"""

#: The same by the stub that the plugin brings with it.
THEIRS = """
from typing_extensions import assert_type

from connectapi import Client, User
from connectapi.query.relations import One
from connect_widgets import Widget

widget = Widget.create(Client("demo"), "First")
assert_type(widget, Widget)
assert_type(widget.maker, One[User])
"""

#: Each line has one mistake.
WRONG = """
from connectapi import Client, Widget
client = Client("demo")
client.wigdets.get()
client.widgets.get(color="red")
Widget.create(client, title=7)
client.widgets.create("x").weihgt
"""


@pytest.fixture(scope="module")
def widgets(installed):
    return installed("widgets")


@pytest.fixture
def module(widgets, monkeypatch):
    """The plugin's module, to be passed: nothing is installed here."""
    monkeypatch.syspath_prepend(widgets.path)
    yield import_module("connect_widgets")
    del sys.modules["connect_widgets"]


def test_the_class_and_the_collection_are_there_under_every_name(widgets, tmp_path):
    done = widgets.python(
        "-c",
        "import connectapi, connectapi.resources, connect_widgets, pickle\n"
        "assert connectapi.Widget is connectapi.resources.Widget is connect_widgets.Widget\n"
        "assert 'Widget' in dir(connectapi) and 'Widget' in dir(connectapi.resources)\n"
        "made = connectapi.Widget(guid='g', colour='red')\n"
        "assert pickle.loads(pickle.dumps(made)) == made\n"
        "client = connectapi.Client('http://127.0.0.1:1', 'k')\n"
        "assert 'widgets' in dir(client)\n"
        "print(made, client.widgets)",
        folder=tmp_path,
    )

    assert done.out == (
        "guid='g' title=None colour='red' weight=None maker_guid=None made_time=None <WidgetCollection>\n"
    )


def test_an_embedded_server_answers_its_calls_and_no_other_server_does(module):
    with ConnectServer(plugins=[module], sample=False) as server, ConnectServer(sample=False) as other:
        with PoolManager() as pool:
            without_key = pool.request("GET", f"{server.url}/__api__/v1/widgets").status
            elsewhere = pool.request("GET", f"{other.url}/__api__/v1/widgets").status
        with Client(server.url, server.api_key, plugins=[module]) as client:
            made = client.widgets.create(title="First")
            answer = client.request("GET", "/v1/widgets").json()
            with pytest.raises(ValueError, match="title"):
                client.widgets.create(title="")
            again = client.request("POST", "/v1/widgets", json={"title": "Second", "colour": "blue"}).json()

    assert (without_key, elsewhere) == (401, 404)
    assert [each["guid"] for each in answer["results"]] == [made.guid]
    assert again["colour"] == "blue"


def test_tests_that_use_the_fixtures_have_its_endpoints(widgets, tmp_path):
    (tmp_path / "test_user.py").write_text(
        "def test_a_widget(connect_client):\n    assert connect_client.widgets.create(title='x').title == 'x'\n",
        encoding="utf-8",
    )
    done = widgets.python("-m", "pytest", "-q", "-p", "no:cacheprovider", folder=tmp_path)

    assert "1 passed" in done.out


def test_the_command_line_makes_lists_changes_and_deletes(widgets, tmp_path):
    demo = ["--server", "demo", "widgets"]
    made, listed, table = widgets.commands(
        [*demo, "create", "--title", "First", "--weight", "2.5", "--json"],
        [*demo, "list", "--colour", "red", "--json"],
        [*demo, "list"],
        folder=tmp_path,
    )
    widget = json.loads(made.out)

    assert (made.code, made.err) == (0, "")
    assert (widget["title"], widget["colour"], widget["weight"]) == ("First", "red", 2.5)
    assert [each["title"] for each in json.loads(listed.out)] == ["First"]
    assert table.out.split("\n")[0].split() == ["guid", "title", "colour", "made_time"]
    assert "First" in table.out


def test_the_command_line_knows_items_by_their_key(widgets, tmp_path):
    script = tmp_path / "script.sh"
    script.write_text(
        "set -eu\n"
        'key=$(widgets create --title First --json | "$PYTHON" -c "import json, sys; print(json.load(sys.stdin)[\'guid\'])")\n'
        'widgets update "$key" --colour green --json | grep -q \'"colour": "green"\'\n'
        'widgets show "$key" | grep -q green\n'
        'echo n | widgets delete "$key" >/dev/null 2>&1 || echo "kept: $?"\n'
        'widgets delete "$key" --yes\n'
        'widgets show "$key" 2>error || echo "gone: $?"\n'
        "cat error\n"
        "widgets list | head -0\n",
        encoding="utf-8",
    )
    shell = tmp_path / "shell.sh"
    shell.write_text(f'widgets() {{ "$PYTHON" -m connectapi widgets "$@"; }}\n. "{script}"\n', encoding="utf-8")
    words = ["-m", "connectapi", "serve", "--empty", "--", "sh", str(shell)]
    done = widgets.python(*words, folder=tmp_path, PYTHON=sys.executable)

    assert done.code == 0, done.err
    kept, deleted, gone, error = done.out.splitlines()
    assert (kept, deleted, gone) == ("kept: 130", "done", "gone: 1")
    assert error.startswith("error: GET /v1/widgets/")


def test_the_command_line_helps_and_refuses(widgets, tmp_path):
    everything, group, create, unnamed, unknown, empty = widgets.commands(
        ["--help"],
        ["widgets", "--help"],
        ["widgets", "create", "--help"],
        ["--server", "demo", "widgets", "create"],
        ["widgets", "paint"],
        ["--server", "demo", "widgets", "create", "--title", ""],
        folder=tmp_path,
    )

    assert "widgets" in everything.out
    assert {"list", "show", "create", "update", "delete"} <= set(group.out.split())
    assert "What it is painted with. Known values: red, green, blue." in " ".join(create.out.split())
    assert (unnamed.code, unknown.code, empty.code) == (2, 2, 2)
    assert "--title" in unnamed.err
    assert "widgets has no command 'paint'" in unknown.err
    assert "Widget.create() title" in empty.err


def test_its_stub_is_current_and_made_anew_where_it_is_not(installed, tmp_path):
    widgets = installed("widgets")
    file = widgets.path / "connect_widgets" / "__init__.pyi"
    text = file.read_text(encoding="utf-8")
    words = ["stubs", "--package", "widgets"]
    (current,) = widgets.commands([*words, "--check"], folder=tmp_path)
    file.write_text("old", encoding="utf-8")
    stale, made, known = widgets.commands(
        [*words, "--check"], words, ["stubs", "--package", "connect_widgets", "--check"], folder=tmp_path
    )

    assert (current.code, current.out, current.err) == (0, "", "")
    assert (stale.code, stale.err) == (1, f"{file}: not current\nrun: connectapi stubs --package widgets\n")
    assert (made.code, made.out, made.err) == (0, f"{file}\n", "")
    assert known.code == 0
    assert file.read_text(encoding="utf-8") == text


def checked(site, folder, *words):
    return site.python("-m", *words, folder=folder, MYPYPATH=f"typings:{site.path}")


def test_type_checkers_know_its_class_and_its_collection_in_a_program(widgets, tmp_path):
    pytest.importorskip("mypy")
    pytest.importorskip("basedpyright")
    made, current = widgets.commands(
        ["stubs", "--to", "typings"], ["stubs", "--to", "typings", "--check"], folder=tmp_path
    )
    for name, text in (("program.py", PROGRAM), ("theirs.py", THEIRS), ("wrong.py", WRONG)):
        (tmp_path / name).write_text(text, encoding="utf-8")
    settings = {"extraPaths": [str(widgets.path)], "typeCheckingMode": "standard", "pythonVersion": "3.10"}
    (tmp_path / "pyrightconfig.json").write_text(json.dumps(settings), encoding="utf-8")
    mypy = checked(widgets, tmp_path, "mypy", "--strict", "program.py", "theirs.py", "wrong.py")
    pyright = checked(widgets, tmp_path, "basedpyright", "--pythonpath", sys.executable, "--outputjson")
    told = json.loads(pyright.out)["generalDiagnostics"]

    assert (made.code, current.code) == (0, 0)
    assert [line.rpartition("[")[2] for line in mypy.out.splitlines() if ": error:" in line] == [
        "attr-defined]",
        "call-arg]",
        "arg-type]",
        "attr-defined]",
    ]
    assert all(line.startswith("wrong.py:") for line in mypy.out.splitlines()[:-1])
    errors = [each for each in told if each["severity"] == "error"]
    assert sorted((each["file"].rpartition("/")[2], each["range"]["start"]["line"]) for each in errors) == [
        ("wrong.py", 3),
        ("wrong.py", 4),
        ("wrong.py", 5),
        ("wrong.py", 6),
    ]


def test_its_reference_has_a_page_for_each_resource_and_leaves_others_pages_alone(widgets, tmp_path):
    pages = tmp_path / "docs" / "api"
    words = ["reference", "--package", "widgets", "--to", "docs/api"]
    widgets.commands(words, folder=tmp_path)
    (pages / "intro.md").write_text("by hand", encoding="utf-8")
    (pages / "gadget.md").write_text((pages / "widget.md").read_text(encoding="utf-8"), encoding="utf-8")
    stale, made, current = widgets.commands([*words, "--check"], words, [*words, "--check"], folder=tmp_path)
    page = (pages / "widget.md").read_text(encoding="utf-8")

    assert (stale.code, made.code, current.code) == (1, 0, 0)
    assert sorted(each.name for each in pages.iterdir()) == ["index.md", "intro.md", "widget.md"]
    assert "| `colour` | str |  | always | What it is painted with. Known values: `red`, `green`, `blue`. |" in page
    assert "- `connectapi widgets create --title TITLE`" in page
    assert "the `User` of `maker_guid`" in page
    assert "[Widget](widget.md)" in (pages / "index.md").read_text(encoding="utf-8")


def test_its_contract_is_drafted_and_holds_what_is_declared(widgets, tmp_path):
    drafted, checked_, plain, again = widgets.commands(
        ["contract", "draft", "--package", "widgets", "--to", "widgets.yaml"],
        ["contract", "check", "widgets.yaml", "--package", "widgets", "--json"],
        ["contract", "draft", "--package", "widgets"],
        ["contract", "draft", "--package", "widgets", "--to", "widgets.yaml"],
        folder=tmp_path,
    )
    document = yaml.safe_load((tmp_path / "widgets.yaml").read_text(encoding="utf-8"))
    report = json.loads(checked_.out)

    assert drafted.code == 0, drafted.err
    assert document["info"] == {"title": "connect-widgets", "version": "1.0"}
    assert sorted(document["paths"]) == ["/v1/widgets", "/v1/widgets/{widget_guid}"]
    assert {"Widget"} <= set(document["components"]["schemas"])
    assert report["operations"] == {"contract": 5, "declared": 5}
    assert report["unexplained"] == []
    assert yaml.safe_load(plain.out) == document
    assert (again.code, "is there already" in again.err) == (2, True)


def test_what_the_contract_says_otherwise_is_found_for_the_plugin_alone(widgets, tmp_path):
    (document,) = widgets.commands(["contract", "draft", "--package", "widgets"], folder=tmp_path)
    changed = yaml.safe_load(document.out)
    changed["components"]["schemas"]["Widget"]["properties"]["weight"] = {"type": "string"}
    (tmp_path / "changed.json").write_text(json.dumps(changed), encoding="utf-8")
    (done,) = widgets.commands(["contract", "check", "changed.json", "--package", "widgets", "--json"], folder=tmp_path)

    assert done.code == 1
    assert {each["schema"] for each in json.loads(done.out)["unexplained"]} == {"Widget.weight"}


def test_from_the_contract_a_resource_file_can_be_drafted_where_the_plugin_is_not(widgets, tmp_path):
    widgets.commands(["contract", "draft", "--package", "widgets", "--to", "widgets.json"], folder=tmp_path)
    words = ["contract", "draft", "widgets.json", "--tag", "Widget"]
    (there,), (drafted,) = (
        widgets.commands(words, folder=tmp_path),
        widgets.commands(words, folder=tmp_path, CONNECTAPI_DISABLE_PLUGINS="*"),
    )
    resource = yaml.safe_load(drafted.out)

    assert "nothing to draft" in there.err
    assert (resource["name"], resource["path"], resource["key"]) == ("Widget", "/v1/widgets", "guid")
    assert set(resource["methods"]) == {"get", "get_one", "create", "update", "delete"}


def test_a_plugin_that_is_switched_off_has_no_face(widgets, tmp_path):
    off = {"CONNECTAPI_DISABLE_PLUGINS": "widgets"}
    python = widgets.python(
        "-c",
        "import connectapi\n"
        "from connectapi.testing import ConnectServer\n"
        "client = connectapi.Client('demo')\n"
        "print('Widget' in dir(connectapi), 'widgets' in dir(client), hasattr(client, 'widgets'))\n"
        "print(client.request('GET', '/v1/users').status)\n"
        "try: client.request('GET', '/v1/widgets')\n"
        "except connectapi.NotFoundError as error: print(error.status)\n"
        "try: from connect_widgets import Widget\n"
        "except ImportError: print('no class')",
        folder=tmp_path,
        **off,
    )
    command, stubs, reference, contract, program, listed = widgets.commands(
        ["widgets", "list"],
        ["stubs", "--package", "widgets"],
        ["reference", "--package", "widgets", "--to", "pages"],
        ["contract", "draft", "--package", "widgets"],
        ["stubs", "--to", "typings"],
        ["plugins", "list", "--json"],
        folder=tmp_path,
        **off,
    )

    assert python.out == "False False False\n200\n404\nno class\n"
    assert (command.code, "no collection is called 'widgets'" in command.err) == (2, True)
    for each in (stubs, reference, contract):
        assert (each.code, "the plugin 'widgets' is switched off" in each.err) == (1, True)
    assert program.code == 0
    assert "Widget" not in (tmp_path / "typings" / "connectapi" / "resources.pyi").read_text(encoding="utf-8")
    assert [each["state"] for each in json.loads(listed.out) if each["name"] == "widgets"] == ["off"]
