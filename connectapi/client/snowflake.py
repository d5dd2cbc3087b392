"""Calling a Connect server that Snowflake hosts: Snowflake lets calls through by a token, and Connect knows the key."""

from __future__ import annotations

from collections.abc import Callable, Generator, Mapping
from contextlib import closing
from importlib import import_module
from typing import Any, Final

from attrs import frozen

from connectapi.errors import ConfigError
from connectapi.http.auth import ApiKeyAuth
from connectapi.http.steps import Step
from connectapi.http.token import Token, TokenAuth, expiry
from connectapi.http.values import Headers, Request, Response
from connectapi.plugins.hookspecs import hookimpl
from connectapi.types import Secret

__all__ = ["SnowflakeHosted"]

#: Where Connect looks for the key first, since Snowflake takes `Authorization` for itself.
_KEY: Final = "X-RSC-Authorization"

#: How a connection is opened: within a minute; so that tokens are issued; and so that they stay good.
_OPTIONS: Final[Mapping[str, Any]] = {
    "login_timeout": 60,
    "session_parameters": {"PYTHON_CONNECTOR_QUERY_RESULT_FORMAT": "json"},
    "server_session_keep_alive": True,
}


class SnowflakeHosted:
    """A plugin for the client of a server that Snowflake hosts: `Client(server, key, plugins=[SnowflakeHosted(…)])`.

    Calls carry `Authorization: Snowflake Token="…"`, and the API key in `X-RSC-Authorization`. The
    token is renewed when it expires, and once when it is refused: by one thread for all that call.

    Args:
        connection: the name of a connection in Snowflake's `connections.toml`; empty for the default
            one. Needs the package `snowflake-connector-python`, which loads with the first call.
        token: the token instead, or a function that returns one, as a `Token` if it knows when it expires.

    Raises:
        ValueError: both are given, or neither.
    """

    def __init__(
        self, connection: str | None = None, *, token: str | Secret | Callable[[], Token | Secret | str] | None = None
    ) -> None:
        if (connection is None) == (token is None):
            msg = "expected a connection or a token"
            raise ValueError(msg)
        self._connection = connection
        self._token = Secret(token) if isinstance(token, str) else token

    def __repr__(self) -> str:
        return f"SnowflakeHosted({self._connection!r})" if self._connection is not None else "SnowflakeHosted(token=…)"

    @hookimpl(tryfirst=True)
    def choose_auth(self, api_key: Secret | None) -> _Both:
        """Call with the token, and the key beside it if there is one."""
        token = self._token
        if token is None:
            return _Both(_Connection(self._connection or "").token, api_key)
        return _Both((lambda: token) if isinstance(token, Secret) else token, api_key)


class _Both:
    """Calls with a token for Snowflake, and a key for Connect."""

    def __init__(self, token: Callable[[], Token | Secret | str], key: Secret | None) -> None:
        self._tokens = TokenAuth(token, form='Snowflake Token="{}"')
        self._key = ApiKeyAuth(key).key if key is not None else None  # if it can be one

    def flow(self, request: Request) -> Generator[Step, Response, None]:
        """Yield the request with both; one that brings its own `Authorization` goes as it is."""
        if self._key is not None and "Authorization" not in request.headers:
            # No local may hold the text: a traceback that shows locals would show it.
            request = request.with_headers(Headers({_KEY: f"Key {self._key.reveal()}"}))
        yield from self._tokens.flow(request)

    def secrets(self) -> list[Secret]:
        """Return the tokens and the key."""
        return [*self._tokens.secrets(), *([self._key] if self._key is not None else [])]


@frozen
class _Connection:
    """A connection of Snowflake's, which is opened for each token: those outlive it."""

    name: str

    def token(self) -> Token:
        """Return a new token.

        Raises:
            ConfigError: the connector is not installed, or Snowflake does not let us in.
        """
        try:
            connector: Any = import_module("snowflake.connector")  # loads with the first call
        except ImportError:
            msg = "a connection to Snowflake needs a package: python -m pip install snowflake-connector-python"
            raise ConfigError(msg) from None
        named = {"connection_name": self.name} if self.name else {}
        try:
            with closing(connector.connect(**named, **_OPTIONS)) as connection:
                # The way that Snowflake's own tutorial takes; there is no other to a token of this kind.
                return _read(connection.rest._token_request("ISSUE")["data"])
        except Exception as error:  # noqa: BLE001 -- the connector's errors are of many kinds
            # Not its message, which is the connector's own and may show what it sent.
            number = getattr(error, "errno", None)
            reason = f"{type(error).__name__}{f' {number}' if number else ''}"
        shown = f"connection {self.name!r}" if self.name else "default connection"
        raise ConfigError(f"Snowflake's {shown} gives no token: {reason}. Try it: snow connection test")


def _read(issued: Any) -> Token:
    lasts = issued.get("validityInSecondsST")
    return Token(Secret(issued["sessionToken"]), expiry(None if lasts is None else float(lasts)))
