"""Unpacking what anyone may have packed: nothing outside of the directory, and all of it or nothing."""

from __future__ import annotations

import gzip
import io
import os
import stat
import sys
import tarfile
import tracemalloc
from collections.abc import Iterable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from connectapi.errors import BundleError
from connectapi.publish.source import prepare
from connectapi.publish.unpack import unpack

posix = pytest.mark.skipif(sys.platform == "win32", reason="needs the rights of POSIX")

Member = tuple[tarfile.TarInfo, bytes]


def member(name: str, data: bytes = b"", kind: bytes = tarfile.REGTYPE, link: str = "", mode: int = 0o644) -> Member:
    info = tarfile.TarInfo(name)
    info.type, info.linkname, info.mode, info.size = kind, link, mode, len(data)
    return info, data


def folder(name: str) -> Member:
    return member(name, kind=tarfile.DIRTYPE, mode=0o755)


def soft(name: str, link: str) -> Member:
    return member(name, kind=tarfile.SYMTYPE, link=link)


def hard(name: str, link: str) -> Member:
    return member(name, kind=tarfile.LNKTYPE, link=link)


def packed(members: Iterable[Member], form: int = tarfile.PAX_FORMAT) -> bytes:
    raw = io.BytesIO()
    with tarfile.open(fileobj=raw, mode="w:gz", format=form, errors="surrogateescape") as tar:
        for info, data in members:
            tar.addfile(info, io.BytesIO(data))
    return raw.getvalue()


def tree(top: Path) -> dict[str, bytes | None]:
    found = {}
    for path in top.rglob("*"):
        assert not path.is_symlink()
        assert path.is_dir() or path.is_file()
        found[path.relative_to(top).as_posix()] = path.read_bytes() if path.is_file() else None
    return found


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """A directory with something beside it that is to stay as it is."""
    (tmp_path / "outside").write_text("untouched")
    (tmp_path / "in").mkdir()
    return tmp_path / "in"


def nothing_happened(place: Path) -> bool:
    return (place.parent / "outside").read_text() == "untouched" and not list(place.iterdir())


# What is right -------------------------------------------------------------------------------------


def test_what_was_packed_is_there_again(place: Path) -> None:
    site = Path("docs/examples/site")
    with prepare(site) as prepared:
        names = unpack(prepared.archive.file, place / "site")

    assert names == tuple(sorted(prepared.archive.names))
    copied = tree(place / "site")
    for file in prepared.files:
        assert copied[file.path] == (site / file.path).read_bytes()
    with prepare(place / "site") as again:  # and can be published as it is
        assert [file.path for file in again.files] == [file.path for file in prepared.files]


def test_an_archive_is_unpacked_from_its_path(place: Path) -> None:
    (place.parent / "bundle.tar.gz").write_bytes(packed([member("a/b.txt", b"text")]))

    assert unpack(str(place.parent / "bundle.tar.gz"), str(place / "site")) == ("a/b.txt",)
    assert tree(place / "site") == {"a": None, "a/b.txt": b"text"}


def test_names_are_taken_as_tar_writes_them(place: Path) -> None:
    members = [folder("./"), folder("./a/"), member("./a/b.txt", b"b"), member("c//d.txt", b"d"), folder("empty")]

    assert unpack(io.BytesIO(packed(members)), place / "site") == ("a/b.txt", "c/d.txt")
    assert tree(place / "site") == {"a": None, "a/b.txt": b"b", "c": None, "c/d.txt": b"d", "empty": None}


def test_links_within_become_files_of_their_own(place: Path) -> None:
    members = [
        soft("early.txt", "a/b.txt"),
        member("a/b.txt", b"text"),
        soft("a/c.txt", "../a/./b.txt"),
        soft("chain.txt", "early.txt"),
        hard("hard.txt", "./a/b.txt"),
    ]

    names = unpack(io.BytesIO(packed(members)), place / "site")

    assert names == ("a/b.txt", "a/c.txt", "chain.txt", "early.txt", "hard.txt")
    assert {tree(place / "site")[name] for name in names} == {b"text"}
    assert all((place / "site" / name).stat().st_nlink == 1 for name in names)


