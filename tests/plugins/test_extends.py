"""Two plugins that extend built-in content, in every face of it."""

import json
import sys

import attrs
import pytest

from connectapi import Client, PluginError, SpecError
from connectapi.codec.decode import Reader
from connectapi.generate.reference import reference_pages
from connectapi.generate.stubs import resources_stub
from connectapi.plugins.manager import installed_plugins
from connectapi.resources import catalog_of
from connectapi.testing import ConnectServer
from connectapi.testing.generic import answered

COSTS = """\
extends: Content
fields:
  cost_centre: {type: str | null, write: always, max: 8, doc: "Who pays for it."}
  reviewed_time: {type: datetime | null, doc: "When its costs were last looked at."}
  budget: {type: ContentBudget | null, write: update, doc: "What it may cost."}
types:
  ContentBudget:
    doc: "What content may cost."
    fields: {amount: int, currency: str}
params:
  get: {cost_centre: {type: str, doc: "Who pays."}}
actions:
  review: {call: "POST /v1/content/{content_guid}/review", returns: Content, doc: "Look at its costs."}
mixin: extending_mixins:Costs
"""

TEAMS = """\
name: Team
collection: teams
path: /v1/teams
key: guid
doc: "A team."
fields: {guid: guid, name: {type: str, write: always}}
methods: {get: {page: offset}, get_one: {}, create: {}}
---
extends: Content
fields:
  team_guid: {type: guid | null, write: always, doc: "The team that looks after it."}
relations:
  team: {one: Team, by: team_guid}
mixin: extending_mixins:Teams
"""

MIXINS = """\
class Shared:
    __slots__ = ()

    def hello(self):
        return "hello"


class Costs(Shared):
    __slots__ = ()

    @property
    def expensive(self):
        return self.budget is not None and self.budget.amount > 100

    def _said(self):
        return "costs"


class Teams(Shared):
    __slots__ = ()

    def said(self):
        return f"teams before {super()._said()}"

    def _said(self):
        return f"teams {super()._said()}"


class Again:
    __slots__ = ()
    expensive = True


class Publishing:
    __slots__ = ()

    def publish(self):
        return None


class Counting:
    __slots__ = ()

    def count(self):
        return None


class Titled:
    __slots__ = ()
    title = "x"


class Slotted:
    pass


class Inherits(Slotted):
    __slots__ = ()
"""


