"""Archives that strangers send: looked into, and unpacked where they can do no harm.

Nothing of an archive is trusted: not the names in it, not its sizes, not its links. What is unpacked
lies below one folder, is a plain file, and altogether no larger than the limits say.
"""

from __future__ import annotations

import gzip
import os
import posixpath
import re
import tarfile
import zlib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any, BinaryIO, Final, cast

from attrs import define, field, frozen

from connectapi.testing.world import Limits

__all__ = ["BadArchiveError", "Contents", "look_into", "members", "read_member", "unpack"]

_BROKEN: Final = (tarfile.TarError, EOFError, OSError, zlib.error, ValueError, OverflowError, RecursionError)
_UNFIT: Final = re.compile(r"[\x00-\x1f\x7f\\:]")

#: Headers that hold text, such as a long name; tarfile reads them whole into memory.
_TEXT_TYPES: Final = frozenset(
    {
        tarfile.XHDTYPE,
        tarfile.XGLTYPE,
        tarfile.SOLARIS_XHDTYPE,
        tarfile.GNUTYPE_LONGNAME,
        tarfile.GNUTYPE_LONGLINK,
    }
)
_LONGEST_TEXT: Final = 2**16

#: How many folders a file may lie in, so that none of what walks through them runs out of stack.
_DEEPEST: Final = 100


class BadArchiveError(Exception):
    """An archive can't be read, or must not be unpacked."""


class _Info(tarfile.TarInfo):
    @classmethod
    def frombuf(cls, buf: bytes | bytearray, encoding: str, errors: str) -> _Info:
        info = super().frombuf(buf, encoding, errors)
        if info.type in _TEXT_TYPES and info.size > _LONGEST_TEXT:
            msg = "a name in it is too long"
            raise tarfile.ReadError(msg)
        return info


class _Limited:
    """The unpacked bytes of an archive, up to a limit."""

    def __init__(self, source: BinaryIO, most: int) -> None:
        self._source = source
        self._left = most

    def read(self, size: int = -1) -> bytes:
        data = self._source.read(size)
        self._left -= len(data)
        if self._left < 0:
            msg = "it is too large when unpacked"
            raise BadArchiveError(msg)
        return data


@contextmanager
def _opened(path: Path, limits: Limits) -> Iterator[tarfile.TarFile]:
    try:
        with gzip.open(path) as raw:
            # Headers and padding count too, so that an archive of nothing but these has an end.
            limited = _Limited(cast(BinaryIO, raw), limits.unpacked + limits.files * 2048)
            with tarfile.open(fileobj=cast("IO[bytes]", limited), mode="r|", tarinfo=_Info) as tar:
                yield tar
    except _BROKEN as error:
        msg = f"the archive is damaged or no gzipped tar: {error}"
        raise BadArchiveError(msg) from None


def _walk(tar: tarfile.TarFile, limits: Limits) -> Iterator[tuple[str, tarfile.TarInfo]]:
    """Yield the members with their names, checked."""
    size = 0
    for count, member in enumerate(tar, 1):
        size += max(0, member.size)
        if count > limits.files or size > limits.unpacked:
            msg = f"it has more than {limits.files} files or {limits.unpacked} bytes"
            raise BadArchiveError(msg)
        name = safe_name(member.name)
        if name:
            yield name, member


def safe_name(name: str) -> str:
    """Return a member's path from the top of the archive; empty for the top itself.

    Raises:
        BadArchiveError: the path leads out of the archive, or is none that every system can have.
    """
    parts = [part for part in name.split("/") if part not in {"", "."}]
    if name.startswith("/") or ".." in parts or _UNFIT.search(name) or len(parts) > _DEEPEST:
        msg = f"{name[:100]!r} is not a path within the archive"
        raise BadArchiveError(msg)
    return "/".join(parts)


@frozen
class Contents:
    """What is in an archive: its plain files, with their sizes, below the one folder that may hold them all.

    `top` is that folder with its last slash, or empty; archives are often made of a folder rather than
    of what is in it.
    """

    files: Mapping[str, int]
    top: str = ""


