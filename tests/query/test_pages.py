import pytest

from connectapi.errors import DecodeError


def offset_server(rows, *, total=None, envelope=True):
    """A list of rows as an answer by page number and size."""

    def answer(asked):
        size, number = int(asked.query["page_size"]), int(asked.query["page_number"])
        page = rows[(number - 1) * size : number * size]
        if not envelope:
            return page
        return {"results": page, "current_page": number, "total": len(rows) if total is None else total}

    return answer


def named(count):
    return [{"guid": f"g{index}"} for index in range(count)]


def test_pages_are_read_to_the_end(catalog, session, answers):
    answers.on("GET /v1/makers", offset_server(named(5)))
    found = catalog.record("Maker").get(session, prefix="a")

    assert [each.guid for each in found] == ["g0", "g1", "g2", "g3", "g4"]
    assert found.meta["total"] == 5
    assert sorted(each.query["page_number"] for each in answers.asked) == ["1", "2", "3"]
    assert all(each.query == {**each.query, "prefix": "a", "page_size": "2"} for each in answers.asked)


def test_iter_asks_for_a_page_when_it_is_reached(catalog, session, answers):
    answers.on("GET /v1/makers", offset_server(named(5)))
    found = catalog.record("Maker").iter(session)
    assert answers.asked == []

    assert next(found).guid == "g0"
    assert next(found).guid == "g1"
    assert len(answers.asked) == 1
    assert next(found).guid == "g2"
    assert len(answers.asked) == 2


def test_the_size_of_a_page_can_be_chosen(catalog, session, answers):
    answers.on("GET /v1/makers", offset_server(named(5)))

    assert len(catalog.record("Maker").get(session, page_size=5)) == 5
    assert len(answers.asked) == 1
    with pytest.raises(ValueError, match="page_size: expected 1 or more, found 0"):
        catalog.record("Maker").get(session, page_size=0)
    with pytest.raises(TypeError, match="page_size: expected a whole number"):
        catalog.record("Maker").get(session, page_size="many")


def test_count_is_one_small_request_where_the_server_tells(catalog, session, answers, widget_class):
    answers.on("GET /v1/makers", offset_server(named(5)))
    answers.on("GET /v1/widgets", named(3))

    assert catalog.record("Maker").count(session) == 5
    assert answers.asked[0].query["page_size"] == "1"
    assert len(answers.asked) == 1
    assert widget_class.count(session) == 3


@pytest.mark.parametrize("total", [-1, 0, True, "5", 2.5, None, [5]])
def test_a_total_that_is_none_is_not_believed(catalog, session, answers, total):
    rows = named(5)

    def answer(asked):
        size, number = int(asked.query["page_size"]), int(asked.query["page_number"])
        return {"results": rows[(number - 1) * size : number * size], "total": total}

    answers.on("GET /v1/makers", answer)

    assert catalog.record("Maker").count(session) == 5
    assert [each.guid for each in catalog.record("Maker").get(session)] == ["g0", "g1", "g2", "g3", "g4"]


@pytest.mark.parametrize("cursor", [5, ["x"], {"next": "x"}, True])
def test_a_cursor_that_is_none_is_an_error(catalog, session, answers, cursor):
    answers.on("GET /v1/events", {"results": [{"id": "1"}], "paging": {"cursors": {"next": cursor}}})

    with pytest.raises(DecodeError, match=r"paging\.cursors\.next.*expected a cursor"):
        catalog.record("Event").get(session)


def test_a_cursor_that_names_another_server_stays_a_word_in_the_query(catalog, session, answers):
    """And what a page says of the next one's URL is not followed at all."""
    elsewhere = "https://evil.example/v1/events?next=2"
    page = {"results": [{"id": "1"}], "paging": {"cursors": {"next": elsewhere}, "next": elsewhere}}
    answers.on("GET /v1/events", page, {"results": [{"id": "2"}], "paging": {"cursors": {"next": None}}})

    assert [each.id for each in catalog.record("Event").get(session)] == ["1", "2"]
    assert answers.asked[1].query["next"] == elsewhere


