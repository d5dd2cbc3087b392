"""Which files of a directory are published."""

from __future__ import annotations

import os
import stat
import sys
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

import pytest

from connectapi.errors import BundleError
from connectapi.publish.files import collect, opened, pick

posix = pytest.mark.skipif(sys.platform == "win32", reason="needs the files of POSIX")


def write(root: Path, *paths: str) -> Path:
    for path in paths:
        file = root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(f"this is {path}")
    return root


def names(root: Path, *exclude: str) -> list[str]:
    return [file.path for file in collect(root, exclude=exclude)]


def test_all_files_are_found_and_sorted(tmp_path: Path) -> None:
    write(tmp_path, "b.html", "a/z.css", "a.html", "a/b/c/d.js", ".htaccess")

    assert names(tmp_path) == [".htaccess", "a.html", "a/b/c/d.js", "a/z.css", "b.html"]


def test_a_file_knows_where_it_lies_and_how_large_it_is(tmp_path: Path) -> None:
    write(tmp_path, "a/b.txt")

    (file,) = collect(str(tmp_path))

    assert (file.path, file.absolute, file.size) == ("a/b.txt", tmp_path.resolve() / "a" / "b.txt", 15)


@posix
def test_a_file_that_can_be_executed_is_known_as_such(tmp_path: Path) -> None:
    write(tmp_path, "run.sh", "run.txt")
    (tmp_path / "run.sh").chmod(0o700)

    assert [file.executable for file in collect(tmp_path)] == [True, False]


def test_the_state_of_tools_and_virtual_environments_stay_at_home(tmp_path: Path) -> None:
    write(
        tmp_path,
        *("index.html", ".git/config", "a/__pycache__/b.pyc", ".DS_Store", "web/node_modules/x/y.js"),
        *("renv/library/x", "renv/activate.R", "packrat/lib/x", "env/pyvenv.cfg", "env/lib/x.py"),
        *("a/.connectapi/state", "rsconnect/x.dcf", ".positignore", "manifest.json", "sub/manifest.json"),
    )

    assert names(tmp_path) == ["index.html", "renv/activate.R", "sub/manifest.json"]


def test_what_is_excluded_by_file_or_argument_stays_at_home(tmp_path: Path) -> None:
    write(tmp_path, "index.html", "data/big.csv", "drafts/a.html", "notes.md")
    (tmp_path / ".rscignore").write_text("drafts\n")

    assert names(tmp_path, "*.csv", "/notes.md") == ["index.html"]


def test_a_single_page_is_a_site_of_its_own(tmp_path: Path) -> None:
    write(tmp_path, "report.html", "secret.txt")

    assert names(tmp_path / "report.html") == ["report.html"]


def test_a_file_that_is_no_page_is_refused(tmp_path: Path) -> None:
    write(tmp_path, "data.csv")

    with pytest.raises(BundleError, match=r"data\.csv is not a directory.*\.html.*Give its directory"):
        collect(tmp_path / "data.csv")


def test_a_directory_that_does_not_exist_is_named_with_the_current_one(tmp_path: Path) -> None:
    with pytest.raises(BundleError) as caught:
        collect(tmp_path / "nowhere")

    assert f"{tmp_path / 'nowhere'} doesn't exist" in str(caught.value)
    assert str(Path.cwd()) in str(caught.value)


def test_an_empty_directory_has_nothing_to_publish(tmp_path: Path) -> None:
    (tmp_path / "empty" / "within").mkdir(parents=True)

    with pytest.raises(BundleError, match="nothing to publish, it has no file"):
        collect(tmp_path)


def test_a_directory_of_which_all_is_left_out_says_so(tmp_path: Path) -> None:
    write(tmp_path, "a.csv")

    with pytest.raises(BundleError, match=r"all in it is left out.*exclude="):
        collect(tmp_path, exclude="*.csv")


