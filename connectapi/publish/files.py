"""Which files of a directory are published, and how they are read: as they were when they were found.

What is asked about a path is asked with `os.path`: `Path.is_dir` and its like raise for a folder that
this user may not look into, and such a folder is a fault to be named with the others.
"""

# ruff: noqa: PTH112, PTH113, PTH114, PTH118 -- as the docstring says
from __future__ import annotations

import os
import stat
from collections.abc import Generator, Iterable
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, Final

from attrs import define, field, frozen

from connectapi.errors import BundleError
from connectapi.publish.ignore import Ignore, ignore_for
from connectapi.publish.names import bullets, name_fault, name_faults

__all__ = ["SourceFile", "changed", "collect", "is_page", "opened", "pick"]

# Between finding and opening, a file may have become a link (not to be followed) or a FIFO (whose
# opening would wait for a writer). Windows has neither flag, and needs its own against CR LF.
_FLAGS: Final[int] = os.O_RDONLY | sum(
    int(getattr(os, name, 0)) for name in ("O_NOFOLLOW", "O_NONBLOCK", "O_CLOEXEC", "O_BINARY")
)


@frozen
class SourceFile:
    """A file to publish, and where it lies.

    `path` is relative to the directory, with slashes; `absolute` has no link in it; `size` is in
    bytes; `stamp` tells whether the file is still the one that was found.
    """

    path: str
    absolute: Path
    size: int
    executable: bool = False
    stamp: tuple[int, ...] = field(default=(), repr=False)


def is_page(path: str) -> bool:
    """Tell whether a path is that of an HTML page.

    Example:
        >>> is_page("docs/Index.HTML"), is_page("data.csv")
        (True, False)
    """
    return path.lower().endswith((".html", ".htm"))


def collect(root: str | os.PathLike[str], *, exclude: str | Iterable[str] = ()) -> list[SourceFile]:
    """Find the files to publish below a directory.

    A link within the directory counts as what it points to. What is left out, and how `exclude` and
    the ignore files say it, stands in `connectapi.publish.ignore`; virtual environments are left
    out too.

    Args:
        root: the directory, or a single HTML file, which is a site of this one page.
        exclude: patterns of what to leave out besides.

    Returns:
        The files, sorted by their path.

    Raises:
        BundleError: there is nothing to publish, or something that can't be; all of it is named.

    Example:
        >>> import tempfile
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     for name in ("index.html", "notes.txt"):
        ...         _ = Path(folder, name).write_text("hello")
        ...     [(file.path, file.size) for file in collect(folder, exclude=["*.txt"])]
        [('index.html', 5)]
    """
    given = Path(root)
    try:
        walk = _Walk(Path(os.path.realpath(given, strict=True)))
    except OSError as error:
        msg = f"{given} {_why(error)}. Check the path: the current directory is {Path.cwd()}."
        raise BundleError(msg) from None
    if os.path.isdir(walk.top):
        walk.run(ignore_for(walk.top, exclude))
    elif is_page(given.name):
        walk.take(given.name, walk.top)
    else:
        msg = f"{given} is not a directory, and only an .html file can go alone. Give its directory."
        raise BundleError(msg)
    return _checked(given, walk)


def pick(root: Path, paths: Iterable[str]) -> tuple[list[SourceFile], list[str]]:
    """Find files by their paths in a directory.

    Returns:
        The files, sorted by their path; and a sentence for each path that can't be published.

    Example:
        >>> pick(Path("/"), ["../x", "no/such.file"])
        ([], ["'../x' leaves the directory by '..'", "'no/such.file' doesn't exist"])
    """
    walk = _Walk(Path(os.path.realpath(root)))
    every = sorted(paths)
    faults = list(name_faults(every))
    for path in every:
        if not name_fault(path) and (real := walk.inside(path, walk.top / path)):
            walk.take(path, real)
    return walk.found, [*faults, *walk.faults]


@contextmanager
def opened(file: SourceFile) -> Generator[BinaryIO, None, None]:
    """Open a file that was found before, to read it whole within the block.

    Raises:
        BundleError: it has vanished or changed since it was found, or changes within the block.
    """
    try:
        stream = os.fdopen(os.open(file.absolute, _FLAGS), "rb")
    except PermissionError:
        msg = f"{file.path!r} can't be read: {file.absolute}. Ask for the right to read it, or leave it out."
        raise BundleError(msg) from None
    except OSError as error:
        raise changed(file, _why(error)) from None
    with stream:
        _compare(file, stream, "since it was found")
        yield stream
        _compare(file, stream, "while it was read")


