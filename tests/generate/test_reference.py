"""The reference pages, made from a small API of their own and from the one that ships."""

import re
from pathlib import Path

import pytest

from connectapi.generate.reference import reference_pages
from connectapi.spec.index import Folder, SpecIndex, builtin_folder

SPECS = {
    "widget.yaml": """
name: Widget
collection: big_widgets
path: /v1/widgets
key: guid
doc: "A thing <b>of</b> use, `<x>`."
fields:
  guid: {type: guid, doc: "Identifies it."}
  title: {type: str | null, write: always, doc: "Shown to people."}
  size: {type: int, write: create, unit: bytes, since: "2024.05.0", doc: "How big."}
  colour: {type: str, values: ["", red], include: looks, doc: "Its colour."}
  pin: {type: str, secret: true, wire: PIN, deprecated: "use the key", doc: "Opens it."}
  parts: {type: list of Part, doc: "What it is made of."}
  boss: {type: Maker | null, doc: "Who is responsible."}
types:
  Part: {doc: "A piece.", fields: {weight: {type: float, unit: grams, doc: "How heavy."}, of: {type: map of str, doc: "Of what."}}}
methods:
  get: {page: {kind: offset, size: 50}, params: {colour: {type: str, values: [red], wire: color, doc: "Just these."}}, doc: "List them."}
  get_one: {doc: "Read one."}
  create: {required: [title], role: publisher, doc: "Make one."}
  delete: {doc: "Remove it."}
actions:
  picture: {call: "GET /v1/widgets/{widget_guid}/picture", returns: file, since: "2025.01.0", doc: "Save its picture."}
  ping: {call: "POST /v1/ping", body: {word: {type: str, default: pong}}, returns: text, role: anonymous, deprecated: "call nobody", doc: "Say something."}
  check: {call: "GET /v1/widgets/{widget_guid}/check", params: {trace: {type: str, header: X-Trace, doc: "For the log."}},
          returns: Part, status: [200, 204], doc: "Look at it."}
relations:
  maker: {one: Maker, by: guid, doc: "Who made it."}
  makers: {many: Maker, since: "2026.01.0", doc: "Who could make it."}
mixin: collections:OrderedDict
commands: {polish: "json:loads"}
""",
    "maker.yaml": """
name: Maker
doc: "Who makes things."
fields: {name: {type: str, doc: "The name."}}
""",
}


@pytest.fixture(scope="module")
def pages(tmp_path_factory):
    folder = tmp_path_factory.mktemp("specs")
    for name, text in SPECS.items():
        (folder / name).write_text(text, encoding="utf-8")
    return reference_pages(SpecIndex((Folder(folder),)))


@pytest.fixture
def page(pages):
    return pages["widget.md"]


def section(page, title):
    """The text below a heading, up to the next of its kind or above."""
    level = title.split(" ", maxsplit=1)[0]
    return re.split(rf"^#{{1,{len(level)}}} ", page.partition(f"{title}\n")[2], maxsplit=1, flags=re.MULTILINE)[0]


def test_a_page_for_each_resource_and_one_that_leads_to_them(pages):
    assert list(pages) == ["index.md", "maker.md", "widget.md"]
    assert (
        "| [Widget](widget.md) | `client.big_widgets` | 7 | A thing &lt;b>of&lt;/b> use, `<x>`. |" in pages["index.md"]
    )
    assert "| `guid` | an identifier that Connect makes, as text |" in pages["index.md"]


def test_the_head_says_what_it_is_and_where_to_find_it(page):
    head = page.partition("## Fields")[0]

    assert head.startswith(
        "<!-- Made from the resource files by `python -m connectapi.generate`. Do not edit. -->\n\n# Widget"
    )
    assert "A thing &lt;b>of&lt;/b> use, `<x>`." in head
    assert "`from connectapi import Widget`, or `client.big_widgets`" in head
    assert "`connectapi big-widgets`" in head
    assert "named by its `guid`, which calls take as `widget_guid`" in head
    assert "`OrderedDict` in `collections`" in head
    assert "`connectapi big-widgets polish`" in head


