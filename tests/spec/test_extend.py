"""What plugins add to the resources of others: found, joined in order, and refused by name where it clashes."""

import attrs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connectapi.errors import PluginError, SpecError
from connectapi.spec.index import Folder, SpecIndex
from connectapi.spec.load import load_text
from connectapi.spec.scan import Declared, scan

THING = """\
name: Thing
collection: things
path: /v1/things
key: guid
doc: "A thing."
fields: {guid: guid, name: {type: str, write: always}, holder_guid: guid | null}
types:
  Holder: {guid: guid}
methods:
  get: {params: {name: str}}
  create: {}
actions:
  turn: {call: "POST /v1/things/{thing_guid}/turn"}
relations:
  holder: {one: Thing, by: holder_guid}
commands: {spin: "things:spin"}
"""


@pytest.fixture
def index(tmp_path):
    """Make an index of the built-in things and of what plugins say, one file each."""

    def make(**plugins):
        folders = []
        for owner, text in {"builtin": THING, **plugins}.items():
            folder = tmp_path / owner
            folder.mkdir()
            (folder / f"{'thing' if owner == 'builtin' else owner}.yaml").write_text(text, encoding="utf-8")
            folders.append(Folder(folder, owner))
        return SpecIndex(tuple(folders))

    return make


def test_everything_that_extensions_add_comes_after_the_resource_s_own_in_the_order_of_the_plugins(index):
    found = index(
        one="extends: Thing\nfields: {cost: int}\nparams: {get: {cost: int}, sell: {at: str}}\nmixin: one:Mixin\n"
        "actions:\n  sell: {call: 'POST /v1/things/{thing_guid}/sell', returns: Sale}\ntypes:\n  Sale: {price: int}\n",
        two="extends: Thing\nfields: {weight: int}\nrelations: {copies: {many: Thing, where: {name: name}}}\n"
        "mixin: two:Mixin\ncommands: {weigh: 'two:weigh'}\n---\nextends: Holder\nfields: {since: datetime}\n",
    )
    spec = found.resource("Thing")

    assert list(spec.fields) == ["guid", "name", "holder_guid", "cost", "weight"]
    assert list(spec.actions) == ["turn", "sell"]
    assert list(spec.methods["get"].params) == ["name", "cost"]
    assert list(spec.actions["sell"].params) == ["at"]
    assert spec.actions["turn"].params == {}
    assert list(spec.relations) == ["holder", "copies"]
    assert list(spec.commands) == ["spin", "weigh"]
    assert spec.mixins == ("two:Mixin", "one:Mixin")
    assert list(found.type("Holder").fields) == ["guid", "since"]
    assert list(found.type("Sale").fields) == ["price"]
    assert found.owner_of("Sale") == "Thing"
    assert [(each.plugin, each.extends) for each in spec.extensions] == [
        ("one", "Thing"),
        ("two", "Thing"),
        ("two", "Holder"),
    ]


def test_a_resource_that_nobody_extends_is_as_its_file_says(index):
    found = index(one="name: Other\ndoc: x\nfields: {guid: guid}\n").resource("Thing")

    (alone,) = load_text(THING)
    assert attrs.evolve(found, file="") == attrs.evolve(alone, file="")


def test_a_type_that_an_extension_brings_can_be_extended_by_another(index):
    found = index(
        one="extends: Holder\ntypes:\n  Sale: {price: int}\n",
        two="extends: Sale\nfields: {place: str}\n",
        aaa="extends: Sale\nfields: {time: datetime}\n",
    )

    assert list(found.type("Sale").fields) == ["price", "place", "time"]


def test_what_takes_fields_over_takes_those_of_extensions_too(index):
    found = index(
        one="extends: Thing\nfields: {cost: {type: int, write: always}}\n",
        two="name: Found\ndoc: x\nlike: Thing\nfields: {score: float}\n",
    )

    assert list(found.resource("Found").fields) == ["guid", "name", "holder_guid", "cost", "score"]
    assert found.resource("Found").fields["cost"].write == "never"
    assert list(found.resource("Found").actions) == []


def test_an_extension_is_found_without_parsing_it(index):
    found = index(one="extends: Thing\nfields: {cost: giud}\n", two="name: Other\ndoc: x\nfields: {guid: guid}\n")

    assert found.names() == ["Holder", "Other", "Thing"]
    assert found.resource("Other").name == "Other"
    with pytest.raises(SpecError, match=r"one\.yaml:2: fields\.cost: unknown type 'giud' \(did you mean 'guid'\?\)"):
        found.resource("Thing")


def test_the_look_at_a_text_tells_extensions_from_resources():
    text = "extends: Thing\ntypes:\n  Sale: {price: int}\n---\nname: Other\n"

    assert scan(text) == [Declared("", "", ("Sale",), "Thing"), Declared("Other", "", ())]
    assert scan("extends: 'Thing'\n") is None
    assert scan("name: A\nextends: Thing\n") is None


