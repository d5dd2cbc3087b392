import pytest

from connectapi.errors import SpecError
from connectapi.spec.cache import read_file
from connectapi.spec.load import load_text

GOOD = """\
name: Widget
collection: widgets
path: /v1/widgets
key: guid
doc: "A thing."
fields:
  guid: {type: guid, doc: "Which one."}
  made: datetime
  colour: {type: str, values: [red, blue], write: always}
  owner: {type: WidgetOwner, include: owner}
types:
  WidgetOwner: {guid: guid, username: str | null}
methods:
  get: {page: offset, params: {name: str, include: {type: list of str, values: [owner]}}}
  get_one:
  create: {required: [colour]}
  update: {}
  delete: {}
actions:
  paint: {call: "POST /v1/widgets/{widget_guid}/paint", body: {colour: str}, returns: Task, renames: {task_id: id}}
relations:
  parts: {many: Part}
  owner_user: {one: User, by: colour}
"""


def faults(text, **options):
    with pytest.raises(SpecError) as caught:
        load_text(text, file="widget.yaml", **options)
    return str(caught.value).splitlines()


def test_what_follows_from_the_names_is_filled_in():
    (spec,) = load_text(GOOD)

    assert spec.key_param == "widget_guid"
    assert {name: operation.call for name, operation in spec.operations().items()} == {
        "get": "GET /v1/widgets",
        "get_one": "GET /v1/widgets/{widget_guid}",
        "create": "POST /v1/widgets",
        "update": "PATCH /v1/widgets/{widget_guid}",
        "delete": "DELETE /v1/widgets/{widget_guid}",
        "paint": "POST /v1/widgets/{widget_guid}/paint",
    }
    assert spec.methods["get"].returns == "list of Widget"
    assert spec.methods["get"].items == "results"
    assert spec.methods["delete"].status == (204,)
    assert spec.of_item(spec.actions["paint"])
    assert not spec.of_item(spec.methods["create"])


def test_a_word_stands_for_a_type_and_a_mapping_for_the_fields_of_a_nested_one():
    (spec,) = load_text(GOOD)

    assert spec.fields["made"].type == "datetime"
    assert spec.types["WidgetOwner"].fields["username"].ref.nullable


def test_an_unknown_type_is_shown_with_file_line_key_and_the_nearest_name():
    text = GOOD.replace("type: guid", "type: giud")

    assert faults(text) == ["widget.yaml:7: fields.guid: unknown type 'giud' (did you mean 'guid'?)"]


@pytest.mark.parametrize(
    ("before", "after", "line", "expected"),
    [
        ("collection:", "colection:", 2, "colection: unknown key (did you mean 'collection'?)"),
        ("write: always", "write: allways", 9, "fields.colour.write"),
        ("key: guid", "key: gid", 4, "key: no field is called 'gid' (did you mean 'guid'?)"),
        (
            "update: {}",
            "update: {call: 'PUT /v1/widgets/{widget_guid}', repeatable: true}",
            17,
            "every PUT is; leave it out",
        ),
        ("made: datetime", "get: datetime", 8, "'get' is a method of every resource"),
        ("made: datetime", "class: str", 8, "'class' is a keyword of Python"),
        ("made: datetime", "_made: str", 8, "private"),
        ("made: datetime", "self: str", 8, "choose another name"),
        ("made: datetime", "made-up: str", 8, "not a name in Python"),
        ("made: datetime", "made: list of nothing at all", 8, "is not a type"),
        ("made: datetime", "made: datetime | none", 8, "only 'null' can stand"),
        ("made: datetime", 'made: {type: str, since: "2024"}', 8, "is not a release"),
        ("made: datetime", "made: {type: str, since: 2024.05}", 8, "put it in quotes"),
        ("made: datetime", "made: {type: int, values: [one]}", 8, "'one' is not of the type 'int'"),
        ("made: datetime", "made: {type: str, secret: 1}", 8, "expected true or false"),
        ("made: datetime", "made: {type: str, values: [true]}", 8, "expected text or a whole number"),
        ("made: datetime", "made: {type: str, min: 3, max: 2}", 8, "3 is more than 'max', 2"),
        ("made: datetime", "made: {type: bool, max: 2}", 8, "neither text, nor a number, nor a list"),
        ("made: datetime", 'made: {type: str, max: "2"}', 8, "expected a number"),
        ("made: datetime", "made: {type: int, pattern: a}", 8, "only text has a pattern"),
        ("made: datetime", 'made: {type: str, pattern: "("}', 8, "is not a regular expression"),
        ("made: datetime", "made: {type: str, unique: [color]}", 8, "no field is called 'color'"),
        ("made: datetime", "made: {type: str, unique: 1}", 8, "expected true, false or a list of fields"),
        ("made: datetime", "made: {type: list of str, unique: true}", 8, "only a single value can be unique"),
        ("made: datetime", "made: {type: str, code: NoSuchError}", 8, "is not the name of one of Connect's errors"),
        ("get: {page: offset,", "get: {order: [-color],", 14, "no field is called 'color' (did you mean 'colour'?)"),
        ("name: str,", "name: {type: str, filter: {begins: [nam]}},", 14, "no field is called 'nam'"),
        ("name: str,", "name: {type: str, filter: {like: [colour]}},", 14, "filter"),
        ("many: Part", "many: Part, gone: delete", 22, "only a relation to 'one'"),
        ("by: colour", "by: colour, gone: clear", 23, "'colour' can't be cleared"),
        ("  get_one:", "  gte_one:", 15, "not a method (did you mean 'get_one'?)"),
        ("body: {colour: str}", "body: {class: str}", 20, "'class' is a keyword"),
        ("body: {colour: str}", "body: {client: str}", 20, "has an argument called 'client' already"),
        ('call: "POST /v1', 'call: "SEND /v1', 20, "is not of the form"),
        ('call: "POST /v1', 'also: [POST], call: "POST /v1', 20, "'POST' is not of the form"),
        ('call: "POST /v1', 'also: ["GET /x/{other}"], call: "POST /v1', 20, "the call itself has no {other}"),
        ("required: [colour]", "required: [color]", 16, "is not an argument of the call (did you mean 'colour'?)"),
        ("  paint:", "  made:", 20, "there is a field called 'made' already"),
        ("  parts: {many: Part}", "  parts: {}", 22, "either 'many' or 'one'"),
        ("by: colour", "by: color", 23, "no field is called 'color' (did you mean 'colour'?)"),
        ("get: {page: offset,", "get: {page: by-hand,", 14, "methods.get.page.kind"),
        ("returns: Task,", "returns: Task, page: offset,", 20, "only a list comes in pages"),
        ("returns: Task,", "returns: Task, whole: paint,", 20, "the body must be 'paint' and nothing else"),
        ("returns: Task,", "returns: Task, media: text/plain,", 20, "needs one body field, of type 'file'"),
        ("name: Widget", "name: widget", 1, "named in CapWords"),
        ("name: Widget", "name: Exception", 1, "a name of Python's own"),
        ("path: /v1/widgets", "path: v1/widgets", 3, "is not a path"),
        ("collection: widgets", "collection: import", 2, "can't be an attribute of the client"),
        ("collection: widgets", "collection: oauth", 2, "can't be an attribute of the client"),
        ('doc: "A thing."', 'doc: "A thing."\nmixin: nowhere', 6, "package.module:Class"),
        ('doc: "A thing."', 'doc: "A thing."\ncommands: {go: nowhere}', 6, "package.module:function"),
        ('doc: "A thing."', 'doc: "A thing."\nlabel: [size]', 6, "no field is called 'size'"),
        ("  WidgetOwner:", "  widgetOwner:", 12, "named in CapWords"),
    ],
)
def test_a_fault_is_named_with_its_line(before, after, line, expected):
    assert before in GOOD
    found = faults(GOOD.replace(before, after))

    assert any(each.startswith(f"widget.yaml:{line}: ") and expected in each for each in found), found


