"""The first administrator of a server that has no users yet, for who has the server's bootstrap secret."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import os
import time
from collections.abc import Generator
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Final

import msgspec
from attrs import define, field

from connectapi.client.client import Client
from connectapi.errors import (
    APIError,
    AuthenticationError,
    BootstrapError,
    ConfigError,
    NotFoundError,
    PermissionDeniedError,
)
from connectapi.http.values import Headers, Request, Response
from connectapi.plugins.hookspecs import hookimpl
from connectapi.private.document import as_secret
from connectapi.types import Secret

__all__ = ["SECRET", "bootstrap"]

#: Holds the secret where none is told; servers read theirs from a variable of the same name.
SECRET: Final = "CONNECT_BOOTSTRAP_SECRETKEY"  # noqa: S105 -- the name of a variable

#: What servers want to be claimed, by whatever program.
_CLAIMS: Final = {"iss": "rsconnect-python", "aud": "rsconnect", "scope": "bootstrap"}

#: How long a token is good, in seconds.
_LIFETIME: Final = 900

#: What the key of HS256 has at least, in bytes; RFC 7518, 3.2.
_SHORTEST: Final = 32

#: From how many seconds on a difference between two clocks is told.
_APART: Final = 60.0


def bootstrap(
    connect_server: str | None = None,
    *,
    secret: str | Secret | None = None,
    secret_file: str | os.PathLike[str] | None = None,
    ca_certificate: str | os.PathLike[str] | None = None,
    insecure: bool = False,
) -> Secret:
    """Make the first administrator of a server that has no users yet, and return an API key of theirs.

    It can be done once. The server must have been started with a bootstrap secret, which proves that
    whoever asks is its operator: it signs a token that is good for 15 minutes and is not sent itself.

    Args:
        connect_server: the server's URL. Else the environment's `CONNECT_SERVER`.
        secret: the bootstrap secret, in base64. Else that of `secret_file`, else of the environment's
            `CONNECT_BOOTSTRAP_SECRETKEY`.
        secret_file: a file with the secret.
        ca_certificate: as for a `Client`.
        insecure: as for a `Client`.

    Returns:
        The API key.

    Raises:
        BootstrapError: the server has users already, takes no bootstrap, or has another secret or time.
        ConfigError: there is no secret, or it is no key in base64; the message does not show it.
        TransportError: no answer came.

    Source: POST /v1/bootstrap

    Example:
        >>> import base64, secrets
        >>> from connectapi import Client, bootstrap
        >>> from connectapi.testing import ConnectServer
        >>> secret = base64.b64encode(secrets.token_bytes(32)).decode()
        >>> with ConnectServer(bootstrap_secret=secret) as server:
        ...     key = bootstrap(server.url, secret=secret)
        ...     Client(server.url, key).users.whoami().user_role
        'administrator'
    """
    operator = _Operator(_checked(secret, secret_file))
    with Client(
        connect_server, ca_certificate=ca_certificate, insecure=insecure, plugins=[operator], retries=0
    ) as client:
        try:
            try:
                response = _called(client, "create")
            except NotFoundError:
                response = _called(client, "create_experimental")
        except APIError as error:
            raise BootstrapError(_refused(client.connect_server, error, operator.ahead)) from error
        try:
            return msgspec.json.decode(response.body, type=_Answer, dec_hook=as_secret).api_key
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
            msg = f"{client.connect_server} took the token, and its answer has no API key: {error}"
            raise BootstrapError(msg) from None


@define
class _Answer:
    api_key: Secret


@define(eq=False)
class _Operator:
    """Who calls with the secret, and looks at the server's clock: a plugin for one client."""

    _secret: Secret
    #: By how many seconds this clock is ahead of the server's, as far as that said.
    ahead: float = field(default=0.0, init=False)

    @hookimpl(tryfirst=True)
    def choose_auth(self) -> _Operator:
        """Call with the secret, whatever keys there are."""
        return self

    @hookimpl
    def after_response(self, response: Response) -> None:
        """Note how far the clocks are apart."""
        try:
            self.ahead = time.time() - parsedate_to_datetime(response.headers.get("Date") or "").timestamp()
        except (TypeError, ValueError):
            self.ahead = 0.0

    def flow(self, request: Request) -> Generator[Request, Response, None]:
        """Yield the request with a new token."""
        # No local may hold the token: a traceback that shows locals would show it.
        yield request.with_headers(Headers({"Authorization": f"Connect-Bootstrap {_token(self._secret)}"}))

    def secrets(self) -> tuple[Secret, ...]:
        """Return the secret."""
        return (self._secret,)


def _called(client: Client, name: str) -> Response:
    verb, _, path = client.catalog.spec("Bootstrap").operations()[name].call.partition(" ")
    return client.request(verb, path)


def _checked(secret: str | Secret | None, file: str | os.PathLike[str] | None) -> Secret:
    where = "secret"
    if secret is None and file is not None:
        where = os.fspath(file)
        try:
            secret = Secret(Path(file).read_text(encoding="ascii"))
        except OSError as error:
            raise ConfigError(f"{where} can't be read: {error.strerror}") from None
        except UnicodeDecodeError:
            raise ConfigError(f"{where} is not base64 text: a key of {_SHORTEST} bytes or more is expected") from None
    elif secret is None:
        where, secret = SECRET, Secret(os.environ.get(SECRET, ""))
    found = Secret((secret if isinstance(secret, str) else secret.reveal()).strip())
    if not found.reveal():
        raise ConfigError(f"no bootstrap secret given: set {SECRET} to the server's, or name a file with it")
    try:
        length = len(base64.b64decode(found.reveal(), validate=True))
    except (binascii.Error, ValueError):
        raise ConfigError(f"{where}: the bootstrap secret is not base64") from None
    if length < _SHORTEST:
        msg = f"{where}: the bootstrap secret has {length} bytes; HS256 takes {_SHORTEST} or more"
        raise ConfigError(msg)
    return found


def _token(secret: Secret) -> str:
    now = int(time.time())
    signed = f"{_packed({'alg': 'HS256', 'typ': 'JWT'})}.{_packed({**_CLAIMS, 'iat': now, 'exp': now + _LIFETIME})}"
    signature = hmac.digest(base64.b64decode(secret.reveal()), signed.encode(), hashlib.sha256)
    return f"{signed}.{_encoded(signature)}"


def _packed(claims: dict[str, object]) -> str:
    return _encoded(msgspec.json.encode(claims))


def _encoded(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def _refused(server: str, error: APIError, ahead: float) -> str:
    """Return what a refusal means, and what to do about it."""
    if isinstance(error, PermissionDeniedError):
        advice = "it has users already, and the first administrator is made once: use an API key of one of theirs"
    elif isinstance(error, NotFoundError):
        advice = (
            f"it takes no bootstrap: start it with CONNECT_BOOTSTRAP_ENABLED=true and {SECRET}, or check the URL; "
            "it may also be too old"
        )
    elif isinstance(error, AuthenticationError) and abs(ahead) >= _APART:
        advice = (
            f"this machine's clock is {abs(ahead):.0f} s {'ahead of' if ahead > 0 else 'behind'} the server's, "
            "and tokens are good for 15 minutes: set it right"
        )
    elif isinstance(error, AuthenticationError):
        advice = f"its secret is another one: take the value that the server has in {SECRET}"
    else:
        return f"{server} made no first administrator: {error}"
    said = f" ({error.status}: {error.message})" if error.message else f" ({error.status})"
    return f"{server} made no first administrator: {advice}{said}"
