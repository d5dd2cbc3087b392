"""Every resource has all its faces: whatever a file in `resources/` declares is everywhere, and nothing lists it."""

import ast
from pathlib import Path

import pytest
from click.testing import CliRunner
from urllib3 import PoolManager

import connectapi
from connectapi import Client
from connectapi.cli.main import cli
from connectapi.cli.others import command_name
from connectapi.resources import default_catalog
from connectapi.spec.index import Folder, SpecIndex, builtin_folder
from connectapi.testing import ConnectServer

ROOT = Path(__file__).parents[1]
SPECS = list(SpecIndex((Folder(builtin_folder()),)).specs())
CALLS = [(spec, name, operation) for spec in SPECS for name, operation in spec.operations().items()]

each_resource = pytest.mark.parametrize("spec", [pytest.param(spec, id=spec.name) for spec in SPECS])
each_call = pytest.mark.parametrize(
    ("spec", "name", "operation"), [pytest.param(*call, id=f"{call[0].name}.{call[1]}") for call in CALLS]
)


@pytest.fixture(scope="module")
def client():
    """A client of a server that is not there: what is looked at here sends nothing."""
    with Client("http://127.0.0.1:1", "0123456789abcdef0123456789abcdef") as made:
        yield made


@pytest.fixture(scope="module")
def stubs():
    """The classes of the stub file: name → names of its members."""
    tree = ast.parse((ROOT / "connectapi" / "resources.pyi").read_text(encoding="utf-8"))
    return {node.name: set(members(node)) for node in tree.body if isinstance(node, ast.ClassDef)}


@pytest.fixture(scope="module")
def server():
    with ConnectServer(sample=False) as running:
        yield running


def members(node):
    for each in node.body:
        if isinstance(each, ast.FunctionDef):
            yield each.name
        elif isinstance(each, ast.AnnAssign):
            yield each.target.id


def methods(spec):
    """The methods that a class has for its calls."""
    more = {"get": ("iter", "count"), "get_one": ("refresh",)}
    for name, operation in spec.operations().items():
        yield name
        yield from more.get(name, ()) if name == "get" or spec.of_item(operation) else ()


def page(spec):
    return (ROOT / "docs" / "reference" / f"{spec.snake}.md").read_text(encoding="utf-8")


def test_there_are_resources():
    assert len(SPECS) > 30
    assert len(CALLS) > 150


@each_resource
def test_its_class_can_be_imported(spec):
    cls = getattr(connectapi, spec.name)

    assert cls is default_catalog().record(spec.name)
    assert cls.__doc__.startswith(spec.doc)
    assert {*spec.fields, *spec.relations, *methods(spec)} <= set(dir(cls))
    assert all(getattr(connectapi, name).__name__ == name for name in spec.types)
    assert {spec.name, *spec.types} <= set(dir(connectapi))


@each_resource
def test_its_collection_hangs_on_the_client(spec, client):
    collection = getattr(client, spec.collection)

    assert type(collection).__name__ == f"{spec.name}Collection"
    assert set(methods(spec)) - {"refresh"} <= set(dir(collection))
    assert spec.collection in dir(client)


@each_resource
def test_its_group_is_on_the_command_line(spec):
    done = CliRunner().invoke(cli, [spec.collection.replace("_", "-"), "--help"])
    commands = {line.split()[0] for line in done.output.partition("Commands:\n")[2].splitlines() if line.strip()}

    assert done.exit_code == 0
    assert {*map(command_name, spec.operations()), *spec.commands} <= commands


@each_call
def test_every_call_is_a_command(spec, name, operation):
    done = CliRunner().invoke(cli, [spec.collection.replace("_", "-"), command_name(name), "--help"])

    assert done.exit_code == 0
    assert operation.call in " ".join(done.output.split())


@each_resource
def test_its_stub_tells_editors_of_it(spec, stubs):
    package = (ROOT / "connectapi" / "__init__.pyi").read_text(encoding="utf-8")

    assert {*spec.fields, *spec.relations, *methods(spec)} <= stubs[spec.name]
    assert set(methods(spec)) - {"refresh"} <= stubs[f"{spec.name}Collection"]
    assert spec.collection in stubs["Collections"]
    assert all(set(each.fields) <= stubs[name] for name, each in spec.types.items())
    assert all(f"    {name} as {name},\n" in package for name in (spec.name, *spec.types))


@each_resource
def test_its_page_is_in_the_reference(spec):
    text = page(spec)
    contents = (ROOT / "docs" / "reference" / "index.md").read_text(encoding="utf-8")

    assert f"# {spec.name}\n" in text
    assert all(f"### {name}\n" in text for name in (*spec.operations(), *spec.types))
    assert all(f"| `{name}` |" in text for name in (*spec.fields, *spec.relations))
    assert all(f"`{operation.call}`" in text for operation in spec.operations().values())
    assert f"[{spec.name}]({spec.snake}.md)" in contents


@each_call
def test_every_call_is_an_endpoint_of_the_embedded_server(spec, name, operation, server):
    path = operation.path
    for placeholder in operation.placeholders:
        path = path.replace(f"{{{placeholder}}}", "x")
    with PoolManager() as pool:
        answer = pool.request(operation.verb, f"{server.url}/__api__{path}")

    assert (spec.name, name) not in server.unanswered
    if operation.role == "anonymous":
        assert answer.status not in {405, 501}
        assert "This server has nothing at" not in answer.data.decode()
    else:
        # It is known, since only then is a key asked for.
        assert answer.status == 401


def test_what_is_not_declared_is_no_endpoint(server):
    with PoolManager() as pool:
        answer = pool.request("GET", f"{server.url}/__api__/v1/nothing")

    assert answer.status == 404
    assert "This server has nothing at" in answer.data.decode()


def test_no_resource_is_named_in_the_code_that_makes_the_faces():
    """The readers of declarations know the words of the format, and none of the resources."""
    own = {"Client", "Record", "Collection", "Collections", "Task"}  # a task is waited for, whatever made it
    names = {spec.name for spec in SPECS} - own
    generic = [*(ROOT / "connectapi").glob("generate/*.py"), *(ROOT / "connectapi").glob("cli/[!p]*.py")]
    generic += [*(ROOT / "connectapi").glob("resource/*.py"), *(ROOT / "connectapi").glob("spec/*.py")]
    for file in generic:
        texts = [n.value for n in ast.walk(ast.parse(file.read_text(encoding="utf-8"))) if isinstance(n, ast.Constant)]
        assert not names.intersection(each for each in texts if isinstance(each, str)), file
