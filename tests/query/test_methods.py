import datetime
import inspect
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectapi.errors import NotFoundError, ServerError, UnsupportedError
from connectapi.query.arguments import path_segment
from connectapi.spec.grammar import parse_type

UTC = datetime.timezone.utc


def test_get_gives_a_list_whose_slices_are_lists(widget_class, session, answers):
    answers.on("GET /v1/widgets", [{"guid": "a"}, {"guid": "b"}, {"guid": "c"}])
    found = widget_class.get(session)

    assert len(found) == 3
    assert isinstance(found, list)
    assert [each.guid for each in found[0:2]] == ["a", "b"]
    assert type(found[0:2]) is type(found)
    assert found.dicts()[0]["guid"] == "a"


def test_arguments_travel_in_the_query_as_the_server_spells_them(widget_class, session, answers):
    answers.on("GET /v1/widgets", [])
    widget_class.get(
        session,
        name="a b&c",
        include=["parts", "maker"],
        since=datetime.datetime(2024, 5, 1, tzinfo=UTC),
        live=True,
    )

    assert answers.asked[0].query == {
        "name": "a b&c",
        "include": "parts,maker",
        "from": "2024-05-01T00:00:00Z",
        "live": "true",
    }


def test_a_key_of_another_name_is_read_where_the_class_lies_within_another(widget_class, session, answers):
    answers.on("GET /v1/widgets/a/stock", {"shelves": [{"count": 3}, {"count": None, "row": 2}]})
    shelves = widget_class(guid="a").bind(session).stock().shelves

    assert [each.part_count for each in shelves] == [3, None]
    assert [each.extra for each in shelves] == [{}, {"row": 2}]


def test_one_of_a_list_may_stand_alone(widget_class, session, answers):
    answers.on("GET /v1/widgets", [])
    widget_class.get(session, include="parts")

    assert answers.asked[0].query == {"include": "parts"}


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        ({"nmae": "x"}, r"Widget\.get\(\) has no argument 'nmae' \(did you mean 'name'\?\)"),
        ({"name": 3}, r"Widget\.get\(\) name: expected text, found int"),
        ({"include": 3}, r"include: expected text, found int"),
        ({"include": [1]}, r"include\[0\]: expected text, found int"),
        ({"live": "yes"}, r"live: expected True or False, found str"),
        ({"since": "2024-05-01"}, r"since: expected a datetime, found str"),
    ],
)
def test_a_wrong_argument_is_refused_before_anything_is_sent(widget_class, session, answers, arguments, expected):
    with pytest.raises(TypeError, match=expected):
        widget_class.get(session, **arguments)
    with pytest.raises(TypeError, match=r"argument|expected"):
        widget_class.iter(session, **arguments)

    assert answers.asked == []


def test_what_breaks_a_declared_rule_is_refused_before_anything_is_sent(widget_class, session, answers):
    widget = widget_class(guid="a").bind(session)

    with pytest.raises(ValueError, match=r"^Widget.create\(\) name: does not match \[a-z-\]\*$"):
        widget_class.create(session, name="A name")
    with pytest.raises(ValueError, match=r"^Widget.update\(\) size: is 100000; 99999 is the most$"):
        widget.update(size=100_000)
    with pytest.raises(ValueError, match=r"^Widget.size: is 100000; 99999 is the most$"):
        widget.size = 100_000

    assert answers.asked == []


def test_a_time_without_a_zone_is_refused(widget_class, session, answers):
    with pytest.raises(ValueError, match="no time zone"):
        widget_class.get(session, since=datetime.datetime(2024, 5, 1))  # noqa: DTZ001 -- the point

    assert answers.asked == []