@posix
def test_of_the_rights_only_that_to_run_a_file_is_kept(place: Path) -> None:
    members = [
        member("run.sh", mode=0o6777),
        member("read.txt", mode=0o000),
        folder("sub"),
        member("sub/x", mode=0o100),
    ]
    members[2][0].mode = 0o000
    umask = os.umask(0o022)
    try:
        unpack(io.BytesIO(packed(members)), place / "site")
    finally:
        os.umask(umask)

    rights = {path.name: stat.S_IMODE(path.stat().st_mode) for path in (place / "site").rglob("*")}
    assert rights == {"run.sh": 0o755, "read.txt": 0o644, "sub": 0o755, "x": 0o755}
    assert stat.S_IMODE((place / "site").stat().st_mode) == 0o755


def test_memory_stays_small_however_large_the_files(place: Path) -> None:
    archive = io.BytesIO(packed([member("zeros", bytes(30_000_000))]))
    tracemalloc.start()
    try:
        unpack(archive, place / "site")
        assert tracemalloc.get_traced_memory()[1] < 5_000_000
    finally:
        tracemalloc.stop()
    assert (place / "site" / "zeros").stat().st_size == 30_000_000


# What is not ---------------------------------------------------------------------------------------

HOSTILE = {
    "absolute": (member("/etc/passwd", b"x"), "is absolute"),
    "drive": (member("C:/x"), "is absolute"),
    "drive within": (member("a/C:x"), "which Windows can't have"),
    "up": (member("../outside", b"x"), "leaves the directory by '..'"),
    "up within": (member("a/../../outside", b"x"), "leaves the directory by '..'"),
    "up and down": (member("a/../b", b"x"), "leaves the directory by '..'"),
    "folder up": (folder("../new"), "leaves the directory by '..'"),
    "backslashes": (member("..\\outside", b"x"), "has a backslash"),
    "control": (member("a\nb"), "control character"),
    "escape": (member("\x1b[2J"), "control character"),
    "not utf-8": (member("caf\udce9.txt"), "not UTF-8"),
    "reserved": (member("a/CON"), "Windows reserves (CON)"),
    "reserved with ending": (member("NUL.txt"), "Windows reserves (NUL)"),
    "dot": (member("a."), "ends in a dot"),
    "space": (member("a /b"), "ends in a space"),
    "stream": (member("a.txt:hidden"), "which Windows can't have"),
    "long": (member("x" * 300), "longer than 255 bytes"),
    "long path": (member("x/" * 3000 + "x"), "longer than 4095 bytes"),
    "empty": (member("./"), "has no name"),
    "device": (member("null", kind=tarfile.CHRTYPE), "is a device"),
    "disk": (member("disk", kind=tarfile.BLKTYPE), "is a device"),
    "pipe": (member("pipe", kind=tarfile.FIFOTYPE), "is a device, a FIFO"),
    "unknown kind": (member("odd", kind=b"Q"), "is a device"),
    "link up": (soft("link", "../outside"), "a link that leaves the bundle, to '../outside'"),
    "link to root": (soft("link", "/etc/passwd"), "a link that leaves the bundle, to '/etc/passwd'"),
    "link up from within": (soft("a/b", "../../outside"), "a link that leaves the bundle"),
    "link to the top": (soft("link", "."), "a link that leaves the bundle"),
    "link to itself": (soft("link", "link"), "is no file in the bundle"),
    "link to nothing": (soft("link", "nothing"), "is a link to 'nothing', which is no file in the bundle"),
    "link to a folder": (soft("link", "sub"), "is no file in the bundle"),
    "hard link up": (hard("link", "../outside"), "a link that leaves the bundle"),
    "hard link to root": (hard("link", "/etc/passwd"), "a link that leaves the bundle"),
    "hard link to nothing": (hard("link", "nothing"), "is no file in the bundle"),
    "twice": (member("index.html", b"other"), "'index.html' stands twice"),
    "twice, as a link": (soft("index.html", "sub/x"), "'index.html' stands twice"),
    "case": (member("INDEX.html"), "differ only in case"),
    "case of a folder": (member("Sub/y"), "differ only in case"),
    "case of an empty folder": (folder("INDEX.HTML"), "differ only in case"),
    "accents": (member("caf\u0065\u0301"), "how an accent is stored"),
    "file for a folder": (member("sub"), "'sub' is a file, and a folder of 'sub/x'"),
    "folder for a file": (member("index.html/x"), "'index.html' is a file, and a folder"),
    "empty folder for a file": (folder("index.html"), "'index.html' stands twice"),
}