def test_all_faults_are_listed_at_once():
    text = GOOD.replace("made: datetime", "made: dattime").replace("by: colour", "by: color")

    assert len(faults(text)) == 2


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("name: [", "widget.yaml:"),
        ("name: A\nname: B\n", "widget.yaml:2: name: this key stands twice"),
        ("name: A\nfields:\n  on: str\n", "widget.yaml:3: fields.on: YAML reads this key as True; put it in quotes"),
        ("- a\n- b\n", "a resource is a mapping"),
        ("name: A\n", "the key 'doc' is missing"),
        ("name: A\ndoc: x\nfields: 3\n", "widget.yaml:3: fields"),
        ("name: A\ndoc: x\nactions: {go: 3}\n", "expected a mapping, found 3"),
        ("\tname: A", "widget.yaml:1: "),
    ],
)
def test_what_is_not_a_resource_file_is_refused_with_its_line(text, expected):
    assert any(expected in each for each in faults(text))


LAUGHS = "a: &a [x, x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"{name}: &{name} [{', '.join([f'*{before}'] * 10)}]\n" for before, name in zip("abcdefgh", "bcdefghi", strict=True)
)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("name: Widget\nfields: &a\n  b: *a\n", "widget.yaml:2: values lie in each other more than 40 deep"),
        ("&a [*a]", "widget.yaml:1: values lie in each other"),
        (LAUGHS, "more than 100000 values"),
        ("[" * 100_000, "widget.yaml:1: "),
        ("a:\n  b: !!bool x", "widget.yaml:2: a.b: 'x' can't be read as YAML's bool"),
        ("a: !!int ''", "widget.yaml:1: a: '' can't be read as YAML's int"),
        ("a: !!timestamp x", "'x' can't be read as YAML's timestamp"),
        ("a: 2024-99-99", "widget.yaml:1: a: '2024-99-99' can't be read as YAML's timestamp"),
        ("!!float '': b", "widget.yaml:1: '' can't be read as YAML's float"),
        ("a: " + "9" * 5000, "can't be read as YAML's int"),
        ("a: \ud800", "surrogates not allowed"),
    ],
)
def test_yaml_that_is_made_to_break_its_readers_is_a_fault_like_any_other(text, expected):
    (fault,) = faults(text)

    assert expected in fault
    assert len(fault) < 500


def test_a_type_of_lists_without_end_is_a_fault():
    (fault,) = faults(GOOD.replace("made: datetime", f"made: {'list of ' * 3000}str"))

    assert "widget.yaml:8: fields.made: a type of more than 8 lists and maps" in fault


def test_a_name_that_nothing_declares_is_unknown():
    found = faults(GOOD, known=lambda name: name in {"Task", "User"})

    assert found == ["widget.yaml:22: relations.parts: no resource is called 'Part'"]


def test_several_resources_may_share_a_file():
    specs = load_text(f"{GOOD}---\nname: Part\ndoc: A part.\n")

    assert [spec.name for spec in specs] == ["Widget", "Part"]


def test_a_file_that_is_not_there_or_not_text_is_a_spec_error(tmp_path):
    (tmp_path / "bad.yaml").write_bytes(b"\xff\xfe")

    with pytest.raises(SpecError, match="can't be read"):
        read_file(tmp_path / "bad.yaml")
    with pytest.raises(SpecError, match="can't be read"):
        read_file(tmp_path / "none.yaml")
