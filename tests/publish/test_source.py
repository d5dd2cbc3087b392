"""From a directory to what is sent."""

from __future__ import annotations

import doctest
import importlib
import json
import sys
import tarfile
import tempfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connectapi.errors import BundleError
from connectapi.publish.source import prepare

posix = pytest.mark.skipif(sys.platform == "win32", reason="needs the files of POSIX")


def write(root: Path, tree: dict[str, str]) -> Path:
    for path, text in tree.items():
        file = root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
    return root


def snapshot(root: Path) -> dict[str, tuple[object, ...]]:
    """All that can be told of a tree, but when it was last read."""
    return {
        str(path.relative_to(root)): (
            (status := path.lstat()).st_mode,
            status.st_mtime_ns,
            status.st_ctime_ns,
            status.st_ino,
            path.read_bytes() if path.is_file() else None,
        )
        for path in [root, *root.rglob("*")]
    }


def refused(directory: Path, **options: object) -> str:
    with pytest.raises(BundleError) as caught, prepare(directory, **options):  # type: ignore[arg-type]
        pass
    message = str(caught.value)
    assert message.startswith(str(directory))
    return message


def test_a_directory_of_pages_is_a_site(tmp_path: Path) -> None:
    write(tmp_path, {"index.html": "<title>My site</title>", "about.html": "", "a/style.css": "p {}"})

    with prepare(tmp_path) as prepared, tarfile.open(fileobj=prepared.archive.file) as tar:
        names = tar.getnames()
        manifest = json.loads(tar.extractfile("manifest.json").read())  # type: ignore[union-attr]

    assert names == ["manifest.json", "a/style.css", "about.html", "index.html"]
    assert manifest["metadata"] == {
        "appmode": "static",
        "primary_html": "index.html",
        "content_category": "site",
    }
    assert sorted(manifest["files"]) == names[1:]
    assert [file.path for file in prepared.files] == names[1:]
    assert prepared.title == "My site"


def test_a_single_page_is_published_alone(tmp_path: Path) -> None:
    write(tmp_path, {"q3 report.html": "no title", "manifest.json": "{}", "secret.txt": "s"})

    with prepare(str(tmp_path / "q3 report.html")) as prepared:
        assert prepared.archive.names == ("manifest.json", "q3 report.html")
        assert prepared.manifest.metadata.primary_html == "q3 report.html"
        assert prepared.title == "q3 report"


def test_a_manifest_decides_what_goes_in_and_goes_in_to_the_byte(tmp_path: Path) -> None:
    text = '{"metadata":   {"appmode":"python-api"},\n"files":{"app.py":{},"manifest.json":{}}}'
    write(tmp_path / "api", {"manifest.json": text, "app.py": "app = 1", "index.html": "", "notes.txt": ""})

    with prepare(tmp_path / "api") as prepared, tarfile.open(fileobj=prepared.archive.file) as tar:
        assert tar.getnames() == ["manifest.json", "app.py"]
        assert tar.extractfile("manifest.json").read().decode() == text  # type: ignore[union-attr]
        assert prepared.manifest.metadata.appmode == "python-api"
        assert prepared.title == "api"


def test_a_manifest_can_name_the_page_that_gives_the_title(tmp_path: Path) -> None:
    manifest: dict[str, Any] = {"metadata": {"appmode": "static", "primary_html": "r.html"}}
    manifest["files"] = {"a.txt": {}, "r.html": {}}
    write(tmp_path, {"manifest.json": json.dumps(manifest), "r.html": "<title>R</title>", "a.txt": ""})

    with prepare(tmp_path, primary="r.html") as prepared:
        assert prepared.title == "R"


@pytest.mark.parametrize(
    ("options", "named"),
    [
        ({"primary": "b.html"}, "`primary=` would change nothing"),
        ({"exclude": "*.csv"}, "`exclude=` would change nothing"),
        ({"primary": "b.html", "exclude": ["*.csv"]}, "`exclude=` and `primary=` would change nothing"),
    ],
)
def test_arguments_that_a_manifest_makes_void_are_refused(
    tmp_path: Path, options: dict[str, object], named: str
) -> None:
    manifest: dict[str, Any] = {"metadata": {"appmode": "static", "primary_html": "a.html"}}
    manifest["files"] = {"a.html": {}}
    write(tmp_path, {"manifest.json": json.dumps(manifest), "a.html": "", "b.html": ""})

    assert named in refused(tmp_path, **options)


def test_a_broken_manifest_is_not_taken_for_a_site(tmp_path: Path) -> None:
    assert "manifest.json:1:1" in refused(write(tmp_path, {"manifest.json": "", "index.html": ""}))


@posix
def test_a_dangling_manifest_is_not_taken_for_a_site(tmp_path: Path) -> None:
    write(tmp_path, {"index.html": ""})
    (tmp_path / "manifest.json").symlink_to("gone.json")

    assert "'manifest.json' is a link, and what it points to doesn't exist" in refused(tmp_path)


