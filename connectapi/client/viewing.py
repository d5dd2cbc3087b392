"""What a client can do for those who look at the content that it runs in."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from connectapi.client.shared import Shared
from connectapi.types import Secret

if TYPE_CHECKING:
    from typing_extensions import Self

    from connectapi.client.client import Client
    from connectapi.client.oauth import OAuth
    from connectapi.client.session_token import SessionToken

__all__ = ["Viewing"]


class Viewing:
    """A client, as far as it acts for the viewers of content."""

    _shared: Shared
    #: The client of the content, where this one is a viewer's; and that viewer's session token.
    _content: Client | None = None
    _viewer: SessionToken | None = None

    def as_viewer(self, session_token: SessionToken | None, *, audience: str | None = None) -> Self:
        """Return a client whose calls are made as the viewer of the content that this program is.

        Connect sends the viewer's session token with each request, in the header
        `Posit-Connect-User-Session-Token`. It is exchanged for an API key of theirs with the first
        call, which is kept until shortly before it expires, and exchanged anew once if Connect
        refuses it. The content uses an integration of the kind Visitor API Key for this. It uses
        the connections of this client, and so needs no closing.

        Args:
            session_token: the token, or a function that returns the one of the current request.
            audience: the guid of the integration, where the content uses several.

        Raises:
            ConfigError: there is no token, or it can't be one.

        Source: POST /v1/oauth/integrations/credentials
        """
        from connectapi.client.session_token import hidden, viewer_session_token
        from connectapi.client.viewer import viewer_auth

        session_token = hidden(session_token)  # first of all: no local may hold the text
        content = self._content or cast("Client", self)
        token = session_token if callable(session_token) else viewer_session_token(session_token)

        def make() -> Shared:
            made = Shared(viewer_auth(content, token, audience), above=content._shared)
            content._shared.below.add(made)
            return made

        # Who gives a function gives a new one with each request; there is nothing to find it by.
        known = content._shared.viewers
        shared = known.get((token, audience), make) if isinstance(token, Secret) else make()
        view = object.__new__(type(self))
        view.__dict__.update(self.__dict__, _shared=shared, _view=True, _key=None, _content=content, _viewer=token)
        return view

    @property
    def oauth(self) -> OAuth:
        """Credentials for services outside, from inside content that runs on Connect."""
        from connectapi.client.oauth import OAuth

        client = cast("Client", self)
        return OAuth(client, self._content or client, self._viewer)

    def _check_picklable(self) -> None:
        if self._viewer is not None:
            msg = "the client of a viewer can't be pickled: where it is opened, call as_viewer with a session token"
            raise TypeError(msg)
