"""Files that only the user can read, in a folder of the user's own."""

from __future__ import annotations

import os
import stat
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, Final

from connectapi.errors import ConfigError
from connectapi.http.place import placed
from connectapi.types import Secret

__all__ = ["FOLDER", "make_folder", "opened", "own_folder", "write"]

#: Names another folder for what is kept.
FOLDER: Final = "CONNECTAPI_CONFIG_DIR"

#: Whether a file's mode says who can read it. Windows has lists of access for that, by which a user's
#: settings are that user's already.
_HAS_MODES: Final = os.name == "posix"

#: What a mode may not have: anything for the group or for others.
_OTHERS: Final = 0o077


def own_folder() -> Path:
    """Return the folder for what is kept, where the system has settings; it need not be there yet."""
    if given := os.environ.get(FOLDER):
        return Path(given)
    if sys.platform == "win32":
        return Path(os.environ.get("APPDATA") or Path.home() / "AppData" / "Roaming") / "connectapi"
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Application Support" / "connectapi"
    return Path(os.environ.get("XDG_CONFIG_HOME") or Path.home() / ".config") / "connectapi"


@contextmanager
def opened(path: Path, *, again: str) -> Iterator[BinaryIO]:
    """Open a file for reading, if nobody else can read or change it.

    Args:
        path: where it is.
        again: what makes another one, for messages.

    Raises:
        FileNotFoundError: there is no such file.
        ConfigError: others can read it or its folder, it is another user's, or can't be read.
    """
    _check(path.parent, os.lstat(path.parent), 0o700, again)
    try:
        file = os.fdopen(os.open(path, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0)), "rb")
    except FileNotFoundError:
        raise
    except OSError as error:
        msg = f"{path} can't be read: {error.strerror}. Delete it, and {again}"
        raise ConfigError(msg) from None
    with file:
        _check(path, os.fstat(file.fileno()), 0o600, again)
        yield file


def make_folder(path: Path) -> None:
    """Make a folder that only the user can look into, if it is not there yet.

    Raises:
        ConfigError: it can't be made, or is not the user's alone.
    """
    try:
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
        _check(path, os.lstat(path), 0o700)
    except OSError as error:
        msg = f"{path} can't be made: {error.strerror}. Set {FOLDER} to a folder of yours, or use an API key"
        raise ConfigError(msg) from None


def write(path: Path, content: Secret) -> None:
    """Write a file that only the user can read: all of it or, if that fails, nothing.

    Raises:
        ConfigError: it can't be written, or its folder is not the user's alone.
    """
    make_folder(path.parent)
    try:
        with placed(path, mode=0o600) as file:
            file.write(content.reveal().encode())
    except OSError as error:
        msg = f"{path} can't be written: {error.strerror}. Set {FOLDER} to a folder of yours, or use an API key"
        raise ConfigError(msg) from None


def _check(path: Path, found: os.stat_result, mode: int, again: str = "use other secrets") -> None:
    kind = stat.S_ISDIR if mode & 0o100 else stat.S_ISREG
    if not kind(found.st_mode):
        msg = f"{path} is not a {'folder' if mode & 0o100 else 'file'} of its own; move it away"
        raise ConfigError(msg)
    if not _HAS_MODES:
        return
    if found.st_uid != os.geteuid():
        msg = f"{path} belongs to another user, who could read the secrets. Set {FOLDER} to a folder of yours"
        raise ConfigError(msg)
    if found.st_mode & _OTHERS:  # whatever the mask was, and whoever changed it since
        msg = (
            f"{path} has the mode {stat.S_IMODE(found.st_mode):04o}, so that others may have read the secrets in it: "
            f"run chmod {mode:o} on it, and {again} if somebody could have"
        )
        raise ConfigError(msg)