@posix
def test_a_link_within_the_directory_is_what_it_points_to(tmp_path: Path) -> None:
    write(tmp_path, "v2/index.html", "v2/a/b.css")
    (tmp_path / "index.html").symlink_to("v2/index.html")
    (tmp_path / "latest").symlink_to("v2")
    outer = tmp_path.parent / f"{tmp_path.name}-link"
    outer.symlink_to(tmp_path)

    files = {file.path: file for file in collect(outer)}

    assert list(files) == ["index.html", "latest/a/b.css", "latest/index.html", "v2/a/b.css", "v2/index.html"]
    assert len({files[path].absolute for path in files if path.endswith("index.html")}) == 1
    with opened(files["index.html"]) as stream:
        assert stream.read() == b"this is v2/index.html"


@posix
def test_links_that_lead_out_or_nowhere_or_round_are_all_named(tmp_path: Path) -> None:
    root = write(tmp_path / "site", "index.html", "a/b.html")
    write(tmp_path, "secret.txt")
    (root / "out.txt").symlink_to("../secret.txt")
    (root / "outer").symlink_to(tmp_path)
    (root / "broken").symlink_to("nothing")
    (root / "itself").symlink_to("itself")
    (root / "a" / "round").symlink_to(root)

    with pytest.raises(BundleError) as caught:
        collect(root)

    message = str(caught.value)
    assert "'out.txt' is a link that leaves the directory, to " in message
    assert "'outer' is a link that leaves" in message
    assert "'broken' is a link, and what it points to doesn't exist" in message
    assert "'itself' is a link, and what it points to can't be read" in message
    assert "'a/round' is a link to a folder that it lies in" in message
    assert "exclude=" in message
    assert names(root, "out*", "broken", "itself", "round") == ["a/b.html", "index.html"]


@posix
def test_two_folders_that_link_to_each_other_have_no_end(tmp_path: Path) -> None:
    write(tmp_path, "a/x.html", "b/y.html")
    (tmp_path / "a" / "to").symlink_to("../b")
    (tmp_path / "b" / "to").symlink_to("../a")

    with pytest.raises(BundleError, match="'a/to/to' is a link to a folder that it lies in"):
        collect(tmp_path)


@posix
def test_what_is_neither_file_nor_folder_is_named(tmp_path: Path) -> None:
    write(tmp_path, "index.html")
    os.mkfifo(tmp_path / "queue")
    os.mknod(tmp_path / "listening", stat.S_IFSOCK | 0o600)

    with pytest.raises(BundleError) as caught:
        collect(tmp_path)

    told = "'listening' is a socket, a device or a FIFO, not a file\n  'queue' is a socket"
    assert told in str(caught.value)


@posix
@pytest.mark.parametrize("name", ["a\nb.html", "a\\b.html", "aux.html", "draft.", "draft "])
def test_a_name_that_other_systems_do_not_take_is_refused(tmp_path: Path, name: str) -> None:
    write(tmp_path, "index.html", name)

    with pytest.raises(BundleError, match="can't be published as it is") as caught:
        collect(tmp_path)
    assert repr(name) in str(caught.value)


@posix
def test_a_name_that_is_not_utf_8_is_refused_in_words_that_can_be_shown(tmp_path: Path) -> None:
    write(tmp_path, "index.html")
    try:
        (tmp_path / os.fsdecode(b"caf\xe9.html")).write_text("")
    except OSError:
        pytest.skip("this file system takes no such name")

    with pytest.raises(BundleError, match="not UTF-8") as caught:
        collect(tmp_path)
    str(caught.value).encode()


def test_names_that_differ_only_in_case_are_refused(tmp_path: Path) -> None:
    write(tmp_path, "Index.html", "index.html")
    if len(list(tmp_path.iterdir())) == 1:
        pytest.skip("this file system has no case")

    with pytest.raises(BundleError, match=r"'Index\.html' and 'index\.html' differ only in case"):
        collect(tmp_path)