def look_into(path: Path, limits: Limits) -> Contents:
    """Return what is in an archive."""
    names, files = list[str](), dict[str, int]()
    with _opened(path, limits) as tar:
        for name, member in _walk(tar, limits):
            names.append(f"{name}/" if member.isdir() else name)
            if member.isfile():
                files[name] = member.size
    top = _top(names)
    return Contents({name.removeprefix(top): size for name, size in files.items()}, top)


def _top(names: Sequence[str]) -> str:
    top = ""
    while names:
        folder, slash, _ = names[0].removeprefix(top).partition("/")
        if not slash or not all(name.startswith(f"{top}{folder}/") for name in names):
            break
        top = f"{top}{folder}/"
        names = [name for name in names if name != top]
    return top


def members(path: Path, limits: Limits) -> list[tuple[str, int]]:
    """Return path and size of each plain file in an archive."""
    with _opened(path, limits) as tar:
        return [(name, member.size) for name, member in _walk(tar, limits) if member.isfile()]


def read_member(path: Path, wanted: str, limits: Limits, most: int) -> bytes | None:
    """Return the first bytes of a file in an archive, one more than `most` at the most; None if it isn't there."""
    with _opened(path, limits) as tar:
        for name, member in _walk(tar, limits):
            if name == wanted and member.isfile():
                stream = tar.extractfile(member)
                return stream.read(most + 1) if stream else b""
    return None


def unpack(path: Path, into: Path, limits: Limits) -> None:
    """Unpack an archive into a folder that is not there yet.

    Raises:
        BadArchiveError: it can't be read, or something in it is not allowed to be unpacked.
    """
    unpacking = _Unpacking(into)
    with _opened(path, limits) as tar:
        into.mkdir(parents=True)
        for name, member in _walk(tar, limits):
            unpacking.take(tar, name, member)
        unpacking.link()


@define
class _Unpacking:
    top: Path
    links: dict[str, str] = field(factory=dict)
    names: dict[str, str] = field(factory=dict)

    def take(self, tar: tarfile.TarFile, name: str, member: tarfile.TarInfo) -> None:
        if member.isdir():
            (self.top / name).mkdir(parents=True, exist_ok=True)
        elif member.issym():
            self.links[name] = safe_link(name, member.linkname)
        elif member.islnk():
            self.links[name] = safe_name(member.linkname)
        elif member.isreg() and not member.issparse():
            self._write(name, cast("IO[bytes]", tar.extractfile(member)))
        else:
            msg = f"{name!r} is a device, a pipe or a sparse file"
            raise BadArchiveError(msg)

    def _write(self, name: str, stream: Any) -> None:
        target = self._free(name)
        with target.open("wb") as file:
            while data := stream.read(2**18):
                file.write(data)

    def link(self) -> None:
        """Make the links, when all that they can lead to is there: as files of their own, of the same bytes."""
        for name in self.links:
            target, passed = name, set[str]()
            while target in self.links and target not in passed:
                passed.add(target)
                target = self.links[target]
            if target in passed or not (self.top / target).is_file():
                msg = f"{name!r} is a link to {self.links[name]!r}, which is no file in the archive"
                raise BadArchiveError(msg)
            os.link(self.top / target, self._free(name))

    def _free(self, name: str) -> Path:
        """Return where a file goes, when its folder is there and an earlier file of its name is not."""
        target, known = self.top / name, self.names.setdefault(name.casefold(), name)
        if known != name and target.exists():
            msg = f"{name!r} and {known!r} are one file on this system, which does not tell upper from lower case"
            raise BadArchiveError(msg)
        target.parent.mkdir(parents=True, exist_ok=True)
        target.unlink(missing_ok=True)
        return target


def safe_link(name: str, target: str) -> str:
    """Return the path that a symbolic link leads to, from the top of the archive."""
    joined = posixpath.normpath(posixpath.join(posixpath.dirname(name), target))
    if target.startswith("/") or joined.startswith("../") or joined == ".." or _UNFIT.search(target):
        msg = f"{name!r} is a link that leaves the archive, to {target[:100]!r}"
        raise BadArchiveError(msg)
    return joined