def test_fields_have_all_that_is_declared_of_them(page):
    assert section(page, "## Fields").strip().splitlines() == [
        "| name | type | unit | since | writable | what it is |",
        "| --- | --- | --- | --- | --- | --- |",
        "| `guid` | guid |  |  |  | Identifies it. |",
        "| `title` | str \\| null |  |  | always | Shown to people. |",
        "| `size` | int | bytes | 2024.05.0 | when made | How big. |",
        "| `colour` | str |  |  |  | Its colour. Known values: empty, `red`. Only there if asked for with `include=looks`. |",
        "| `pin` | str |  |  |  | Opens it. A secret: shown as `XXXXXXXX`. On the wire: `PIN`. Deprecated: use the key. |",
        "| `parts` | list of [Part](#part) |  |  |  | What it is made of. |",
        "| `boss` | [Maker](maker.md) \\| null |  |  |  | Who is responsible. |",
    ]


def test_columns_that_say_nothing_are_left_out(page):
    assert section(page, "### Part").strip().splitlines()[2:] == [
        "| name | type | unit | what it is |",
        "| --- | --- | --- | --- |",
        "| `weight` | float | grams | How heavy. |",
        "| `of` | map of str |  | Of what. |",
    ]


def test_a_list_has_three_methods_and_its_pages(page):
    text = section(page, "### get")

    assert (
        "- `Widget.get(client: Client, *, colour: Literal['red'] = ..., page_size: int | None = ...) -> ResourceList[Widget]`"
        in text
    )
    assert "- `Widget.iter(client: Client, " in text
    assert "- `Widget.count(client: Client, " in text
    assert "- `connectapi big-widgets list`" in text
    assert (
        "- `GET /v1/widgets`: answers with list of [Widget](widget.md), page by page, at most 50 at a time, status 200"
        in text
    )
    assert "| `colour` | str | query | Just these. Known values: `red`. On the wire: `color`. |" in text


def test_a_method_of_a_record_is_called_on_one(page):
    text = section(page, "### delete")

    assert "- `widget.delete() -> None`" in text
    assert "- `connectapi big-widgets delete WIDGET_GUID`" in text
    assert "- `DELETE /v1/widgets/{widget_guid}`: no answer, status 204" in text
    assert "| `widget_guid` | guid | path | yes | The [Widget](widget.md). |" in text


def test_what_a_call_needs_is_told(page):
    create = section(page, "### create")

    assert "Needs the role publisher or more." in create
    assert "- `connectapi big-widgets create --title TITLE`" in create
    assert "| `title` | str \\| null |  |  | body | yes | Shown to people. |" in create
    assert "| `size` | int | bytes | 2024.05.0 | body |  | How big. |" in create


def test_answers_of_every_kind(page):
    assert "bytes, streamed, status 200\n- Since Connect 2025.01.0." in section(page, "### picture")
    assert "- `connectapi big-widgets picture WIDGET_GUID --to FILE`" in section(page, "### picture")
    assert "**Deprecated:** call nobody." in section(page, "### ping")
    assert "plain text, status 200\n- Anyone may call it." in section(page, "### ping")
    assert "Left out, it is `pong`." in section(page, "### ping")
    assert "answers with [Part](#part), status 200 or 204" in section(page, "### check")
    assert "| `trace` | str | header |  | For the log. On the wire: `X-Trace`. |" in section(page, "### check")


def test_relations_lead_to_pages(page):
    assert section(page, "## Relations").strip().splitlines()[2:] == [
        "| `maker` | the [Maker](maker.md) of `guid` |  | Who made it. |",
        "| `makers` | every [Maker](maker.md) | 2026.01.0 | Who could make it. |",
    ]


def test_a_resource_without_calls_has_no_such_section(pages):
    assert "## Calls" not in pages["maker.md"]
    assert "command line" not in pages["maker.md"]


def test_every_link_of_the_reference_that_ships_leads_somewhere():
    pages = reference_pages(SpecIndex((Folder(builtin_folder()),)))
    anchors = {
        name: {heading.lower() for heading in re.findall(r"^#+ (.+)$", text, flags=re.MULTILINE)}
        for name, text in pages.items()
    }

    links = [(name, link) for name, text in pages.items() for link in re.findall(r"\]\(([^)]+)\)", text)]
    assert len(links) > 300
    for name, link in links:
        target, _, anchor = link.partition("#")
        assert target in {"", *pages}, (name, link)
        assert not anchor or anchor in anchors[target or name], (name, link)


def test_tables_of_the_reference_that_ships_are_whole():
    for name, text in reference_pages(SpecIndex((Folder(builtin_folder()),))).items():
        for block in text.split("\n\n"):
            if block.startswith("|"):
                columns = {len(re.findall(r"(?<!\\)\|", line)) for line in block.splitlines()}
                assert len(columns) == 1, (name, Path(name), block)