@contextmanager
def nested(root: Path, name: str, depth: int) -> Generator[None, None, None]:
    """A file below folders so deep that no recursive call could make or remove them."""
    top, spare = root / name, root / f"{name}2"
    top.mkdir()
    (top / "page.html").write_text("deep")
    for _ in range(depth - 1):
        top.rename(spare)
        top.mkdir()
        spare.rename(top / name)
    try:
        yield
    finally:
        for _ in range(depth - 1):
            (top / name).rename(spare)
            top.rmdir()
            spare.rename(top)
        (top / "page.html").unlink()
        top.rmdir()


@posix
def test_a_folder_that_can_not_be_read_is_named(tmp_path: Path) -> None:
    # Too long a path fails for every user; a folder without rights would not fail for root.
    with (
        nested(tmp_path, "x" * 250, 20),
        pytest.raises(BundleError, match=r"can't be read \(File name too long\)"),
    ):
        collect(tmp_path)


@posix
def test_folders_can_be_nested_deeper_than_calls(tmp_path: Path) -> None:
    with nested(tmp_path, "d", 1050):
        assert names(tmp_path) == ["d/" * 1050 + "page.html"]


@posix
def test_picked_paths_are_held_to_the_same_rules(tmp_path: Path) -> None:
    root = write(tmp_path / "site", "app.py", "data/a.csv")
    write(tmp_path, "secret.txt")
    (root / "link.txt").symlink_to("../secret.txt")

    paths = ["data/a.csv", "data", "app.py", "../secret.txt", "link.txt", "gone", "app.py/x"]
    files, faults = pick(root, paths)

    assert [file.path for file in files] == ["app.py", "data/a.csv"]
    assert faults[0] == "'../secret.txt' leaves the directory by '..'"
    assert "'app.py/x' doesn't exist" in faults
    assert "'data' is a folder, not a file" in faults
    assert "'gone' doesn't exist" in faults
    assert any(fault.startswith("'link.txt' is a link that leaves the directory") for fault in faults)


@pytest.mark.parametrize(("path", "longest"), [("x" * 300, 255), ("é" * 150, 255), ("x/" * 2100 + "x", 4095)])
def test_a_path_too_long_for_most_systems_is_a_fault(tmp_path: Path, path: str, longest: int) -> None:
    found, (fault,) = pick(tmp_path, [path])

    assert found == []
    assert f"longer than {longest} bytes" in fault
    assert len(fault) < 300


def test_a_file_that_changed_since_it_was_found_can_not_be_opened(tmp_path: Path) -> None:
    (file,) = collect(write(tmp_path, "a.txt"))
    (tmp_path / "a.txt").write_text("other")

    with pytest.raises(BundleError, match=r"'a\.txt' has changed since it was found"), opened(file):
        pass


def test_a_file_that_changes_while_it_is_read_is_reported(tmp_path: Path) -> None:
    (file,) = collect(write(tmp_path, "a.txt"))

    with pytest.raises(BundleError, match="has changed while it was read"), opened(file):
        (tmp_path / "a.txt").write_text("more than there was")


def test_a_file_that_vanished_is_reported(tmp_path: Path) -> None:
    (file,) = collect(write(tmp_path, "a.txt"))
    (tmp_path / "a.txt").unlink()

    with pytest.raises(BundleError, match=r"'a\.txt' doesn't exist.*Publish again"), opened(file):
        pass


@posix
@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may read all")
def test_a_file_without_the_right_to_read_it_is_named(tmp_path: Path) -> None:
    write(tmp_path, "a.txt")
    (tmp_path / "a.txt").chmod(0)
    (file,) = collect(tmp_path)

    with pytest.raises(BundleError, match=r"'a\.txt' can't be read.*Ask for the right"), opened(file):
        pass


@posix
@pytest.mark.parametrize("kind", ["link", "fifo"])
def test_what_is_no_file_any_more_is_neither_followed_nor_waited_for(tmp_path: Path, kind: str) -> None:
    (file,) = collect(write(tmp_path, "a.txt"))
    (tmp_path / "a.txt").unlink()
    if kind == "link":
        (tmp_path / "a.txt").symlink_to("/etc/passwd")
    else:
        os.mkfifo(tmp_path / "a.txt")

    with pytest.raises(BundleError, match=r"'a\.txt'"), opened(file):
        pass