@pytest.mark.parametrize("form", [tarfile.PAX_FORMAT, tarfile.GNU_FORMAT], ids=["pax", "gnu"])
@pytest.mark.parametrize("what", HOSTILE)
def test_what_is_hostile_is_named_and_nothing_is_unpacked(place: Path, what: str, form: int) -> None:
    hostile, why = HOSTILE[what]
    members = [member("index.html", b"index"), member("sub/x", b"x"), member("café", b""), hostile]
    archive = packed(members, form)

    with pytest.raises(BundleError) as caught:
        unpack(io.BytesIO(archive), place / "site")

    assert "nothing of it was" in str(caught.value)
    assert why in str(caught.value)
    assert len(str(caught.value)) < 800
    assert nothing_happened(place)


def test_a_link_is_never_written_through(place: Path) -> None:
    """A folder that is a link out of the tree, then a file in that folder."""
    members = [soft("sub", ".."), member("sub/outside", b"overwritten")]

    with pytest.raises(BundleError, match="leaves the bundle"):
        unpack(io.BytesIO(packed(members)), place / "site")
    assert nothing_happened(place)


def test_all_that_is_wrong_is_told_at_once(place: Path) -> None:
    members = [each for each, _ in HOSTILE.values()]

    with pytest.raises(BundleError, match=r"and [0-9]+ more"):
        unpack(io.BytesIO(packed(members)), place / "site")
    assert nothing_happened(place)


def test_a_sparse_file_is_refused(place: Path) -> None:
    info, _ = member("huge", kind=tarfile.GNUTYPE_SPARSE)
    block = bytearray(info.tobuf(tarfile.GNU_FORMAT))
    block[386:398] = b"%011o\0" % 0  # one piece, at the start, of no length, in a file of 8 GB
    block[398:410] = b"%011o\0" % 0
    block[483:495] = b"%011o\0" % (8 * 2**30 - 1)
    block[148:156] = b" " * 8
    block[148:156] = b"%06o\0 " % sum(block)

    with pytest.raises(BundleError, match=r"sparse|damaged"):
        unpack(io.BytesIO(gzip.compress(bytes(block) + bytes(1024))), place / "site")
    assert nothing_happened(place)


# How much it is ------------------------------------------------------------------------------------


def test_an_archive_that_unpacks_to_too_much_is_refused(place: Path) -> None:
    bomb = packed([member("zeros", bytes(20_000_000))])
    assert len(bomb) < 30_000

    with pytest.raises(BundleError, match="unpacks to too much: raise most_bytes"):
        unpack(io.BytesIO(bomb), place / "site", most_bytes=1_000_000)
    assert nothing_happened(place)


def test_links_count_as_what_they_become(place: Path) -> None:
    members = [member("a", bytes(1000)), *(hard(f"b{number}", "a") for number in range(10))]

    with pytest.raises(BundleError, match="unpacks to too much"):
        unpack(io.BytesIO(packed(members)), place / "site", most_bytes=5000)
    assert nothing_happened(place)


