import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectapi import Search
from connectapi.spec.model import FieldSpec

TERMS = {
    "owner": FieldSpec(type="str"),
    "type": FieldSpec(type="str"),
    "locked": FieldSpec(type="bool"),
    "start": FieldSpec(type="datetime", wire="from"),
}


def written(search):
    return search.text("Content.search() q", TERMS)


@pytest.mark.parametrize(
    ("search", "text"),
    [
        (Search(), ""),
        (Search("sales", "by region"), 'sales "by region"'),
        (Search(owner="me", type="shiny"), "owner:me type:shiny"),
        (Search(type=["shiny", "rmd-static"]), "type:shiny,rmd-static"),
        (Search(owner="Ada, Countess"), 'owner:"Ada, Countess"'),
        (Search(locked=True), "is:locked"),
        (Search(locked=False), "not:locked"),
        (Search("a").without("b", owner="me"), "a -b -owner:me"),
        (Search().without(locked=True), "not:locked"),
        (Search("-x", "a:b"), '"-x" "a:b"'),
        (Search(start=datetime.datetime(2024, 5, 1, tzinfo=datetime.timezone.utc)), 'from:"2024-05-01T00:00:00Z"'),
    ],
)
def test_a_search_is_written_as_the_server_reads_it(search, text):
    assert written(search) == text


@pytest.mark.parametrize(
    ("search", "expected"),
    [
        (Search(ownr="me"), r"no filter 'ownr' \(did you mean 'owner'\?\); there are owner, type, locked, start"),
        (Search(locked="yes"), "locked: expected True or False, found str"),
        (Search(owner=3), "owner: expected text, found int"),
        (Search(owner=["a", None]), "'owner' needs a value"),
    ],
)
def test_a_filter_that_there_is_none_of_or_of_another_type_is_refused(search, expected):
    with pytest.raises(TypeError, match=expected):
        written(search)


@pytest.mark.parametrize("text", ['a"b', "a\nb", ""])
def test_what_cant_be_written_is_refused_at_once(text):
    with pytest.raises(ValueError, match="can't be searched for"):
        Search(text)
    with pytest.raises(ValueError, match="can't be searched for"):
        Search(owner=text)


def test_a_word_is_text():
    with pytest.raises(TypeError, match="not int"):
        Search(3)


def test_searches_compare_by_value():
    assert Search("a", owner="b") == Search("a", owner="b")
    assert len({Search("a"), Search("a"), Search("b")}) == 2
    assert repr(Search("a").without(owner="b")) == "<Search 'a', not owner='b'>"


def parsed(text):
    """Read the language as its rules say: parts apart by spaces, quotes hold anything."""
    parts, word, quoted = [], "", False
    for each in text:
        if each == '"':
            quoted = not quoted
        elif each == " " and not quoted:
            parts.append(word)
            word = ""
        else:
            word += each
    return [*parts, word]


@given(st.lists(st.text(min_size=1, max_size=8), min_size=1, max_size=4))
def test_any_words_come_out_as_themselves_or_are_refused(words):
    try:
        search = Search(*words)
    except ValueError:
        return
    assert parsed(written(search)) == words


def test_a_call_takes_a_search_only_where_it_has_one(demo):
    assert demo.content.search(q=Search(type="jupyter-static", owner="mara"))
    with pytest.raises(TypeError, match="there is no filter 'colour'"):
        demo.content.search(q=Search(colour="red"))
    with pytest.raises(TypeError, match="prefix: expected text, found Search"):
        demo.users.get(prefix=Search("x"))
