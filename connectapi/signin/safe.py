"""The tokens of a sign-in in the system's keyring."""

from __future__ import annotations

import msgspec

from connectapi.errors import ConfigError
from connectapi.private.document import as_secret, secret_json
from connectapi.private.keyring import Entry
from connectapi.signin.tokens import Tokens

__all__ = ["drop", "get", "put"]


def put(server: str, tokens: Tokens) -> bool:
    """Keep tokens; False if there is no keyring, or it did not take them."""
    return _entry(server).put(secret_json(tokens))


def get(server: str) -> Tokens | None:
    """Return the tokens of a server; None if there are none.

    Raises:
        ConfigError: the keyring can't be read.
    """
    entry = _entry(server)
    found = entry.get()
    try:
        return None if found is None else msgspec.json.decode(found.reveal(), type=Tokens, dec_hook=as_secret)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        msg = f"the system's keyring has no readable sign-in to {server}: {error}. To go on, {entry.again}"
        raise ConfigError(msg) from None


def drop(server: str) -> None:
    """Forget the tokens of a server, if there are any."""
    _entry(server).drop()


def _entry(server: str) -> Entry:
    return Entry("connectapi sign-in", server, f"the sign-in to {server}", f"sign in anew: connectapi login {server}")