def test_too_many_missing_and_doubled_arguments_are_type_errors(widget_class, session, answers):
    with pytest.raises(TypeError, match=r"get\(\) takes 0 positional arguments here; 1 were given"):
        widget_class.get(session, "x")
    with pytest.raises(TypeError, match=r"get_one\(\) needs 'widget_guid' \(guid\)"):
        widget_class.get_one(session)
    with pytest.raises(TypeError, match="takes 0 positional arguments here"):
        widget_class.get_one(session, "a", widget_guid="b")
    with pytest.raises(TypeError, match=r"create\(\) needs 'name'"):
        widget_class.create(session, title="x")

    assert answers.asked == []


def test_one_is_found_by_keyword_or_by_position(widget_class, session, answers):
    answers.on("GET /v1/widgets/w1", {"guid": "w1"})

    assert widget_class.get_one(session, widget_guid="w1") == widget_class.get_one(session, "w1")


@pytest.mark.parametrize(
    "guid", ["", ".", "..", "a/b", "a?b", "a#b", "a%2fb", "a\nb", "../users", "a\x00", "ä", "a\\b"]
)
def test_a_guid_that_is_none_never_leaves(widget_class, session, answers, guid):
    with pytest.raises(ValueError, match=r"get_one\(\) widget_guid"):
        widget_class.get_one(session, guid)

    assert answers.asked == []


@given(st.text(min_size=1, max_size=20))
def test_no_id_reaches_another_path(text):
    try:
        segment = path_segment("Tag.get_one", "tag_id", text, parse_type("id"))
    except ValueError:
        return
    assert not set(segment) & set("/?#\\ \n\r\t")
    assert segment not in {".", ".."}


def test_an_id_with_a_slash_is_percent_encoded(catalog, session, answers):
    with pytest.raises(NotFoundError):
        catalog.record("Part").get_one(session, "a/b c", widget_guid="w1")

    assert answers.asked[0].target == "/__api__/v1/widgets/w1/parts/a%2Fb%20c"


def test_a_path_inside_something_keeps_its_slashes_and_never_climbs(widget, answers):
    answers.on("GET /v1/widgets/w1/files/a/b%20c.txt", b"text")

    assert widget.file("a/b c.txt") == "text"
    for path in ("../x", "a//b", "/a", "a/./b", "a/"):
        with pytest.raises(ValueError, match="path"):
            widget.file(path)


def test_create_sends_what_may_be_sent_and_returns_the_record(widget_class, session, answers):
    answers.on("POST /v1/widgets", {"guid": "new", "name": "n"})
    made = widget_class.create(session, name="n", title=None, force=True)

    assert answers.asked[0].json == {"name": "n", "title": None, "force": True}
    assert made.guid == "new"
    with pytest.raises(TypeError, match="no argument 'size'"):
        widget_class.create(session, name="n", size=3)


def test_update_sends_just_what_changed(widget, answers):
    answers.on("PATCH /v1/widgets/w1", {"guid": "w1", "title": "new", "size": 3})
    widget.title = "new"
    widget.update()

    assert answers.asked[0].json == {"title": "new"}
    assert widget.title == "new"
    assert widget.name == "n", "what the answer leaves out stays"

    widget.update()
    assert len(answers.asked) == 1, "nothing changed, nothing is sent"


def test_update_takes_arguments_too(widget, answers):
    answers.on("PATCH /v1/widgets/w1", {"guid": "w1", "title": "x", "size": 9})
    widget.title = "x"

    assert widget.update(size=9) is widget
    assert answers.asked[0].json == {"title": "x", "size": 9}
    assert widget.size == 9


def test_a_default_is_for_what_is_made_and_not_for_what_is_changed(catalog, session, answers):
    answers.on("POST /v1/paints", {"id": "p", "colour": "red"})
    answers.on("PATCH /v1/paints/p", {"id": "p"})
    paint = catalog.record("Paint").create(session, title="t")
    paint.colour = "blue"
    paint.update()
    paint.update(title="u")

    assert [each.json for each in answers.asked] == [
        {"colour": "red", "title": "t"},
        {"colour": "blue"},
        {"title": "u"},
    ]


