import inspect
import threading

import pytest

from connectapi import NotFoundError, ResourceList


def test_relations_send_nothing_until_they_are_asked(widget, answers):
    assert repr(widget.parts) == "<PartCollection of widget_guid='w1'>"
    assert widget.maker.key == {"maker_guid": "m1"}
    assert "siblings" in dir(widget)
    assert answers.asked == []


def test_many_lie_under_the_path_of_the_one(widget, answers):
    answers.on("GET /v1/widgets/w1/parts", [{"id": "1", "kind": "a"}])
    answers.on("GET /v1/widgets/w1/parts/1", {"id": "1"})
    answers.on("DELETE /v1/widgets/w1/parts/1", status=204)
    answers.on("POST /v1/widgets/w1/parts", {"id": "2"})
    (part,) = widget.parts.get()

    assert part.id == "1"
    assert widget.parts.get_one("1").id == "1"
    assert next(widget.parts.iter()).id == "1"
    assert widget.parts.create(b"x").id == "2"
    part.delete()
    widget.parts.delete("1")
    assert answers.calls()[-2:] == ["DELETE /v1/widgets/w1/parts/1"] * 2


def test_many_are_found_by_a_filter(widget, answers):
    answers.on("GET /v1/widgets", [{"guid": "w2"}])

    assert widget.siblings.get()[0].guid == "w2"
    assert answers.asked[0].query == {"name": "n"}
    widget.siblings.get(name="other")
    assert answers.asked[1].query == {"name": "other"}


def test_one_is_read_by_its_key(widget, answers):
    answers.on("GET /v1/makers/m1", {"guid": "m1", "name": "Ada"})

    assert widget.maker.get().name == "Ada"


def test_one_that_is_not_there_is_none(widget_class, session, answers):
    answers.on("GET /v1/widgets/w2", {"guid": "w2", "maker_guid": None})
    widget = widget_class.get_one(session, "w2")

    assert widget.maker.get() is None
    with pytest.raises(ValueError, match=r"has no name: it was not read whole; call \.refresh\(\) first"):
        _ = widget.siblings


def test_records_inside_a_record_are_bound_too(widget_class, session, answers):
    answers.on("GET /v1/widgets/w3", {"guid": "w3", "parts_list": [{"id": "1", "kind": "a"}]})
    answers.on("DELETE /v1/widgets/w3/parts/1", status=204)
    widget = widget_class.get_one(session, "w3", include=["parts"])
    widget.parts_list[0].delete()

    assert answers.calls()[-1] == "DELETE /v1/widgets/w3/parts/1"


def test_a_collection_does_to_an_item_what_its_record_does(catalog, session, answers):
    from connectapi.query.collection import collection_class

    widgets = collection_class(catalog, "Widget")(session)
    answers.on("PATCH /v1/widgets/w1", {"guid": "w1", "title": "x"})
    answers.on("POST /v1/widgets/w1/paint", {"job_id": 1})
    answers.on("DELETE /v1/widgets/w1", status=204)
    answers.on("GET /v1/best-widget", {"guid": "b"})

    assert widgets.update("w1", title="x").title == "x"
    assert widgets.paint("w1", colour="red").id == "1"
    assert widgets.delete("w1") is None
    assert widgets.best().guid == "b"
    assert answers.calls() == [
        "PATCH /v1/widgets/w1",
        "POST /v1/widgets/w1/paint",
        "DELETE /v1/widgets/w1",
        "GET /v1/best-widget",
    ]
    assert list(inspect.signature(widgets.paint).parameters) == ["widget_guid", "colour"]


def test_a_collection_asks_for_the_place_of_what_lies_under_another(catalog, session, answers):
    from connectapi.query.collection import collection_class

    parts = collection_class(catalog, "Part")(session)
    answers.on("DELETE /v1/widgets/w1/parts/1", status=204)

    assert parts.delete("1", widget_guid="w1") is None
    assert parts.delete(part_id="1", widget_guid="w1") is None
    assert parts.delete("1", "w1") is None
    with pytest.raises(TypeError, match=r"Part\.delete\(\) needs 'widget_guid'"):
        parts.delete("1")
    assert repr(parts) == "<PartCollection>"


def test_a_place_that_a_call_s_path_does_not_have_is_not_asked_for(catalog, session, answers):
    from connectapi.query.collection import collection_class

    parts = collection_class(catalog, "Part")(session)
    answers.on("POST /v1/parts/1/weight", {"grams": 3})

    assert parts.weigh("1") == {"grams": 3}
    assert list(inspect.signature(parts.weigh).parameters) == ["part_id"]


def widgets(widget_class, session, answers, count):
    answers.on("GET /v1/widgets", [{"guid": f"w{index}", "maker_guid": f"m{index % 2}"} for index in range(count)])
    found = widget_class.get(session)
    answers.asked.clear()
    return found


def test_related_records_come_with_theirs_in_order(widget_class, session, answers):
    found = widgets(widget_class, session, answers, 9)
    for index in range(9):
        answers.on(f"GET /v1/widgets/w{index}/parts", [{"id": str(index)}])
    pairs = list(found.related("parts"))

    assert [one for one, _ in pairs] == found
    assert [[part.id for part in parts] for _, parts in pairs] == [[str(index)] for index in range(9)]
    assert len(answers.asked) == 9


def test_related_requests_are_under_way_together_but_no_more_than_may_be(widget_class, session, answers):
    found = widgets(widget_class, session, answers, 8)
    together = threading.Barrier(session.concurrency)

    def part(_asked):
        together.wait(30)  # fewer at once would never come past here
        return [{"id": "1"}]

    for index in range(8):
        answers.on(f"GET /v1/widgets/w{index}/parts", part)
    pairs = found.related("parts")
    next(pairs)

    assert len(answers.asked) == session.concurrency
    assert len(list(pairs)) == 7


def test_a_relation_to_one_gives_one(widget_class, session, answers):
    found = widgets(widget_class, session, answers, 3)
    answers.on("GET /v1/makers/m0", {"guid": "m0", "name": "Ada"})
    answers.on("GET /v1/makers/m1", {"guid": "m1", "name": "Bo"})

    assert [maker.name for _, maker in found.related("maker")] == ["Ada", "Bo", "Ada"]


def test_a_relation_that_there_is_not_is_refused_before_a_request(widget_class, session, answers):
    found = widgets(widget_class, session, answers, 3)

    with pytest.raises(AttributeError, match=r"Widget has no relation 'part' \(did you mean 'parts'\?\)"):
        found.related("part")
    assert answers.asked == []
    assert list(ResourceList().related("anything")) == []


def test_a_related_request_that_fails_comes_at_its_place(widget_class, session, answers):
    found = widgets(widget_class, session, answers, 3)
    answers.on("GET /v1/widgets/w0/parts", [{"id": "1"}])
    pairs = found.related("parts")

    assert next(pairs)[0].guid == "w0"
    with pytest.raises(NotFoundError):
        next(pairs)
