"""What is sent to a server's OAuth endpoints, and how its answers are read; without any I/O.

The methods are steps, as an auth flow has them: they yield what is to be sent and are given the answer.
So they can be a part of a call, over the client's own connections, or be run by themselves.
"""

from __future__ import annotations

import json
import re
from collections.abc import Generator, Iterable, Mapping
from typing import Any, Final, TypeAlias, TypeVar
from urllib.parse import urlencode

import msgspec
from attrs import define, field, frozen

from connectapi.errors import APIError, DecodeError, NotFoundError, SignInError, UnsupportedError
from connectapi.http.address import Address
from connectapi.http.failure import one_line
from connectapi.http.steps import Step
from connectapi.http.token import granted
from connectapi.http.values import Headers, Request, Response
from connectapi.signin.metadata import CODE, DEVICE, REFRESH, Endpoint, Metadata, checked, require_secure
from connectapi.signin.tokens import Tokens, read_tokens
from connectapi.types import Secret

__all__ = ["OAuth", "Steps"]

T = TypeVar("T")

#: What yields requests, and returns what came of it.
Steps: TypeAlias = Generator[Step, Response, T]

#: What people are told when they are asked whether to let us in.
_CLIENT_NAME: Final = "connectapi"

#: Where a browser brings the code; the port is another each time (RFC 8252).
_REDIRECT: Final = "http://127.0.0.1/callback"

#: The first release that is an authorization server.
_SINCE: Final = "2026.06.0"

_METADATA: Final = "/.well-known/oauth-authorization-server"
_FORM: Final = "application/x-www-form-urlencoded"
_RELEASE: Final = re.compile(r"20[0-9]{2}\.[0-9]{2}\.[0-9]+")


@frozen
class _Registered:
    client_id: str


