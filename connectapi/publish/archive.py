"""Files and a manifest → the tar.gz that a server takes; the same bytes for the same content."""

from __future__ import annotations

import base64
import gzip
import hashlib
import io
import os
import tarfile
import tempfile
from collections.abc import Generator, Iterable
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

from attrs import field, frozen

from connectapi.errors import BundleError
from connectapi.publish.files import SourceFile, changed, opened
from connectapi.publish.manifest import Manifest
from connectapi.publish.names import MANIFEST, bullets, name_faults

__all__ = ["Archive", "pack"]


@frozen
class Archive:
    """A bundle that is ready to be sent.

    `file` can be read and rewound; `size` is in bytes; `md5` is in base64, as the header
    X-Content-Checksum wants it; `names` are the paths in it, in their order.
    """

    file: BinaryIO = field(repr=False)
    size: int
    md5: str
    names: tuple[str, ...]


@contextmanager
def pack(
    files: Iterable[SourceFile], manifest: Manifest, *, root: str | os.PathLike[str] | None = None
) -> Generator[Archive, None, None]:
    """Pack files into a temporary archive, which is gone when the block is left.

    Neither owner nor time is in it: who packs the same content again, anywhere, gets the same bytes.
    Memory stays constant, however large the files.

    Args:
        files: what to pack; a manifest.json among them gives way to `manifest`.
        manifest: what goes first.
        root: the directory of the files, to be sure that nothing is written into it.

    Raises:
        BundleError: a path can't stand in a bundle, a file has vanished or changed since it was
            found, or the temporary directory can't take the archive.

    Example:
        >>> from connectapi.publish.files import collect
        >>> from connectapi.publish.manifest import static_manifest
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     _ = Path(folder, "index.html").write_text("hello")
        ...     files = collect(folder)
        ...     with pack(files, static_manifest(folder, files, "index.html")) as archive:
        ...         archive.names
        ('manifest.json', 'index.html')
    """
    ordered = sorted((file for file in files if file.path != MANIFEST), key=lambda file: file.path)
    names = (MANIFEST, *(file.path for file in ordered))
    if faults := list(name_faults(names)):
        msg = f"these can't stand in a bundle:\n{bullets(faults)}\nRename them, or leave them out."
        raise BundleError(msg)
    with _temporary(root) as target:
        try:
            md5 = _write(target, ordered, manifest)
            size = target.tell()
            target.seek(0)
        except OSError as error:
            raise _no_room(error) from None
        yield Archive(target, size, md5, names)


class _Summing:
    """Hands bytes on to a file, and sums them up on the way.

    It keeps an error for `check` to raise: gzip can't be closed when its file raises.
    """

    def __init__(self, target: BinaryIO) -> None:
        self._target = target
        self._digest = hashlib.md5(usedforsecurity=False)
        self._error: OSError | None = None

    def write(self, data: bytes) -> int:
        self._digest.update(data)
        if self._error is None:
            try:
                self._target.write(data)
            except OSError as error:
                self._error = error
        return len(data)

    def flush(self) -> None:
        """Do nothing: what is asked of gzip is to end, not to be on the disk."""

    def check(self) -> None:
        if self._error is not None:
            raise self._error

    def base64(self) -> str:
        return base64.b64encode(self._digest.digest()).decode()


class _Whole(io.RawIOBase):
    """Reads a file that must be as long as it was when it was found."""

    def __init__(self, file: SourceFile, stream: BinaryIO) -> None:
        super().__init__()
        self._file = file
        self._stream = stream

    def read(self, size: int = -1) -> bytes:
        try:
            data = self._stream.read(size)
        except OSError as error:
            raise changed(self._file, f"can't be read ({error.strerror})") from None
        if len(data) < size:
            raise changed(self._file, "has become shorter while it was read")
        return data


def _write(target: BinaryIO, files: Iterable[SourceFile], manifest: Manifest) -> str:
    summing = _Summing(target)
    # An empty name, since gzip would note that of the temporary file.
    with (
        gzip.GzipFile("", "wb", 6, summing, mtime=0) as packed,
        tarfile.open(fileobj=packed, mode="w", format=tarfile.PAX_FORMAT, encoding="utf-8") as tar,
    ):
        text = manifest.encode()
        tar.addfile(_member(MANIFEST, len(text)), io.BytesIO(text))
        for file in files:
            with opened(file) as stream:
                tar.addfile(_member(file.path, file.size, executable=file.executable), _Whole(file, stream))
            summing.check()
    summing.check()
    return summing.base64()


def _member(path: str, size: int, *, executable: bool = False) -> tarfile.TarInfo:
    member = tarfile.TarInfo(path)
    member.size = size
    # The epoch, which web servers written in Go take for "unknown": with any other fixed time,
    # browsers would be told that a page of the next bundle has not been modified since.
    member.mtime = 0
    member.mode = 0o755 if executable else 0o644
    return member


@contextmanager
def _temporary(root: str | os.PathLike[str] | None) -> Generator[BinaryIO, None, None]:
    try:
        place = Path(tempfile.gettempdir()).resolve()
    except OSError as error:
        raise _no_room(error) from None
    if root is not None and place.is_relative_to(Path(root).resolve()):
        msg = (
            f"the archive can't be written: the temporary directory, {place}, lies within what is published, "
            f"{root}. Set TMPDIR to another directory."
        )
        raise BundleError(msg)
    try:
        target = tempfile.TemporaryFile(prefix="connectapi-", dir=place)  # noqa: SIM115 -- closed below
    except OSError as error:
        raise _no_room(error) from None
    try:
        yield target
    finally:
        # What a full disk did not take is tried again here, and fails again.
        with suppress(OSError):
            target.close()


def _no_room(error: OSError) -> BundleError:
    msg = f"the archive can't be written: {error}. Make room in the temporary directory, or set TMPDIR."
    return BundleError(msg)
