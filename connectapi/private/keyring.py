"""The system's keyring, where the package `keyring` is installed and finds one."""

from __future__ import annotations

from typing import Any, Final

from connectapi.errors import ConfigError
from connectapi.types import Secret

__all__ = ["drop", "get", "put"]

#: Backends below this keep passwords in files that they don't guard, or keep nothing.
_LEAST: Final = 1.0

_ADVICE: Final = "Unlock it, or install connectapi[keyring]"


def put(service: str, user: str, secret: Secret) -> bool:
    """Keep a secret; False if there is no keyring, or it did not take it."""
    keyring = _usable()
    if keyring is None:
        return False
    try:
        keyring.set_password(service, user, secret.reveal())
        # There are backends that take everything and keep nothing.
        return _found(keyring, service, user) == secret
    except Exception:  # noqa: BLE001 -- each system's keyring fails in its own way; the file is always there
        return False


def get(service: str, user: str) -> Secret | None:
    """Return a secret; None if there is none of that name.

    Raises:
        ConfigError: the keyring can't be read.
    """
    keyring = _usable()
    if keyring is None:
        msg = f"what is kept of {user!r} is in the system's keyring, which can't be used here. {_ADVICE}"
        raise ConfigError(msg)
    try:
        return _found(keyring, service, user)
    except Exception as error:  # noqa: BLE001 -- as above
        reason = type(error).__name__  # the message is the backend's own, and might show what it read
    msg = f"the system's keyring can't be read for {user!r}: {reason}. {_ADVICE}"
    raise ConfigError(msg)


def drop(service: str, user: str) -> None:
    """Forget a secret, if there is one.

    Raises:
        ConfigError: the keyring keeps it.
    """
    keyring = _usable()
    try:
        if keyring is not None and _found(keyring, service, user) is not None:
            keyring.delete_password(service, user)
    except Exception as error:  # noqa: BLE001 -- as above
        msg = f"the system's keyring did not forget what it has of {user!r}: {type(error).__name__}. Delete it there"
        raise ConfigError(msg) from None


def _found(keyring: Any, service: str, user: str) -> Secret | None:
    found = keyring.get_password(service, user)
    return None if found is None else Secret(found)


def _usable() -> Any:
    """Return the system's keyring, or None."""
    try:
        import keyring  # loads for who keeps something in it, or has

        backend = keyring.get_keyring()
        usable = backend.priority >= _LEAST
    except Exception:  # noqa: BLE001 -- it is not installed, or is set up to use what isn't
        return None
    return backend if usable else None