@pytest.mark.parametrize(
    ("adds", "what"),
    [
        ("fields: {name: int}", "the field 'name', but the field 'name' of the plugin 'builtin'"),
        ("fields: {turn: int}", "the field 'turn', but the action 'turn' of the plugin 'builtin'"),
        ("fields: {holder: int}", "the field 'holder', but the relation 'holder' of the plugin 'builtin'"),
        ("fields: {label: {type: str, wire: name}}", r"the field 'label' \(in JSON 'name'\), but the field 'name'"),
        ("actions: {name: {call: GET /v1/name}}", "the action 'name', but the field 'name'"),
        ("relations: {turn: {many: Thing}}", "the relation 'turn', but the action 'turn'"),
        ("params: {get: {name: str}}", "the parameter 'name' of get, but the argument 'name' of get"),
        ("params: {create: {name: str}}", "the parameter 'name' of create, but the argument 'name' of create"),
        ("commands: {spin: 'a:b'}", "the command 'spin', but the command 'spin'"),
    ],
)
def test_a_name_that_the_type_has_is_refused_by_both_plugins_names(index, adds, what):
    with pytest.raises(
        PluginError, match=rf"plugin 'mine': mine\.yaml extends Thing with {what}.* is there already \(thing\.yaml\)"
    ):
        index(mine=f"extends: Thing\n{adds}\n").resource("Thing")


@pytest.mark.parametrize(
    "adds",
    [
        "fields: {cost: int}",
        "actions: {cost: {call: GET /v1/cost}}",
        "relations: {cost: {many: Thing}}",
        "params: {get: {cost: int}}",
        "commands: {cost: 'a:b'}",
    ],
)
def test_a_name_that_two_plugins_add_is_refused_by_both_their_names(index, adds):
    found = index(one=f"extends: Thing\n{adds}\n", two=f"extends: Thing\n{adds}\n")

    with pytest.raises(PluginError, match=r"plugin 'two': two\.yaml.*'cost'.*plugin 'one'.*\(one\.yaml\); switch one"):
        found.verify()
    with pytest.raises(PluginError, match="plugin 'two'"):
        found.resource("Thing")


def test_a_type_within_a_resource_is_held_to_the_same(index):
    with pytest.raises(PluginError, match=r"mine\.yaml extends Holder with the field 'guid'.*'builtin'"):
        index(mine="extends: Holder\nfields: {guid: str}\n").type("Holder")


@pytest.mark.parametrize(
    ("adds", "expected"),
    [
        ("feilds: {a: str}", r"mine\.yaml:2: feilds: unknown key \(did you mean 'fields'\?\)"),
        ("name: Thing", r"mine\.yaml:2: name: unknown key"),
        ("plugin: x", r"mine\.yaml:2: plugin: unknown key"),
        ("fields: {get: str}", r"mine\.yaml:2: fields\.get: 'get' is a method of every resource"),
        ("fields: {a: str}\nactions: {a: {call: GET /v1/a}}", r"mine\.yaml:3: actions\.a: there is a field called 'a'"),
        ("actions: {a: {call: GETS /v1/a}}", r"mine\.yaml:2: actions\.a\.call: 'GETS /v1/a' is not of the form"),
        (
            "relations: {a: {one: Thing, by: holder}}",
            r"mine\.yaml:2: relations\.a\.by: no field is called 'holder' \(did",
        ),
        ("relations: {a: {many: Thnig}}", r"mine\.yaml:2: relations\.a: no resource is called 'Thnig'"),
        (
            "relations: {a: {many: Thing, where: {x: y}}}",
            r"mine\.yaml:2: relations\.a\.where\.x: no field is called 'y'",
        ),
        ("params: {list: {a: str}}", r"mine\.yaml:2: params\.list: Thing has no call of that name"),
        ("params: {get: {a: {type: strr}}}", r"mine\.yaml:2: params\.get\.a: unknown type 'strr'"),
        (
            "params: {get: {a: {type: str, filter: {is: [b]}}}}",
            r"mine\.yaml:2: params\.get\.a\.filter\.is\.0: no field",
        ),
        ("fields: {a: {type: str, unique: [b]}}", r"mine\.yaml:2: fields\.a\.unique\.0: no field is called 'b'"),
        ("mixin: nowhere", r"mine\.yaml:2: mixin: 'nowhere' is not of the form package\.module:Class"),
        ("types: {a: {b: str}}", r"mine\.yaml:2: types\.a: a type is named in CapWords"),
    ],
)
def test_what_is_wrong_in_an_extension_is_told_with_its_line(index, adds, expected):
    with pytest.raises(SpecError, match=expected):
        index(mine=f"extends: Thing\n{adds}\n").verify()


