"""Lists of a server that lies about them: what comes is right or a typed error, and no other host is asked."""

import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from connectapi import ConnectError, DecodeError

#: A list that is followed by cursors, from both ends where it is wanted whole; one that is counted; a bare one.
AUDIT, USERS, BUNDLES = "AuditLog", "User", "Bundle"


@pytest.fixture
def listing(wire, client, answer):
    """A client for whose lists every page is this text, and the list by name."""

    def play(body):
        wire.scripts[:] = [answer(body if isinstance(body, bytes) else json.dumps(body).encode())]
        wire.heads.clear()
        return client.with_options(timeout=5.0)

    return play


def lists(client, name):
    cls = client.catalog.record(name)
    more = {"content_guid": "g"} if name == BUNDLES else {}
    yield lambda: cls.get(client, **more)
    yield lambda: list(cls.iter(client, **more))
    yield lambda: cls.count(client, **more)


WRONG = [1, "x", True, [], [1], ["x"], {"x": 1}, {"cursors": None}, {"cursors": [1]}, {"cursors": "x"}, {"cursors": {}}]


@pytest.mark.parametrize("paging", WRONG, ids=repr)
def test_paging_of_another_kind_is_the_end_of_the_list(listing, paging):
    get, iterate, count = lists(listing({"results": [{"id": 1}], "paging": paging}), AUDIT)

    assert [each.id for each in get()] == [each.id for each in iterate()] == ["1"]
    assert count() == 1


@pytest.mark.parametrize("cursor", [5, ["x"], {"a": 1}, True, 1.5])
def test_a_cursor_of_another_kind_is_an_error_that_says_so(listing, cursor):
    client = listing({"results": [{"id": 1}], "paging": {"cursors": {"next": cursor}}})

    for read in lists(client, AUDIT):
        with pytest.raises(DecodeError, match=r"\$\.paging\.cursors\.next: expected a cursor not given before"):
            read()


EVIL = [
    *("http://evil.example.com/x", "//evil.example.com/x", "https://evil.example.com", "x\r\nHost: evil.example.com"),
    *("../../admin", "?a=b#c", "a&limit=9", "\x00", "é", "x" * 5000),
]


@pytest.mark.parametrize("cursor", EVIL, ids=lambda text: ascii(text[:20]))
def test_a_cursor_is_a_parameter_and_nothing_else(wire, client, answer, cursor):
    """Whatever it looks like: the next page is asked for where the first one was."""

    def script(connection, head, _):
        last = b"next=" in head
        paging = {"cursors": {"next": None if last else cursor}, "next": "http://evil.example.com/page"}
        connection.sendall(answer(json.dumps({"results": [{"id": 2 if last else 1}], "paging": paging}).encode()))
        return True

    wire.plays(script)
    cls = client.catalog.record(AUDIT)

    assert [each.id for each in cls.iter(client)] == ["1", "2"]
    first, second = wire.heads
    path = first.split("?")[0]
    assert second.split("?")[0] == path
    assert second.split(" ")[1].startswith(path.split(" ")[1] + "?limit=")
    assert {line for line in first.splitlines() if line.startswith("Host:")} == {f"Host: {wire.url[7:]}"}
    assert {line for line in second.splitlines() if line.startswith("Host:")} == {f"Host: {wire.url[7:]}"}
    assert second.splitlines()[0].count(" ") == 2


@pytest.mark.parametrize("total", [-1, 0, 10**30, 1e300, 0.5, "1", [1], {"a": 1}, True, None], ids=repr)
def test_a_total_of_whatever_kind_hides_no_record(wire, client, answer, total):
    def script(connection, head, _):
        rows = [{"guid": "a"}] if "page_number=1&" in head.decode() else []
        connection.sendall(answer(json.dumps({"results": rows, "total": total}).encode()))
        return True

    wire.plays(script)
    with client.deadline(5) as hurried:
        get, iterate, _ = lists(hurried, USERS)
        assert [each.guid for each in get()] == [each.guid for each in iterate()] == ["a"]


@pytest.mark.parametrize(
    "page", [[None], [None, {"guid": "a"}], {"results": [None]}, {"results": [None], "total": 10**9}]
)
def test_a_page_that_begins_with_null_and_comes_again_and_again_is_read_once(wire, listing, page):
    """Null is the same as null: it tells no page from another."""
    get, iterate, _ = lists(listing(page), USERS)

    assert len(get()) == len(list(iterate())) == len(page if isinstance(page, list) else page["results"])
    assert len(wire.heads) < 20


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.sampled_from(["", "a", "b", "1"]),
    lambda inner: (
        st.lists(inner, max_size=2)
        | st.dictionaries(st.sampled_from(["next", "cursors", "guid", "id", "x"]), inner, max_size=3)
    ),
    max_leaves=5,
)
PAGES = (
    st.fixed_dictionaries(
        {},
        optional={
            "results": JSON | st.lists(st.fixed_dictionaries({"guid": JSON, "id": JSON}), max_size=3),
            "paging": JSON | st.fixed_dictionaries({"cursors": JSON | st.fixed_dictionaries({"next": JSON})}),
            "total": JSON,
            "current_page": JSON,
        },
    )
    | JSON
)


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(name=st.sampled_from([AUDIT, USERS, BUNDLES]), page=PAGES)
def test_whatever_pages_say_the_list_is_read_or_refused_in_words(listing, name, page):
    with listing(page).deadline(10) as client:
        for read in lists(client, name):
            try:
                read()
            except TimeoutError:
                raise
            except ConnectError as error:
                assert str(error)
