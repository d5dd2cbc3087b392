"""The folder that a server keeps its state in: its own, for as long as it runs."""

from __future__ import annotations

import shutil
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Final

from connectapi.errors import ConfigError

__all__ = ["state_folder", "unusable"]

#: The file whose lock says that a server uses the folder. It stays there; the lock ends with the process.
_LOCK: Final = "in-use"


@contextmanager
def state_folder(data: Path | None) -> Iterator[Path]:
    """Hold the folder of a server's state; without one, make one and delete it at the end.

    Raises:
        ConfigError: it can't hold a state, or another server uses it.
    """
    if data is None:
        folder = Path(tempfile.mkdtemp(prefix="connectapi-server-"))
        try:
            yield folder
        finally:
            shutil.rmtree(folder, ignore_errors=True)
        return
    try:
        data.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError as error:
        raise unusable(data, error) from None
    with _locked(data):
        # Uploads that a former server never got whole.
        shutil.rmtree(data / "incoming", ignore_errors=True)
        yield data


@contextmanager
def _locked(folder: Path) -> Iterator[None]:
    # A transaction of SQLite is a lock that works on every system, and that a killed process leaves behind open.
    try:
        connection = sqlite3.connect(folder / _LOCK, timeout=0, isolation_level=None, check_same_thread=False)
    except sqlite3.Error as error:
        raise unusable(folder, error) from None
    with closing(connection):
        try:
            connection.execute("BEGIN EXCLUSIVE")
        except sqlite3.Error as error:
            if "locked" in str(error):
                msg = f"{folder}: another server is using this state. End that one, or choose another folder."
                raise ConfigError(msg) from None
            raise unusable(folder, error) from None
        yield


def unusable(folder: Path, error: Exception) -> ConfigError:
    """The folder does not do."""
    return ConfigError(f"{folder}: can't hold the server's state: {error}. Choose a folder that can be written.")