@pytest.fixture
def extending(tmp_path, plugin, monkeypatch):
    """Make a plugin whose folder has one file of this text."""
    (tmp_path / "extending_mixins.py").write_text(MIXINS, encoding="utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.delitem(sys.modules, "extending_mixins", raising=False)

    def make(name, text, **hooks):
        folder = tmp_path / name
        folder.mkdir()
        (folder / f"{name.lower()}.yaml").write_text(text, encoding="utf-8")
        return plugin(name, register_resources=lambda register: register(folder), **hooks)

    return make


@pytest.fixture
def both(extending):
    def review(call):
        call.item()
        changed = call.records.change(call.kind, call.key, {"reviewed_time": "2026-01-02T03:04:05Z"}, call.scope_or_any)
        return answered(call, changed)

    answers = {"register_handlers": lambda register: register(review, "Content", "review")}
    return [extending("Costs", COSTS, **answers), extending("Teams", TEAMS)]


@pytest.fixture
def client(both):
    with (
        ConnectServer(plugins=both, sample=False) as server,
        Client(server.url, server.api_key, plugins=both) as client,
    ):
        yield client


def catalog(*plugins):
    return catalog_of(installed_plugins().joined(plugins))


def test_new_fields_stand_after_the_own_ones_in_the_order_of_the_plugins(client):
    content = client.content.create(name="report", cost_centre="X1")
    names = [each.name for each in attrs.fields(type(content))]

    assert names[0] == "guid"
    assert names[-4:] == ["cost_centre", "reviewed_time", "budget", "team_guid"]
    assert list(content.dict()) == names
    assert str(content).endswith("cost_centre='X1' reviewed_time=None budget=None team_guid=None")
    assert "cost_centre (str | null): Who pays for it." in type(content).__doc__


def test_new_fields_are_sent_kept_and_answered(client):
    content = client.content.create(name="report", cost_centre="X1")
    content.budget = {"amount": 200, "currency": "EUR"}
    content.update(cost_centre="X2")
    found = client.content.get_one(content.guid)

    assert (found.cost_centre, found.budget.amount, found.budget.currency) == ("X2", 200, "EUR")
    assert [each.name for each in client.content.get(cost_centre="X2")] == ["report"]
    assert client.content.get(cost_centre="X1") == []
    with pytest.raises(ValueError, match="has 9 characters; 8 is the most"):
        content.cost_centre = "X" * 9
    with pytest.raises(AttributeError, match="reviewed_time is set by the server alone"):
        content.reviewed_time = None


def test_a_list_of_extended_records_is_read_by_the_fast_road(client, monkeypatch):
    readers = []
    read = Reader.read
    monkeypatch.setattr(Reader, "read", lambda self, *given: readers.append(self) or read(self, *given))
    for number in range(3):
        client.content.create(name=f"report-{number}", cost_centre="X1")
    listed = client.content.get()

    assert [each.cost_centre for each in listed] == ["X1"] * 3
    assert [each.extra for each in listed] == [{}] * 3
    assert client.content.get_one(listed[0].guid) == listed[0]
    assert readers
    assert sum(reader.lenient for reader in readers) == 0


def test_new_actions_relations_and_methods_are_those_of_the_record(client):
    team = client.teams.create(name="Data")
    content = client.content.create(name="report", team_guid=team.guid)

    assert content.review().reviewed_time.year == 2026
    assert client.content.review(content.guid).guid == content.guid
    assert content.team.get().name == "Data"
    assert content.expensive is False
    assert content.hello() == "hello"


def test_the_mixin_that_was_added_last_comes_first(client):
    content = client.content.create(name="report")

    assert [each.__name__ for each in type(content).__mro__[1:5]] == ["Teams", "Costs", "Shared", "ContentMixin"]
    assert content.said() == "teams before costs"
    assert content._said() == "teams costs"


def test_the_content_of_other_clients_is_as_it_was(client):
    with Client(client.connect_server, client.connect_api_key.reveal()) as other:
        assert not hasattr(other.content.create(name="x"), "cost_centre")
        with pytest.raises(TypeError, match="no argument 'cost_centre'"):
            other.content.create(name="y", cost_centre="X1")


def test_an_extended_type_is_in_the_stubs_and_the_reference(both):
    index = catalog(*both).index
    stub = resources_stub(index)
    page = reference_pages(index)["content.md"]

    assert "class Content(extending_mixins.Teams, extending_mixins.Costs, ContentMixin, Record):" in stub
    assert "\nimport extending_mixins\n" in stub
    assert "class ContentBudget(Record):" in stub
    assert "def review(self) -> Content:" in stub
    assert "def team(self) -> One[Team]:" in stub
    assert "| `cost_centre` |" in page
    assert "connectapi content review" in page
    assert "from `Costs` in `extending_mixins`" in page


def test_an_extended_type_is_on_the_command_line(command_line, installed):
    folder = installed(
        "connect_costs",
        """
        from pathlib import Path
        from connectapi import hookimpl

        @hookimpl
        def register_resources(register):
            register(Path(__file__).parent / "costs_specs")
        """,
    )
    (folder / "extending_mixins.py").write_text(MIXINS, encoding="utf-8")
    (folder / "costs_specs").mkdir()
    (folder / "costs_specs" / "costs.yaml").write_text(COSTS, encoding="utf-8")
    made = installed.run(
        "", words=["--server", "demo", "content", "create", "--name", "report", "--cost-centre", "X1", "--json"]
    )
    told = installed.run("", words=["plugins", "list", "--json"])

    assert json.loads(made.stdout)["cost_centre"] == "X1"
    assert "review" in installed.run("", words=["content", "--help"]).stdout
    assert [each["extends"] for each in json.loads(told.stdout) if each["name"] == "connect_costs"] == [["Content"]]
    assert "more of Content" in installed.run("", words=["plugins", "list"], COLUMNS="200").stdout
    pickled = installed.run(
        "import pickle; from connectapi import Content; print(pickle.loads(pickle.dumps(Content(cost_centre='X'))))"
    )
    assert "cost_centre='X'" in pickled.stdout


def test_installed_plugins_that_clash_are_both_named_where_they_are_listed_and_where_they_are_used(installed):
    for name in ("connect_one", "connect_two"):
        folder = installed(
            name,
            f"""
            from pathlib import Path
            from connectapi import hookimpl

            @hookimpl
            def register_resources(register):
                register(Path(__file__).parent / "{name}_specs")
            """,
        )
        (folder / f"{name}_specs").mkdir()
        (folder / f"{name}_specs" / "more.yaml").write_text("extends: Content\nfields: {cost: int}\n", encoding="utf-8")
    told = json.loads(installed.run("", words=["plugins", "list", "--json"]).stdout)
    states = {each["name"]: each["state"] for each in told}
    used = installed.run("from connectapi import Content")
    alone = installed.run(
        "from connectapi import Content; print('cost' in dir(Content))", CONNECTAPI_DISABLE_PLUGINS="connect_two"
    )

    assert states["connect_one"] == "on"
    assert states["connect_two"].startswith("clashes: more.yaml extends Content with the field 'cost'")
    assert "'connect_one'" in states["connect_two"]
    assert "plugin 'connect_two': more.yaml" in used.stderr.splitlines()[-1]
    assert "'connect_one'" in used.stderr.splitlines()[-1]
    assert alone.stdout.strip() == "True"


@pytest.mark.parametrize(
    ("one", "two", "said"),
    [
        ("extends: Content\nfields: {cost: int}\n", "extends: Content\nfields: {cost: int}\n", "the field 'cost'"),
        ("name: Cost\ndoc: x\n", "name: Cost\ndoc: x\n", "declares the class Cost"),
        ("name: A\ndoc: x\ntypes: {T: {a: int}}\n", "extends: Content\ntypes: {T: {a: int}}\n", "the class T"),
        ("name: A\ncollection: x\ndoc: x\n", "name: B\ncollection: x\ndoc: x\n", "declares client.x"),
        (
            "name: A\ndoc: x\nactions: {a: {call: GET /v1/zz}}\n",
            "extends: Content\nactions: {b: {call: GET /v1/zz}}\n",
            "Content.b is GET /v1/zz, and so is A.a",
        ),
    ],
)
def test_plugins_that_clash_are_refused_by_a_client_and_by_a_server(extending, one, two, said):
    plugins = [extending("One", one), extending("Two", two)]

    with pytest.raises(PluginError, match=rf"plugin 'Two'.*{said}.*'One'"):
        Client("http://127.0.0.1:1", "k", plugins=plugins)
    with pytest.raises(PluginError, match=rf"plugin 'Two'.*{said}.*'One'"):
        ConnectServer(plugins=plugins).start()


@pytest.mark.parametrize(
    ("mixin", "reason"),
    [
        ("Again", r"its mixin Again \(two\.yaml\) gives Content 'expensive', which the mixin of the plugin 'One' has"),
        ("Publishing", r"gives Content 'publish', which is there already"),
        ("Counting", r"gives Content 'count', which is there already"),
        ("Titled", r"gives Content 'title', which is there already"),
        ("Slotted", r"two\.yaml: mixin: 'extending_mixins:Slotted' must be a class with `__slots__ = \(\)`"),
        ("Inherits", r"must be a class with `__slots__ = \(\)`, and so must what it derives from"),
        ("Nowhere", r"two\.yaml: mixin: can't find 'extending_mixins:Nowhere'"),
    ],
)
def test_a_mixin_that_does_not_fit_names_its_plugin(extending, mixin, reason):
    one = extending("One", "extends: Content\nfields: {budget: json}\nmixin: extending_mixins:Costs\n")
    two = extending("Two", f"extends: Content\nmixin: extending_mixins:{mixin}\n")

    with pytest.raises(PluginError, match=rf"plugin 'Two': .*{reason}"):
        catalog(one, two).record("Content")


def test_mixins_that_no_class_can_derive_from_together_are_named(extending):
    one = extending("One", "extends: Content\nmixin: extending_mixins:Shared\n")
    two = extending("Two", "extends: Content\nmixin: extending_mixins:Shared\n")

    with pytest.raises(PluginError, match=r"plugin 'Two': no Content can derive from all of its mixins: Shared \(two"):
        catalog(one, two).record("Content")


def test_a_field_that_is_called_like_a_method_of_the_type_names_its_plugin(extending):
    one = extending("One", "extends: Content\nfields: {publish: str}\n")

    with pytest.raises(PluginError, match=r"plugin 'One': one\.yaml extends Content with 'publish', which is a method"):
        catalog(one).record("Content")


def test_a_wrong_file_is_told_when_the_client_is_made(extending):
    with pytest.raises(SpecError, match=r"one\.yaml:2: fields\.a: unknown type 'strr'"):
        Client("http://127.0.0.1:1", "k", plugins=[extending("One", "extends: Content\nfields: {a: strr}\n")])
