"""What is kept of a sign-in: one document for each server, in a file that only the user can read.

The tokens in it go into the system's keyring instead where there is one.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, Final, Literal, TypeAlias
from urllib.parse import urlsplit

import msgspec
from attrs import evolve, field, frozen

from connectapi.errors import ConfigError
from connectapi.private import files
from connectapi.private.document import as_secret, secret_json
from connectapi.signin import safe
from connectapi.signin.identity import Identity
from connectapi.signin.tokens import Tokens

__all__ = ["Kept", "Lock", "change", "load", "locked", "signed_in", "where"]

#: The version of the file's format.
_FORMAT: Final = 1

#: How long another process may hold the lock, in seconds: it renews a token meanwhile.
_PATIENCE: Final = 150.0

Place: TypeAlias = Literal["file", "keyring"]


@frozen(kw_only=True)
class Kept:
    """What is known of one server.

    Args:
        server: its URL.
        client_id: as what we are registered there; None if we are not.
        username: who signed in, as far as the server told.
        tokens: what came of it; None if nobody is signed in.
        identity: where a CI's identity token is read, if it was exchanged for the tokens.
        place: where the tokens are.
        format: the version of the format.
    """

    server: str
    client_id: str | None = None
    username: str | None = None
    tokens: Tokens | None = None
    identity: Identity | None = None
    place: Place = "file"
    format: int = field(default=_FORMAT)


@frozen
class _Format:
    format: int


def where(server: str) -> Path:
    """Return the file in which a server's sign-in is kept."""
    host = re.sub(r"[^a-z0-9.-]", "-", urlsplit(server).netloc)
    digest = hashlib.sha256(server.encode()).hexdigest()[:12]
    return files.own_folder() / "sign-in" / f"{host[:80]}-{digest}.json"


def load(server: str) -> Kept | None:
    """Return what is kept of a server, without the tokens if these are in the keyring; None if nothing is.

    Raises:
        ConfigError: there is something that can't be read, or that others can read.
    """
    path = where(server)
    try:
        with files.opened(path, again="sign in anew") as file:
            kept = _decoded(file, path)
    except FileNotFoundError:
        return None
    if kept.server != server:
        msg = f"{path} is of {kept.server}, not of {server}: delete it, and sign in anew"
        raise ConfigError(msg)
    return kept


def signed_in(server: str) -> tuple[Kept, Tokens] | None:
    """Return what is kept of a server that somebody is signed in to, and the tokens; None if nobody is.

    Raises:
        ConfigError: there is something that can't be read, or that others can read.
    """
    kept = load(server)
    if kept is None:
        return None
    tokens = safe.get(server) if kept.place == "keyring" else kept.tokens
    return None if tokens is None else (evolve(kept, tokens=tokens), tokens)


def change(kept: Kept) -> Kept:
    """Keep something in the place of what was kept of its server, and return it with the place of its tokens.

    The lock must be held.

    Raises:
        ConfigError: it can't be written, or the keyring does not let go of what it had.
    """
    in_keyring = kept.tokens is not None and safe.put(kept.server, kept.tokens)
    shown = evolve(kept, tokens=None, place="keyring") if in_keyring else evolve(kept, place="file")
    files.write(where(kept.server), secret_json(shown))
    if kept.place == "keyring" and not in_keyring:
        with suppress(*([ConfigError] if kept.tokens is not None else [])):  # a keyring that broke
            safe.drop(kept.server)
    return evolve(kept, place=shown.place)


class Lock:
    """Keeps other threads and processes from changing what is kept of a server.

    Raises:
        ConfigError: there can be no lock.
    """

    def __init__(self, server: str) -> None:
        import filelock  # loads for who signs in, or renews a token

        self.path = where(server).with_suffix(".lock")
        files.make_folder(self.path.parent)
        self._lock = filelock.FileLock(self.path, mode=0o600, thread_local=False)

    def take(self, seconds: float = 0) -> bool:
        """Take it if it is free, or becomes free in so many seconds; False if it does not."""
        import filelock

        try:
            self._lock.acquire(timeout=seconds)
        except filelock.Timeout:
            return False
        except OSError as error:
            msg = f"{self.path} can't be locked: {error.strerror}. Set {files.FOLDER} to a folder of yours"
            raise ConfigError(msg) from None
        return True

    def leave(self) -> None:
        """Leave it, if it was taken."""
        self._lock.release()


@contextmanager
def locked(server: str) -> Iterator[None]:
    """Hold the lock of a server for the length of a block.

    Raises:
        ConfigError: there can be no lock, or another process has held it for minutes.
    """
    lock = Lock(server)
    if not lock.take(_PATIENCE):
        msg = f"another process has held {lock.path} for {_PATIENCE:.0f} s: end that process, and try again"
        raise ConfigError(msg)
    try:
        yield
    finally:
        lock.leave()


def _decoded(file: Any, path: Path) -> Kept:
    try:
        version = msgspec.json.decode(file.read(), type=_Format).format
        if version == _FORMAT:
            file.seek(0)
            return msgspec.json.decode(file.read(), type=Kept, dec_hook=as_secret)
        reason = f"its format is {version}; this release of connectapi reads {_FORMAT}"
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        reason = str(error)
    except OSError as error:
        reason = str(error.strerror)
    msg = f"{path} can't be read as a sign-in: {reason}. Delete it, and sign in anew"
    raise ConfigError(msg)
