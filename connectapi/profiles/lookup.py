"""A profile by its name, wherever it is kept."""

from __future__ import annotations

from connectapi.errors import ConfigError, did_you_mean
from connectapi.profiles import own, rsconnect
from connectapi.profiles.profile import Profile

__all__ = ["find", "known"]


def find(name: str) -> Profile:
    """Return a profile; one of ours goes before one that rsconnect saved by the same name.

    Raises:
        ConfigError: there is none, or it can't be read; the message says where it was looked for.
    """
    found = own.load(name) or rsconnect.load(name)
    if found is None:
        msg = (
            f"no profile is called {name!r}{did_you_mean(name, known())}: there is none in {own.folder()} "
            f"and none in {rsconnect.servers_file()}. Make one: connectapi profiles add {name}"
        )
        raise ConfigError(msg)
    return found


def known() -> list[str]:
    """Return the names of all profiles.

    Raises:
        ConfigError: they can't be read.
    """
    return sorted({*own.names(), *rsconnect.names()})
