"""Which files stay at home."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connectapi.errors import BundleError
from connectapi.publish.ignore import IGNORED, Ignore, ignore_for


@pytest.mark.parametrize(
    ("pattern", "out", "stays"),
    [
        ("data", ["data", "a/data"], ["data.csv", "mydata"]),
        ("*.csv", ["a.csv", "raw/a.csv", ".csv"], ["a.csv.gz"]),
        ("/data", ["data"], ["a/data"]),
        ("raw/*.csv", ["raw/a.csv"], ["a.csv", "x/raw/a.csv", "raw/x/a.csv"]),
        ("raw/**/a.csv", ["raw/a.csv", "raw/x/a.csv", "raw/x/y/a.csv"], ["a.csv"]),
        ("raw/**", ["raw/a", "raw/x/a"], ["raw", "a"]),
        ("**/raw/a", ["raw/a", "x/y/raw/a"], ["rawa", "raw"]),
        ("**", ["a", "a/b"], []),
        ("page?.html", ["page1.html"], ["page.html", "page12.html"]),
        ("page[0-9].html", ["page1.html"], ["pagex.html"]),
        ("page[!0-9].html", ["pagex.html"], ["page1.html"]),
        ("  spaced  ", ["spaced"], ["  spaced  "]),
        ("# data", [], ["# data", "data"]),
        (r"\#data", ["#data"], ["data"]),
        (r"\!data", ["!data"], ["data"]),
        ("", [], ["a"]),
        ("/", [], ["a"]),
        ("!", [], ["a"]),
        ("[", ["["], ["a"]),
    ],
)
def test_a_pattern_says_what_is_left_out(pattern: str, out: list[str], stays: list[str]) -> None:
    ignore = Ignore.of([pattern])

    assert [path for path in out if not ignore.matches(path)] == []
    assert [path for path in stays if ignore.matches(path)] == []


def test_a_pattern_that_ends_in_a_slash_is_for_folders_alone() -> None:
    ignore = Ignore.of(["data/"])

    assert ignore.matches("x/data", folder=True)
    assert not ignore.matches("x/data")


def test_the_last_pattern_that_matches_decides() -> None:
    ignore = Ignore.of(["*.csv", "!keep.csv", "old/keep.csv"])

    assert ignore.matches("a.csv")
    assert not ignore.matches("keep.csv")
    assert ignore.matches("old/keep.csv")


@pytest.mark.parametrize(
    "name", [*IGNORED[:19], ".env.local", "sub/.Renviron", "web/node_modules", "renv/library", "a/packrat/lib-R"]
)
def test_the_state_of_tools_is_left_out(tmp_path: Path, name: str) -> None:
    assert ignore_for(tmp_path).matches(name, folder=True)


@pytest.mark.parametrize("name", ["renv/activate.R", "renv", "git", "rsconnect.html", "sub/manifest.json"])
def test_what_only_looks_like_the_state_of_tools_is_published(tmp_path: Path, name: str) -> None:
    assert not ignore_for(tmp_path).matches(name, folder=True)


def test_ignore_files_and_the_caller_add_up_and_the_caller_has_the_last_word(tmp_path: Path) -> None:
    (tmp_path / ".positignore").write_bytes("\ufeff# comment\r\n\r\n*.csv\r\n!rsconnect\r\n".encode())
    (tmp_path / ".rscignore").write_text("notes.txt\n")

    ignore = ignore_for(tmp_path, ["!all.csv", "*.tmp"])

    names = ["a.csv", "notes.txt", "a.tmp", "all.csv", "rsconnect"]
    assert list(filter(ignore.matches, names)) == ["a.csv", "notes.txt", "a.tmp"]


def test_one_pattern_need_not_be_in_a_list(tmp_path: Path) -> None:
    ignore = ignore_for(tmp_path, "*.csv")

    assert ignore.matches("a.csv")
    assert not ignore.matches("s")


def test_an_ignore_file_that_is_not_text_is_named(tmp_path: Path) -> None:
    (tmp_path / ".positignore").write_bytes(b"\xff\xfe\xff")

    with pytest.raises(BundleError, match=r"\.positignore can't be read.*UTF-8"):
        ignore_for(tmp_path)


def test_a_pattern_of_many_stars_takes_no_long_time() -> None:
    ignore = Ignore.of(["**/a/" * 12 + "b"])
    start = time.perf_counter()

    assert not ignore.matches("a/" * 60 + "c")
    assert time.perf_counter() - start < 0.5


@settings(max_examples=50, deadline=None)
@given(
    st.lists(st.text(alphabet="ab*?![]-/\\#.&|~^", max_size=8), max_size=4),
    st.text("ab/.", min_size=1, max_size=8),
)
def test_any_line_can_be_read_as_a_pattern(lines: list[str], path: str) -> None:
    assert Ignore.of(lines).matches(path) in {True, False}