@define
class _Walk:
    """A walk through a directory: what was found so far, and what is wrong with it."""

    top: Path
    found: list[SourceFile] = field(factory=list)
    faults: list[str] = field(factory=list)
    ignored: bool = False

    def run(self, ignore: Ignore) -> None:
        """Go through all folders, from a list of those to come: they may nest deeper than calls can."""
        folders: list[tuple[str, Path, tuple[Path, ...]]] = [("", self.top, (self.top,))]
        while folders:
            prefix, folder, trail = folders.pop()
            for entry in self._entries(prefix, folder):
                path, is_folder = prefix + entry.name, _is_folder(entry)
                if ignore.matches(path, folder=is_folder) or (is_folder and _is_environment(entry)):
                    self.ignored = True
                    continue
                real = self.inside(path, Path(entry.path)) if entry.is_symlink() else Path(entry.path)
                if real is None:
                    continue
                if not is_folder:
                    self.take(path, real)
                elif entry.is_symlink() and real in trail:
                    self.faults.append(f"{path!r} is a link to a folder that it lies in, so it has no end")
                else:
                    folders.append((f"{path}/", real, (*trail, real)))

    def inside(self, path: str, place: Path) -> Path | None:
        """Follow the links on the way to a place; None, and a fault, if they lead out or nowhere."""
        try:
            real = Path(os.path.realpath(place, strict=True))
        except OSError as error:
            link = "is a link, and what it points to " if os.path.islink(place) else ""
            self.faults.append(f"{path!r} {link}{_why(error)}")
            return None
        if not real.is_relative_to(self.top):
            self.faults.append(f"{path!r} is a link that leaves the directory, to {str(real)!r}")
            return None
        return real

    def take(self, path: str, real: Path) -> None:
        """Add a file to what was found, or what is wrong with it to the faults."""
        try:
            status = real.lstat()
        except OSError as error:
            self.faults.append(f"{path!r} {_why(error)}")
            return
        if not stat.S_ISREG(status.st_mode):
            folder = "a folder" if stat.S_ISDIR(status.st_mode) else "a socket, a device or a FIFO"
            self.faults.append(f"{path!r} is {folder}, not a file")
            return
        executable = bool(status.st_mode & stat.S_IXUSR)
        self.found.append(SourceFile(path, real, status.st_size, executable, _stamp(status)))

    def _entries(self, prefix: str, folder: Path) -> list[os.DirEntry[str]]:
        try:
            with os.scandir(folder) as entries:
                return list(entries)
        except OSError as error:
            self.faults.append(f"{prefix or str(folder)!r} {_why(error)}")
            return []


def _is_folder(entry: os.DirEntry[str]) -> bool:
    return os.path.isdir(entry.path) if entry.is_symlink() else entry.is_dir()


def _is_environment(entry: os.DirEntry[str]) -> bool:
    return os.path.isfile(os.path.join(entry.path, "pyvenv.cfg"))


def _checked(given: Path, walk: _Walk) -> list[SourceFile]:
    faults = sorted([*walk.faults, *name_faults(file.path for file in walk.found)])
    if faults:
        msg = (
            f"{given}: can't be published as it is:\n{bullets(faults)}\n"
            "Rename or mend these, or leave them out: by `exclude=`, or in a .positignore file."
        )
        raise BundleError(msg)
    if not walk.found:
        why = "all in it is left out (see `exclude=` and .positignore)" if walk.ignored else "it has no file"
        msg = f"{given}: there is nothing to publish, {why}. Give the directory that has the content."
        raise BundleError(msg)
    return sorted(walk.found, key=lambda file: file.path)


def _stamp(status: os.stat_result) -> tuple[int, ...]:
    return status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns


def _compare(file: SourceFile, stream: BinaryIO, moment: str) -> None:
    if _stamp(os.fstat(stream.fileno())) != file.stamp:
        raise changed(file, f"has changed {moment}")


def changed(file: SourceFile, what: str) -> BundleError:
    """Make the error for a file that is no longer as it was found."""
    msg = f"{file.path!r} {what}: {file.absolute}. Publish again when nothing writes to the directory."
    return BundleError(msg)


def _why(error: OSError) -> str:
    if isinstance(error, (FileNotFoundError, NotADirectoryError)):
        return "doesn't exist"
    return f"can't be read ({error.strerror})"
