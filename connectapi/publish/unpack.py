"""A bundle's archive → a directory: nothing outside of it, nothing but plain files, all of it or nothing."""

from __future__ import annotations

import errno
import gzip
import os
import posixpath
import shutil
import tarfile
import tempfile
import zlib
from collections.abc import Generator, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, BinaryIO, Final, cast

from attrs import define, field

from connectapi.errors import BundleError
from connectapi.publish.names import bullets, name_fault, name_faults, shown

__all__ = ["MOST_BYTES", "MOST_FILES", "free", "unpack"]

#: The most that an archive may unpack to: bytes in all, and files.
MOST_BYTES: Final = 10 * 2**30
MOST_FILES: Final = 100_000

#: What a damaged archive makes the standard library raise.
_BROKEN: Final = (tarfile.TarError, EOFError, gzip.BadGzipFile, zlib.error, ValueError, OverflowError, RecursionError)

#: Headers that hold text, such as a long name: tarfile reads them whole into memory.
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

#: The errors by which tarfile tells itself that an archive is over. The others are faults, and it tells no difference.
_ENDS: Final = frozenset({"EOFHeaderError", "EmptyHeaderError"})

#: How much the headers and the padding of a file take at most, in bytes, so that they have an end, too.
_HEADERS: Final = 4096

_TOO_MUCH: Final = "unpacks to too much: raise most_bytes if that is right"

_PIECE: Final = 2**18
_NEW_FILE: Final[int] = os.O_WRONLY | os.O_CREAT | os.O_EXCL | int(getattr(os, "O_BINARY", 0))


def unpack(
    archive: str | os.PathLike[str] | BinaryIO,
    into: str | os.PathLike[str],
    *,
    most_bytes: int = MOST_BYTES,
    most_files: int = MOST_FILES,
) -> tuple[str, ...]:
    """Unpack a bundle into a directory that is not there yet, and appears when all is in it.

    The archive may come from anyone. What is in it must be plain files and folders, under names that mean
    the same file on every system; a link must lead to a file in the archive, of which it becomes a copy.
    Of the rights of a file only that to be run is kept, of its owner and its time nothing.

    Args:
        archive: a gzipped tar: its path, or a file open for binary reading.
        into: the directory to make.
        most_bytes: how much it may unpack to.
        most_files: how many files and folders may be in it.

    Returns:
        The paths of the files, sorted.

    Raises:
        BundleError: the archive is damaged, too large, or has something in it that is no plain file or has
            a name that leads out or that not every system can have; all of these are named.
        FileExistsError: the directory is there already.
        FileNotFoundError: there is no archive, or no directory to make the new one in.

    Example:
        >>> from connectapi.publish.source import prepare
        >>> with tempfile.TemporaryDirectory() as folder, prepare("docs/examples/site") as site:
        ...     unpack(site.archive.file, f"{folder}/copy")[:2]
        ('index.html', 'manifest.json')
    """
    target = free(into)
    if isinstance(archive, (str, os.PathLike)):
        with Path(archive).open("rb") as file:
            return _unpacked(file, str(archive), target, most_bytes, most_files)
    return _unpacked(archive, "the archive", target, most_bytes, most_files)


def free(into: str | os.PathLike[str]) -> Path:
    """Return where a new directory can be made; as `unpack`."""
    target = Path(into)
    if os.path.lexists(target):
        raise FileExistsError(errno.EEXIST, "this is there already: name a directory that is not", str(target))
    if not target.parent.is_dir():
        raise FileNotFoundError(errno.ENOENT, "there is no such directory: make it first", str(target.parent))
    return target


def _unpacked(file: BinaryIO, name: str, target: Path, most_bytes: int, most_files: int) -> tuple[str, ...]:
    beside = Path(tempfile.mkdtemp(prefix=".connectapi-", dir=target.parent))
    try:
        top = beside / "top"  # with the rights that any new directory has; the one around it is for us alone
        top.mkdir()
        unpacking = _Unpacking(top, most_bytes, most_files)
        try:
            with _opened(file, most_bytes + most_files * _HEADERS) as tar:
                unpacking.take_all(tar)
            unpacking.copy_links()
        except BundleError as error:
            raise BundleError(f"{name} {error}") from None
        top.rename(target)
    finally:
        shutil.rmtree(beside, ignore_errors=True)
    return tuple(sorted([*unpacking.files, *(name for name, _ in unpacking.links)]))


class _Info(tarfile.TarInfo):
    """A header of an archive; one that is none ends the reading, where tarfile would take it for the end."""

    @classmethod
    def frombuf(cls, buf: bytes | bytearray, encoding: str, errors: str) -> _Info:
        try:
            info = super().frombuf(buf, encoding, errors)
        except tarfile.HeaderError as error:
            if type(error).__name__ in _ENDS:
                raise
            raise tarfile.ReadError(str(error)) from None
        if info.type in _TEXT_TYPES and info.size > _LONGEST_TEXT:
            raise tarfile.ReadError("a name in it is too long")
        return info


class _Limited:
    """The unpacked bytes of an archive, up to a limit."""

    def __init__(self, source: IO[bytes], most: int) -> None:
        self._source = source
        self._left = most

    def read(self, size: int = -1) -> bytes:
        data = self._source.read(size)
        self._left -= len(data)
        if self._left < 0:
            raise BundleError(_TOO_MUCH)
        return data