@pytest.mark.parametrize(
    ("name", "kind", "command"),
    [
        ("app.py", "a Python app", "rsconnect write-manifest KIND"),
        ("app.R", "a Shiny app in R", "rsconnect::writeManifest()"),
        ("plumber.R", "an API in R", "rsconnect::writeManifest()"),
        ("report.Rmd", "an R Markdown document", "rsconnect::writeManifest()"),
        ("report.qmd", "a Quarto document", "rsconnect write-manifest quarto"),
        ("report.ipynb", "a Jupyter notebook", "rsconnect write-manifest notebook"),
        ("requirements.txt", "Python content", "rsconnect write-manifest"),
    ],
)
def test_what_a_server_must_run_needs_a_manifest(tmp_path: Path, name: str, kind: str, command: str) -> None:
    message = refused(write(tmp_path, {name: "", "requirements.txt": "", "templates/index.html": ""}))

    assert f"looks like {kind} ('{name}')" in message
    assert "needs a manifest.json" in message
    assert command in message


def test_the_source_of_a_page_beside_it_is_no_obstacle(tmp_path: Path) -> None:
    write(tmp_path, {"report.html": "", "report.Rmd": ""})

    with prepare(tmp_path) as prepared:
        assert prepared.manifest.metadata.primary_html == "report.html"


def test_the_first_page_can_be_any_file_once_it_is_named(tmp_path: Path) -> None:
    write(tmp_path / "docs", {"a/report.pdf": "%PDF", "app.py": ""})

    with prepare(tmp_path / "docs", primary="./a/report.pdf") as prepared:
        assert prepared.manifest.metadata.primary_html == "a/report.pdf"
        assert prepared.title == "docs"


def test_without_a_clear_first_page_directory_and_candidates_are_named(tmp_path: Path) -> None:
    message = refused(write(tmp_path, {"a.html": "", "b.html": ""}))

    assert "a.html\n  b.html" in message


def test_a_directory_of_data_alone_says_how_to_name_the_first_file(tmp_path: Path) -> None:
    assert "no HTML page to show first" in refused(write(tmp_path, {"data.csv": ""}))


def test_excluded_files_are_neither_packed_nor_listed(tmp_path: Path) -> None:
    write(tmp_path, {"index.html": "", "raw/a.csv": "", ".positignore": "*.log", "x.log": ""})

    with prepare(tmp_path, exclude=iter(["raw/"])) as prepared:
        assert list(prepared.manifest.files) == ["index.html"]
        assert prepared.archive.names == ("manifest.json", "index.html")


@pytest.mark.parametrize(
    ("page", "title"),
    [
        ("<html><head><TITLE lang='en'>\n Sales &amp;\n costs </TITLE>", "Sales & costs"),
        ("\ufeff<title>Größe</title>", "Größe"),
        ("<!-- <title>old</title> --><title>new</title>", "new"),
        ("<title>first</title><svg><title>icon</title></svg>", "first"),
        ("<title></title><p>text", "site"),
        ("<title> \n </title>", "site"),
        ("<p>no title", "site"),
        ("<style>" + "x" * 70_000 + "</style><title>late</title>", "site"),
        ("", "site"),
    ],
)
def test_the_title_is_that_of_the_first_page_or_the_name_of_the_directory(
    tmp_path: Path, page: str, title: str
) -> None:
    write(tmp_path / "site", {"index.html": page})

    with prepare(tmp_path / "site") as prepared:
        assert prepared.title == title


def test_a_directory_given_as_a_dot_still_has_a_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(write(tmp_path / "home", {"index.html": ""}))

    with prepare(".") as prepared:
        assert prepared.title == "home"


def test_no_archive_is_left_after_the_block(tmp_path: Path) -> None:
    with prepare(write(tmp_path, {"index.html": ""})) as prepared:
        assert prepared.archive.file.read(2) == b"\x1f\x8b"
    assert prepared.archive.file.closed


names = st.from_regex(r"[a-z]{1,3}(/[a-z]{1,3}){0,2}\.(html|css)", fullmatch=True)


@settings(max_examples=20, deadline=None)
@given(tree=st.dictionaries(names, st.text(max_size=40)), declared=st.booleans())
def test_a_directory_is_the_same_after_as_before(*, tree: dict[str, str], declared: bool) -> None:
    with tempfile.TemporaryDirectory() as name:
        root = write(Path(name), {**tree, "index.html": "<title>t</title>"})
        if declared:
            files: dict[str, Any] = {path: {} for path in [*tree, "index.html"]}
            listed = {"metadata": {"appmode": "static"}, "files": files}
            write(root, {"manifest.json": json.dumps(listed)})
        before = snapshot(root)

        try:
            with prepare(root) as prepared:
                assert snapshot(root) == before
                assert prepared.archive.size
        except BundleError as error:
            assert "Windows reserves" in str(error)

        assert snapshot(root) == before


@pytest.mark.parametrize("module", ["names", "ignore", "files", "manifest", "archive", "source"])
def test_each_example_in_a_docstring_runs(module: str) -> None:
    result = doctest.testmod(importlib.import_module(f"connectapi.publish.{module}"))

    assert result.attempted
    assert not result.failed
