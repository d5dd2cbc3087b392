"""The OAuth endpoints of one server, called by themselves, when there is no client yet."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from types import TracebackType
from typing import TYPE_CHECKING, Final, TypeVar

from connectapi.errors import ConnectError
from connectapi.http.options import Options
from connectapi.http.security import Security
from connectapi.http.steps import TokenRequest
from connectapi.http.transport import Transport
from connectapi.http.values import Response
from connectapi.signin.metadata import Endpoint, Metadata
from connectapi.signin.oauth import OAuth, Steps
from connectapi.signin.tokens import Tokens
from connectapi.signin.unsigned import Unsigned
from connectapi.types import Secret

if TYPE_CHECKING:
    from typing_extensions import Self

__all__ = ["Site"]

T = TypeVar("T")

#: No answer of these endpoints is long; so many bytes are read.
_LONGEST: Final = 1_000_000


class Site:
    """Does what `OAuth` has as steps, each at once.

    Args:
        server: the server's URL.
        security: how TLS connections are made.
        proxy: the URL of a proxy, empty for none; left out, what the environment says.

    Raises:
        ConfigError: that is no URL, or it would be called over plain HTTP.
    """

    def __init__(self, server: str, security: Security | None = None, proxy: str | None = None) -> None:
        self.oauth = OAuth(server)
        self.address, self.server = self.oauth.address, self.oauth.server
        options = Options(max_body=_LONGEST, timeout=120.0)
        auth = Unsigned(self.oauth.said)
        self._transport = Transport(self.address, auth, options, connections=2, security=security, proxy=proxy)

    def __repr__(self) -> str:
        return f"<Site {self.server}>"

    def run(self, steps: Steps[T]) -> T:
        """Take all steps, and return what comes of them."""
        try:
            step = next(steps)
            while True:
                if not isinstance(step, TokenRequest):
                    raise TypeError(f"{step!r} is no step of its own")
                try:
                    response = self._transport.send(step.request)
                except ConnectError as error:
                    step = steps.throw(error)
                else:
                    step = steps.send(response)
        except StopIteration as ended:
            result: T = ended.value
            return result

    @cached_property
    def metadata(self) -> Metadata:
        """What the server says of itself; see `OAuth.metadata`."""
        return self.run(self.oauth.metadata())

    def register(self) -> str:
        """Register; see `OAuth.register`."""
        return self.run(self.oauth.register())

    def post(self, endpoint: Endpoint, form: Mapping[str, str | Secret], what: str) -> Response:
        """Send a form; see `OAuth.post`."""
        return self.run(self.oauth.post(endpoint, form, what))

    def tokens(self, form: Mapping[str, str | Secret], what: str) -> Tokens:
        """Ask the token endpoint; see `OAuth.tokens`."""
        return self.run(self.oauth.tokens(form, what))

    def revoke(self, token: Secret, client_id: str) -> bool:
        """Have the server end a token; see `OAuth.revoke`."""
        return self.run(self.oauth.revoke(token, client_id))

    def username(self, tokens: Tokens) -> str | None:
        """Return whom an access token stands for; see `OAuth.username`."""
        return self.run(self.oauth.username(tokens))

    def close(self) -> None:
        """Close the connections."""
        self._transport.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()