def test_too_many_files_are_refused(place: Path) -> None:
    with pytest.raises(BundleError, match="has more than 5 files and folders: raise most_files"):
        unpack(io.BytesIO(packed([member(f"{i}") for i in range(6)])), place / "site", most_files=5)
    assert nothing_happened(place)


def test_headers_without_end_have_one(place: Path) -> None:
    headers = tarfile.TarInfo.create_pax_global_header({"comment": "x" * 60_000})

    with pytest.raises(BundleError, match=r"unpacks to too much|damaged"):
        unpack(io.BytesIO(gzip.compress(headers * 100)), place / "site", most_bytes=100_000, most_files=100)
    assert nothing_happened(place)


def test_a_name_without_end_is_refused(place: Path) -> None:
    with pytest.raises(BundleError, match="a name in it is too long"):
        unpack(io.BytesIO(packed([member("x" * 100_000)], tarfile.GNU_FORMAT)), place / "site")
    assert nothing_happened(place)


# What is broken ------------------------------------------------------------------------------------

WHOLE = packed([member("a.txt", b"a" * 5000), member("b.txt", b"b" * 5000)])


TAR = gzip.decompress(WHOLE)
DAMAGED = {
    "empty": b"",
    "text": b"no archive",
    "packed nothing": gzip.compress(b""),
    "packed text": gzip.compress(b"no archive" * 100),
    "a byte short": WHOLE[:-1],
    "half": WHOLE[: len(WHOLE) // 2],
    "of another checksum": WHOLE[:-8] + b"\0\0\0\0" + WHOLE[-4:],
    "not packed": TAR,
    "cut in a file": gzip.compress(TAR[:4000]),
    "cut in a header": gzip.compress(TAR[:6000]),
    "garbage after a file": gzip.compress(TAR[:5632] + b"garbage!" * 640),
}


@pytest.mark.parametrize("how", DAMAGED)
def test_a_damaged_archive_is_an_error_and_leaves_nothing(place: Path, how: str) -> None:
    with pytest.raises(BundleError, match="the archive is damaged, or no gzipped tar"):
        unpack(io.BytesIO(DAMAGED[how]), place / "site")
    assert nothing_happened(place)


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(at=st.integers(0, len(TAR) - 1), piece=st.binary(min_size=1, max_size=12), rest=st.sampled_from([TAR, b""]))
def test_no_change_of_an_archive_gets_anything_out_of_the_directory(
    tmp_path_factory: pytest.TempPathFactory, at: int, piece: bytes, rest: bytes
) -> None:
    place = tmp_path_factory.mktemp("changed")
    changed = TAR[:at] + piece + rest[at + len(piece) :]
    try:
        names = unpack(io.BytesIO(gzip.compress(changed)), place / "site", most_bytes=100_000)
    except BundleError:
        assert list(place.iterdir()) == []
    else:
        assert [path.name for path in place.iterdir()] == ["site"]
        assert {name for name, data in tree(place / "site").items() if data is not None} == set(names)


# Where it goes -------------------------------------------------------------------------------------


@pytest.mark.parametrize("make", [Path.mkdir, Path.touch, lambda path: path.symlink_to("nowhere")])
def test_what_is_there_is_left_alone(place: Path, make) -> None:
    make(place / "site")

    with pytest.raises(FileExistsError, match="name a directory that is not"):
        unpack(io.BytesIO(WHOLE), place / "site")
    assert [path.name for path in place.iterdir()] == ["site"]


def test_a_directory_that_is_not_there_is_named(place: Path) -> None:
    with pytest.raises(FileNotFoundError, match=r"make it first: '.*nowhere'"):
        unpack(io.BytesIO(WHOLE), place / "nowhere" / "site")


@posix
def test_a_full_disk_leaves_nothing(place: Path) -> None:
    import resource
    import signal

    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    handler = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (3000, before[1]))
    try:
        with pytest.raises(OSError, match="File too large"):
            unpack(io.BytesIO(WHOLE), place / "site")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
        signal.signal(signal.SIGXFSZ, handler)
    assert nothing_happened(place)
