import datetime

import pytest

import connectapi
from connectapi.cli.output import _cell, show_answer
from connectapi.resources import default_catalog


@pytest.fixture
def spec():
    return default_catalog().spec("Content")


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (None, ""),
        (True, "yes"),
        (False, "no"),
        (3, "3"),
        (datetime.datetime(2024, 5, 1, 10, 30, tzinfo=datetime.timezone.utc), "2024-05-01 10:30"),
        ("two\nlines\x1b[2J", "two lines [2J"),
        (["a", 1], "['a', 1]"),
    ],
)
def test_a_cell_is_one_line_and_moves_no_cursor(value, shown):
    assert _cell(value) == shown


@pytest.mark.parametrize(
    ("answer", "as_json", "shown"),
    [
        ([], False, "no content\n"),
        ([], True, "[]\n"),
        (["a", "b"], False, "a\nb\n"),
        (None, False, "done\n"),
        (None, True, "null\n"),
        ("text", False, "text\n"),
        ({"a": 1}, True, '{\n  "a": 1\n}\n'),
    ],
)
def test_answers_of_every_kind(capsys, spec, answer, as_json, shown):
    show_answer(answer, spec, as_format="json" if as_json else "table")

    assert capsys.readouterr().out == shown


def test_fields_that_are_not_there_are_not_shown(capsys, spec):
    show_answer(connectapi.User(username="ada"), spec, as_format="table")
    show_answer({"name": "x", "none": None}, spec, as_format="table")

    lines = [line.split() for line in capsys.readouterr().out.splitlines()]
    assert lines == [["username", "ada"], ["name", "x"]]


def test_markup_in_a_title_is_text(capsys, spec):
    show_answer([connectapi.Content(guid="g", title="[red]not red[/red]")], spec, as_format="table")

    assert "[red]not red[/red]" in capsys.readouterr().out
