"""The archive: what is in it, that it is the same each time, that nothing is left of it."""

from __future__ import annotations

import base64
import hashlib
import io
import os
import posixpath
import sys
import tarfile
import tempfile
import tracemalloc
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

import attrs
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from connectapi.errors import BundleError
from connectapi.publish.archive import pack
from connectapi.publish.files import SourceFile, collect, pick
from connectapi.publish.manifest import Manifest, Metadata
from connectapi.publish.names import name_faults

posix = pytest.mark.skipif(sys.platform == "win32", reason="needs the files of POSIX")
quick = settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.too_slow])
Tree = dict[str, bytes]

MANIFEST = Manifest(metadata=Metadata(appmode="static", primary_html="index.html"))

part = st.text(
    st.characters(codec="utf-8", exclude_categories=["Cc"], exclude_characters="/\\"), min_size=1, max_size=9
)
paths = st.lists(part | st.just("long-" * 25), min_size=1, max_size=3).map("/".join)


def _makeable(tree: Tree) -> bool:
    folders = {parent for path in tree for parent in _parents(path)}
    return not any(name_faults([*tree, "manifest.json"])) and not folders & {*tree, "manifest.json"}


def _parents(path: str) -> Iterator[str]:
    while path := posixpath.dirname(path):
        yield path


trees = st.dictionaries(paths, st.binary(max_size=300), max_size=5).filter(_makeable)


@contextmanager
def made(tree: Tree, time: int | None = None) -> Generator[list[SourceFile], None, None]:
    with tempfile.TemporaryDirectory() as name:
        for path, content in tree.items():
            file = Path(name, path)
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(content)
            if time is not None:
                os.utime(file, (time, time))
        files, faults = pick(Path(name), tree)
        assert faults == []
        yield files


def packed(files: list[SourceFile], manifest: Manifest = MANIFEST) -> bytes:
    with pack(files, manifest) as archive:
        return archive.file.read()


def members(data: bytes) -> list[tarfile.TarInfo]:
    with tarfile.open(fileobj=io.BytesIO(data)) as tar:
        return tar.getmembers()


@quick
@given(trees)
def test_reading_an_archive_gives_the_same_names_and_bytes(tree: Tree) -> None:
    with made(tree) as files, pack(files, MANIFEST) as archive:
        with tarfile.open(fileobj=archive.file, mode="r:gz") as tar:
            read = {member.name: tar.extractfile(member).read() for member in tar}  # type: ignore[union-attr]
        assert read == {"manifest.json": MANIFEST.encode(), **tree}
        assert list(read) == list(archive.names) == ["manifest.json", *sorted(tree)]


@quick
@given(trees)
def test_the_same_content_gives_the_same_bytes_wherever_and_whenever_it_lies(tree: Tree) -> None:
    with made(tree) as files:
        one = packed(files)
    with made(tree, time=1) as files:
        other = packed(files[::-1])

    assert one == other


@quick
@given(st.lists(st.text(alphabet=st.sampled_from("./\\ab:\n") | st.characters(), max_size=8), max_size=3))
def test_no_member_of_an_archive_leads_out_of_where_it_is_unpacked(names: list[str]) -> None:
    with made({"a.txt": b"a"}) as (file,):
        try:
            data = packed([attrs.evolve(file, path=name) for name in names])
        except BundleError:
            assert list(name_faults([*names, "manifest.json"])) != []
            return
    for member in members(data):
        assert member.isreg()
        assert posixpath.normpath(f"/top/{member.name}") == f"/top/{member.name}"


@pytest.mark.parametrize("name", ["../up", "/etc/passwd", "a/../../b", "C:/x", "..", "a\\b", "aux"])
def test_a_path_that_leads_out_is_refused(tmp_path: Path, name: str) -> None:
    (tmp_path / "a.txt").write_text("a")

    with pytest.raises(BundleError, match="can't stand in a bundle"):
        packed([attrs.evolve(collect(tmp_path)[0], path=name)])