def test_an_empty_list_is_one_request(catalog, session, answers):
    answers.on("GET /v1/makers", offset_server([]))

    assert catalog.record("Maker").get(session) == []
    assert len(answers.asked) == 1


def test_pages_without_an_envelope_end_with_a_short_one(catalog, session, answers):
    answers.on("GET /v1/widgets/w/parts", offset_server([{"id": str(i)} for i in range(7)], envelope=False))

    assert [each.id for each in catalog.record("Part").get(session, widget_guid="w")] == [str(i) for i in range(7)]
    assert len(answers.asked) == 3


def test_a_server_that_pays_no_attention_to_the_page_number_is_not_asked_for_ever(catalog, session, answers):
    rows = [{"id": str(i)} for i in range(3)]
    answers.on("GET /v1/widgets/w/parts", rows)

    assert len(catalog.record("Part").get(session, widget_guid="w")) == 3
    assert len(answers.asked) == 2


def test_records_without_a_key_tell_that_a_page_came_again(catalog, session, answers):
    answers.on("GET /v1/makers", {"results": [{"name": "a"}, {"name": "b"}]})

    assert len(catalog.record("Maker").get(session)) == 2


def test_a_bare_list_where_an_envelope_is_declared_is_read(catalog, session, answers):
    answers.on("GET /v1/makers", named(2))

    assert len(catalog.record("Maker").get(session)) == 2


def test_an_object_that_is_no_page_is_an_error_and_not_an_empty_list(catalog, session, answers):
    answers.on("GET /v1/makers", {"guid": "g"})

    with pytest.raises(DecodeError, match="expected an object with 'results'"):
        catalog.record("Maker").get(session)


def test_a_record_s_own_list_comes_in_pages_too(widget, answers):
    answers.on("GET /v1/widgets/w1/history", offset_server([{"name": "a"}, {"name": "b"}, {"name": "c"}]))
    found = widget.history(page_size=2)

    assert [each.name for each in found] == ["a", "b", "c"]
    assert found.meta["total"] == 3
    assert answers.asked[0].query["page_size"] == "2"


def test_null_among_the_records_is_kept(catalog, session, answers):
    answers.on("GET /v1/makers", {"results": [None, {"guid": "a"}], "total": 2})
    nothing, maker = catalog.record("Maker").get(session)

    assert nothing is None
    assert maker.bind(session).guid == "a"


def test_what_a_page_says_beside_its_list_is_kept(catalog, session, answers):
    answers.on("GET /v1/search/widgets", {"results": [{"guid": "a"}], "total": 1, "warnings": ["odd"], "took": 3})
    found = catalog.record("Widget").search(session, q="x")

    assert found.meta == {"total": 1, "warnings": ["odd"], "took": 3}


def test_null_for_the_list_of_a_page_is_an_empty_one(catalog, session, answers):
    answers.on("GET /v1/makers", {"results": None, "total": 0})

    assert catalog.record("Maker").get(session) == []


def test_no_content_is_an_empty_list(catalog, session, answers):
    answers.on("GET /v1/makers", status=204)

    assert catalog.record("Maker").get(session) == []


def test_cursors_are_followed(catalog, session, answers):
    pages = {None: (["1", "2"], "c1"), "c1": (["3", "4"], "c2"), "c2": (["5"], None)}

    def answer(asked):
        ids, following = pages[asked.query.get("next")]
        return {"results": [{"id": each} for each in ids], "paging": {"cursors": {"previous": None, "next": following}}}

    answers.on("GET /v1/events", answer)

    assert [each.id for each in catalog.record("Event").get(session)] == ["1", "2", "3", "4", "5"]
    assert catalog.record("Event").count(session) == 5
    assert answers.asked[0].query == {"limit": "2"}


def test_a_cursor_that_repeats_is_an_error(catalog, session, answers):
    answers.on("GET /v1/events", {"results": [{"id": "1"}], "paging": {"cursors": {"next": "again"}}})

    with pytest.raises(DecodeError, match="the same one again"):
        catalog.record("Event").get(session)
