"""Which paths can stand in a bundle."""

from __future__ import annotations

import posixpath

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connectapi.publish.names import bullets, name_fault, name_faults


@pytest.mark.parametrize(
    "path",
    [
        "index.html",
        "a/b/c.txt",
        ".hidden",
        "..twice",
        "naïve café.html",
        "console.log",
        "com10.txt",
        "a b/c",
        "con-1",
    ],
)
def test_an_ordinary_path_has_no_fault(path: str) -> None:
    assert name_fault(path) == ""


@pytest.mark.parametrize(
    ("path", "why"),
    [
        ("/etc/passwd", "absolute"),
        ("C:/secret.txt", "absolute"),
        ("../up.txt", "'..'"),
        ("a/../../up.txt", "'..'"),
        ("./a.html", "expected 'a.html'"),
        ("a//b.html", "expected 'a/b.html'"),
        ("folder/", "expected 'folder'"),
        (".", "not written plainly"),
        ("", "empty"),
        ("img\\logo.png", "backslash"),
        ("a\nb.txt", "control character"),
        ("a\x7fb.txt", "control character"),
        ("caf\udce9.txt", "not UTF-8"),
        ("notes.", "ends in a dot"),
        ("notes ", "ends in a space"),
        ("folder /a.txt", "ends in a space"),
        ("aux", "Windows reserves"),
        ("NUL.txt", "Windows reserves (NUL)"),
        ("Fig 1: sales.html", "':' in its name, which Windows can't have"),
        ("index.html?page=2", "'?' in its name"),
        ("a*", "'*' in its name"),
        ('say "so"', "in its name, which Windows can't have"),
        ("x" * 256, "longer than 255 bytes"),
        ("é" * 128, "longer than 255 bytes"),
        ("x/" * 2048 + "x", "longer than 4095 bytes"),
        ("img/CON.html", "Windows reserves (CON)"),
        ("Com1.tar.gz", "Windows reserves"),
        ("nul .txt", "Windows reserves"),
        ("lpt³", "Windows reserves"),
    ],
)
def test_a_path_that_means_something_else_elsewhere_is_refused_with_the_reason(path: str, why: str) -> None:
    assert why in name_fault(path)


def test_paths_that_differ_only_in_case_clash() -> None:
    assert list(name_faults(["a/Plot.png", "a/plot.png", "b/plot.png"])) == [
        "'a/Plot.png' and 'a/plot.png' differ only in case, and overwrite each other on other systems"
    ]


def test_folders_that_differ_only_in_case_clash_and_are_told_once() -> None:
    faults = list(name_faults(["Img/a.png", "Img/b.png", "img/c.png", "img/d.png"]))

    assert len(faults) == 1
    assert "'Img' and 'img'" in faults[0]


def test_paths_that_differ_only_in_how_an_accent_is_stored_clash() -> None:
    composed, decomposed = "caf\u00e9.html", "cafe\u0301.html"

    (fault,) = name_faults([composed, decomposed])

    assert "how an accent is stored" in fault


def test_a_path_that_stands_twice_is_a_fault() -> None:
    assert list(name_faults(["a.txt", "a.txt"])) == ["'a.txt' stands twice"]


def test_what_is_a_file_and_a_folder_is_a_fault() -> None:
    assert list(name_faults(["a/b", "a", "a-b"])) == ["'a' is a file, and a folder of 'a/b'"]


def test_of_a_path_that_is_too_long_the_beginning_is_told() -> None:
    (fault,) = name_faults(["x" * 100_000])

    assert len(fault) < 300


def test_each_bad_name_is_told() -> None:
    assert len(list(name_faults(["/a", "b.", "c", "aux"]))) == 3


def test_of_many_lines_ten_are_shown_and_the_others_counted() -> None:
    lines = bullets(f"line {number}" for number in range(25)).splitlines()

    assert lines[9:] == ["  line 9", "  … and 15 more"]


def test_of_ten_lines_all_are_shown() -> None:
    assert "more" not in bullets(map(str, range(10)))


@settings(deadline=None)
@given(st.text(alphabet=st.one_of(st.sampled_from("./\\: aCON1"), st.characters()), max_size=12))
def test_no_path_without_a_fault_leads_out(path: str) -> None:
    if not name_fault(path):
        assert posixpath.normpath(path) == path
        assert posixpath.normpath(f"/top/{path}") == f"/top/{path}"
        path.encode()