def test_a_type_within_a_resource_gets_nothing_but_fields(index):
    with pytest.raises(SpecError, match=r"mine\.yaml:2: mixin: Holder is a type within Thing: only a resource can"):
        index(mine="extends: Holder\nmixin: a.b:C\n").verify()


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Thnig", r"plugin 'mine': mine\.yaml extends 'Thnig', which nothing declares \(did you mean 'Thing'\?\)"),
        ("Gadget", r"plugin 'mine': mine\.yaml extends 'Gadget', which nothing declares; if it belongs to another"),
    ],
)
def test_an_extension_of_what_nothing_declares_names_its_plugin_and_the_nearest(index, name, expected):
    with pytest.raises(PluginError, match=expected):
        index(mine=f"extends: {name}\nfields: {{a: str}}\n").names()


def test_what_a_plugin_declares_itself_is_said_there(index):
    with pytest.raises(SpecError, match=r"own\.yaml extends Own, which own\.yaml beside it declares: say it there"):
        index(own="name: Own\ndoc: x\n---\nextends: Own\nfields: {a: str}\n").names()


OTHER = "name: Other\ndoc: x\nkey: guid\nfields: {guid: guid}\nactions:\n  act: {call: 'CALL'}\n"


@pytest.mark.parametrize(
    ("one", "two", "said"),
    [
        (None, OTHER.replace("CALL", "POST /v1/things/{guid}/turn"), "Other.act is .*, and so is Thing.turn"),
        (None, OTHER.replace("CALL", "GET /v1/things"), "Other.act is GET /v1/things, and so is Thing.get"),
        (
            "name: First\ndoc: x\npath: /v1/firsts\nmethods: {create: {}}\n",
            OTHER.replace("CALL", "POST /v1/firsts"),
            "Other.act is POST /v1/firsts, and so is First.create",
        ),
        (
            "extends: Thing\nactions: {sell: {call: 'POST /v1/things/{thing_guid}/sell'}}\n",
            "extends: Thing\nactions: {sell_it: {call: 'POST /v1/things/{guid}/sell'}}\n",
            "Thing.sell_it is .*, and so is Thing.sell ",
        ),
        (
            "extends: Thing\nactions: {sell: {call: 'POST /v2/{a}', also: ['POST /v1/others/{a}']}}\n",
            OTHER.replace("CALL", "POST /v1/others/{other_guid}"),
            "Other.act is .*, and so is Thing.sell ",
        ),
    ],
)
def test_two_plugins_with_one_endpoint_are_refused_by_name(index, one, two, said):
    found = index(**({"one": one} if one else {}), two=two)

    with pytest.raises(
        PluginError, match=rf"plugin 'two': two\.yaml: {said}.*plugin '{'one' if one else 'builtin'}' \("
    ):
        found.verify()


def test_other_verbs_and_paths_do_not_clash(index):
    found = index(
        one=OTHER.replace("Other", "One").replace("CALL", "GET /v1/things/{guid}/turn"),
        two=OTHER.replace("CALL", "DELETE /v1/things"),
    )
    found.verify()

    assert [each.name for each in found.specs()] == ["One", "Other", "Thing"]


MEMBERS = st.lists(st.integers(0, 3), min_size=1, max_size=8)


@given(owners=MEMBERS)
@settings(max_examples=25)
def test_what_is_added_in_parts_is_what_one_file_would_say(tmp_path_factory, owners):
    """However fields, calls and relations are spread over a resource and its extensions, the whole is the same."""
    plugins = [f"plugin{number}" for number in range(max(owners) + 1)]

    def text(head, numbers):
        return head + "".join(
            f"{key}:\n" + "".join(f"  {key[0]}{number}: {what}\n".replace("NUMBER", f"n{number}") for number in numbers)
            for key, what in (
                ("fields", "str"),
                ("actions", "{call: 'POST /v1/{thing_guid}/NUMBER'}"),
                ("relations", "{many: Thing, where: {name: guid}}"),
            )
            if numbers
        ).replace("/v1/", "/v1/things/")

    def of(wanted):
        return [number for number, owner in enumerate(owners) if owner == wanted]

    base = "name: Thing\ndoc: x\npath: /v1/things\nkey: guid\nmethods: {get: {params: {name: str}}}\n"
    folder = tmp_path_factory.mktemp("things")
    folders = []
    order = [number for owner in range(len(plugins)) for number in of(owner)]
    for owner, name in enumerate(plugins):
        (folder / name).mkdir()
        own = of(owner)
        head = base if owner == 0 else "extends: Thing\n"
        said = text(head, own)
        if owner == 0:
            said = said.replace("fields:\n", "fields:\n  guid: guid\n") if own else said + "fields:\n  guid: guid\n"
        (folder / name / "thing.yaml").write_text(said, encoding="utf-8")
        folders.append(Folder(folder / name, name))
    (folder / "whole").mkdir()
    whole = text(base, order).replace("fields:\n", "fields:\n  guid: guid\n")
    (folder / "whole" / "thing.yaml").write_text(whole, encoding="utf-8")

    found = SpecIndex(tuple(folders)).resource("Thing")
    once = SpecIndex((Folder(folder / "whole"),)).resource("Thing")

    for key in ("fields", "actions", "relations"):
        assert list(getattr(found, key).items()) == list(getattr(once, key).items())