def test_a_change_that_the_server_refused_is_sent_again(widget, answers):
    answers.on("PATCH /v1/widgets/w1", {"code": 7, "error": "no"}, status=400)
    widget.title = "x"
    with pytest.raises(Exception, match="400"):
        widget.update()
    with pytest.raises(Exception, match="400"):
        widget.update()

    assert [each.json for each in answers.asked] == [{"title": "x"}, {"title": "x"}]


@pytest.mark.parametrize(
    ("name", "value", "error", "expected"),
    [
        ("guid", "x", AttributeError, r"Widget\.guid is set by the server alone; what can be set: title, size"),
        ("name", "x", AttributeError, r"Widget\.name is set when it is created"),
        ("titel", "x", AttributeError, "titel"),
        ("size", "big", TypeError, r"Widget\.size: expected a whole number, found str"),
        ("size", True, TypeError, "whole number"),
    ],
)
def test_what_cant_be_changed_is_refused_at_the_assignment(widget, name, value, error, expected):
    with pytest.raises(error, match=expected):
        setattr(widget, name, value)


def test_put_sends_the_whole_record_unless_the_declaration_says_otherwise(catalog, session, answers):
    answers.on("GET /v1/widgets/w1/parts/1", {"id": "1", "kind": "a"})
    answers.on("PUT /v1/widgets/w1/parts/1", {"id": "1", "kind": "a"})
    part = catalog.record("Part").get_one(session, "1", widget_guid="w1")
    part.update()
    assert answers.asked[-1].json == {"kind": "a"}

    answers.on("GET /v1/makers/m", {"guid": "m", "name": "n", "role": "r"}).on("PUT /v1/makers/m", status=204)
    maker = catalog.record("Maker").get_one(session, "m")
    maker.update(role="boss")
    assert answers.asked[-1].json == {"role": "boss"}
    assert maker.role == "boss"


def test_refresh_reads_anew_and_drops_what_was_not_sent(widget, answers):
    widget.size = 5
    answers.on("GET /v1/widgets/w1", {"guid": "w1", "title": "later", "size": 3})
    answers._answers["GET /v1/widgets/w1"].pop(0)

    assert widget.refresh(include=["parts"]) is widget
    assert (widget.title, widget.size) == ("later", 3)
    assert answers.asked[0].query == {"include": "parts"}
    widget.update()
    assert len(answers.asked) == 1


def test_delete_returns_nothing(widget, answers):
    answers.on("DELETE /v1/widgets/w1", status=204)

    assert widget.delete() is None
    assert answers.calls() == ["DELETE /v1/widgets/w1"]


def test_an_action_sends_its_body_and_reads_its_answer(widget, answers):
    answers.on("POST /v1/widgets/w1/paint", {"job_id": 7})
    job = widget.paint(colour="red")

    assert answers.asked[0].json == {"colour": "red"}
    assert (type(job).__name__, job.id, job.finished) == ("Job", "7", None)
    assert widget.paint("blue").id == "7"
    assert answers.asked[1].json == {"colour": "blue"}


def test_an_action_without_arguments_sends_an_empty_object_where_a_body_is_declared(widget, answers):
    answers.on("POST /v1/widgets/w1/paint", {"job_id": 7})
    widget.paint()

    assert answers.asked[0].json == {}


def test_answers_of_other_kinds(widget, widget_class, session, answers):
    answers.on("GET /v1/widgets/w1/names", ["a", "b"])
    answers.on("POST /v1/widgets/w1/tags/3", status=204)
    answers.on("GET /v1/best-widget", {"guid": "best"})
    answers.on("GET /v1/widgets/w1/error", status=204)
    answers.on("GET /v1/widgets/w1/note", "naïve".encode())

    assert widget.names() == ["a", "b"]
    assert widget.tag(3) is None
    assert widget_class.best(session).guid == "best"
    assert widget.error() is None
    assert widget.note() == "naïve"