def test_the_manifest_given_comes_first_and_alone(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("a")
    (tmp_path / "manifest.json").write_text("another one")

    with pack(pick(tmp_path, ["a.txt", "manifest.json"])[0], MANIFEST) as archive:
        assert archive.names == ("manifest.json", "a.txt")


@posix
def test_a_member_tells_nothing_of_who_packed_it_and_when(tmp_path: Path) -> None:
    (tmp_path / "run.sh").write_text("#!/bin/sh")
    (tmp_path / "run.sh").chmod(0o700)
    (tmp_path / "page.html").write_text("page")
    (tmp_path / "page.html").chmod(0o666)

    data = packed(collect(tmp_path))

    told = {(m.name, m.mode, m.mtime, m.uid, m.gid, m.uname, m.gname) for m in members(data)}
    assert told == {
        ("manifest.json", 0o644, 0, 0, 0, "", ""),
        ("page.html", 0o644, 0, 0, 0, "", ""),
        ("run.sh", 0o755, 0, 0, 0, "", ""),
    }
    assert data[3:8] == bytes(5), "gzip noted a name or a time"


def test_size_and_checksum_are_those_of_the_bytes_to_send(tmp_path: Path) -> None:
    (tmp_path / "a.bin").write_bytes(os.urandom(300_000))

    with pack(collect(tmp_path), MANIFEST) as archive:
        data = archive.file.read()
        archive.file.seek(0)
        assert archive.file.read() == data

    assert archive.size == len(data)
    assert archive.md5 == base64.b64encode(hashlib.md5(data).digest()).decode()
    assert repr(archive).startswith("Archive(size=")


def test_memory_stays_constant_however_large_a_file_is(tmp_path: Path) -> None:
    with (tmp_path / "large.bin").open("wb") as file:
        file.truncate(16 << 20)
    files = collect(tmp_path)
    tracemalloc.start()
    try:
        with pack(files, MANIFEST):
            _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()

    assert peak < 2 << 20


@pytest.fixture
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A temporary directory of this test's own."""
    place = tmp_path / "temporary"
    place.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(place))
    return place


@pytest.fixture
def files(tmp_path: Path) -> list[SourceFile]:
    (tmp_path / "site").mkdir()
    (tmp_path / "site" / "a.txt").write_text("a" * 1000)
    return collect(tmp_path / "site")


def test_nothing_is_left_when_the_block_is_left(temporary: Path, files: list[SourceFile]) -> None:
    with pack(files, MANIFEST) as archive:
        assert archive.size
    assert archive.file.closed
    assert list(temporary.iterdir()) == []


def test_nothing_is_left_when_the_block_fails(temporary: Path, files: list[SourceFile]) -> None:
    with pytest.raises(OSError, match="of the block itself"), pack(files, MANIFEST):
        raise OSError("of the block itself")
    assert list(temporary.iterdir()) == []


def test_nothing_is_left_when_packing_fails(temporary: Path, files: list[SourceFile]) -> None:
    files[0].absolute.unlink()

    with pytest.raises(BundleError, match=r"'a\.txt' doesn't exist"):
        packed(files)
    assert list(temporary.iterdir()) == []


def test_a_file_that_changed_since_it_was_found_is_not_packed(files: list[SourceFile]) -> None:
    files[0].absolute.write_text("b" * 1001)

    with pytest.raises(BundleError, match=r"'a\.txt' has changed since it was found.*Publish again"):
        packed(files)


def test_a_file_that_is_shorter_than_it_was_is_not_packed(files: list[SourceFile]) -> None:
    with pytest.raises(BundleError, match=r"'a\.txt' has become shorter while it was read"):
        packed([attrs.evolve(files[0], size=2000)])


@posix
def test_a_file_that_can_not_be_read_on_is_not_packed(tmp_path: Path) -> None:
    # A process's memory is a regular file whose start can't be read.
    memory = Path("/proc/self/mem")
    if not memory.exists():
        pytest.skip("needs /proc")
    files, _ = pick(Path("/proc/self").resolve(), ["mem"])

    with pytest.raises(BundleError, match=r"'mem' can't be read \(Input/output error\)"):
        packed([attrs.evolve(file, size=10) for file in files])


def test_an_archive_is_never_written_into_what_it_packs(temporary: Path, files: list[SourceFile]) -> None:
    with (
        pytest.raises(BundleError, match=r"lies within what is published.*Set TMPDIR"),
        pack(files, MANIFEST, root=temporary.parent),
    ):
        pass


def test_a_temporary_directory_that_is_gone_is_reported(temporary: Path, files: list[SourceFile]) -> None:
    temporary.rmdir()

    with pytest.raises(BundleError, match=r"the archive can't be written.*TMPDIR"):
        packed(files)


def test_no_temporary_directory_at_all_is_reported(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, files: list[SourceFile]
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", None)
    monkeypatch.setattr(tempfile, "_candidate_tempdir_list", lambda: [str(tmp_path / "nowhere")])

    with pytest.raises(BundleError, match=r"the archive can't be written.*TMPDIR"):
        packed(files)


@posix
@pytest.mark.parametrize("buffering", [0, -1])  # the error comes when writing, or when the file is done
def test_a_full_disk_is_reported(
    files: list[SourceFile],
    monkeypatch: pytest.MonkeyPatch,
    buffering: int,
) -> None:
    full = Path("/dev/full")
    if not full.exists():
        pytest.skip("needs /dev/full")

    def on_a_full_disk(**_: object) -> BinaryIO:
        return full.open("w+b", buffering)

    monkeypatch.setattr(tempfile, "TemporaryFile", on_a_full_disk)

    with pytest.raises(BundleError, match=r"the archive can't be written.*No space left.*Make room"):
        packed(files)
