"""pins: versions of a pin, who may read it, and how it is found."""

import pytest
from pins.errors import PinsError
from pins.rsconnect.api import RsConnectApiError

from connectapi import Client


@pytest.fixture
def connect(server):
    """Our own client, to look at what came of it."""
    with Client(server.url, server.api_key) as client:
        yield client


def test_each_version_is_kept(board):
    for number in range(3):
        board.pin_write({"number": number}, "admin/count", type="json")

    versions = board.pin_versions("admin/count")["version"].tolist()

    assert len(versions) == 3
    assert [board.pin_read("admin/count", version=each)["number"] for each in versions] == [0, 1, 2]
    assert board.pin_read("admin/count") == {"number": 2}
    assert board.pin_version_delete("admin/count", versions[0]) is None
    assert board.pin_versions("admin/count")["version"].tolist() == versions[1:]
    with pytest.raises(PinsError, match="cannot delete the latest pin version"):
        board.pin_version_delete("admin/count", versions[-1])
    board.pin_versions_prune("admin/count", n=1)
    assert board.pin_versions("admin/count")["version"].tolist() == versions[-1:]


def test_a_pin_without_versions_has_just_the_last(board):
    for number in range(3):
        board.pin_write({"number": number}, "admin/last", type="json", versioned=False)

    assert len(board.pin_versions("admin/last")) == 1
    assert board.pin_read("admin/last") == {"number": 2}


def test_a_pin_tells_of_itself(board, connect):
    told = {"title": "Penguins", "description": "Their masses.", "metadata": {"source": "Palmer"}}
    board.pin_write([1, 2], "admin/penguins", type="json", **told)

    meta = board.pin_meta("admin/penguins")

    assert (meta.title, meta.description, meta.user) == ("Penguins", "Their masses.", {"source": "Palmer"})
    (content,) = connect.content.get()
    assert (content.title, content.description, content.content_category) == ("Penguins", "Their masses.", "pin")
    assert meta.local["content_id"] == content.guid
    assert meta.local["version"] == content.bundle_id


def test_a_pin_is_content_with_a_page_of_its_own(board, connect):
    import urllib3

    board.pin_write([1, 2], "admin/penguins", type="json", access_type="all")
    (content,) = connect.content.get()

    page = urllib3.request("GET", content.content_url)

    assert (page.status, content.access_type) == (200, "all")
    assert b"admin/penguins" in page.data
    assert urllib3.request("GET", f"{content.content_url}penguins.json").json() == [1, 2]


def test_who_may_read_a_pin_is_up_to_its_owner(board, board_of, connect):
    connect.users.create(username="ada", user_role="publisher")
    theirs = board_of("ada")
    board.pin_write([1], "admin/mine", type="json")
    board.pin_write([2], "admin/shared", type="json", access_type="logged_in")

    assert theirs.pin_read("admin/shared") == [2]
    with pytest.raises((PinsError, RsConnectApiError, NotImplementedError)):
        theirs.pin_read("admin/mine")
    assert theirs.pin_list() == ["admin/shared"]
    with pytest.raises(PinsError, match="must create the content before"):
        theirs.pin_write([3], "admin/other", type="json")
    theirs.pin_write([4], "ada/own", type="json")
    assert set(board.pin_list()) == {"ada/own", "admin/mine", "admin/shared"}


def test_pins_are_listed_and_found_and_nothing_else_is(board, connect):
    connect.content.create(name="report", title="Penguins as well")
    board.pin_write([1], "admin/penguins", type="json", title="Penguins")
    board.pin_write([2], "admin/flights", type="json", title="Flights")

    assert set(board.pin_list()) == {"admin/penguins", "admin/flights"}
    assert board.pin_search("penguins")["name"].tolist() == ["admin/penguins"]
    assert len(board.pin_search()) == 2
    assert len(board.pin_search("nothing", as_df=False)) == 0


def test_a_pin_is_deleted_with_all_its_versions(board, connect):
    for number in range(2):
        board.pin_write([number], "admin/penguins", type="json")
    assert board.pin_exists("admin/penguins")

    board.pin_delete("admin/penguins")

    assert not board.pin_exists("admin/penguins")
    assert (board.pin_list(), connect.content.get()) == ([], [])