def test_a_list_as_the_whole_body_takes_records_and_dictionaries(widget, catalog, answers):
    answers.on("PUT /v1/widgets/w1/settings", status=204)
    widget.settings([catalog.record("Setting")(name="a", value="1"), {"name": "b", "value": None}])

    assert answers.asked[0].json == [{"name": "a", "value": "1"}, {"name": "b", "value": None}]
    with pytest.raises(TypeError, match=r"values\[0\]: expected a Setting, or a dictionary of its fields, found int"):
        widget.settings([3])


def test_an_id_given_as_a_number_is_sent_as_text_and_a_needed_argument_may_be_null(widget, answers):
    answers.on("POST /v1/widgets/w1/links", status=204)
    widget.link(part_ids=[1, "2"], part_id=3, until=None)

    assert answers.asked[0].json == {"part_ids": ["1", "2"], "part_id": "3", "until": None}
    with pytest.raises(TypeError, match=r"link\(\) needs 'until'"):
        widget.link(part_id=3)


def test_an_empty_filter_is_left_out(widget_class, session, answers):
    answers.on("GET /v1/widgets", [])
    widget_class.get(session, include=[])

    assert answers.asked[0].query == {}


def test_a_call_that_the_server_is_too_old_for_says_so(widget_class, session):
    with pytest.raises(NotFoundError):
        widget_class.fresh(session)
    session.version = "2025.12.1"
    with pytest.raises(
        UnsupportedError, match=r"Widget\.fresh needs Connect 2026\.01\.0 or newer; this server is 2025"
    ):
        widget_class.fresh(session)
    session.version = "2026.02.0"
    with pytest.raises(NotFoundError):
        widget_class.fresh(session)


def test_a_record_without_a_client_says_what_to_do(widget_class, session, answers):
    widget = widget_class(guid="w1")
    with pytest.raises(ValueError, match=r"belongs to no client.*\.bind\(client\)"):
        widget.delete()
    answers.on("DELETE /v1/widgets/w1", status=204)
    widget.bind(session).delete()
    with pytest.raises(ValueError, match="needs 'guid' of this Widget, which is None"):
        widget_class().bind(session).delete()


def test_help_shows_arguments_types_and_the_operation(widget_class):
    assert str(inspect.signature(widget_class.get)) == (
        "(client, *, name: 'str' = UNSET, include: 'list[str]' = UNSET, "
        "since: 'datetime' = UNSET, live: 'bool' = UNSET) -> 'ResourceList[Widget]'"
    )
    assert widget_class.paint.__doc__ == (
        "Paint it.\n\nArgs:\n    colour (str): Which.\n\nNeeds the role publisher or more.\n\n"
        "Source: POST /v1/widgets/{widget_guid}/paint"
    )
    assert "page_size" in inspect.signature(widget_class.search).parameters
    assert inspect.signature(widget_class.history).return_annotation == "ResourceList[Setting]"
    assert "to" in inspect.signature(widget_class.export).parameters


def test_every_request_carries_the_key_and_a_correlation_id(widget_class, session, answers):
    answers.on("GET /v1/widgets", [])
    widget_class.get(session)

    assert answers.asked[0].headers["Authorization"] == "Key k"
    assert answers.asked[0].headers["X-Correlation-ID"]


def test_json_bodies_are_declared_as_json(widget_class, session, answers):
    answers.on("POST /v1/widgets", {"guid": "g"})
    widget_class.create(session, name="n")

    assert answers.asked[0].headers["Content-Type"] == "application/json"
    assert json.loads(answers.asked[0].body) == {"name": "n"}


def test_an_action_is_tried_again_only_if_it_is_declared_repeatable(widget, answers):
    answers.on("POST /v1/widgets/w1/measure", {}, status=503).on("POST /v1/widgets/w1/measure", {"size": 3})
    answers.on("POST /v1/widgets/w1/paint", {}, status=503)

    assert widget.measure() == {"size": 3}
    with pytest.raises(ServerError):
        widget.paint(colour="red")
    assert answers.calls() == ["POST /v1/widgets/w1/measure"] * 2 + ["POST /v1/widgets/w1/paint"]
