"""The system's keyring, where the package `keyring` is installed and finds one."""

from __future__ import annotations

from typing import Any, Final

import msgspec

from connectapi.errors import ConfigError
from connectapi.signin.tokens import Tokens, as_secret, secret_json
from connectapi.types import Secret

__all__ = ["drop", "get", "put"]

#: What the entries are called in the keyring; each has a server's URL as its user.
_SERVICE: Final = "connectapi sign-in"

#: Backends below this keep passwords in files that they don't guard, or keep nothing.
_LEAST: Final = 1.0


def put(server: str, tokens: Tokens) -> bool:
    """Keep tokens; False if there is no keyring, or it did not take them."""
    keyring = _usable()
    if keyring is None:
        return False
    try:
        keyring.set_password(_SERVICE, server, secret_json(tokens).reveal())
        # There are backends that take everything and keep nothing.
        return get(server) == tokens
    except Exception:  # noqa: BLE001 -- each system's keyring fails in its own way; the file is always there
        return False


def get(server: str) -> Tokens | None:
    """Return the tokens of a server; None if there are none.

    Raises:
        ConfigError: the keyring can't be read.
    """
    keyring = _usable()
    if keyring is None:
        msg = f"the sign-in to {server} is kept in the system's keyring, which can't be used here: {_ADVICE}"
        raise ConfigError(msg)
    try:
        found = _found(keyring, server)
        return None if found is None else msgspec.json.decode(found.reveal(), type=Tokens, dec_hook=as_secret)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        reason = str(error)
    except Exception as error:  # noqa: BLE001 -- as above
        reason = type(error).__name__  # the message is the backend's own, and might show what it read
    msg = f"the system's keyring has no readable sign-in to {server}: {reason}. To go on, {_ADVICE}"
    raise ConfigError(msg)


def drop(server: str) -> None:
    """Forget the tokens of a server, if there are any."""
    keyring = _usable()
    try:
        if keyring is not None and _found(keyring, server) is not None:
            keyring.delete_password(_SERVICE, server)
    except Exception as error:  # noqa: BLE001 -- as above
        msg = f"the system's keyring did not forget the sign-in to {server}: {type(error).__name__}. Delete it there"
        raise ConfigError(msg) from None


_ADVICE: Final = "unlock it, or install connectapi[keyring]; or sign in anew: connectapi login SERVER"


def _found(keyring: Any, server: str) -> Secret | None:
    found = keyring.get_password(_SERVICE, server)
    return None if found is None else Secret(found)


def _usable() -> Any:
    """Return the system's keyring, or None."""
    try:
        import keyring  # loads for who signs in, or has signed in

        backend = keyring.get_keyring()
        usable = backend.priority >= _LEAST
    except Exception:  # noqa: BLE001 -- it is not installed, or is set up to use what isn't
        return None
    return backend if usable else None
