"""Our own profiles: a file for each, that only the user can read; the key in the system's keyring where there is one."""

from __future__ import annotations

import re
from contextlib import suppress
from pathlib import Path
from typing import Final, Literal

import msgspec
from attrs import evolve, field, frozen

from connectapi.errors import ConfigError
from connectapi.private import files
from connectapi.private.document import as_secret, secret_json
from connectapi.private.keyring import Entry
from connectapi.profiles.profile import Profile
from connectapi.types import Secret

__all__ = ["check_name", "folder", "load", "names", "remove", "save"]

#: The version of the files' format.
_FORMAT: Final = 1

#: What can be a file's name on all systems.
_NAME: Final = re.compile(r"[a-z0-9][a-z0-9._-]{0,63}")


@frozen(kw_only=True)
class _Kept:
    server: str
    place: Literal["file", "keyring"]
    api_key: Secret | None = None
    ca_certificate: str | None = None
    insecure: bool = False
    snowflake_connection: str | None = None
    format: int = field(default=_FORMAT)


@frozen
class _Format:
    format: int


def folder() -> Path:
    """Return where the files are."""
    return files.own_folder() / "profiles"


def check_name(name: str) -> None:
    """Check that a profile can have a name.

    Raises:
        ConfigError: it can't.
    """
    if not _NAME.fullmatch(name):
        msg = f"{name!r} can't be a profile's name: expected lower-case letters, digits, '.', '_' and '-', 64 at most"
        raise ConfigError(msg)


def names() -> list[str]:
    """Return the names of all profiles."""
    return sorted(path.stem for path in folder().glob("*.json") if _NAME.fullmatch(path.stem))


def load(name: str, *, with_key: bool = True) -> Profile | None:
    """Return a profile; None if there is none of that name.

    Args:
        name: what it is called.
        with_key: whether to look into the keyring, which may ask the user to open it.

    Raises:
        ConfigError: it can't be read, others can read it too, or its key is not where it was put.
    """
    kept = _load(name)
    if kept is None:
        return None
    key = kept.api_key
    if kept.place == "keyring" and with_key:
        key = _entry(name, kept.server).get()
        if key is None:
            msg = (
                f"the key of the profile {name!r} is no longer in the system's keyring: connectapi profiles add {name}"
            )
            raise ConfigError(msg)
    return Profile(
        name=name,
        server=kept.server,
        place=kept.place,
        api_key=key,
        ca_certificate=kept.ca_certificate,
        insecure=kept.insecure,
        snowflake_connection=kept.snowflake_connection,
    )


def save(profile: Profile) -> Profile:
    """Keep a profile in the place of one of the same name, and return it with the place of its key.

    Raises:
        ConfigError: it can't be written, or has no name for a file.
    """
    check_name(profile.name)
    entry, before = _entry(profile.name, profile.server), _entry_now(profile.name)
    former = None
    with suppress(ConfigError):
        former = entry.get()
    in_keyring = profile.api_key is not None and entry.put(profile.api_key)
    kept = _Kept(
        server=profile.server,
        place="keyring" if in_keyring else "file",
        api_key=None if in_keyring else profile.api_key,
        ca_certificate=profile.ca_certificate,
        insecure=profile.insecure,
        snowflake_connection=profile.snowflake_connection,
    )
    try:
        files.write(_path(profile.name), secret_json(kept))
    except BaseException:
        if in_keyring and not (former is not None and entry.put(former)):
            with suppress(ConfigError):
                entry.drop()
        raise
    if before is not None and (before != entry or not in_keyring):
        with suppress(*([ConfigError] if profile.api_key is not None else [])):  # a keyring that broke
            before.drop()
    return evolve(profile, place=kept.place)


def remove(name: str) -> bool:
    """Forget a profile and its key; False if there is none of that name.

    Raises:
        ConfigError: the keyring or the file system does not let go of it.
    """
    if name not in names():
        return False
    if (entry := _entry_now(name)) is not None:
        entry.drop()
    try:
        _path(name).unlink()
    except OSError as error:
        raise ConfigError(f"{_path(name)} can't be removed: {error.strerror}") from None
    return True


def _load(name: str) -> _Kept | None:
    if not _NAME.fullmatch(name):
        return None
    path = _path(name)
    try:
        with files.opened(path, again=f"add it anew: connectapi profiles add {name}") as file:
            version = msgspec.json.decode(file.read(), type=_Format).format
            if version == _FORMAT:
                file.seek(0)
                return msgspec.json.decode(file.read(), type=_Kept, dec_hook=as_secret)
            reason = f"its format is {version}; this release of connectapi reads {_FORMAT}"
    except FileNotFoundError:
        return None
    except OSError as error:
        reason = str(error.strerror)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        reason = str(error)
    raise ConfigError(f"{path} can't be read as a profile: {reason}. Add it anew: connectapi profiles add {name}")


def _entry(name: str, server: str) -> Entry:
    """Return where a key is in the keyring: who changes the file's server finds no key for it."""
    again = f"add it anew: connectapi profiles add {name}"
    return Entry("connectapi profile", f"{name} at {server}", f"the key of the profile {name!r}", again)


def _entry_now(name: str) -> Entry | None:
    """Return where a profile's key is in the keyring, if it is there; what can't be read has none."""
    try:
        kept = _load(name)
    except ConfigError:
        return None
    return _entry(name, kept.server) if kept is not None and kept.place == "keyring" else None


def _path(name: str) -> Path:
    return folder() / f"{name}.json"
