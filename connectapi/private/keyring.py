"""The system's keyring, where the package `keyring` is installed and finds one."""

from __future__ import annotations

from typing import Any, Final

from attrs import frozen

from connectapi.errors import ConfigError
from connectapi.types import Secret

__all__ = ["Entry"]

#: Backends below this keep passwords in files that they don't guard, or keep nothing.
_LEAST: Final = 1.0


@frozen
class Entry:
    """One secret in the keyring, there or not.

    Args:
        service: what entries of its kind are called.
        user: what it is called among these.
        what: what it is, for messages.
        again: what to do if it can't be had.
    """

    service: str
    user: str
    what: str
    again: str

    def put(self, secret: Secret) -> bool:
        """Keep a secret; False if there is no keyring, or it did not take it."""
        keyring = _usable()
        if keyring is None:
            return False
        try:
            keyring.set_password(self.service, self.user, secret.reveal())
            # There are backends that take everything and keep nothing.
            return self._found(keyring) == secret
        except Exception:  # noqa: BLE001 -- each system's keyring fails in its own way; the file is always there
            return False

    def get(self) -> Secret | None:
        """Return the secret; None if there is none.

        Raises:
            ConfigError: the keyring can't be read.
        """
        keyring = _usable()
        advice = f"unlock it, or install connectapi[keyring]; or {self.again}"
        if keyring is None:
            raise ConfigError(f"{self.what} is in the system's keyring, which can't be used here: {advice}")
        try:
            return self._found(keyring)
        except Exception as error:  # noqa: BLE001 -- as above
            reason = type(error).__name__  # the message is the backend's own, and might show what it read
        raise ConfigError(f"the system's keyring can't be read for {self.what}: {reason}. To go on, {advice}")

    def drop(self) -> None:
        """Forget the secret, if there is one.

        Raises:
            ConfigError: the keyring keeps it.
        """
        keyring = _usable()
        try:
            if keyring is not None and self._found(keyring) is not None:
                keyring.delete_password(self.service, self.user)
        except Exception as error:  # noqa: BLE001 -- as above
            msg = f"the system's keyring did not forget {self.what}: {type(error).__name__}. Delete it there"
            raise ConfigError(msg) from None

    def _found(self, keyring: Any) -> Secret | None:
        found = keyring.get_password(self.service, self.user)
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