@define(eq=False)
class OAuth:
    """The OAuth endpoints of one server, and never another's.

    Args:
        server: the server's URL.

    Raises:
        ConfigError: that is no URL, or it would be called over plain HTTP.
    """

    _given: str
    address: Address = field(init=False)
    #: What the latest request held, and no message may show, also if the server sends it back.
    said: list[Secret] = field(factory=list, init=False, repr=False)
    _known: Metadata | None = field(default=None, init=False)

    def __attrs_post_init__(self) -> None:
        self.address = Address.parse(self._given)
        require_secure(self.server)

    @property
    def server(self) -> str:
        """The server's URL, in its one normal form."""
        return self.address.server

    def metadata(self) -> Steps[Metadata]:
        """Return what the server says of itself, asked once.

        Raises:
            UnsupportedError: it is no authorization server.
            SignInError: it says what can't be, or leads to another server.
            TransportError: no answer came.
        """
        if self._known is None:
            self._known = yield from self._found()
        return self._known

    def _found(self) -> Steps[Metadata]:
        below = self.server[len(self.address.origin) :]
        # Connect has it below its own path; RFC 8414 puts an issuer's path behind.
        for path in dict.fromkeys((f"{below}{_METADATA}", f"{_METADATA}{below}")):
            try:
                response = yield from self._ask(Request(verb="GET", path=path, from_origin=True))
            except NotFoundError:
                continue
            if not response.body.lstrip().startswith(b"<"):  # a dashboard's page, which some answer to anything
                return checked(response.body, self.server)
        release = yield from self._release()
        raise UnsupportedError("signing in", _SINCE, release, "use an API key: set CONNECT_API_KEY")

    def _release(self) -> Steps[str]:
        """Return what release the server is, as far as it tells who has not signed in."""
        try:
            response = yield from self._ask(Request(verb="GET", path="/server_settings"))
            found = _RELEASE.search(f"{response.headers.get('Server')} {response.body.decode()}")
        except (APIError, UnicodeDecodeError):
            found = None
        if found is None or found[0] >= _SINCE:
            return "older, or has signing in switched off"
        return found[0]

    def register(self) -> Steps[str]:
        """Register as a program that signs people in (RFC 7591), and return the id that the server gave.

        Raises:
            SignInError: it does not let programs register, or refused.
        """
        metadata = yield from self.metadata()
        if metadata.registration is None:
            reason = "it lets no program register itself. Use an API key: set CONNECT_API_KEY"
            raise SignInError(self.server, reason)
        device = [DEVICE] if metadata.device_authorization is not None else []
        asked = {
            "client_name": _CLIENT_NAME,
            "redirect_uris": [_REDIRECT],
            "grant_types": [CODE, REFRESH, *device],
            "response_types": ["code"],
            "token_endpoint_auth_method": "none",
        }
        request = _posted(metadata.registration, json.dumps(asked).encode(), "application/json")
        response = yield from self._granted(request, (), "to register")
        try:
            return msgspec.json.decode(response.body, type=_Registered).client_id
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
            raise SignInError(self.server, f"its answer to the registration can't be read: {error}") from None

    def post(self, endpoint: Endpoint, form: Mapping[str, str | Secret], what: str) -> Steps[Response]:
        """Send a form.

        Args:
            endpoint: where to.
            form: the parameters; those that nobody may see as secrets.
            what: what it is for, in the words of a message.

        Raises:
            SignInError: the server refused, with OAuth's name of the fault as `error`.
            APIError: it failed in another way.
            TransportError: no answer came.
        """
        secrets = [each for each in form.values() if isinstance(each, Secret)]
        return (yield from self._granted(_posted(endpoint, _encoded(form), _FORM), secrets, what))

    def tokens(self, form: Mapping[str, str | Secret], what: str) -> Steps[Tokens]:
        """Ask the token endpoint.

        Raises:
            SignInError: the server refused, with OAuth's name of the fault as `error`.
        """
        metadata = yield from self.metadata()
        return read_tokens((yield from self.post(metadata.token, form, what)), self.server)

    def revoke(self, token: Secret, client_id: str) -> Steps[bool]:
        """Have the server end a token and what came of it (RFC 7009); False where it has no way to."""
        metadata = yield from self.metadata()
        if metadata.revocation is None:
            return False
        yield from self.post(metadata.revocation, {"token": token, "client_id": client_id}, "to end the sign-in")
        return True

    def username(self, tokens: Tokens) -> Steps[str | None]:
        """Return whom an access token stands for; None if the server does not tell."""
        headers = Headers({"Authorization": f"Bearer {tokens.access_token.reveal()}"})
        request = Request(verb="GET", path="/v1/user", headers=headers)
        try:
            found = (yield from self._ask(request, [tokens.access_token])).json()
        except (APIError, DecodeError):
            return None
        name = found.get("username") if isinstance(found, dict) else None
        return name if isinstance(name, str) else None

    def _granted(self, request: Request, secrets: Iterable[Secret], what: str) -> Steps[Response]:
        try:
            return (yield from self._ask(request, secrets))
        except APIError as error:
            name = _oauth_error(error)
            if name is None:
                raise
            said = error.message.removeprefix(name).removeprefix(": ")
            raise SignInError(self.server, f"it refused {what}: {said or name} [{name}]", name) from None

    def _ask(self, request: Request, secrets: Iterable[Secret] = ()) -> Steps[Response]:
        self.said[:] = secrets
        return (yield from granted(request, self.said))


def _posted(endpoint: Endpoint, body: bytes, media: str) -> Request:
    # What fails later has a request among its locals, which shows no body, and no bytes.
    return Request(verb="POST", path=endpoint.path, query=endpoint.query, from_origin=True, body=body, media=media)


def _oauth_error(error: APIError) -> str | None:
    """Return OAuth's name of a fault, if the answer has one."""
    payload: Any = error.payload
    name = payload.get("error") if isinstance(payload, dict) else None
    return one_line(name) if isinstance(name, str) and re.fullmatch(r"[a-z_]{1,60}", name) else None


def _encoded(form: Mapping[str, str | Secret]) -> bytes:
    return urlencode(
        {name: value.reveal() if isinstance(value, Secret) else value for name, value in form.items()}
    ).encode("ascii")