@contextmanager
def _opened(file: BinaryIO, most: int) -> Generator[tarfile.TarFile, None, None]:
    try:
        with gzip.GzipFile(fileobj=file, mode="rb") as plain:
            limited = cast("IO[bytes]", _Limited(cast("IO[bytes]", plain), most))
            with tarfile.open(fileobj=limited, mode="r|", tarinfo=_Info, encoding="utf-8") as tar:
                yield tar
            while limited.read(_PIECE):
                pass  # to the end, where gzip compares its checksum
    except _BROKEN as error:
        raise BundleError(f"is damaged, or no gzipped tar ({str(error)[:200]})") from None


@define
class _Unpacking:
    """What was unpacked of an archive so far, and what is wrong with it."""

    top: Path
    most_bytes: int
    most_files: int
    files: list[str] = field(factory=list)
    folders: set[str] = field(factory=set)
    links: list[tuple[str, str]] = field(factory=list)
    faults: list[str] = field(factory=list)
    size: int = 0
    count: int = 0

    def take_all(self, tar: tarfile.TarFile) -> None:
        """Unpack what can be; what can't is a fault, and all of these are told at the end."""
        for member in tar:
            self._measure(max(0, member.size) if member.isreg() else 0)
            path = _plain(member.name)
            fault = self._fault(path, member)
            if fault:
                self.faults.append(f"{shown(member.name)} {fault}")
            elif path:
                self._take(tar, path, member)
        names = [*self.files, *(name for name, _ in self.links)]
        within = {folder for name in names for folder in _above(name)}
        clashes = list(name_faults([*names, *(self.folders - within)]))
        self.faults = clashes + [fault for fault in self.faults if fault not in clashes]
        self._raise()

    def copy_links(self) -> None:
        """Make each link a file of its own, now that all that it can lead to is there."""
        leads, files = dict(self.links), set(self.files)
        for name, where in self.links:
            target, passed = where, {name}
            while target in leads and target not in passed:
                passed.add(target)
                target = leads[target]
            if target not in files:
                self.faults.append(f"{shown(name)} is a link to {shown(where)}, which is no file in the bundle")
                continue
            source = self.top / target
            self._measure(source.stat().st_size)
            with source.open("rb") as stream:
                self._write(name, stream, executable=bool(source.stat().st_mode & 0o100))
        self._raise()

    def _fault(self, path: str, member: tarfile.TarInfo) -> str:
        if not path:
            return "" if member.isdir() else "has no name"
        if fault := name_fault(path):
            return fault
        if not (member.isdir() or member.issym() or member.islnk() or member.isreg()) or member.issparse():
            return "is a device, a FIFO or a sparse file, and no plain one"
        if member.issym() or member.islnk():
            target = _target(path, member)
            if name_fault(target):
                return f"is a link that leaves the bundle, to {shown(member.linkname)}"
        # The standard library's own opinion, where it has one: Python 3.10.12, 3.11.4 and later.
        data_filter = getattr(tarfile, "data_filter", None)
        try:
            if data_filter is not None:
                data_filter(member, str(self.top))
        except tarfile.TarError as error:
            return f"is refused by Python ({error})"
        return ""

    def _take(self, tar: tarfile.TarFile, path: str, member: tarfile.TarInfo) -> None:
        if member.isdir():
            self.folders.add(path)
            with suppress(FileExistsError, NotADirectoryError):  # a clash of names, told at the end
                (self.top / path).mkdir(parents=True, exist_ok=True)
        elif member.isreg():
            self.files.append(path)
            stream = cast("IO[bytes]", tar.extractfile(member))
            self._write(path, stream, executable=bool(member.mode & 0o100))
        else:
            self.links.append((path, _target(path, member)))

    def _write(self, path: str, stream: IO[bytes], *, executable: bool) -> None:
        place = self.top / path
        try:
            place.parent.mkdir(parents=True, exist_ok=True)
            number = os.open(place, _NEW_FILE, 0o777 if executable else 0o666)
        except (FileExistsError, NotADirectoryError, IsADirectoryError):
            self.faults.append(f"{shown(path)} is there already, under this name or one that is the same here")
            return
        with os.fdopen(number, "wb") as file:
            while data := stream.read(_PIECE):
                file.write(data)

    def _measure(self, size: int) -> None:
        self.size += size
        self.count += 1
        if self.size > self.most_bytes:
            raise BundleError(_TOO_MUCH)
        if self.count > self.most_files:
            raise BundleError(f"has more than {self.most_files} files and folders: raise most_files if that is right")

    def _raise(self) -> None:
        if self.faults:
            raise BundleError(f"can't be unpacked, and nothing of it was:\n{bullets(self.faults)}")


def _plain(name: str) -> str:
    """Return a member's name as it is seen from the top; empty for the top itself."""
    parts = [part for part in name.split("/") if part not in {"", "."}]
    return "/" * name.startswith("/") + "/".join(parts)


def _target(path: str, member: tarfile.TarInfo) -> str:
    """Return where a link leads, as `_plain`: a hard link from the top, a symbolic one from where it is."""
    if member.islnk() or member.linkname.startswith("/"):
        return _plain(member.linkname)
    return posixpath.normpath(posixpath.join(posixpath.dirname(path), member.linkname))


def _above(path: str) -> Iterator[str]:
    while path := posixpath.dirname(path):
        yield path
